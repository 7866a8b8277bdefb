"""The timeline: everything merged by time, a page at a time, at the same cost for a company of any size."""

from typing import Any

import pytest
from django.utils import timezone

from companies.history import timeline
from companies.models import Company, Note
from portal.partners.models import ApiCall, PartnerAccount
from tests.companies.conftest import MakeCompany
from tests.companies.pasts import fill

pytestmark = pytest.mark.django_db


def read_all(company: Company, kinds: Any, most: int) -> list[timeline.Happened]:
    rows, after = [], ""
    while True:
        page = timeline.read(company, kinds, after, most)
        rows += page.rows
        if not page.after:
            return rows
        after = page.after


@pytest.mark.parametrize("most", [1, 4, 30])
def test_pages_hold_every_row_once_in_order(make_company: MakeCompany, most: int) -> None:
    company = make_company()
    fill(company, 5)

    rows = read_all(company, timeline.KINDS, most)

    assert len(rows) == 5 * 7
    assert len({(row.stream, row.row.pk) for row in rows}) == 5 * 7
    assert [row.at for row in rows] == sorted((row.at for row in rows), reverse=True)


def test_pages_neither_lose_nor_double_rows_that_share_a_time(make_company: MakeCompany) -> None:
    company, at = make_company(), timezone.now()
    ApiCall.objects.bulk_create(
        ApiCall(account=company.account, company_uuid=company.uuid, at=at, api="AX", method="GET", path="/")
        for _ in range(7)
    )
    Note.objects.bulk_create(Note(account=company.account, company=company, text="n", created_at=at) for _ in range(7))

    rows = read_all(company, timeline.KINDS, 3)

    assert len({(row.stream, row.row.pk) for row in rows}) == len(rows) == 14


def test_a_page_shows_the_chosen_kinds_only(make_company: MakeCompany) -> None:
    company = make_company()
    fill(company, 3)

    usual = read_all(company, timeline.chosen([]), 10)
    notes = read_all(company, timeline.chosen(["notes"]), 10)
    every = read_all(company, timeline.chosen(["all"]), 10)

    assert {row.stream for row in usual} == {"acts", "told", "changes", "notes"}
    assert {row.stream for row in notes} == {"notes"}
    assert {row.stream for row in every} == {stream.name for stream in timeline.STREAMS}


def test_a_page_shows_nothing_of_another_account_with_the_same_company(
    make_company: MakeCompany, account: PartnerAccount
) -> None:
    company = make_company()
    fill(company, 2)
    stranger = Company(pk=company.pk + 1, account_id=account.pk + 1, uuid=company.uuid)

    assert read_all(stranger, timeline.KINDS, 10) == []


@pytest.mark.parametrize(
    "place",
    [
        "x",
        "acts:",
        "acts:abc",
        "acts:1@2",
        "calls:5",
        "~~~",
        "notes:9999999999999999999999",
        "calls:" + "9" * 18 + "@1",
    ],
)
def test_a_damaged_place_is_the_beginning_of_its_stream(make_company: MakeCompany, place: str) -> None:
    company = make_company()
    fill(company, 2)

    page = timeline.read(company, timeline.KINDS, place, 100)

    assert len(page.rows) == 2 * 7


def test_a_page_costs_one_query_a_stream_however_much_happened(
    make_company: MakeCompany, django_assert_num_queries: Any
) -> None:
    company = make_company()
    fill(company, 300)
    middle = timeline.read(company, timeline.KINDS, "", 900).after

    with django_assert_num_queries(len(timeline.STREAMS)):
        page = timeline.read(company, timeline.KINDS, middle)

    assert len(page.rows) == timeline.PER_PAGE
