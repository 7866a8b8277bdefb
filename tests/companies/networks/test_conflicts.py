"""Refused registrations as cases: opened with an explanation, moved on by people and facts, closed by the network."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies import cases, mirrors, services
from companies.models import Case, CaseEntry
from companies.networks import conflict_mails, conflicts
from portal.operations import runner
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount
from tests.companies.fakes import FakeAutoInvoice, refusal
from tests.companies.running import PROFILES, profile, run

INVOICES = "INVOICE_AND_CREDIT_NOTE"
RECEIVERS, OPERATORS = "/v1/lookup/receivers", "/v1/definitions/operators"
HELD = {
    "eia": "003712345671",
    "operator": "003723327487",
    "participant": {"id": "x", "name": "Example Oy", "country": "FI"},
}


@pytest.fixture
def refused(autoinvoice: FakeAutoInvoice, make_company: Any) -> Case:
    """PEPPOL refused, for another operator holds the address."""
    company = make_company(state="VERIFIED", auth_email="owner@example.com")
    profile(company)
    autoinvoice.on("POST", PROFILES, refusal("profile_eia_conflict", "The EIA is taken"))
    autoinvoice.on("GET", RECEIVERS, [HELD])
    autoinvoice.on("GET", OPERATORS, [{"operator_id": "003723327487", "name": "Apix Messaging"}])
    run("companies.activate_network", company, {"network": "PEPPOL"})
    runner.run_until_idle(company.account, timeout=5)
    return Case.objects.get()


@pytest.fixture
def staff(account: PartnerAccount, client: Client) -> Client:
    client.force_login(User.objects.create_superuser("boss"))
    return client


def test_a_taken_address_opens_a_case_that_names_its_holder(refused: Case) -> None:
    explained = conflicts.explanation_of(refused)

    assert (refused.kind, refused.step, refused.whose) == (conflicts.KIND, "found", "staff")
    assert refused.subject == "PEPPOL 0216:003712345671"
    assert refused.facts["holder"]["operator"] == "Apix Messaging"
    assert "by somebody else" in str(explained.cause)


def test_letters_name_company_address_and_holder(refused: Case) -> None:
    customer, support = conflict_mails.drafts(refused)

    assert customer.to == "owner@example.com"
    assert "Apix Messaging" in customer.body
    assert "0216:003712345671" in support.body
    assert "profile_eia_conflict The EIA is taken" in support.body


def test_the_case_closes_when_the_network_opens(refused: Case) -> None:
    active = services.Profile(id="p", status="active", network="PEPPOL", profiles=[INVOICES])

    mirrors.write_profiles(refused.company, [active], timezone.now(), whole=False)  # type: ignore[arg-type]

    refused.refresh_from_db()
    assert (refused.is_open, refused.outcome) == (False, conflicts.RESOLVED)


@pytest.mark.parametrize(
    ("network", "profiles"), [("VISMA", [INVOICES]), ("PEPPOL", ["ORDER"])], ids=["other network", "other profile"]
)
def test_the_case_stays_open_when_something_else_opens(refused: Case, network: str, profiles: list[str]) -> None:
    active = services.Profile(id="p", status="active", network=network, profiles=profiles)

    mirrors.write_profiles(refused.company, [active], timezone.now(), whole=False)  # type: ignore[arg-type]

    refused.refresh_from_db()
    assert refused.is_open


def test_the_same_refusal_again_is_noted_in_the_same_case(refused: Case, autoinvoice: FakeAutoInvoice) -> None:
    cases.move(refused, conflicts.CUSTOMER_ASKED)

    run("companies.activate_network", refused.company, {"network": "PEPPOL"})

    refused.refresh_from_db()
    assert Case.objects.count() == 1
    assert refused.step == conflicts.FOUND
    assert list(CaseEntry.objects.values_list("step", flat=True)) == ["found", "customer_asked", "found"]


def test_an_address_that_has_become_free_is_staffs_move(refused: Case, autoinvoice: FakeAutoInvoice) -> None:
    cases.move(refused, conflicts.CUSTOMER_ASKED)
    autoinvoice.on("GET", RECEIVERS, [])

    run("companies.look_up_holder", refused)

    refused.refresh_from_db()
    assert (refused.step, refused.whose) == (conflicts.FREE, "staff")


def test_a_registration_that_fails_afterwards_opens_a_case_too(make_company: Any) -> None:
    company = make_company(state="VERIFIED")
    event = services.ProfileEvent(message="check digit is wrong")
    failed = services.Profile(
        id="p", status="error", network="PEPPOL", profiles=[INVOICES], scheme="0216", endpoint_id="003712345671",
        last_event=event,
    )  # fmt: skip

    mirrors.write_profiles(company, [failed], timezone.now(), whole=False)

    case = Case.objects.get()
    assert (case.facts["code"], case.facts["remote_id"]) == (conflicts.REGISTRY, "p")


def test_waiting_for_visma_is_no_case(autoinvoice: FakeAutoInvoice, make_company: Any) -> None:
    company = make_company(state="VERIFIED")
    autoinvoice.on("POST", PROFILES, refusal("profile_not_supported", "VISMA network must be enabled first"))

    run("companies.activate_network", company, {"network": "VISMA"})

    assert not Case.objects.exists()


def test_staff_read_the_explanation_and_try_again_from_the_case(staff: Client, refused: Case) -> None:
    address = reverse("admin:companies_case_change", args=[refused.pk])

    shown = staff.get(address).text
    staff.post(reverse("admin:case_retry", args=[refused.pk]))

    refused.refresh_from_db()
    assert "Apix Messaging" in shown
    assert "Ask the customer to end that service" in shown
    assert refused.step == conflicts.RETRIED
    assert Operation.objects.filter(kind="companies.activate_network").count() == 2


def test_staff_write_what_they_did(staff: Client, refused: Case) -> None:
    step = reverse("admin:case_step", args=[refused.pk, "move", "customer_asked"])

    staff.post(step, {"text": "called the owner"})
    staff.post(reverse("admin:case_work", args=[refused.pk]), {"text": "answers on Monday"})
    staff.post(reverse("admin:case_step", args=[refused.pk, "move", "retried"]))  # not theirs to set
    staff.post(reverse("admin:case_step", args=[refused.pk, "close", "given_up"]))

    refused.refresh_from_db()
    written = list(CaseEntry.objects.values_list("step", "text"))[1:]
    assert written == [("customer_asked", "called the owner"), ("", "answers on Monday"), ("given_up", "")]
    assert (refused.is_open, refused.outcome) == (False, "given_up")


def test_the_list_shows_open_cases_with_whose_move_it_is(staff: Client, refused: Case) -> None:
    listed = staff.get(reverse("admin:companies_case_changelist"), {"state": "open"}).text

    assert refused.subject in listed
    assert "Network refused" in listed
    assert "You" in listed


def test_the_company_page_leads_to_the_case(staff: Client, refused: Case) -> None:
    tab = staff.get(reverse("admin:companies_company_change", args=[refused.company_id]), {"tab": "networks"}).text

    assert reverse("admin:companies_case_change", args=[refused.pk]) in tab
    assert "registered in this network already" in tab
