"""Quiet companies: what counts as activity, when they would be closed, and keeping them alive."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from companies import dashboard
from companies.enums import OnboardingState
from companies.life import activity, quiet_admin
from companies.models import Company, CompanyUser, QuietCompany
from companies.tasks import note_activity
from companies.users import shown_keys
from invoices.models import Invoice
from portal.operations import queueing
from portal.operations.handlers import NotQueueableError
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount
from tests.companies.conftest import MakeCompany, MakeOnboarding
from tests.companies.fakes import FakeAutoInvoice
from tests.companies.running import run
from tests.companies.staff import LogIn

KEEP, CURRENT = "/v1/company/keep_active", "/oauth2/current"


def ago(months: int) -> datetime:
    return activity.months_from(timezone.now(), -months)


def current(*, disabled: bool = False) -> dict[str, Any]:
    return {"user": {"id": "u"}, "company": {"id": "c", "disabled": disabled}}


def invoice(company: Company, at: datetime) -> Invoice:
    return Invoice.objects.create(
        account=company.account, company=company, uuid=uuid4(), direction="SENT", created_at=at
    )


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        ((2025, 12, 31), -11, (2025, 1, 31)),
        ((2026, 1, 31), -11, (2025, 2, 28)),
        ((2024, 1, 31), 13, (2025, 2, 28)),
        ((2025, 11, 30), 13, (2026, 12, 30)),
    ],
)
def test_months_are_counted_on_the_calendar(
    start: tuple[int, int, int], months: int, end: tuple[int, int, int]
) -> None:
    assert activity.months_from(datetime(*start, 8, tzinfo=UTC), months) == datetime(*end, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [((2025, 1, 15), (2025, 12, 14), 10), ((2025, 1, 15), (2025, 12, 15), 11), ((2025, 1, 31), (2025, 2, 28), 1)],
)
def test_whole_months_lie_between(start: tuple[int, int, int], end: tuple[int, int, int], months: int) -> None:
    assert quiet_admin.months_between(datetime(*start, tzinfo=UTC), datetime(*end, tzinfo=UTC)) == months


def test_the_latest_of_invoice_and_keeping_counts(make_company: MakeCompany) -> None:
    company = make_company(kept_active_at=ago(14))
    invoice(company, ago(15))
    invoice(company, ago(12))

    activity.note(company.account)

    company.refresh_from_db()
    assert company.active_at == company.invoices.latest("created_at").created_at


def test_a_company_that_we_registered_is_as_old_as_its_row(
    make_company: MakeCompany, make_onboarding: MakeOnboarding
) -> None:
    company = make_company(created_at=ago(12))
    make_onboarding(company=company, state=OnboardingState.REGISTERED, submitted_at=ago(12) - timedelta(minutes=1))

    activity.note(company.account)

    company.refresh_from_db()
    assert company.active_at == company.created_at


def test_a_company_that_was_found_may_be_older_than_its_row(make_company: MakeCompany) -> None:
    company = make_company(created_at=ago(1))
    make_company(name="Not worked out yet Oy")

    activity.note(company.account)

    company.refresh_from_db()
    assert company.active_at is None
    assert list(activity.unknown(Company.objects.all())) == [company]


def test_an_older_finding_never_replaces_a_newer_one(make_company: MakeCompany) -> None:
    known = ago(11)
    company = make_company(active_at=known)
    invoice(company, ago(13))

    activity.note(company.account)

    company.refresh_from_db()
    assert company.active_at == known


@pytest.mark.parametrize(
    ("fields", "is_quiet"),
    [
        ({"active_at": ago(11)}, True),
        ({"active_at": ago(11) + timedelta(days=1)}, False),
        ({"active_at": ago(20)}, True),
        ({"active_at": ago(20), "disabled": True}, False),
        ({"active_at": None}, False),
    ],
)
def test_quiet_is_eleven_months_without_anything(
    make_company: MakeCompany, fields: dict[str, Any], is_quiet: bool
) -> None:
    make_company(**fields)

    assert activity.quiet(Company.objects.all()).exists() is is_quiet


def test_keeping_active_starts_the_count_anew(autoinvoice: FakeAutoInvoice, make_company: MakeCompany) -> None:
    company = make_company(active_at=ago(12))
    autoinvoice.on("GET", CURRENT, current())
    autoinvoice.on("POST", KEEP, None)

    run("companies.keep_active", company)

    company.refresh_from_db()
    assert company.active_at == company.kept_active_at
    assert company.active_at > timezone.now() - timedelta(minutes=1)


def test_a_closed_account_is_found_out_instead_of_believed_alive(
    autoinvoice: FakeAutoInvoice, make_company: MakeCompany
) -> None:
    company = make_company(active_at=ago(14))
    autoinvoice.on("GET", CURRENT, current(disabled=True))

    operation = run("companies.keep_active", company)

    company.refresh_from_db()
    assert (operation.state, operation.error_code, operation.remedy_by) == ("REFUSED", "account_disabled", "support")
    assert (company.disabled, company.kept_active_at) == (True, None)
    with pytest.raises(NotQueueableError):
        queueing.queue("companies.keep_active", company, account=company.account)


@pytest.mark.parametrize("wanted", [True, False])
def test_quiet_companies_are_kept_alive_by_themselves_where_the_account_wants_it(
    account: PartnerAccount, make_company: MakeCompany, wanted: bool
) -> None:
    PartnerAccount.objects.filter(pk=account.pk).update(keeps_active=wanted)
    quiet_one = make_company(active_at=ago(12))
    unknown_one = make_company(created_at=ago(2), name="Unknown Oy")
    make_company(created_at=ago(0), name="New Oy")
    make_company(active_at=ago(3), name="Busy Oy")

    note_activity()
    note_activity()

    targets = sorted(Operation.objects.values_list("target_id", flat=True))
    assert targets == (sorted([quiet_one.pk, unknown_one.pk]) if wanted else [])


def test_the_list_says_when_each_would_be_closed(log_in: LogIn, make_company: MakeCompany) -> None:
    make_company(name="Busy Oy", active_at=ago(3))
    make_company(name="Quiet Oy", active_at=ago(11))
    make_company(name="Unknown Oy", created_at=ago(1))
    make_company(name="New Oy")
    make_company(name="Closed Oy", active_at=ago(20), disabled=True)
    client = log_in()

    whole = client.get(reverse("admin:companies_quietcompany_changelist"))
    some = {
        word: [str(row) for row in client.get(whole.request["PATH_INFO"], {"quiet": word}).context["cl"].result_list]
        for word in ("quiet", "soon", "unknown", "closed")
    }

    assert [str(row) for row in whole.context["cl"].result_list] == ["Closed Oy", "Quiet Oy", "Unknown Oy"]
    assert some == {"quiet": ["Quiet Oy"], "soon": [], "unknown": ["Unknown Oy"], "closed": ["Closed Oy"]}
    assert "11 months" in whole.content.decode()


@time_machine.travel(datetime(2026, 6, 15, 12, tzinfo=UTC), tick=False)
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"active_at": datetime(2025, 4, 15, tzinfo=UTC)}, "overdue"),
        ({"active_at": datetime(2025, 5, 18, tzinfo=UTC)}, "in 2 days"),
        ({"active_at": None}, "nobody knows"),
        ({"active_at": None, "disabled": True}, "closed"),
    ],
)
def test_the_day_of_closing_in_staff_words(make_company: MakeCompany, fields: dict[str, Any], words: str) -> None:
    assert words in quiet_admin.closing_pill(make_company(**fields))


def test_the_card_counts_quiet_companies(account: PartnerAccount, make_company: MakeCompany) -> None:
    make_company(active_at=ago(12))
    make_company()

    (card,) = dashboard.quiet_companies([account])

    assert (card.value, card.tone) == (1, "warn")


def test_a_batch_of_quiet_companies_acts_on_the_companies(
    account: PartnerAccount, autoinvoice: FakeAutoInvoice, make_company: MakeCompany
) -> None:
    from portal.operations import batches, runner

    company = make_company(active_at=ago(12))
    autoinvoice.on("GET", CURRENT, current())
    autoinvoice.on("POST", KEEP, None)
    batch = batches.create_batch(
        "companies.keep_active", QuietCompany, [company.pk], account=account, actor=None, label="x"
    )

    batches.start(batch)
    runner.run_until_idle(account, timeout=5)

    operation = Operation.objects.get()
    company.refresh_from_db()
    assert (operation.state, operation.company_uuid) == ("DONE", company.uuid)
    assert company.kept_active_at is not None


def test_a_key_that_nobody_came_to_see_is_forgotten(make_company: MakeCompany) -> None:
    company, now = make_company(), timezone.now()
    keys = {"wanted": (True, 2), "unseen": (False, 2), "fresh": (False, 0)}
    for name, (keeps, days) in keys.items():
        CompanyUser.objects.create(
            account=company.account, company=company, remote_id=name, email=name, fact_at=now, api_key="secret",
            keeps_key=keeps, key_made_at=now - timedelta(days=days),
        )  # fmt: skip

    shown_keys.forget_unseen(now - shown_keys.WAITS)

    assert {user.remote_id for user in CompanyUser.objects.all() if user.has_key} == {"wanted", "fresh"}
