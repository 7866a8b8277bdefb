"""Bulk upsert: on both databases an older fact never overwrites a newer one, and what is the same is not written."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.partners.models import PartnerAccount
from portal.sync.upsert import Written, upsert
from portal.webhooks.models import Subscription

START = datetime(2026, 1, 1, tzinfo=UTC)
COMPANY = UUID("11111111-1111-4111-8111-111111111111")
Row = Callable[..., Subscription]

pytestmark = pytest.mark.django_db


@pytest.fixture
def row(account: PartnerAccount) -> Row:
    def make(remote_id: str, reach: str = "WEBHOOK", at: int = 0, **fields: Any) -> Subscription:
        given = {"destination": "https://a.example/•••", "events": ["*"]} | fields
        return Subscription(
            account=account,
            company_uuid=COMPANY,
            remote_id=remote_id,
            reach=reach,
            fact_at=START + timedelta(seconds=at),
            **given,
        )

    return make


def write(*rows: Subscription, **options: Any) -> Written:
    return upsert(
        Subscription,
        rows,
        key=("account", "company_uuid", "remote_id"),
        columns=("reach", "destination", "events"),
        **options,
    )


def stored() -> dict[str, str]:
    return dict(Subscription.objects.values_list("remote_id", "reach"))


def test_upsert_inserts_new_rows_and_names_them(row: Row) -> None:
    written = write(row("a"), row("b"))

    assert len(written.inserted) == 2
    assert set(written.inserted) == set(Subscription.objects.values_list("pk", flat=True))
    assert (written.updated, written.unchanged) == ([], 0)


def test_upsert_overwrites_with_a_newer_fact_and_tells_it_from_an_insert(row: Row) -> None:
    write(row("a", "WEBHOOK", at=1))

    written = write(row("a", "VENDOR_WEBHOOK", at=2), row("b"))

    assert stored() == {"a": "VENDOR_WEBHOOK", "b": "WEBHOOK"}
    assert written.updated == [Subscription.objects.get(remote_id="a").pk]
    assert written.inserted == [Subscription.objects.get(remote_id="b").pk]


@pytest.mark.parametrize("at", [1, 5], ids=["older", "same time"])
def test_upsert_keeps_what_is_there_when_the_fact_is_not_newer(row: Row, at: int) -> None:
    write(row("a", "NEW", at=5))

    written = write(row("a", "OLD", at=at))

    assert stored() == {"a": "NEW"}
    assert (written.news, written.unchanged) == ([], 1)


def test_upsert_compares_json_columns_by_their_content(row: Row) -> None:
    write(row("a", events=["X"], at=1))

    unchanged = write(row("a", events=["X"], at=9))
    changed = write(row("a", events=["X", "Y"], at=10))

    assert (len(unchanged.news), len(changed.updated)) == (0, 1)
    assert Subscription.objects.get().events == ["X", "Y"]


def test_upsert_moves_the_fact_time_of_a_confirmed_row_so_that_a_late_fact_does_not_win(row: Row) -> None:
    write(row("a", "TRUE", at=1))
    write(row("a", "TRUE", at=5))

    write(row("a", "LATE", at=3))

    assert stored() == {"a": "TRUE"}


def test_upsert_writes_nothing_for_unchanged_rows_when_told_not_to_touch(row: Row) -> None:
    write(row("a", at=1))

    with CaptureQueriesContext(
        connection,
    ) as queries:
        write(row("a", at=5), touch=False)

    assert Subscription.objects.get().fact_at == START + timedelta(seconds=1)
    assert not [query for query in queries if query["sql"].startswith("UPDATE")]


def test_upsert_keeps_the_newest_when_a_page_names_a_row_twice(row: Row) -> None:
    written = write(row("a", "NEW", at=5), row("a", "OLD", at=1))

    assert stored() == {"a": "NEW"}
    assert (len(written.inserted), written.unchanged) == (1, 1)


def test_upsert_leaves_columns_alone_that_are_not_named(row: Row) -> None:
    write(row("a", at=1))
    Subscription.objects.update(deleted_at=START)

    write(row("a", "OTHER", at=2))

    assert Subscription.objects.get().deleted_at == START


def test_upsert_writes_a_page_of_a_hundred_in_one_statement(row: Row) -> None:
    rows = [row(str(number)) for number in range(100)]

    with CaptureQueriesContext(connection) as queries:
        write(*rows)

    assert len([query for query in queries if query["sql"].startswith("INSERT")]) == 1
    assert Subscription.objects.count() == 100


def test_upsert_writes_encrypted_columns_without_taking_them_for_changes(account: PartnerAccount) -> None:
    def again(key: str, at: int) -> Written:
        same = PartnerAccount(
            key=account.key, name=account.name, company_uuid=account.company_uuid, environment=account.environment,
            user_key=key, vendor_key="v", created_at=account.created_at + timedelta(seconds=at),
        )  # fmt: skip
        return upsert(PartnerAccount, [same], key=("key",), columns=("name", "user_key"), fact_at="created_at")

    unchanged = again("user-key", 5)

    assert unchanged.news == []
    account.refresh_from_db()
    assert account.user_key == "user-key"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pages=st.lists(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 8)), max_size=6), min_size=1, max_size=6)
)
def test_upsert_ends_with_the_newest_fact_of_each_row_whatever_the_order(
    account: PartnerAccount, row: Row, pages: list[list[tuple[str, int]]]
) -> None:
    Subscription.objects.all().delete()
    # A fact is what was true at a time: equal times have equal words, and words return after a while.
    facts = [[(name, f"STATE{at % 3}", at) for name, at in page] for page in pages]

    written = [write(*(row(name, state, at=at) for name, state, at in page)) for page in facts]

    newest = {name: (at, state) for name, state, at in sorted((f for page in facts for f in page), key=lambda f: f[2])}
    assert stored() == {name: state for name, (at, state) in newest.items()}
    for page, done in zip(facts, written, strict=True):
        assert len(done.inserted) + len(done.updated) + done.unchanged == len(page)
    assert sum(len(done.inserted) for done in written) == len(newest)
