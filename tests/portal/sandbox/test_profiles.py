"""Network profiles: what is registered, in which order, and what is refused."""

import pytest

from tests.portal.sandbox.clients import BIDS, Ax, Inbox, refusal

INVOICES = "INVOICE_AND_CREDIT_NOTE"


def ask(company: Ax, network: str | None = "PEPPOL", **fields: object) -> tuple[int, str]:
    body = fields if network is None else {"network": network} | fields
    answer = company.call("POST", "/v1/company/profiles", json=body)
    return (answer.status_code, answer.json().get("code", answer.json().get("status")))


def test_an_unverified_company_is_refused(ax: Ax) -> None:
    company = ax.as_company(ax.register())

    answer = company.call("POST", "/v1/company/profiles", json={"network": "VISMA"})

    assert refusal(answer) == (401, "unauthorized")
    assert answer.json()["message"] == "Unauthorized"


def test_a_registration_is_pending_and_then_active(ax: Ax) -> None:
    company = ax.verified("SE")

    made = company.post("/v1/company/profiles", {"network": "VISMA", "profiles": [INVOICES]}, expected=201)

    assert (made["status"], made["network"], made["profiles"]) == ("pending", "VISMA", [INVOICES])
    ax.until(lambda: company.get(f"/v1/company/profiles/{made['id']}")["status"] == "active")


def test_peppol_comes_after_visma(ax: Ax) -> None:
    company = ax.verified("NO")

    too_early = company.call("POST", "/v1/company/profiles", json={"network": "PEPPOL"})
    company.on_network("VISMA")
    in_order = company.on_network("PEPPOL")

    assert refusal(too_early) == (422, "profile_not_supported")
    assert too_early.json()["message"] == "VISMA network must be enabled first"
    assert in_order["status"] == "active"


def test_a_request_that_names_no_network_means_peppol(ax: Ax) -> None:
    company = ax.verified("NO")
    company.on_network("VISMA")

    made = company.post("/v1/company/profiles", {"profiles": [INVOICES]}, expected=201)

    assert made["network"] == "PEPPOL"


@pytest.mark.parametrize(
    ("country", "bid", "visma", "peppol"),
    [
        ("FI", "0112038-9", ("V154", "003701120389"), ("0216", "003701120389")),
        ("SE", "556012-5790", ("0007", "5560125790"), ("0007", "5560125790")),
        ("NO", "923609016", ("0192", "923609016"), ("0192", "923609016")),
        ("DK", "24256790", ("0184", "24256790"), ("0184", "24256790")),
        ("NL", "12345678", ("0106", "12345678"), ("0106", "12345678")),
        ("NL", "NL001234567B01", ("9944", "NL001234567B01"), ("9944", "NL001234567B01")),
        ("DE", "DE136695976", ("9930", "DE136695976"), ("9930", "DE136695976")),
    ],
)
def test_the_address_follows_from_country_and_business_id(
    ax: Ax, country: str, bid: str, visma: tuple[str, str], peppol: tuple[str, str]
) -> None:
    company = ax.verified(country, bid)

    inside, outside = company.on_network("VISMA"), company.on_network("PEPPOL")

    assert outside["status"] == "active"
    assert (outside["scheme"], outside["endpoint_id"]) == peppol
    assert (inside["scheme"], inside["endpoint_id"]) == visma


def test_an_address_that_does_not_follow_must_be_given(ax: Ax) -> None:
    company = ax.verified("EE", "11223344")
    company.on_network("VISMA")

    without = company.call("POST", "/v1/company/profiles", json={"network": "PEPPOL"})
    given = company.on_network("PEPPOL", scheme="0191", endpoint_id="11223344")

    assert refusal(without) == (422, "profile_not_supported")
    assert "scheme and endpoint_id" in without.json()["message"]
    assert given["status"] == "active"


