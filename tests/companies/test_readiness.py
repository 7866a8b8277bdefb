"""The checklist: every missing item has a state, a cause, whose move it is, and what would help."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from companies import onboarding
from companies.enums import Mover, OnboardingState
from companies.models import Authorization, Company, NetworkProfile, ProofOfReception
from companies.readiness import Item, is_ready, readiness
from portal.operations import runner
from tests.companies.fakes import FakeAutoInvoice, refusal
from tests.companies.running import COMPANIES, PROFILES, profile

NOW = timezone.now


def item(target: Any, key: str) -> Item:
    return next(found for found in readiness(target) if found.key == key)


def ask(company: Company, **fields: Any) -> Authorization:
    given = {
        "email": "s@example.com", "locale": "FI", "requested_at": NOW() - timedelta(hours=1),
        "expires_at": NOW() + timedelta(days=6),
    } | fields  # fmt: skip
    return Authorization.objects.create(account=company.account, company=company, **given)


def test_a_company_that_can_work_is_ready(make_company: Any) -> None:
    company = make_company("923609016", "NO", state="VERIFIED")
    profile(company, "VISMA")
    profile(company, "PEPPOL")

    before = readiness(company)
    ProofOfReception.objects.create(
        account=company.account, company=company, way="lookup", network="PEPPOL", state="PROVEN"
    )
    items = readiness(company)

    keys = ["registration", "authorization", "network:VISMA", "network:PEPPOL", "proof"]
    assert [found.key for found in items] == keys
    assert (is_ready(before), is_ready(items)) == (False, True)


def test_a_finnish_company_waits_for_its_bank_without_anybody_doing_anything(make_company: Any) -> None:
    company = make_company(state="VERIFIED")
    before = item(company, "network:BANK")
    profile(company, "BANK", "pending")

    after = item(company, "network:BANK")

    assert (before.tone, before.whose, before.kind) == ("neutral", Mover.AUTOINVOICE, "")
    assert (after.tone, after.whose) == ("info", Mover.AUTOINVOICE)


def test_a_draft_lacks_everything(make_onboarding: Any) -> None:
    items = readiness(make_onboarding())

    assert {found.tone for found in items if found.key != "network:BANK"} == {"warn"}
    assert items[0].kind == onboarding.REGISTER


def test_what_is_under_way_is_nobodys_move(make_onboarding: Any) -> None:
    row = make_onboarding()
    onboarding.submit(row)

    items = {found.key: found for found in readiness(row)}

    assert items["registration"].tone == "info"
    assert items["authorization"].tone == "neutral"
    assert {found.whose for found in items.values()} == {None}


def test_a_refused_registration_says_why_and_whose_move_it_is(
    autoinvoice: FakeAutoInvoice, make_onboarding: Any
) -> None:
    row = make_onboarding()
    autoinvoice.on("POST", COMPANIES, refusal("any", "BID ALREADY TAKEN"))
    autoinvoice.on("GET", COMPANIES, [])
    onboarding.submit(row)
    runner.run_until_idle(row.account, timeout=5)
    row.refresh_from_db()

    found = item(row, "registration")

    assert (found.tone, found.whose, found.raw) == ("bad", Mover.SUPPORT, "BID ALREADY TAKEN")
    assert "Another account" in str(found.cause)


@pytest.mark.parametrize(
    ("fields", "tone", "whose", "words"),
    [
        ({}, "warn", Mover.SIGNER, "Sent to s@example.com"),
        ({"expires_at": NOW() - timedelta(minutes=1)}, "bad", Mover.STAFF, "Send a new request"),
        ({"state": "EXPIRED"}, "bad", Mover.STAFF, "Send a new request"),
        ({"state": "DECLINED"}, "bad", Mover.CUSTOMER, "declined"),
        ({"method": "own", "expires_at": None}, "info", Mover.AUTOINVOICE, "not confirmed"),
    ],
)
def test_a_request_says_how_it_stands(make_company: Any, fields: Any, tone: str, whose: Mover, words: str) -> None:
    company = make_company()
    ask(company, **fields)

    found = item(company, "authorization")

    assert (found.tone, found.whose) == (tone, whose)
    assert words in str(found.cause)


def test_an_expired_request_can_be_sent_again_as_it_was(make_company: Any) -> None:
    company = make_company()
    ask(company, state="EXPIRED", signer_name="Sam Signer")

    found = item(company, "authorization")

    assert found.kind == onboarding.AUTHORIZE
    assert found.parameters == {
        "email": "s@example.com", "locale": "FI", "method": "visma_sign", "authorization_id": "",
        "signer_name": "Sam Signer",
    }  # fmt: skip


def test_a_country_without_visma_sign_is_supports_move(make_company: Any) -> None:
    found = item(make_company("0403019261", "BE"), "authorization")

    assert (found.whose, found.kind) == (Mover.SUPPORT, "")


def test_a_refused_network_shows_the_remedy_and_what_autoinvoice_said(
    autoinvoice: FakeAutoInvoice, make_onboarding: Any, make_company: Any
) -> None:
    company = make_company(state="VERIFIED")
    row = make_onboarding(state=OnboardingState.SUBMITTED, company=company, networks=["VISMA"])
    autoinvoice.on("POST", PROFILES, refusal("profile_eia_conflict", "EIA is in use"))
    onboarding.submit(row)
    runner.run_until_idle(row.account, timeout=5)

    found = item(company, "network:VISMA")

    assert (found.tone, found.whose, found.raw) == ("bad", Mover.CUSTOMER, "EIA is in use")
    assert found.parameters == {"network": "VISMA"}


def test_a_registration_that_the_network_refused_shows_its_words(make_company: Any) -> None:
    company = make_company(state="VERIFIED")
    profile(company, "PEPPOL", "error")
    NetworkProfile.objects.update(error_text="Refused by the registry")

    found = item(company, "network:PEPPOL")

    assert (found.tone, found.whose, found.raw) == ("bad", Mover.STAFF, "Refused by the registry")


def test_a_checklist_costs_few_statements(make_company: Any, django_assert_max_num_queries: Any) -> None:
    company = make_company()
    ask(company)

    with django_assert_max_num_queries(6):
        readiness(company)


@pytest.mark.parametrize(("problem", "says"), [("BOUNCED", "working address"), ("WRONG_PERSON", "right person")])
def test_a_request_that_waiting_will_not_help_is_staffs_move(make_company: Any, problem: str, says: str) -> None:
    company = make_company(auth_state="SENT")
    ask(company, problem=problem, problem_note="no such user")

    found = item(company, "authorization")

    assert (found.tone, found.whose, found.kind) == ("bad", Mover.STAFF, onboarding.AUTHORIZE)
    assert says in str(found.cause)
    assert "no such user" in str(found.cause)


def test_a_request_that_staff_follow_no_more_leaves_the_company_unasked(make_company: Any) -> None:
    company = make_company()
    ask(company, state="DROPPED", on_desk=False)

    assert str(item(company, "authorization").state) == "Not requested"
