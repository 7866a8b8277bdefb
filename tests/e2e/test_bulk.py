"""Bulk actions in the browser: a filtered list, all that match across its pages, four screens, and back to the list."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.companies.csv_files import finnish_ids, sheet
from tests.e2e.browser import WORK
from tests.e2e.stack import Stack

COMPANIES = 60  # two pages of the list, and more than may be started without typing the number
pytestmark = pytest.mark.timeout(400)  # the first of them waits for the stack's story and for these companies
LIST = "/admin/companies/company/?country=FI&q=Bulk"


@pytest.fixture(scope="module", autouse=True)
def _companies(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> None:
    path: Path = tmp_path_factory.mktemp("bulk") / "customers.csv"
    rows = [
        {"bid": bid, "name": f"Bulk {number} Oy", "method": "own", "authorization_id": f"contract {number}"}
        for number, bid in enumerate(finnish_ids(COMPANIES, first=2_610_000))
    ]
    path.write_bytes(sheet(*rows).getvalue())
    done = stack.manage("onboard", str(path), "--wait", "--timeout", "150", seconds=180)
    assert done.returncode == 0, done.stderr


def choose(page: Page, action: str) -> None:
    page.locator("select[name=action]").select_option(label=action)
    page.locator("button[name=index]").first.click()


def confirm(page: Page, button: str) -> None:
    page.get_by_label("Type that number to confirm.").fill(str(COMPANIES))
    page.get_by_role("button", name=button).click()


def expect_result(page: Page) -> None:
    expect(page.locator("li[aria-current=step]")).to_have_text("Result", timeout=WORK)


def test_all_that_match_are_picked_across_pages_confirmed_carried_out_and_the_list_comes_back(
    page: Page, check_accessibility: Callable[[Page], None]
) -> None:
    page.goto(LIST)
    page.locator("#action-toggle").check()
    every = page.get_by_role("link", name=f"Select all {COMPANIES} companies")
    every.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"All {COMPANIES} selected")).to_be_visible()
    choose(page, "Keep company active")

    expect(page.locator("li[aria-current=step]")).to_have_text("Preview")
    expect(page.get_by_text(f"all {COMPANIES} companies of the filtered list")).to_be_visible()
    check_accessibility(page)
    page.get_by_label("Type that number to confirm.").fill("59")
    page.get_by_role("button", name=f"Keep active for {COMPANIES} companies").click()
    expect(page.get_by_text(f"Type the number of rows, {COMPANIES}, to start.")).to_be_visible()
    confirm(page, f"Keep active for {COMPANIES} companies")

    expect_result(page)
    check_accessibility(page)
    expect(page.locator(".card-value").first).to_have_text(str(COMPANIES))
    page.get_by_role("link", name="Back to the list").click()
    expect(page).to_have_url(re.compile(re.escape(LIST) + "$"))


def test_several_networks_are_activated_where_they_are_missing(page: Page) -> None:
    page.goto(LIST)
    page.locator("#action-toggle").check()
    choose(page, "Activate networks")
    page.get_by_label("BANK", exact=True).check()
    page.get_by_label("PEPPOL", exact=True).check()
    page.get_by_role("button", name="Show what would happen").click()

    expect(page.get_by_text("Calls to AutoInvoice", exact=False)).to_be_visible()
    expect(page.get_by_text("already, or about to be")).to_be_visible()


def test_without_javascript_one_row_is_widened_to_all_and_refreshed(page_without_javascript: Page) -> None:
    page = page_without_javascript
    page.goto(LIST)
    page.locator("#result_list input.action-select").first.check()
    choose(page, "Look up company")
    page.get_by_role("button", name=f"Take all {COMPANIES} that match").click()

    page.get_by_role("button", name=f"Look up now for {COMPANIES} companies").click()

    for _reload in range(60):
        if page.locator("li[aria-current=step]").inner_text() == "Result":
            break
        page.wait_for_timeout(1000)
        page.reload()
    expect(page.locator(".card-value").first).to_have_text(str(COMPANIES))


def test_the_filtered_list_is_exported_with_the_chosen_columns(page: Page) -> None:
    page.goto(LIST)
    page.locator("#result_list input.action-select").first.check()
    page.locator("#action-toggle").check()
    page.get_by_role("link", name=f"Select all {COMPANIES} companies").click()
    choose(page, "Export as CSV")
    for name in ("Networks", "Here since"):
        page.get_by_label(name).uncheck()

    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download").click()

    lines = downloading.value.path().read_text("utf-8-sig").splitlines()
    assert len(lines) == COMPANIES + 1
    assert lines[0] == "Name,Country,Business id,AutoInvoice id,State,Authorization,Partner account"
