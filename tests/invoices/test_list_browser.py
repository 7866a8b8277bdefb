"""The list of sent invoices in a real browser when there are many: pages, search, and all that match at once."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from playwright.sync_api import Browser, Page, expect

from companies.models import Company
from invoices.models import Invoice
from tests.e2e.here import check_page, opened
from tests.load.world import World

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(600)]
LIST = "/admin/invoices/sentinvoice/"
INVOICES = 21_000  # half of them sent: more than a list counts


@pytest.fixture
def page(chrome: Browser, live_server: Any, company: Company) -> Iterator[Page]:
    world = World(company.account)
    world.companies(100)
    world.invoices(INVOICES, 100)
    viewer = User.objects.create_user("viewer", password="x", is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename="view_invoice"))
    company.account.staff.add(viewer)
    with opened(chrome, live_server.url, "viewer", patience=60_000) as window:
        yield window.new_page()


def search(page: Page, text: str) -> None:
    page.goto(LIST)
    page.locator("#searchbar").fill(text)
    page.locator("#searchbar").press("Enter")
    page.wait_for_url(re.compile(r"[?&]q="))


def test_pages_search_and_all_that_match_work_when_there_are_more_than_a_list_counts(page: Page) -> None:
    rows = page.locator("#result_list tbody tr")
    page.goto(LIST)
    expect(page.get_by_text(re.compile(r"1 – 50 of more than 10.000 sent invoices"))).to_be_visible()
    check_page(page)
    first = rows.first.inner_text()
    page.get_by_title("Next page").click()
    expect(page.get_by_text(re.compile("51 – 100 of more than"))).to_be_visible()
    page.get_by_title("Last page").click()
    expect(page.get_by_title("Next page")).to_have_count(0)
    expect(page.get_by_title("Previous page")).to_be_visible()
    assert rows.first.inner_text() != first

    search(page, "venepalvelu 21")
    named = Invoice.objects.sent().filter(counterparty_name__contains="Venepalvelu 21").count()
    assert 0 < named < 50
    expect(rows).to_have_count(named)
    expect(rows.first).to_contain_text("Venepalvelu 21")

    wanted = Invoice.objects.sent().order_by("pk")[4321]
    search(page, wanted.number)
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text(wanted.number)

    failed = Invoice.objects.sent().failed().count()
    page.goto(f"{LIST}?status=FAILED")
    page.locator("#action-toggle").check()
    page.get_by_role("link", name=f"Select all {failed} sent invoices").click()
    expect(page.get_by_text(f"All {failed} selected")).to_be_visible()
    page.locator("select[name=action]").select_option(label="Export as CSV")
    with page.expect_download() as downloading:
        page.locator("button[name=index]").first.click()
    lines = downloading.value.path().read_text("utf-8-sig").splitlines()
    assert len(lines) == failed + 1
