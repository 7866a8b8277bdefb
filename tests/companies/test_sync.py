"""Staying in step without webhooks: the list of companies, and looks by id."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from companies import onboarding
from companies.models import Authorization, Company, NetworkProfile
from portal import maventa
from portal.operations import queueing
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount
from portal.sync import runs
from tests.companies.fakes import FakeAutoInvoice, refusal
from tests.companies.running import STATUS, profile

NOW = timezone.now
PROFILE = "/v1/company/profiles/{id}"


def listed(autoinvoice: FakeAutoInvoice, **by_country: list[dict[str, str]]) -> None:
    autoinvoice.on("GET", "/v1/companies", lambda given: by_country.get(given["params"]["country"], []))


def due(row: Any) -> Any:
    type(row).objects.filter(pk=row.pk).update(next_check_at=NOW() - timedelta(seconds=1))
    return row


def look(name: str, account: PartnerAccount) -> None:
    run = runs.run_now(name, account)
    assert run is None or run.state == "DONE", run.error


def test_the_list_brings_companies_made_outside_the_portal(
    account: PartnerAccount, autoinvoice: FakeAutoInvoice
) -> None:
    uuid = uuid4()
    listed(autoinvoice, SE=[{"id": str(uuid), "name": "Åke", "bid": "640823-3234"}])

    look("companies.list", account)

    company = Company.objects.get()
    assert (company.uuid, company.country, company.business_id) == (uuid, "SE", "640823-••••")
    assert company.next_check_at <= NOW()


def test_the_list_gives_a_company_to_the_onboarding_that_waits_for_it(
    account: PartnerAccount, autoinvoice: FakeAutoInvoice, make_onboarding: Any
) -> None:
    row = make_onboarding()
    onboarding.submit(row)
    Operation.objects.filter(kind="companies.register").update(state="UNKNOWN", named_case="nobody knows")
    listed(autoinvoice, FI=[{"id": str(uuid4()), "name": "Example Oy", "bid": "FI12345671"}])

    look("companies.list", account)

    row.refresh_from_db()
    assert (row.company, row.state) == (Company.objects.get(), "REGISTERED")
    assert Operation.objects.get(kind="companies.authorize").state == "QUEUED"


def test_the_list_leaves_what_it_does_not_tell_alone(
    account: PartnerAccount, autoinvoice: FakeAutoInvoice, make_company: Any
) -> None:
    company = make_company(state="VERIFIED", name="Old Oy")
    listed(autoinvoice, FI=[{"id": str(company.uuid), "name": "New Oy", "bid": "1234567-1"}])

    look("companies.list", account)

    company.refresh_from_db()
    assert (company.name, company.state, company.next_check_at) == ("New Oy", "VERIFIED", None)
    assert Company.objects.count() == 1


def test_the_partner_itself_is_no_customer(account: PartnerAccount, autoinvoice: FakeAutoInvoice) -> None:
    listed(autoinvoice, FI=[{"id": str(account.company_uuid), "name": "Partner", "bid": "1234567-1"}])

    look("companies.list", account)

    assert not Company.objects.exists()


def test_a_signature_is_seen_without_a_webhook(
    account: PartnerAccount, autoinvoice: FakeAutoInvoice, make_company: Any
) -> None:
    company = due(make_company())
    operation = queueing.queue("companies.activate_network", company, {"network": "VISMA"}, account=account)
    autoinvoice.on("GET", STATUS, {"auth_state": "SIGNED", "auth_email": "s@example.com", "company_state": "VERIFIED"})

    look("companies.status", account)

    company.refresh_from_db()
    operation.refresh_from_db()
    assert (company.state, company.auth_state, operation.state) == ("VERIFIED", "SIGNED", "QUEUED")
    assert company.next_check_at > NOW() + timedelta(minutes=50)


@pytest.mark.parametrize(
    ("age", "shortest", "longest"),
    [
        (timedelta(seconds=20), timedelta(seconds=25), timedelta(seconds=31)),
        (timedelta(hours=1), timedelta(minutes=5), timedelta(minutes=7)),
        (timedelta(days=3), timedelta(minutes=50), timedelta(minutes=61)),
        (timedelta(days=30), timedelta(days=2), timedelta(days=4)),
    ],
)
def test_a_young_request_is_looked_at_often_and_an_old_one_seldom(
    account: PartnerAccount, autoinvoice: FakeAutoInvoice, make_company: Any,
    age: timedelta, shortest: timedelta, longest: timedelta,
) -> None:  # fmt: skip
    company = due(make_company(auth_requested_at=NOW() - age))
    autoinvoice.on("GET", STATUS, {"auth_state": "SENT", "auth_email": "s@example.com", "company_state": "UNVERIFIED"})

    look("companies.status", account)

    company.refresh_from_db()
    assert shortest <= company.next_check_at - NOW() <= longest


@pytest.mark.parametrize(
    ("auth_state", "expires_in", "expected"),
    [("SENT", -1, "EXPIRED"), ("SENT", 1, "OPEN"), ("CANCELED", 1, "DECLINED"), ("CANCELED", -1, "EXPIRED")],
)
def test_a_request_ends_by_autoinvoices_word_or_by_our_clock(
    account: PartnerAccount, autoinvoice: FakeAutoInvoice, make_company: Any,
    auth_state: str, expires_in: int, expected: str,
) -> None:  # fmt: skip
    company = due(make_company())
    request = Authorization.objects.create(
        account=account, company=company, email="s@example.com", locale="FI",
        requested_at=NOW() - timedelta(days=6), expires_at=NOW() + timedelta(days=expires_in),
    )  # fmt: skip
    answer = {"auth_state": auth_state, "auth_email": "s@example.com", "company_state": "UNVERIFIED"}
    autoinvoice.on("GET", STATUS, answer)

    look("companies.status", account)

    request.refresh_from_db()
    assert request.state == expected


def test_a_verified_company_is_looked_up_whole_once_its_webhooks_have_had_time(
    account: PartnerAccount, autoinvoice: FakeAutoInvoice, make_company: Any
) -> None:
    due(make_company("1234567-1", state="VERIFIED", state_at=NOW()))
    settled = due(make_company("0112038-9", state="VERIFIED", state_at=NOW() - timedelta(hours=2)))
    autoinvoice.on("GET", STATUS, {"auth_state": "SIGNED", "company_state": "VERIFIED"})

    look("companies.status", account)

    assert Operation.objects.get(kind="companies.refresh").target == settled


def test_a_company_that_cannot_be_looked_at_keeps_the_others_going(
    account: PartnerAccount, autoinvoice: FakeAutoInvoice, make_company: Any
) -> None:
    gone, fine = due(make_company("1234567-1")), due(make_company("0112038-9"))

    def answer(given: dict[str, Any]) -> Any:
        return (
            refusal("not_found", status=404)
            if given["id"] == gone.uuid
            else {"auth_state": "NONE", "company_state": "UNKNOWN"}
        )

    autoinvoice.on("GET", STATUS, answer)
    runs.run_now("companies.status", account)

    fine.refresh_from_db()
    gone.refresh_from_db()
    assert fine.state == "UNKNOWN"
    assert gone.next_check_at > NOW()


@pytest.mark.parametrize(
    ("answer", "status", "again"),
    [
        ({"id": "peppol", "status": "active", "network": "PEPPOL", "scheme": "0216"}, "active", False),
        ({"id": "peppol", "status": "pending", "network": "PEPPOL"}, "pending", True),
        (
            {
                "id": "peppol", "status": "error", "network": "PEPPOL",
                "last_event": {"message": "Refused by the registry", "created_at": "2026-01-01T00:00:00Z"},
            },
            "error", False,
        ),
        (refusal("not_found", status=404), "disabled", False),
        ({"id": "peppol", "status": "a new word", "network": "PEPPOL", "last_event": None}, "a new word", False),
    ],
)  # fmt: skip
def test_a_pending_registration_is_followed_to_its_end(
    account: PartnerAccount, autoinvoice: FakeAutoInvoice, make_company: Any, answer: Any, status: str, again: bool
) -> None:
    row = due(profile(make_company(state="VERIFIED"), "PEPPOL", "pending"))
    autoinvoice.on("GET", PROFILE, answer)

    look("companies.profiles", account)

    row.refresh_from_db()
    assert row.status == status
    assert (row.next_check_at is not None) is again
    assert row.error_text == ("Refused by the registry" if status == "error" else "")


def test_an_address_that_holds_a_personal_number_is_masked(
    account: PartnerAccount, autoinvoice: FakeAutoInvoice, make_company: Any
) -> None:
    company = make_company("640823-3234", "SE", state="VERIFIED")
    row = due(profile(company, "PEPPOL", "pending"))
    autoinvoice.on(
        "GET",
        PROFILE,
        {"id": "peppol", "status": "active", "network": "PEPPOL", "scheme": "0007", "endpoint_id": "6408233234"},
    )

    look("companies.profiles", account)

    row.refresh_from_db()
    assert (row.endpoint_id, row.real_endpoint_id) == ("640823-••••", "6408233234")


def test_what_is_not_due_is_not_asked(account: PartnerAccount, autoinvoice: FakeAutoInvoice, make_company: Any) -> None:
    make_company(next_check_at=NOW() + timedelta(hours=1))
    profile(make_company("0112038-9", state="VERIFIED"), "PEPPOL", "active")

    assert runs.run_now("companies.status", account) is None
    assert runs.run_now("companies.profiles", account) is None
    assert autoinvoice.calls == []


@pytest.mark.parametrize(("age", "pause"), [(timedelta(0), 10), (timedelta(minutes=10), 60), (timedelta(days=1), 120)])
def test_a_look_that_is_refused_for_a_while_is_made_again_soon_while_others_wait_for_its_outcome(
    account: PartnerAccount, autoinvoice: FakeAutoInvoice, make_company: Any, age: timedelta, pause: int
) -> None:
    row = due(profile(make_company(state="VERIFIED"), "PEPPOL", "pending"))
    NetworkProfile.objects.update(created_at=NOW() - age)
    autoinvoice.on("GET", PROFILE, maventa.TemporaryError(1.0, "status 503"))

    runs.run_now("companies.profiles", account)

    row.refresh_from_db()
    assert (row.status, NetworkProfile.objects.count()) == ("pending", 1)
    assert NOW() + timedelta(seconds=pause - 9) < row.next_check_at <= NOW() + timedelta(seconds=pause + 9)
