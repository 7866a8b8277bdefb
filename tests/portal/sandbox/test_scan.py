"""The scan service, AutoScan and Lyanthe."""

from typing import Any

import pytest
import requests

from tests.portal.sandbox.clients import Ax, refusal

SCAN, AUTOSCAN = "/v1/services/scan", "/v1/services/autoscan"
BACK = {
    "return_address[email_address]": "back@example.test",
    "return_address[postal_address][street_name]": "Street 1",
    "return_address[postal_address][city]": "Town",
    "return_address[postal_address][post_code]": "00100",
}


def form(method: str, ax: Ax, fields: dict[str, str] = BACK) -> requests.Response:
    return ax.call(method, SCAN, files={name: (None, value) for name, value in fields.items()})


@pytest.fixture
def receiver(ax: Ax) -> Ax:
    company = ax.verified("FI")
    company.on_network("VISMA")
    return company


def test_scanning_is_disabled_until_it_is_activated(receiver: Ax) -> None:
    assert receiver.get(SCAN) == {"status": "disabled"}


def test_scanning_opens_after_a_while_with_an_address_and_the_return_address(receiver: Ax) -> None:
    asked = form("POST", receiver).json()
    receiver.until(lambda: receiver.get(SCAN)["status"] == "active")

    opened = receiver.get(SCAN)
    assert asked["status"] == "pending"
    assert opened["scan_address"]["email_address"].endswith("@scan.example.test")
    assert opened["return_address"]["email_address"] == "back@example.test"
    assert opened["return_address"]["postal_address"]["address1"] == "Street 1"


def test_scanning_is_the_registration_in_the_scan_network(receiver: Ax) -> None:
    form("POST", receiver)

    [profile] = receiver.get("/v1/company/profiles?network[]=SCAN")
    assert profile["network_settings"]["return_email"] == "back@example.test"


def test_scanning_needs_visma_first(ax: Ax) -> None:
    answer = form("POST", ax.verified("FI"))

    assert refusal(answer) == (400, "invalid_parameters")
    assert "VISMA network must be enabled first" in answer.json()["details"]


def test_scanning_needs_a_verified_company(ax: Ax) -> None:
    assert refusal(form("POST", ax.as_company(ax.register()))) == (401, "unauthorized")


@pytest.mark.parametrize(
    "fields",
    [
        {"return_address[email_address]": "no address"},
        {"return_address[postal_address][street_name]": "Street 1"},
    ],
)
def test_scanning_refuses_half_a_return_address(receiver: Ax, fields: dict[str, str]) -> None:
    assert refusal(form("POST", receiver, fields)) == (400, "invalid_parameters")


def test_scanning_takes_another_return_address(receiver: Ax) -> None:
    form("POST", receiver)

    answer = form("PUT", receiver, BACK | {"return_address[email_address]": "other@example.test"})

    assert answer.status_code == 200
    assert receiver.get(SCAN)["return_address"]["email_address"] == "other@example.test"


def test_scanning_is_closed_once(receiver: Ax) -> None:
    form("POST", receiver)

    assert receiver.call("DELETE", SCAN).status_code == 204
    assert refusal(receiver.call("DELETE", SCAN)) == (404, "not_found")
    assert receiver.get(SCAN) == {"status": "disabled"}


def test_autoscan_opens_at_once_with_its_return_email(receiver: Ax) -> None:
    body = {"features": {"invoice_line_scanning": True}, "return_email_address": "back@example.test"}

    opened = receiver.call("PUT", AUTOSCAN, json=body).json()

    assert (opened["status"], opened["return_email_address"]) == ("active", "back@example.test")
    assert opened["features"] == {"invoice_line_scanning": True}
    assert receiver.get(AUTOSCAN) == opened


def test_autoscan_without_return_email_is_refused_from_the_day_it_became_mandatory(receiver: Ax) -> None:
    receiver.simulator.control("POST", "/clock", {"set": "2026-08-18T00:00:00Z"})
    receiver = receiver.as_company(receiver.company)

    assert refusal(receiver.call("PUT", AUTOSCAN, json={})) == (400, "invalid_parameters")


def test_autoscan_of_an_old_account_without_return_email_is_closed_after_a_while(receiver: Ax) -> None:
    receiver.simulator.control("POST", "/clock", {"set": "2026-09-01T00:00:00Z"})
    receiver.simulator.control("POST", f"/companies/{receiver.company}/autoscan", {})
    before = receiver.as_company(receiver.company).get(AUTOSCAN)["status"]

    receiver.simulator.control("POST", "/clock", {"advance": 31 * 86400})

    assert (before, receiver.as_company(receiver.company).get(AUTOSCAN)["status"]) == ("active", "inactive")


def test_autoscan_closed_twice_is_closed(receiver: Ax) -> None:
    assert [receiver.call("DELETE", AUTOSCAN).status_code for _ in range(2)] == [204, 204]


def test_lyanthe_is_switched_by_the_partner_for_its_own_companies(ax: Ax) -> None:
    partner = Ax(ax.simulator, scope="partner:lyanthe_scan_service")
    path, company = "/v1/partner/scan_service/lyanthe", ax.register("NL")
    query = f"{path}?company_id={company}"

    before = partner.call("GET", query)
    partner.post(path, {"company_id": company, "lyanthe_email_address": "in@lyanthe.example.test"}, expected=204)
    on: Any = partner.get(query)
    closed = [partner.call("DELETE", query).status_code for _ in range(2)]

    assert refusal(before) == (404, "not_found")
    assert on == {"scan_address": {"email_address": "in@lyanthe.example.test"}}
    assert closed == [204, 404]


def test_lyanthe_of_a_company_of_others_is_not_there(ax: Ax) -> None:
    partner = Ax(ax.simulator, scope="partner:lyanthe_scan_service")
    made = ax.simulator.control("POST", "/companies", {"bid": "12345678", "country": "NL", "name": "Elders B.V."})

    answer = partner.call("GET", f"/v1/partner/scan_service/lyanthe?company_id={made['company_id']}")

    assert refusal(answer) == (404, "not_found")
