"""The admin's lists by key: links from page to page, counts that stop, sorts that an index carries."""

import re
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import html

from companies.models import Company
from invoices.enums import Direction, Status
from invoices.models import Invoice
from portal.lists import counting, secrets, text
from portal.partners.models import PartnerAccount
from receivables.enums import Agency, ServiceStatus
from receivables.models import CollectionService
from tests.companies.conftest import MakeCompany, make_account
from tests.companies.staff import LogIn

LIST = "/admin/companies/company/"
ROWS = 120


@pytest.fixture
def companies(account: PartnerAccount, make_company: MakeCompany) -> list[Company]:
    first = timezone.now() - timezone.timedelta(days=1)
    return [
        make_company(
            f"{10_000_000 + number}", name=f"Oy {number:03d}", created_at=first + timezone.timedelta(minutes=number)
        )
        for number in range(ROWS)
    ]


@pytest.fixture
def client(log_in: LogIn) -> Client:
    return log_in()


def shown(client: Client, address: str = LIST) -> list[str]:
    return [str(row) for row in client.get(address).context["cl"].result_list]


def link(client: Client, address: str, title: str) -> str:
    found = re.search(rf'href="([^"]*)" title="{title}"', client.get(address).content.decode())
    return LIST + unescape(found[1]) if found else ""


def test_pages_follow_each_other_without_a_gap(client: Client, companies: list[Company]) -> None:
    second = link(client, LIST, "Next page")
    third = link(client, second, "Next page")

    pages = [shown(client, address) for address in (LIST, second, third)]

    assert [len(page) for page in pages] == [50, 50, 20]
    assert [name for page in pages for name in page] == [f"Oy {number:03d}" for number in reversed(range(ROWS))]
    assert link(client, third, "Next page") == ""
    assert shown(client, link(client, third, "Previous page")) == pages[1]


def test_the_last_page_is_one_step_away_and_says_where_it_is(client: Client, companies: list[Company]) -> None:
    end = link(client, LIST, "Last page")

    assert shown(client, end)[-1] == "Oy 000"
    assert "71 – 120 of 120 companies" in client.get(end).content.decode()


def test_filters_and_sorts_stay_from_page_to_page_but_begin_at_the_first(
    client: Client, companies: list[Company]
) -> None:
    by_name = f"{LIST}?o=1&q=Oy"
    second = link(client, by_name, "Next page")

    assert shown(client, by_name)[0] == "Oy 000"
    assert shown(client, second)[0] == "Oy 050"
    sorts = re.findall(r'<a href="(\?[^"]*\bo=[^"]*)"', client.get(second).content.decode())
    assert sorts
    assert not [address for address in sorts if "after=" in address]


def test_a_count_stops_at_the_cap(client: Client, companies: list[Company], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "CAP", 100)

    first = client.get(LIST).content.decode()
    end = client.get(link(client, LIST, "Last page")).content.decode()

    assert "1 – 50 of more than 100 companies" in first
    assert "Select all more than 100" in first
    assert "more than 100 companies" in end
    assert "– 120 of" not in end


def test_a_search_that_finds_many_counts_no_further_and_shows_the_same_rows(
    client: Client, companies: list[Company], monkeypatch: pytest.MonkeyPatch
) -> None:
    few = shown(client, f"{LIST}?q=oy 0")
    monkeypatch.setattr(text, "FEW", 60)

    many = client.get(f"{LIST}?q=oy 0")

    assert "1 – 50 of more than 60 companies" in many.content.decode()
    assert [str(row) for row in many.context["cl"].result_list] == few
    assert few == [f"Oy {number:03d}" for number in range(99, 49, -1)]
    assert shown(client, f"{LIST}?q=oy 11") == [f"Oy {number}" for number in range(119, 109, -1)]