def test_a_malformed_business_id_gives_no_address(ax: Ax) -> None:
    company = ax.verified("FI", "12345678901")
    company.on_network("VISMA")

    assert ask(company) == (422, "profile_not_supported")


def test_a_wrong_check_digit_ends_as_an_error_with_its_cause(ax: Ax) -> None:
    company = ax.verified("NO", "923609017")
    company.on_network("VISMA")

    settled = company.on_network("PEPPOL")

    assert settled["status"] == "error"
    assert settled["last_event"]["message"] == "check digit of 923609017 is wrong"


def test_after_an_error_the_registration_can_be_repeated(ax: Ax) -> None:
    company = ax.verified("SE")
    company.on_network("VISMA")
    ax.simulator.control("POST", f"/companies/{company.company}/networks/PEPPOL/refuse", {"message": "closed today"})
    failed = company.on_network("PEPPOL")
    ax.simulator.control("POST", f"/companies/{company.company}/networks/PEPPOL/refuse", {"message": ""})

    again = company.on_network("PEPPOL")

    assert (failed["status"], failed["last_event"]["message"]) == ("error", "closed today")
    assert again["status"] == "active"


def test_the_same_registration_again_conflicts(ax: Ax) -> None:
    company = ax.verified("SE")
    company.on_network("VISMA")

    assert ask(company, "VISMA") == (422, "profile_name_conflict")


def test_an_address_registered_by_somebody_else_conflicts(ax: Ax) -> None:
    first, second = ax.verified("FI", BIDS["FI"][0]), ax.verified("FI", BIDS["FI"][1])
    first.on_network("VISMA")
    second.on_network("VISMA")
    first.on_network("PEPPOL", scheme="0088", endpoint_id="6430000000004")

    assert ask(second, scheme="0088", endpoint_id="6430000000004") == (422, "profile_eia_conflict")


def test_an_address_that_is_registered_outside_conflicts(ax: Ax) -> None:
    company = ax.verified("SE")
    company.on_network("VISMA")
    receiver = {"scheme": "0007", "endpoint_id": "5560125790", "name": "Moved in from another operator"}
    ax.simulator.control("POST", "/receivers", receiver)

    assert ask(company) == (422, "profile_eia_conflict")


def test_the_address_of_another_business_id_conflicts(ax: Ax) -> None:
    company = ax.verified("SE")
    company.on_network("VISMA")

    assert ask(company, scheme="0007", endpoint_id="5565475489") == (422, "profile_eia_bid_conflict")


@pytest.mark.parametrize(
    ("country", "network", "fields", "expected"),
    [
        ("SE", "PEPPOL", {"profiles": ["NO_SUCH_PROFILE"]}, (422, "profile_not_supported")),
        ("SE", "PEPPOL", {"profiles": ["INVOICE"]}, (422, "profile_not_supported")),
        ("SE", "PEPPOL", {"profiles": ["ORDER"]}, (422, "profile_not_supported")),
        ("SE", "PEPPOL", {"profiles": ["ORDER"], "profile_version": "EHF30"}, (422, "profile_not_supported")),
        ("SE", "PEPPOL", {"profiles": ["ORDER"], "profile_version": "BIS9"}, (422, "profile_not_supported")),
        ("DE", "PEPPOL", {"profiles": ["ORDER"], "profile_version": "PEPPOLBIS30"}, (422, "profile_not_supported")),
        ("SE", "PEPPOL", {"profiles": ["VOUCHER"]}, (422, "profile_not_supported")),
        ("SE", "SCAN_DOCUMENTS", {"profiles": [INVOICES]}, (422, "profile_not_supported")),
        ("SE", "BANK", {}, (422, "profile_not_supported")),
        ("SE", "NOWHERE", {}, (400, "invalid_parameters")),
        ("SE", "PEPPOL", {"profiles": ["ORDER"], "profile_version": "PEPPOLBIS30"}, (201, "pending")),
        ("NO", "PEPPOL", {"profiles": ["ORDER"], "profile_version": "EHF30"}, (201, "pending")),
        ("SE", "VISMASCANNER", {"profiles": ["VOUCHER"]}, (201, "pending")),
        ("SE", "SCAN", {"network_settings": {"return_email": "scan@example.test"}}, (201, "pending")),
    ],
)
def test_a_profile_must_fit_network_market_and_version(
    ax: Ax, country: str, network: str, fields: dict[str, object], expected: tuple[int, str]
) -> None:
    company = ax.verified(country)
    company.on_network("VISMA")

    assert ask(company, network, **fields) == expected


