"""Service levels of a company's customers."""

import pytest

from tests.portal.sandbox.clients import Ax, refusal
from tests.portal.sandbox.test_message_threads import Receivables

LEVELS, CUSTOMER = "/v1/service_levels", "2000005-9"


KASSAVIRTA = {
    "service_type": "full", "iban": "FI2112345600000785", "bic": "NDEAFIHH", "bank": "Nordea",
    "contact_person": "Pirjo Puu", "contact_email": "pirjo@puu.test", "contact_phone_number": "+358401234567",
    "customer_service_email": "help@puu.test",
    "billing_address": {"country": "FI", "streets": ["Katu 1"], "city": "Oulu", "zip_code": "90100"},
}  # fmt: skip


@pytest.fixture
def company(ax: Ax) -> Receivables:
    """With Kassavirta."""
    made = ax.verified("FI")
    made.on_network("VISMA")
    assert made.call("PUT", "/v2/services/amili/receivables", json=KASSAVIRTA).status_code == 200
    made.until(lambda: made.get("/v2/services/amili/receivables")["status"] == "ACTIVE")
    return Receivables(made)


def test_without_kassavirta_there_are_no_levels(ax: Ax) -> None:
    answer = Receivables(ax.verified("FI")).call("PATCH", f"{LEVELS}/{CUSTOMER}", json={"service_level": "vip"})

    assert refusal(answer) == (400, "invalid_parameters")


def set_level(company: Ax, level: str, bid: str = CUSTOMER) -> int:
    return company.call("PATCH", f"{LEVELS}/{bid}", json={"service_level": level}).status_code


def test_a_customer_that_was_never_set_has_the_default_and_is_not_listed(company: Receivables) -> None:
    assert company.get(f"{LEVELS}/{CUSTOMER}")["service_level"] == "default"
    assert company.get(LEVELS) == []


@pytest.mark.parametrize("level", ["premium", "vip", "service_bypass"])
def test_a_special_level_is_listed(company: Receivables, level: str) -> None:
    status = set_level(company, level)

    assert status == 204
    assert [(item["customer_bid"], item["service_level"]) for item in company.get(LEVELS)] == [("20000059", level)]
    assert company.get(f"{LEVELS}/20000059")["service_level"] == level


def test_back_to_the_default_takes_a_customer_off_the_list(company: Receivables) -> None:
    set_level(company, "vip")

    set_level(company, "default")

    assert company.get(LEVELS) == []


def test_unknown_words_are_refused(company: Receivables) -> None:
    answer = company.call("PATCH", f"{LEVELS}/{CUSTOMER}", json={"service_level": "gold"})

    assert refusal(answer) == (400, "invalid_parameters")


def test_levels_are_a_companys_own(ax: Ax, company: Receivables) -> None:
    set_level(company, "vip")

    assert Receivables(ax.verified("SE")).get(LEVELS) == []
