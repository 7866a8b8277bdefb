"""Authorization by Visma Sign and by the partner's own process."""

import pytest
import requests

from tests.portal.sandbox.clients import BIDS, Ax, Inbox, refusal

DAY = 86400


def request(ax: Ax, companies: list[str], **fields: object) -> requests.Response:
    body = {"auth_email": "boss@example.test", "locale": "FI", "company_ids": companies} | fields
    return ax.call("POST", "/v1/companies/authorizations", json=body)


def states(ax: Ax, companies: list[str]) -> list[tuple[str, str]]:
    found = [ax.get(f"/v1/companies/{company}/status") for company in companies]
    return [(status["auth_state"], status["company_state"]) for status in found]


def test_an_unsigned_request_leaves_companies_unverified(ax: Ax) -> None:
    companies = [ax.register("FI", bid) for bid in BIDS["FI"][:2]]

    answer = request(ax, companies)

    assert (answer.status_code, answer.json()["count"]) == (200, 2)
    assert states(ax, companies) == [("SENT", "UNVERIFIED")] * 2
    assert ax.get(f"/v1/companies/{companies[0]}/status")["auth_email"] == "boss@example.test"


def test_one_signing_settles_all_companies_of_the_request(ax: Ax) -> None:
    companies = [ax.register("FI", bid) for bid in BIDS["FI"][:3]]
    request(ax, companies[:2])

    ax.simulator.sign(companies[1])

    assert states(ax, companies) == [("SIGNED", "VERIFIED"), ("SIGNED", "VERIFIED"), ("NONE", "UNVERIFIED")]


def test_declining_leaves_companies_unverified_and_a_new_request_can_be_signed(ax: Ax) -> None:
    company = ax.register("NO")
    request(ax, [company])
    ax.simulator.decline(company)
    declined = states(ax, [company])

    request(ax, [company])
    ax.simulator.sign(company)

    assert declined == [("CANCELED", "UNVERIFIED")]
    assert states(ax, [company]) == [("SIGNED", "VERIFIED")]


def test_an_unanswered_request_expires_after_seven_days(ax: Ax) -> None:
    company = ax.register("SE")
    request(ax, [company])

    ax.simulator.advance(7 * DAY - 60)
    before = ax.simulator.invitations(company)[0]["state"]
    ax.simulator.advance(120)

    ax = Ax(ax.simulator)
    assert before == "open"
    assert ax.simulator.invitations(company)[0]["state"] == "expired"
    assert states(ax, [company]) == [("CANCELED", "UNVERIFIED")]


def test_an_older_request_that_expires_does_not_undo_a_newer_one(ax: Ax) -> None:
    company = ax.register("SE")
    request(ax, [company])
    ax.simulator.advance(3 * DAY)
    ax = Ax(ax.simulator)
    request(ax, [company])

    ax.simulator.advance(5 * DAY)

    assert states(Ax(ax.simulator), [company]) == [("SENT", "UNVERIFIED")]


def test_own_kyc_verifies_at_once_with_nothing_to_sign(ax: Ax) -> None:
    company = ax.register("DE")

    answer = request(ax, [company], options='{"authorization_method": "checked by us, case 7"}')

    assert answer.status_code == 200
    assert ax.get(f"/v1/companies/{company}/status")["company_state"] == "VERIFIED"
    assert ax.simulator.invitations(company) == []


def test_own_kyc_needs_an_agreement(ax: Ax) -> None:
    company = ax.register()
    ax.simulator.change(ax.simulator.credentials["company_uuid"], own_kyc=False)

    answer = request(ax, [company], options='{"authorization_method": "ours"}')

    assert refusal(answer) == (400, "invalid_parameters")
    assert states(ax, [company]) == [("NONE", "UNVERIFIED")]


@pytest.mark.parametrize("options", ["ours", "[]", '{"authorization_method": 7}', '{"authorization_method": " "}'])
def test_options_must_be_an_object_written_as_text(ax: Ax, options: str) -> None:
    assert refusal(request(ax, [ax.register()], options=options)) == (400, "invalid_parameters")


@pytest.mark.parametrize("fields", [{"auth_email": None}, {"auth_email": "nobody"}, {"locale": "XX"}])
def test_wrong_input_sends_no_invitation(ax: Ax, fields: dict[str, object]) -> None:
    company = ax.register()

    assert refusal(request(ax, [company], **fields)) == (400, "invalid_parameters")
    assert ax.simulator.invitations() == []


def test_companies_of_two_countries_are_refused_together(ax: Ax) -> None:
    companies = [ax.register("FI"), ax.register("SE")]

    answer = request(ax, companies)

    assert refusal(answer) == (400, "invalid_parameters")
    assert states(ax, companies) == [("NONE", "UNVERIFIED")] * 2


def test_more_than_fifty_companies_are_refused(ax: Ax) -> None:
    company = ax.register()

    assert refusal(request(ax, [company] * 51)) == (400, "invalid_parameters")
    assert request(ax, [company] * 50).json()["count"] == 1


