"""Joining and leaving networks."""

from typing import Any

import pytest

from companies import facts
from companies.models import NetworkProfile
from portal.operations import queueing
from portal.operations.handlers import NotQueueableError
from tests.companies.fakes import FakeAutoInvoice, refusal
from tests.companies.running import PROFILES, profile, run


def test_a_network_waits_for_the_company_and_for_visma(autoinvoice: FakeAutoInvoice, make_company: Any) -> None:
    company = make_company(state="UNVERIFIED")

    operation = run("companies.activate_network", company, {"network": "PEPPOL"})

    missing = set(operation.waits.values_list("fact", flat=True))
    assert operation.state == "WAITING"
    assert missing == {facts.verified(company.uuid), facts.active("VISMA", company.uuid)}


def test_a_network_is_joined_once_everything_it_needs_is_true(autoinvoice: FakeAutoInvoice, make_company: Any) -> None:
    company = make_company(state="VERIFIED")
    autoinvoice.on(
        "POST",
        PROFILES,
        {"id": "v", "status": "active", "network": "VISMA", "profiles": ["INVOICE_AND_CREDIT_NOTE"]},
        {"id": "p", "status": "pending", "network": "PEPPOL", "profiles": ["INVOICE_AND_CREDIT_NOTE"]},
    )

    queueing.queue("companies.activate_network", company, {"network": "PEPPOL"}, account=company.account)
    run("companies.activate_network", company, {"network": "VISMA"})

    statuses = dict(NetworkProfile.objects.values_list("network", "status"))
    assert statuses == {"VISMA": "active", "PEPPOL": "pending"}
    assert [given["json"]["network"] for given in autoinvoice.called("POST", PROFILES)] == ["VISMA", "PEPPOL"]
    assert NetworkProfile.objects.get(network="PEPPOL").next_check_at is not None


def test_the_same_registration_counts_as_found(autoinvoice: FakeAutoInvoice, make_company: Any) -> None:
    company = make_company(state="VERIFIED")
    autoinvoice.on("POST", PROFILES, refusal("profile_name_conflict"))
    autoinvoice.on(
        "GET",
        PROFILES,
        [{"id": "v", "status": "active", "network": "VISMA", "profiles": ["INVOICE_AND_CREDIT_NOTE"]}],
    )

    operation = run("companies.activate_network", company, {"network": "VISMA"})

    assert (operation.state, operation.result["found"]) == ("DONE", True)


@pytest.mark.parametrize(
    ("code", "text", "word", "whose"),
    [
        ("profile_name_conflict", "", "close the old registration", "staff"),
        ("profile_eia_conflict", "", "former operator", "customer"),
        ("profile_eia_bid_conflict", "", "another business id", "staff"),
        ("profile_not_supported", "", "profile, version or market", "staff"),
        ("profile_not_supported", "Please give scheme and endpoint_id", "cannot derive", "staff"),
        ("a_new_code", "Something new", "Something new", "staff"),
    ],
)
def test_a_refused_network_says_what_to_do(
    autoinvoice: FakeAutoInvoice, make_company: Any, code: str, text: str, word: str, whose: str
) -> None:
    company = make_company(state="VERIFIED")
    autoinvoice.on("POST", PROFILES, refusal(code, text))
    autoinvoice.on("GET", PROFILES, [])

    operation = run("companies.activate_network", company, {"network": "VISMA"})

    assert (operation.state, operation.remedy_by) == ("REFUSED", whose)
    assert word in operation.remedy


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"network": "TELEFAX"}, "cannot be activated"),
        ({"network": "RECEIVABLES"}, "cannot be activated"),
        ({"network": "PEPPOL", "profiles": ["ORDER"]}, "need a version"),
        ({"network": "PEPPOL", "scheme": "0216"}, "belong together"),
        ({"network": "PEPPOL", "scheme": "0037", "endpoint_id": "1"}, "out of use"),
    ],
)
def test_a_network_is_not_queued_when_it_cannot_be_joined(make_company: Any, parameters: Any, reason: str) -> None:
    company = make_company()

    with pytest.raises(NotQueueableError) as caught:
        queueing.queue("companies.activate_network", company, parameters, account=company.account)

    assert reason in str(caught.value.reason)


def test_the_bank_network_is_only_for_finnish_companies(make_company: Any) -> None:
    company = make_company("5560004615", "SE")

    with pytest.raises(NotQueueableError):
        queueing.queue("companies.activate_network", company, {"network": "BANK"}, account=company.account)


@pytest.mark.parametrize("answer", [None, refusal("not_found", status=404)])
def test_closing_a_network_that_is_gone_already_is_done(
    autoinvoice: FakeAutoInvoice, make_company: Any, answer: Any
) -> None:
    company = make_company(state="VERIFIED")
    profile(company)
    autoinvoice.on("DELETE", "/v1/company/profiles/{id}", answer)

    operation = run("companies.remove_network", company, {"profile": "visma"})

    assert operation.state == "DONE"
    assert NetworkProfile.objects.get().status == "disabled"


def test_visma_is_not_closed_while_others_need_it(make_company: Any) -> None:
    company = make_company(state="VERIFIED")
    profile(company)
    profile(company, "PEPPOL")

    with pytest.raises(NotQueueableError) as caught:
        queueing.queue("companies.remove_network", company, {"profile": "visma"}, account=company.account)

    assert "need VISMA" in str(caught.value.reason)
