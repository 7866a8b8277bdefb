"""The list of sent invoices in a real browser when there are many: pages, search, and all that match at once."""

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import Permission, User
from playwright.sync_api import Browser, Page, expect

from companies.models import Company
from invoices.models import Invoice
from tests.e2e.browser import chromium, collect_errors, log_in
from tests.load.world import World

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(600)]
WCAG = {"runOnly": ["wcag2a", "wcag2aa"]}
LIST = "/admin/invoices/sentinvoice/"
INVOICES = 21_000  # half of them sent: more than a list counts


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in the tests' own thread
    with chromium() as started:
        yield started
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser: Browser, live_server: Any, company: Company) -> Iterator[Page]:
    world = World(company.account)
    world.companies(100)
    world.invoices(INVOICES, 100)
    viewer = User.objects.create_user("viewer", password="x", is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename="view_invoice"))
    company.account.staff.add(viewer)
    opened = browser.new_context(base_url=live_server.url)
    opened.set_default_timeout(60_000)
    errors = collect_errors(opened)
    log_in(opened.new_page(), live_server.url, "viewer", "x")
    yield opened.new_page()
    opened.close()
    assert errors == []


def search(page: Page, text: str) -> None:
    page.goto(LIST)
    page.locator("#searchbar").fill(text)
    page.locator("#searchbar").press("Enter")
    page.wait_for_url(re.compile(r"[?&]q="))


def check(page: Page) -> None:
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        found = Axe().run(page, options=WCAG)
        assert found.violations_count == 0, found.generate_report()
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 391
    page.set_viewport_size({"width": 1440, "height": 900})


def test_pages_search_and_all_that_match_work_when_there_are_more_than_a_list_counts(page: Page) -> None:
    rows = page.locator("#result_list tbody tr")
    page.goto(LIST)
    expect(page.get_by_text(re.compile(r"1 – 50 of more than 10.000 sent invoices"))).to_be_visible()
    check(page)
    first = rows.first.inner_text()
    page.get_by_title("Next page").click()
    expect(page.get_by_text(re.compile("51 – 100 of more than"))).to_be_visible()
    page.get_by_title("Last page").click()
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
