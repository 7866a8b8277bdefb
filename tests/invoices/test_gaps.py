"""Gaps: found with their age, asked for within limits, closed when the missing source has told."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from companies.models import Company
from invoices import gaps
from invoices.models import Invoice
from invoices.sync import CompanyFeed
from portal.operations import queueing
from portal.operations.models import Operation
from portal.sync.models import Cursor, Gap
from portal.webhooks import addresses, dashboard, keys, subscription_watch
from portal.webhooks.models import Delivery, Subscription, WebhookSecret
from portal.webhooks.operations import Subscribe


@pytest.fixture(autouse=True)
def _subscribed(company: Company) -> None:
    secret = keys.issue(company.account)
    Subscription.objects.create(
        account=company.account, company_uuid=uuid4(), remote_id="1", reach="VENDOR_WEBHOOK", secret=secret,
        destination=addresses.shown(secret), created_at=timezone.now() - timedelta(days=2),
    )  # fmt: skip


def invoice(company: Company, hours: float = 1, **fields: Any) -> Invoice:
    given = {
        "uuid": uuid4(), "direction": "SENT", "status": "DELIVERED", "number": "7", "total_amount": 1,
        "created_at": timezone.now() - timedelta(hours=hours),
    }  # fmt: skip
    return Invoice.objects.create(account=company.account, company=company, **given | fields)


def told(row: Invoice) -> Delivery:
    return Delivery.objects.create(
        account=row.account, digest="d", subject=str(row.uuid), company_uuid=row.company.uuid
    )


def test_invoice_that_no_delivery_told_of_is_a_gap_and_events_are_asked_for_once(company: Company) -> None:
    lacking, known = invoice(company), invoice(company)
    told(known)
    for young_or_old in (0.1, 30):
        invoice(company, young_or_old)
    invoice(company, status="PENDING")

    counts = [gaps.look(company.account) for _ in range(3)]

    gap = Gap.objects.get()
    assert counts == [1, 1, 1]
    assert (gap.subject, gap.lacking, gap.known_at) == (str(lacking.uuid), "DELIVERY", lacking.created_at)
    assert (gap.asked, gap.asked_at is not None) == ("RESEND", True)
    assert list(Operation.objects.values_list("kind", flat=True)) == ["webhooks.resend_unacknowledged"]


def test_gap_closes_when_the_delivery_comes(company: Company) -> None:
    lacking = invoice(company)
    gaps.look(company.account)
    told(lacking)

    assert gaps.look(company.account) == 0
    assert Gap.objects.get().closed_at is not None


def test_invoice_that_only_an_event_named_has_its_companys_list_read(company: Company) -> None:
    row = invoice(company, total_amount=None, checked_at=None)
    told(row)

    gaps.look(company.account)

    gap = Gap.objects.get()
    assert (gap.lacking, gap.asked) == ("LIST", "WINDOW")
    cursor = Cursor.objects.get(source=CompanyFeed.name, company_uuid=company.uuid)
    assert cursor.next_at <= timezone.now()
    Invoice.objects.update(total_amount=1, checked_at=timezone.now())
    assert gaps.look(company.account) == 0


def test_nothing_is_lacking_where_nothing_was_subscribed(company: Company) -> None:
    Subscription.objects.all().delete()
    invoice(company)

    assert gaps.look(company.account) == 0


def test_subscription_that_is_missing_wrong_or_silent_is_trouble(company: Company) -> None:
    def kinds() -> set[str]:
        return {trouble.kind for trouble in subscription_watch.troubles(company.account)}

    well = kinds()
    Subscription.objects.update(destination="https://old.example/hooks/•••")
    wrong = kinds()
    for hours in range(40):
        row = Delivery.objects.create(account=company.account, digest="d")
        Delivery.objects.filter(pk=row.pk).update(received_at=timezone.now() - timedelta(hours=140 - hours))
    silent = kinds() - wrong
    Subscription.objects.update(deleted_at=timezone.now())
    unused = kinds()
    queueing.queue("companies.refresh", company, account=company.account)
    missing = kinds()
    secret = keys.issue(company.account).pk
    queueing.queue(Subscribe.kind, company.account, {"secret": secret}, account=company.account)

    assert (well, wrong, silent) == (set(), {"wrong_url"}, {"silent"})
    assert (unused, missing, kinds()) == (set(), {"missing"}, set()), "only an account that is used waits for events"


def test_dashboard_names_the_accounts_that_may_miss_events(company: Company) -> None:
    Subscription.objects.update(destination="https://old.example/hooks/•••")

    (card,) = dashboard.cards([company.account])

    assert (card.value, card.url.split("?")[1]) == (1, f"account__id__exact={company.account_id}")
    assert str(card.hint).startswith(f"{company.account.name}: A subscription leads to another address")


def test_two_subscriptions_that_both_bring_events_are_trouble(company: Company) -> None:
    second = keys.issue(company.account)
    Subscription.objects.create(
        account=company.account, company_uuid=uuid4(), remote_id="2", reach="VENDOR_WEBHOOK", secret=second,
        destination=addresses.shown(second),
    )  # fmt: skip
    before = subscription_watch.troubles(company.account)  # one of them is about to replace the other
    WebhookSecret.objects.update(first_used_at=timezone.now())

    (trouble,) = subscription_watch.troubles(company.account)

    assert (before, trouble.kind) == ([], "doubled")
