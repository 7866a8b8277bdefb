"""Drift and gaps as staff see them, and asking for a comparison."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal.partners.models import PartnerAccount
from portal.sync import dashboard, reconciling, registry
from portal.sync.models import Cursor, Drift, DriftKind, Gap, Lacking
from tests.portal.sync.sources import COMPANY

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(account: PartnerAccount) -> User:
    user = User.objects.create_user("agent", password="x", is_staff=True)
    wanted = ("view_drift", "view_gap", "reconcile", "view_syncrun")
    user.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    account.staff.add(user)
    return user


@pytest.fixture
def browser(staff: User, client: Client) -> Client:
    client.force_login(staff)
    return client


def drift(account: PartnerAccount, number: int = 1, **fields: Any) -> Drift:
    given = {
        "company_uuid": COMPANY, "source": "invoices.invoice", "subject": str(uuid4()), "title": f"2026-{number}",
        "kind": DriftKind.DIFFERENT, "field": "status", "local": "PENDING", "remote": "DELIVERED",
        "since": timezone.now(), "event": "DOCUMENTS.INVOICE.DELIVERED",
    }  # fmt: skip
    return Drift.objects.create(account=account, **given | fields)


def test_drift_list_says_what_differed_and_which_event_never_came(browser: Client, account: PartnerAccount) -> None:
    drift(account)
    drift(account, 2, kind=DriftKind.MISSING, field="", event="", delivery_id=None)

    page = browser.get(reverse("admin:sync_drift_changelist")).content.decode()

    assert "2026-1" in page
    assert "DOCUMENTS.INVOICE.DELIVERED: never came" in page
    assert "No event tells of it" in page
    assert "Written from AutoInvoice&#x27;s list" in page


def test_drift_list_costs_the_same_for_many_rows(
    browser: Client, account: PartnerAccount, django_assert_max_num_queries: Any
) -> None:
    for number in range(40):
        drift(account, number, delivery_id=number)

    with django_assert_max_num_queries(14):
        assert browser.get(reverse("admin:sync_drift_changelist")).status_code == 200


def test_drift_of_another_account_is_not_shown(browser: Client, make_account: Any) -> None:
    other = drift(make_account("Other"), 77)

    assert "2026-77" not in browser.get(reverse("admin:sync_drift_changelist")).content.decode()
    assert browser.get(reverse("admin:sync_drift_change", args=[other.pk])).status_code == 302


def test_one_drift_is_shown_whole(browser: Client, account: PartnerAccount) -> None:
    page = browser.get(reverse("admin:sync_drift_change", args=[drift(account).pk])).content.decode()

    assert "PENDING" in page
    assert "DELIVERED" in page


def test_comparison_of_one_company_is_due_at_once(browser: Client, account: PartnerAccount) -> None:
    registry.register(reconciling.Reconcile)
    asked = {"account": account.pk, "company": str(COMPANY)}

    answer = browser.post(reverse("admin:sync_compare"), asked)

    assert answer.status_code == 302
    cursor = Cursor.objects.get(source=reconciling.NAME)
    assert (cursor.company_uuid, cursor.next_at <= timezone.now()) == (COMPANY, True)


def test_comparison_of_an_account_takes_all_its_companies_and_no_others(
    browser: Client, account: PartnerAccount, make_account: Any
) -> None:
    later = timezone.now() + timedelta(days=3)
    for owner, company in ((account, COMPANY), (account, UUID(int=2)), (make_account("Other"), UUID(int=3))):
        Cursor.objects.create(source=reconciling.NAME, account=owner, company_uuid=company, next_at=later)

    browser.post(reverse("admin:sync_compare"), {"account": account.pk})

    due = Cursor.objects.filter(next_at__lte=timezone.now()).values_list("company_uuid", flat=True)
    assert set(due) == {COMPANY, UUID(int=2)}


@pytest.mark.parametrize("company", ["x", "1234567-1"])
def test_a_company_that_is_no_uuid_is_said_at_its_field(browser: Client, account: PartnerAccount, company: str) -> None:
    page = browser.post(reverse("admin:sync_compare"), {"account": account.pk, "company": company}).content.decode()

    assert "This is no UUID. Copy it from the company&#x27;s page." in page


def test_comparing_needs_its_right(browser: Client, staff: User) -> None:
    staff.user_permissions.remove(Permission.objects.get(codename="reconcile"))

    assert browser.get(reverse("admin:sync_compare")).status_code == 403
    assert "Compare now" not in browser.get(reverse("admin:sync_drift_changelist")).content.decode()


def test_dashboard_shows_drift_day_by_day_and_open_gaps(account: PartnerAccount) -> None:
    drift(account)
    drift(account, 2, kind=DriftKind.MISSING, found_at=timezone.now() - timedelta(days=2))
    drift(account, 3, found_at=timezone.now() - timedelta(days=40))
    Gap.objects.create(
        account=account, company_uuid=COMPANY, subject="7", title="7", lacking=Lacking.DELIVERY, known_at=timezone.now()
    )

    totals = [sum(count for _tone, count, _label in bar.parts) for bar in dashboard.drift([account]).bars]

    assert (totals[-1], totals[-3], sum(totals)) == (1, 1, 2)
    assert [card.value for card in dashboard.cards([account]) if card.icon == "rule"] == [1]


def test_gap_list_says_what_is_lacking_and_what_was_asked_for(browser: Client, account: PartnerAccount) -> None:
    Gap.objects.create(
        account=account, company_uuid=COMPANY, subject="7", title="2026-7", lacking=Lacking.DELIVERY,
        known_at=timezone.now(), asked="RESEND", asked_at=timezone.now(),
    )  # fmt: skip

    page = browser.get(reverse("admin:sync_gap_changelist") + "?state=open").content.decode()

    assert "2026-7" in page
    assert "No webhook told of it" in page
    assert "Missed events asked for again" in page
