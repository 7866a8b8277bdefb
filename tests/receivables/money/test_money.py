"""The fleet's money: counted right, each figure a link to the rows it counts, at the same cost for one and for many."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from lxml import html

from companies.models import Company
from portal.partners.models import PartnerAccount
from receivables.models import AgencyMoney, Assignment, CompanyMoney
from receivables.money import counting
from tests.companies.conftest import make_account
from tests.companies.staff import LogIn

URL = "admin:money"


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def assign(company: Company, number: int, **fields: Any) -> Assignment:
    known = {
        "agency": "amili", "currency": "EUR", "status": "open", "stage": "reminder", "open_amount": Decimal("100.50"),
        "due_date": timezone.localdate() + timedelta(days=5), "paid_amount": Decimal(0),
    } | fields  # fmt: skip
    return Assignment.objects.create(account=company.account, company=company, remote_id=f"case-{number}", **known)


@pytest.fixture
def company(make_company: Any) -> Company:
    made: Company = make_company(state="VERIFIED", name="Kuura Oy")
    return made


@pytest.fixture
def fleet(company: Company, make_company: Any) -> Company:
    """Two companies at two agencies, with one assignment of each kind."""
    late = timezone.localdate() - timedelta(days=3)
    other = make_company("01120389", state="VERIFIED", name="Halla Oy")
    assign(company, 1)
    assign(company, 2, due_date=late, stage="collection", paid_amount=Decimal("20.00"))
    assign(company, 3, due_date=late, stage="legal_collection", agency="ropo")
    assign(other, 4, status="closed", is_open=False, open_amount=Decimal(0), paid_amount=Decimal("300.00"))
    assign(other, 5, currency="SEK", open_amount=Decimal("5000.00"))
    counting.recount(company.account)
    return company


def test_each_kind_is_counted_by_agency(fleet: Company) -> None:
    row = AgencyMoney.objects.get(agency="amili", currency="EUR")

    assert (row.open_count, row.open_amount) == (2, Decimal("201.00"))
    assert (row.overdue_count, row.overdue_amount) == (1, Decimal("100.50"))
    assert (row.collection_count, row.collection_amount) == (1, Decimal("100.50"))
    assert (row.collected_count, row.collected_amount) == (2, Decimal("320.00"))
    assert AgencyMoney.objects.get(agency="ropo").legal_count == 1


def test_each_company_is_counted(fleet: Company) -> None:
    found = set(CompanyMoney.objects.values_list("company__name", "agency", "currency", "open_count"))

    assert found == {
        ("Kuura Oy", "amili", "EUR", 2), ("Kuura Oy", "ropo", "EUR", 1), ("Halla Oy", "amili", "EUR", 0),
        ("Halla Oy", "amili", "SEK", 1),
    }  # fmt: skip


def test_counting_again_writes_only_what_changed(fleet: Company) -> None:
    again = counting.recount(fleet.account)
    Assignment.objects.filter(remote_id="case-1").update(open_amount=Decimal("1.00"))
    changed = counting.recount(fleet.account)

    assert (again, changed) == (0, 1)
    assert AgencyMoney.objects.get(agency="amili", currency="EUR").open_amount == Decimal("101.50")


def test_figures_that_nothing_is_behind_are_dropped(fleet: Company) -> None:
    Assignment.objects.filter(agency="ropo").update(agency="ropo_new")

    counting.recount(fleet.account)

    assert set(AgencyMoney.objects.values_list("agency", flat=True)) == {"amili", "ropo_new"}
    assert "ropo" not in set(CompanyMoney.objects.values_list("agency", flat=True))


def links_of(client: Client, **query: Any) -> list[tuple[str, int]]:
    """Return each figure's link with the count that stands beside it."""
    tree = html.fromstring(text_of(client.get(reverse(URL), query)))
    cells = [cell for cell in tree.iterfind(".//td") if cell.find(".//a[@href]") is not None]
    found = []
    for cell in cells:
        count = cell.find(".//span[@class='when']")
        if count is not None:
            found.append((str(cell.find(".//a").get("href")), int(count.text_content().strip("() "))))
    return found


def test_each_figure_leads_to_the_rows_it_counts(log_in: LogIn, fleet: Company) -> None:
    client = log_in()

    links = links_of(client)

    assert len(links) > 8
    for url, count in links:
        answer = client.get(url)
        assert answer.status_code == 200, url
        assert answer.context["cl"].result_count == count, parse_qs(urlsplit(url).query)


def test_currencies_are_not_added_up(log_in: LogIn, fleet: Company) -> None:
    client = log_in()

    euros, crowns = text_of(client.get(reverse(URL))), text_of(client.get(reverse(URL), {"currency": "SEK"}))

    assert "SEK</a>" in euros
    assert re.search(r"5.?000.00 SEK", crowns)
    assert "Halla Oy" in crowns
    assert "Kuura Oy" not in crowns


def test_a_company_is_found(log_in: LogIn, fleet: Company) -> None:
    shown = text_of(log_in().get(reverse(URL), {"q": "halla"}))

    assert "Halla Oy" in shown
    assert "Kuura Oy" not in shown


def test_before_anything_was_counted_the_page_says_so(log_in: LogIn, account: PartnerAccount) -> None:
    assert "No assignment was counted yet" in text_of(log_in().get(reverse(URL)))


def test_counting_now_counts_the_viewers_account_only(log_in: LogIn, company: Company) -> None:
    assign(company, 1)
    stranger = log_in("agent", accounts=(make_account("Other"),))

    stranger.post(reverse("admin:money_count"), {"account": company.account_id})
    before = AgencyMoney.objects.count()
    log_in("lead").post(reverse("admin:money_count"), {"account": company.account_id})

    assert (before, AgencyMoney.objects.count()) == (0, 1)
    assert "Kuura" not in text_of(stranger.get(reverse(URL), {"account": company.account_id}))


def test_the_page_costs_the_same_for_one_and_for_many(
    log_in: LogIn, make_company: Any, account: PartnerAccount
) -> None:
    client, costs = log_in(), []
    for number, business_id in enumerate(("12345671", "01120389", "15728600")):
        assign(make_company(business_id), number)
        counting.recount(account)
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse(URL))
        costs.append(len(queries))

    assert costs[1:] == costs[:-1]
    assert costs[0] <= 15
