"""What is found wrong with sync, and what is not."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from portal.partners.models import Environment, PartnerAccount
from portal.sync import watched
from portal.sync.models import Cursor, Drift, DriftKind, Gap, Lacking
from portal.watching import Found

HOUR = timedelta(hours=1)


@pytest.fixture
def account(db: None) -> PartnerAccount:
    fields = {"environment": Environment.SANDBOX, "company_uuid": uuid4(), "user_key": "u", "vendor_key": "v"}
    return PartnerAccount.objects.create(name="Partner", **fields)


def count(found: Found | None) -> int:
    return len(list(found.examples())) and found.count if found else 0


def test_feed_is_late_when_nobody_reads_it_and_not_while_somebody_does(account: PartnerAccount) -> None:
    cursor = Cursor.objects.create(source="x", account=account, next_at=timezone.now() - HOUR)
    assert count(watched.lag(account, 600)) == 1
    assert count(watched.lag(account, 7200)) == 0

    Cursor.objects.filter(pk=cursor.pk).update(leased_until=timezone.now() + HOUR)

    assert count(watched.lag(account, 600)) == 0


def test_feed_that_failed_once_mends_itself(account: PartnerAccount) -> None:
    Cursor.objects.create(source="x", account=account, failures=2)
    Cursor.objects.create(source="y", account=account, failures=3)

    assert count(watched.stuck(account, 3)) == 1


def test_drift_of_the_last_day_counts(account: PartnerAccount) -> None:
    now = timezone.now()
    for found_at in (now, now, now - 25 * HOUR):
        Drift.objects.create(
            account=account, company_uuid=uuid4(), source="x", subject="1", title="Puro Puu Oy", kind=DriftKind.GONE,
            found_at=found_at,
        )  # fmt: skip

    assert count(watched.drift(account, 2)) == 2
    assert count(watched.drift(account, 3)) == 0


def test_gap_counts_when_it_stays_open_for_long(account: PartnerAccount) -> None:
    now = timezone.now()
    times = {"1": (now - 5 * HOUR, None), "2": (now, None), "3": (now - 5 * HOUR, now)}
    for subject, (known_at, closed_at) in times.items():
        Gap.objects.create(
            account=account, company_uuid=uuid4(), subject=subject, title="1001", lacking=Lacking.DELIVERY,
            known_at=known_at, closed_at=closed_at,
        )  # fmt: skip

    assert count(watched.gaps(account, 180)) == 1