def test_extensions_are_for_their_market_only(ax: Ax) -> None:
    dutch, german = ax.verified("NL"), ax.verified("DE")
    body = {"profile_name": INVOICES, "extensions": ["GACCOUNT10"]}
    ids = [company.on_network("VISMA")["id"] for company in (dutch, german)]

    taken = dutch.call("PUT", f"/v1/company/profiles/{ids[0]}/extensions", json=body)
    refused = german.call("PUT", f"/v1/company/profiles/{ids[1]}/extensions", json=body)

    assert taken.status_code == 200
    assert dutch.get(f"/v1/company/profiles/{ids[0]}")["profiles_with_extensions"] == [body]
    assert refusal(refused) == (422, "profile_not_supported")


def test_network_settings_are_changed_field_by_field(ax: Ax) -> None:
    company = ax.verified("SE")
    company.on_network("VISMA")
    settings = {"return_email": "scan@example.test", "other_docs": False}
    profile = company.on_network("SCAN", network_settings=settings)

    answer = company.call(
        "PATCH", f"/v1/company/profiles/{profile['id']}", json={"network_settings": {"other_docs": True}}
    )

    assert answer.status_code == 204
    changed = company.get(f"/v1/company/profiles/{profile['id']}")
    assert changed["network_settings"] == settings | {"other_docs": True}


def test_profiles_are_filtered_by_network_and_status(ax: Ax) -> None:
    company = ax.verified("SE")
    company.on_network("VISMA")
    company.on_network("SCAN_DOCUMENTS", profiles=["VOUCHER"])

    by_alias = company.get("/v1/company/profiles?network=VISMASCANNER")

    assert [profile["network"] for profile in by_alias] == ["SCAN_DOCUMENTS"]
    assert company.get("/v1/company/profiles?status=error") == []
    assert len(company.get("/v1/company/profiles?status=active,pending")) == 2


def test_visma_stays_while_others_depend_on_it(ax: Ax, inbox: Inbox) -> None:
    company = ax.verified("SE")
    subscription = {"destination_type": "WEBHOOK", "destination": inbox.url, "events": ["NETWORKS.*"]}
    company.post("/v1/company/notifications", subscription)
    visma, peppol = company.on_network("VISMA"), company.on_network("PEPPOL")

    kept = company.call("DELETE", f"/v1/company/profiles/{visma['id']}")
    gone = [company.call("DELETE", f"/v1/company/profiles/{profile['id']}") for profile in (peppol, visma)]

    assert refusal(kept) == (409, "profile_deletion_not_allowed")
    assert [answer.status_code for answer in gone] == [204, 204]
    assert refusal(company.call("GET", f"/v1/company/profiles/{visma['id']}")) == (404, "not_found")
    inbox.wait_for(6)
    assert sorted(inbox.events) == sorted(
        f"NETWORKS.{network}.{action}"
        for network in ("VISMA", "PEPPOL")
        for action in ("CREATED", "ENABLED", "DISABLED")
    )


def test_a_profile_of_another_company_is_not_found(ax: Ax) -> None:
    profile = ax.verified("SE").on_network("VISMA")
    other = ax.verified("NO")

    for method in ("GET", "DELETE"):
        assert refusal(other.call(method, f"/v1/company/profiles/{profile['id']}")) == (404, "not_found")
