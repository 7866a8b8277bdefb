"""Pages by key: every row once, in order, forwards and backwards, whatever is equal or missing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import F, QuerySet

from companies.models import Case, Company
from portal.lists import keyset
from portal.partners.models import PartnerAccount
from tests.companies.conftest import make_account

NOW = datetime(2026, 6, 1, 12, 0, 0, 123456, tzinfo=UTC)
ORDERS: tuple[tuple[type, tuple[Any, ...]], ...] = (
    (Company, ("-created_at", "-id")),
    (Company, ("created_at", "pk")),
    (Company, ("name", "-id")),
    (Case, (F("closed_at").desc(nulls_first=True), "opened_at", "id")),
    (Case, ("-closed_at", "-id")),
    (Case, (F("closed_at").asc(nulls_last=True), "-id")),
)


@pytest.fixture
def rows(account: PartnerAccount) -> None:
    """Rows of two accounts, several of them equal or empty in what they are sorted by."""
    for number in range(23):
        owner = account if number % 3 else PartnerAccount.objects.filter(name="Other").first() or make_account("Other")
        at = NOW + timedelta(microseconds=number // 4)
        Company.objects.create(account=owner, uuid=uuid4(), name=f"Oy {number % 5}", created_at=at)
        Case.objects.create(
            account=owner, kind="x", key=str(number), opened_at=at, closed_at=None if number % 4 == 0 else at
        )


def forwards(parts: list[QuerySet[Any]], order: keyset.Order, size: int) -> Iterator[list[Any]]:
    position = None
    while True:
        page = keyset.page(parts, order, size, position, backwards=False)
        yield page.rows
        if not page.has_later:
            return
        position = keyset.unpacked(keyset.packed(0, order.position(page.rows[-1])), order)[1]


def backwards(parts: list[QuerySet[Any]], order: keyset.Order, size: int) -> Iterator[list[Any]]:
    position = None
    while True:
        page = keyset.page(parts, order, size, position, backwards=True)
        yield page.rows
        if not page.has_earlier:
            return
        position = order.position(page.rows[0])


@pytest.mark.parametrize("size", [1, 4, 23, 50])
@pytest.mark.parametrize(("model", "terms"), ORDERS)
def test_pages_hold_every_row_once_in_order(rows: None, model: Any, terms: tuple[Any, ...], size: int) -> None:
    whole = model.objects.order_by(*terms)
    order = keyset.Order.of(whole)
    parts = [whole.filter(account=one) for one in PartnerAccount.objects.all()]
    expected = list(order.sort(whole))

    there = [row for page in forwards(parts, order, size) for row in page]
    back = [row for page in reversed(list(backwards(parts, order, size))) for row in page]

    assert there == expected
    assert back == expected


def test_rows_that_come_in_meanwhile_shift_nothing(rows: None) -> None:
    newest_first = Company.objects.order_by("-created_at", "-id")
    order = keyset.Order.of(newest_first)
    first = keyset.page([newest_first], order, 10, None, backwards=False)
    Company.objects.create(
        account=first.rows[0].account, uuid=uuid4(), name="New Oy", created_at=NOW + timedelta(days=1)
    )

    second = keyset.page([newest_first], order, 10, order.position(first.rows[-1]), backwards=False)

    assert not {row.pk for row in first.rows} & {row.pk for row in second.rows}
    assert second.rows[0] == newest_first[11]


@pytest.mark.parametrize("text", ["", "x", "!!!", "W10", "WzEsIDJd", keyset.packed(1, ["no date", 7])])
def test_a_made_up_position_is_told_as_such(text: str) -> None:
    order = keyset.Order.of(Company.objects.order_by("-created_at", "-id"))

    with pytest.raises(keyset.WrongPositionError):
        keyset.unpacked(text, order)


def test_an_order_by_another_table_has_no_pages_by_key() -> None:
    with pytest.raises(TypeError, match="no column"):
        keyset.Order.of(Company.objects.order_by("created_at__year"))