def test_choices_of_filters_are_counted_no_further_than_the_list(
    client: Client, companies: list[Company], monkeypatch: pytest.MonkeyPatch
) -> None:
    Company.objects.filter(pk__in=[row.pk for row in companies[:7]]).update(country="SE")
    monkeypatch.setattr(counting, "CAP", 100)

    page = client.get(f"{LIST}?_facets=True").content.decode()

    counted = dict(re.findall(r'<option value="(FI|SE|NO)"[^>]*>[^<(]*\(([^)]*)\)', page))
    assert counted == {"FI": "more than 100", "SE": "7", "NO": "0"}
    assert "(" not in "".join(re.findall(r'<option value="FI"[^>]*>([^<]*)', client.get(LIST).content.decode()))


def test_lists_leave_out_what_is_encrypted(client: Client, companies: list[Company]) -> None:
    assert secrets.of(Invoice, ("company", "account")) == {
        "business_id_secret",
        "company__business_id_secret",
        "account__user_key",
        "account__vendor_key",
    }
    row = client.get(LIST).context["cl"].result_list[0]
    assert {"business_id_secret", "user_key"} <= row.get_deferred_fields() | row.account.get_deferred_fields()


@pytest.mark.parametrize("query", ["?after=made-up", "?before=x", "?o=4", "?o=99", "?o=-", "?o=x.y", "?p=7", "?all="])
def test_an_address_that_means_nothing_shows_the_list_from_the_start(
    client: Client, companies: list[Company], query: str
) -> None:
    answer = client.get(LIST + query, follow=True)

    assert answer.status_code == 200
    assert str(answer.context["cl"].result_list[0]) == "Oy 119"


def test_lists_of_several_accounts_are_merged(log_in: LogIn, account: PartnerAccount, companies: list[Company]) -> None:
    other = make_account("Other")
    Company.objects.filter(pk__in=[company.pk for company in companies[::2]]).update(account=other)
    client = log_in(accounts=(account, other))

    both = shown(client)
    one = shown(client, f"{LIST}?account__id__exact={other.pk}")

    assert both == [f"Oy {number:03d}" for number in range(119, 69, -1)]
    assert one == [f"Oy {number:03d}" for number in range(118, 19, -2)]


def test_a_page_costs_as_many_queries_as_a_short_one(
    client: Client, companies: list[Company], django_assert_max_num_queries: Any
) -> None:
    second = link(client, LIST, "Next page")

    with django_assert_max_num_queries(16):
        client.get(second)


def test_cells_are_escaped_and_rows_named(client: Client, make_company: MakeCompany) -> None:
    company = make_company(name="<b>Oy & Co</b>")

    page = client.get(LIST).content.decode()

    assert "<b>Oy" not in page
    assert f'value="{company.pk}" class="action-select" aria-label="Select &lt;b&gt;Oy &amp; Co&lt;/b&gt;"' in page
    assert reverse("admin:companies_company_change", args=[company.pk]) in page


def test_sums_stand_right_under_their_heading_and_days_as_moments_are_written(
    log_in: LogIn, make_company: MakeCompany
) -> None:
    Invoice.objects.create(
        company=(company := make_company()), account=company.account, uuid=company.uuid, direction=Direction.SENT,
        total_amount=Decimal("1556.2"), currency="EUR", due_date=date(2026, 11, 14), status=Status.DELIVERED,
    )  # fmt: skip
    service = {"agency": Agency.AMILI, "status": ServiceStatus.ACTIVE}
    CollectionService.objects.create(company=company, account=company.account, **service)

    page = html.fromstring(log_in("lead").get("/admin/receivables/overdueinvoice/").content)

    cells = {cell.get("class"): cell.text_content() for cell in page.findall(".//tbody/tr/td")}
    heads = [head.text_content().strip() for head in page.findall(".//thead/tr/th") if "number" in head.classes]
    assert heads == ["With tax", "Days late"]
    assert cells["field-shown_total number"].endswith("556.20 EUR")
    assert cells["field-due_date nowrap"] == "2026-11-14"


def test_headings_of_filters_follow_the_heading_of_their_panel(log_in: LogIn) -> None:
    page = html.fromstring(log_in("lead").get("/admin/receivables/overdueinvoice/").content)

    levels = [one.tag for one in page.get_element_by_id("changelist-filter").iter("h1", "h2", "h3", "h4")]
    assert levels == ["h2", "h3"]
