"""When the feeds of companies that are new here are read for the first time."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.utils import timezone

from portal.partners.models import PartnerAccount
from portal.sync import cursors
from portal.sync.models import Cursor

SOURCE, EVERY = "tests.companies", timedelta(hours=6)


def follow(account: PartnerAccount, uuids: list[UUID]) -> datetime:
    now = timezone.now()
    cursors.follow_in_turn(SOURCE, account, uuids, EVERY)
    return now


def places(account: PartnerAccount) -> dict[UUID | None, datetime]:
    return dict(Cursor.objects.filter(account=account).values_list("company_uuid", "next_at"))


def test_thousands_that_come_together_are_read_evenly_over_time(account: PartnerAccount) -> None:
    for _part in range(3):
        now = follow(account, [uuid4() for _ in range(1000)])

    waits = sorted(at - now for at in places(account).values())
    assert len(waits) == 3000
    assert waits[-1] <= timedelta(seconds=3000)
    soon = sum(wait <= timedelta(minutes=1) for wait in waits)
    assert soon < 200  # a thousand within a thousand seconds: about sixty a minute, of each part
    assert sum(wait > timedelta(seconds=1000) for wait in waits) > 500


def test_the_first_read_is_never_later_than_the_feed_is_read_at_all(account: PartnerAccount) -> None:
    Cursor.objects.bulk_create([Cursor(source=SOURCE, account=account, company_uuid=uuid4()) for _ in range(30_000)])
    mine = [uuid4() for _ in range(100)]

    now = follow(account, mine)

    late = [places(account)[one] - now for one in mine]
    assert timedelta(hours=3) < max(late) <= EVERY + timedelta(seconds=5)


def test_a_few_are_read_within_seconds(account: PartnerAccount) -> None:
    now = follow(account, [uuid4() for _ in range(5)])

    assert max(places(account).values()) - now < timedelta(seconds=6)


def test_a_company_has_the_same_place_each_time_and_one_that_is_followed_stays_as_it_is(
    account: PartnerAccount,
) -> None:
    others = [uuid4() for _ in range(500)]
    first = follow(account, [*others, one := uuid4()])
    before = places(account)
    follow(account, [one])
    kept = places(account)
    Cursor.objects.all().delete()
    again = follow(account, [*others, one])

    assert kept == before
    assert abs((before[one] - first) - (places(account)[one] - again)) < timedelta(seconds=1)


def test_others_accounts_and_other_feeds_do_not_count(account: PartnerAccount) -> None:
    Cursor.objects.bulk_create(
        [Cursor(source="tests.others", account=account, company_uuid=uuid4()) for _ in range(2_000)]
    )
    one = uuid4()

    now = follow(account, [one])

    assert places(account)[one] - now < timedelta(seconds=3)


def test_what_tells_of_a_company_lets_its_first_read_begin_at_once_but_no_pause_end(account: PartnerAccount) -> None:
    later = timezone.now() + timedelta(hours=1)
    waiting, read, failed = (uuid4() for _ in range(3))
    for company, fields in ((waiting, {}), (read, {"done_until": timezone.now()}), (failed, {"failures": 2})):
        Cursor.objects.create(source=SOURCE, account=account, company_uuid=company, next_at=later, **fields)

    cursors.begin(SOURCE, [waiting, read, failed, uuid4()])

    due = set(Cursor.objects.due(timezone.now()).values_list("company_uuid", flat=True))
    assert due == {waiting}