def test_a_company_of_somebody_else_is_not_found(ax: Ax) -> None:
    key = ax.post("/v1/users", {"vendor_api_key": ax.simulator.credentials["vendor_api_key"], "email": "o@e.test"})
    foreign = ax.register("FI", user_api_key=key["user_api_key"])

    assert refusal(request(ax, [foreign])) == (404, "not_found")
    assert refusal(ax.call("GET", f"/v1/companies/{foreign}/status")) == (404, "not_found")


def test_a_company_asks_for_its_own_authorization(ax: Ax) -> None:
    company = ax.as_company(ax.register("NL"))

    company.post("/v1/company/authorization", {"auth_email": "boss@example.test", "locale": "NL"}, expected=200)
    ax.simulator.sign(company.company)

    assert company.get("/v1/company/authorization")["company_state"] == "VERIFIED"


def test_a_verified_finnish_company_gets_its_bank_network(ax: Ax, inbox: Inbox) -> None:
    subscribe(ax, inbox)
    company = ax.register("FI")
    request(ax, [company])

    ax.simulator.sign(company)

    bodies = inbox.wait_for(3)
    assert {body["event"] for body in bodies} == {
        "COMPANIES.AUTHORIZATION.VERIFIED",
        "NETWORKS.BANK.CREATED",
        "NETWORKS.BANK.ENABLED",
    }
    assert {body["company_id"] for body in bodies} == {company}
    assert [profile["network"] for profile in ax.as_company(company).get("/v1/company/profiles?status=active")] == [
        "BANK"
    ]


def test_another_country_gets_no_bank_network(ax: Ax) -> None:
    company = ax.verified("NO")

    assert company.get("/v1/company/profiles") == []


def test_signing_is_known_at_the_next_status_call_or_poll(manual_ax: Ax) -> None:
    ax = manual_ax
    asked, waiting = ax.register("SE"), ax.register("NO")
    request(ax, [asked])
    request(ax, [waiting])
    ax.simulator.sign(asked)
    ax.simulator.sign(waiting)
    counts = ax.simulator.state()["companies"]

    status = ax.get(f"/v1/companies/{asked}/status")
    after_call = ax.simulator.state()["companies"]
    ax.simulator.advance(15 * 60)

    assert counts == {"UNVERIFIED": 2, "VERIFIED": 1}
    assert status["company_state"] == "VERIFIED"
    assert after_call == {"UNVERIFIED": 1, "VERIFIED": 2}
    assert ax.simulator.state()["companies"] == {"VERIFIED": 3}


def subscribe(ax: Ax, inbox: Inbox) -> None:
    ax.post(
        "/v1/company/notifications",
        {"destination_type": "VENDOR_WEBHOOK", "destination": inbox.url, "events": ["NETWORKS.*", "COMPANIES.*"]},
        expected=201,
    )


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        ("sign", ("SIGNED", "VERIFIED")),
        ("decline", ("CANCELED", "UNVERIFIED")),
        ("ignore", ("SENT", "UNVERIFIED")),
    ],
)
def test_a_signer_does_what_is_their_habit_some_time_after_they_were_asked(
    ax: Ax, decision: str, expected: tuple[str, str]
) -> None:
    ax.simulator.control("PUT", "/signers", {"email": "*@EXAMPLE.test", "decision": decision, "after": 2 * DAY})
    company = ax.register("SE")
    request(ax, [company])

    ax.simulator.advance(2 * DAY - 60)
    before = states(Ax(ax.simulator), [company])
    ax.simulator.advance(120)

    assert before == [("SENT", "UNVERIFIED")]
    assert states(Ax(ax.simulator), [company]) == [expected]


def test_a_signer_who_ignores_the_request_lets_it_expire(ax: Ax) -> None:
    ax.simulator.control("PUT", "/signers", {"email": "boss@example.test", "decision": "ignore"})
    company = ax.register("SE")
    request(ax, [company])

    ax.simulator.advance(7 * DAY + 60)

    assert states(Ax(ax.simulator), [company]) == [("CANCELED", "UNVERIFIED")]
    page = requests.get(ax.simulator.invitations(company)[0]["url"], timeout=5).text
    assert "expired" in page
    assert "<button" not in page


def test_a_signer_whose_habit_is_forgotten_is_played_by_hand_again(ax: Ax) -> None:
    ax.simulator.control("PUT", "/signers", {"email": "boss@example.test", "decision": "sign"})
    ax.simulator.control("DELETE", "/signers/boss@example.test")
    company = ax.register("SE")

    request(ax, [company])
    ax.simulator.settle()

    assert ax.simulator.control("GET", "/signers") == []
    assert states(ax, [company]) == [("SENT", "UNVERIFIED")]


@pytest.mark.parametrize(
    "habit",
    [
        {"decision": "sign"},
        {"email": "a@example.test", "decision": "think"},
        {"email": "a@example.test", "decision": "sign", "after": "soon"},
        {"email": "a@example.test", "decision": "sign", "after": -1},
    ],
)
def test_a_habit_that_makes_no_sense_is_refused(ax: Ax, habit: dict[str, object]) -> None:
    answer = requests.put(f"{ax.simulator.url}/_sandbox/signers", json=habit, timeout=5)

    assert answer.status_code == 400
