"""Changing a registration: extensions set and removed, settings of a network, each exactly once."""

from typing import Any

import pytest

from companies.models import Company, NetworkProfile
from portal.operations import queueing
from portal.operations.handlers import NotQueueableError
from tests.companies.fakes import LOST, FakeAutoInvoice, refusal
from tests.companies.running import profile, run

ONE = "/v1/company/profiles/{id}"
EXTENSIONS = "/v1/company/profiles/{id}/extensions"
INVOICES = "INVOICE_AND_CREDIT_NOTE"


def remote(*extensions: str, **more: Any) -> dict[str, Any]:
    held = [{"profile_name": INVOICES, "extensions": list(extensions)}] if extensions else []
    known = {"id": "peppol", "status": "active", "network": "PEPPOL", "profiles": [INVOICES]}
    return known | {"profiles_with_extensions": held} | more


@pytest.fixture
def dutch(make_company: Any) -> Company:
    company: Company = make_company("33031431", "NL", state="VERIFIED")
    profile(company, "VISMA")
    profile(company, "PEPPOL")
    return company


def test_an_extension_is_set_on_the_peppol_registration(autoinvoice: FakeAutoInvoice, dutch: Company) -> None:
    autoinvoice.on("PUT", EXTENSIONS, None)
    autoinvoice.on("GET", ONE, remote("GACCOUNT10"))

    operation = run("companies.set_extensions", dutch, {"extensions": ["GACCOUNT10"]})

    assert operation.state == "DONE"
    assert autoinvoice.called("PUT", EXTENSIONS) == [
        {"scope": "company", "id": "peppol", "json": {"profile_name": INVOICES, "extensions": ["GACCOUNT10"]}}
    ]
    held = NetworkProfile.objects.get(network="PEPPOL").extensions
    assert held == [{"profile_name": INVOICES, "extensions": ["GACCOUNT10"]}]


def test_naming_no_extension_takes_them_away(autoinvoice: FakeAutoInvoice, dutch: Company) -> None:
    dutch.profiles.filter(network="PEPPOL").update(
        extensions=[{"profile_name": INVOICES, "extensions": "GACCOUNT10"}]  # a text, as one document has it
    )
    autoinvoice.on("PUT", EXTENSIONS, None)
    autoinvoice.on("GET", ONE, remote())

    operation = run("companies.set_extensions", dutch, {"extensions": []})

    assert (operation.state, NetworkProfile.objects.get(network="PEPPOL").extensions) == ("DONE", [])


def test_a_lost_answer_is_looked_up_and_not_sent_again(autoinvoice: FakeAutoInvoice, dutch: Company) -> None:
    autoinvoice.on("PUT", EXTENSIONS, LOST)
    autoinvoice.on("GET", ONE, remote("GACCOUNT10"))

    operation = run("companies.set_extensions", dutch, {"extensions": ["GACCOUNT10"]})

    assert operation.state == "DONE"
    assert len(autoinvoice.called("PUT", EXTENSIONS)) == 1


@pytest.mark.parametrize(
    ("number", "country", "extensions", "reason"),
    [
        ("33031431", "NL", [], "already"),
        ("33031431", "NL", ["OTHER"], "is not for"),
        ("1234567-1", "FI", ["GACCOUNT10"], "is not for"),
    ],
)
def test_extensions_are_not_queued_where_they_make_no_sense(
    make_company: Any, number: str, country: str, extensions: list[str], reason: str
) -> None:
    company = make_company(number, country, state="VERIFIED")
    profile(company, "PEPPOL")

    with pytest.raises(NotQueueableError) as caught:
        queueing.queue("companies.set_extensions", company, {"extensions": extensions}, account=company.account)

    assert reason in str(caught.value.reason)


def test_a_company_without_peppol_gets_no_extension(make_company: Any) -> None:
    company = make_company("33031431", "NL", state="VERIFIED")

    with pytest.raises(NotQueueableError) as caught:
        queueing.queue("companies.set_extensions", company, {"extensions": ["GACCOUNT10"]}, account=company.account)

    assert "no registration" in str(caught.value.reason)


def test_a_market_that_refuses_says_what_to_do(autoinvoice: FakeAutoInvoice, dutch: Company) -> None:
    autoinvoice.on("PUT", EXTENSIONS, refusal("profile_not_supported"))

    operation = run("companies.set_extensions", dutch, {"extensions": ["GACCOUNT10"]})

    assert operation.state == "REFUSED"
    assert "profile, version or market" in operation.remedy


def test_settings_of_a_network_are_changed_and_read_back(autoinvoice: FakeAutoInvoice, make_company: Any) -> None:
    company = make_company(state="VERIFIED")
    profile(company, "SCAN")
    autoinvoice.on("PATCH", ONE, LOST)
    told = {"id": "scan", "status": "active", "network": "SCAN", "profiles": [INVOICES]}
    autoinvoice.on("GET", ONE, told | {"network_settings": {"return_email": "back@example.com", "other_docs": True}})

    operation = run(
        "companies.change_network_settings",
        company,
        {"network": "SCAN", "settings": {"return_email": "back@example.com"}},
    )

    assert operation.state == "DONE"
    assert NetworkProfile.objects.get().network_settings["return_email"] == "back@example.com"


def test_closing_by_network_needs_one_registration(autoinvoice: FakeAutoInvoice, make_company: Any) -> None:
    company = make_company(state="VERIFIED")
    profile(company, "PEPPOL")
    second = profile(company, "PEPPOL2")
    NetworkProfile.objects.filter(pk=second.pk).update(network="PEPPOL")

    with pytest.raises(NotQueueableError) as caught:
        queueing.queue("companies.remove_network", company, {"network": "PEPPOL"}, account=company.account)

    assert "several registrations" in str(caught.value.reason)


def test_the_same_request_said_in_two_ways_is_queued_once(make_company: Any) -> None:
    company = make_company()
    queueing.queue("companies.activate_network", company, {"network": "PEPPOL"}, account=company.account)

    with pytest.raises(NotQueueableError) as caught:
        queueing.queue(
            "companies.activate_network", company, {"network": "PEPPOL", "profiles": [INVOICES]},
            account=company.account,
        )  # fmt: skip

    assert "under way" in str(caught.value.reason)
