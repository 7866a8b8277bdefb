"""Registration of users and companies, and what a partner sees of them."""

import pytest

from tests.portal.sandbox.clients import Ax, refusal


def test_a_user_is_made_with_a_key_that_registers_companies(ax: Ax) -> None:
    made = ax.post("/v1/users", {"vendor_api_key": ax.simulator.credentials["vendor_api_key"], "email": "it@e.test"})

    company = ax.register(user_api_key=made["user_api_key"])

    speaking = ax.as_company(company, made["user_api_key"])
    assert speaking.get("/oauth2/current")["company"]["id"] == company
    assert [user["role"] for user in speaking.get("/v1/company/users")] == ["ADMIN"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"vendor_api_key": "unknown", "email": "it@example.test"}, (401, "unauthorized")),
        ({"vendor_api_key": "unknown"}, (400, "invalid_parameters")),
        ({"email": "it@example.test"}, (400, "invalid_parameters")),
    ],
)
def test_a_user_is_refused(ax: Ax, body: dict[str, str], expected: tuple[int, str]) -> None:
    assert refusal(ax.call("POST", "/v1/users", json=body)) == expected


def test_a_new_company_is_unverified_and_linked(ax: Ax) -> None:
    company = ax.register()

    status = ax.get(f"/v1/companies/{company}/status")

    assert status == {"auth_state": "NONE", "auth_email": None, "company_state": "UNVERIFIED"}
    assert ax.as_company(company).get("/v1/company/vendors") == {"state": "linked"}


@pytest.mark.parametrize("again", ["0112038-9", "01120389", "FI01120389", "FI 0112038-9"])
def test_a_business_id_has_one_account_in_any_writing(ax: Ax, again: str) -> None:
    ax.register("FI", "0112038-9")

    answer = ax.register_raw("FI", again)

    assert refusal(answer) == (422, "bid_already_taken")
    assert answer.json()["message"] == "BID ALREADY TAKEN"


@pytest.mark.parametrize(
    ("country", "first", "second"),
    [
        ("SE", "556012-5790", "SE556012579001"),
        ("NO", "923609016", "NO923609016MVA"),
        ("DK", "24256790", "DK24256790"),
        ("BE", "0403170701", "BE0403170701"),
    ],
)
def test_a_vat_number_and_the_plain_number_are_one_company(ax: Ax, country: str, first: str, second: str) -> None:
    ax.register(country, first)

    assert refusal(ax.register_raw(country, second)) == (422, "bid_already_taken")


def test_the_same_number_in_another_country_is_another_company(ax: Ax) -> None:
    ax.register("NL", "12345678")

    assert ax.register_raw("EE", "12345678").status_code == 201


@pytest.mark.parametrize(
    "fields",
    [
        {"name": "ab"},
        {"country": "XX"},
        {"email": None},
        {"no_vat": "perhaps"},
        {"bid": "0112038-9", "no_vat": "false"},
    ],
)
def test_wrong_input_registers_nothing(ax: Ax, fields: dict[str, str | None]) -> None:
    answer = ax.register_raw(**fields)

    assert refusal(answer) == (400, "invalid_parameters")
    assert ax.simulator.state()["counts"]["companies"] == 1


@pytest.mark.parametrize("key", ["vendor_api_key", "user_api_key"])
def test_an_unknown_key_registers_nothing(ax: Ax, key: str) -> None:
    assert refusal(ax.register_raw(**{key: "unknown"})) == (401, "unauthorized")


def test_companies_of_the_user_are_listed_whole_and_filtered(ax: Ax) -> None:
    finnish, swedish = ax.register("FI"), ax.register("SE")

    everything = {company["id"] for company in ax.get("/v1/companies")}
    by_bid = ax.get("/v1/companies?bid=01120389&country=FI")
    by_country = ax.get("/v1/companies?country=SE")

    assert everything == {finnish, swedish, ax.simulator.credentials["company_uuid"]}
    assert by_bid == [{"id": finnish, "name": "Company of FI", "bid": "0112038-9"}]
    assert [company["id"] for company in by_country] == [swedish]


def test_partner_lookup_tells_free_from_reserved(ax: Ax) -> None:
    ax.register("FI")

    found = ax.get("/v1/partner/lookups/companies?bids[]=FI01120389&bids[]=20000059&country=FI")

    assert [entry["company_status"] for entry in found] == ["RESERVED", "FREE"]


@pytest.mark.parametrize("query", ["country=FI", "bids=1", "country=FI&" + "&".join(f"bids={n}" for n in range(11))])
def test_partner_lookup_wants_a_country_and_at_most_ten_ids(ax: Ax, query: str) -> None:
    assert refusal(ax.call("GET", f"/v1/partner/lookups/companies?{query}")) == (400, "invalid_parameters")


def test_the_vendor_link_is_taken_off_and_put_back(ax: Ax) -> None:
    company = ax.as_company(ax.register())

    company.call("DELETE", "/v1/company/vendors")
    unlinked = company.get("/v1/company/vendors")
    company.post("/v1/company/vendors")

    assert unlinked == {"state": "not_linked"}
    assert company.get("/v1/company/vendors") == {"state": "linked"}


def test_a_quiet_company_is_disabled_unless_kept_active(ax: Ax) -> None:
    quiet, kept = ax.as_company(ax.register("FI")), ax.register("SE")

    ax.simulator.advance(300 * 86400)
    ax.as_company(kept).post("/v1/company/keep_active", expected=201)
    ax.simulator.advance(100 * 86400)

    quiet = ax.as_company(quiet.company)
    assert quiet.get("/oauth2/current")["company"]["disabled"] is True
    assert ax.as_company(kept).get("/oauth2/current")["company"]["disabled"] is False
