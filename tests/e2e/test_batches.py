"""Many companies at once in the browser: a bulk action with its preview, progress and result."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.companies.csv_files import finnish_ids, sheet
from tests.e2e.browser import WORK

COMPANIES = 3


def write_file(path: Path, first: int) -> Path:
    rows = [
        {"bid": bid, "name": f"Batch {number} Oy", "method": "own", "authorization_id": f"contract {number}"}
        for number, bid in enumerate(finnish_ids(COMPANIES, first=first))
    ]
    path.write_bytes(sheet(*rows).getvalue())
    return path


def onboard(page: Page, path: Path) -> None:
    page.goto("/admin/onboard/file/")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Read the file").click()
    page.get_by_role("button", name=f"Onboard {COMPANIES} companies").click(timeout=WORK)
    expect(page.locator("section[aria-labelledby=rates]")).to_contain_text(f"{COMPANIES} of", timeout=WORK)


def expect_done(page: Page) -> None:
    expect(page.locator("#progress .pill")).to_contain_text("Done", timeout=WORK)


def test_a_bulk_action_says_what_it_will_do_and_shows_how_it_went(page: Page, tmp_path: Path) -> None:
    onboard(page, write_file(tmp_path / "bulk.csv", 2_430_000))

    page.goto("/admin/companies/company/?q=Batch")
    for box in page.locator("#result_list input.action-select").all()[:3]:
        box.check()
    page.locator("select[name=action]").select_option(label="Keep company active")
    page.get_by_role("button", name="Run").or_(page.locator("button[name=index]")).first.click()
    expect(page.get_by_text("Will run")).to_be_visible()
    page.locator("button[form=start]").click()

    expect_done(page)
