"""Many companies at once in the browser: a file with its plan, and a bulk action with its progress."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.companies.csv_files import finnish_ids, sheet

COMPANIES = 40


def write_file(path: Path, first: int, count: int = COMPANIES) -> Path:
    rows = [
        {"bid": bid, "name": f"Batch {number} Oy", "method": "own", "authorization_id": f"contract {number}"}
        for number, bid in enumerate(finnish_ids(count, first=first))
    ]
    path.write_bytes(sheet(*rows).getvalue())
    return path


def show_plan(page: Page, path: Path) -> None:
    page.goto("/admin/onboard/file/")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Show the plan").click()


def expect_done(page: Page) -> None:
    expect(page.locator("#progress .pill")).to_contain_text("Done", timeout=60_000)


def test_a_file_is_planned_carried_out_and_does_nothing_the_second_time(page: Page, tmp_path: Path) -> None:
    path = write_file(tmp_path / "customers.csv", 2_410_000)

    show_plan(page, path)
    page.get_by_role("button", name=f"Onboard {COMPANIES} companies").click()

    expect_done(page)
    show_plan(page, path)
    expect(page.locator(".cards")).to_contain_text("Nothing to do")
    expect(page.get_by_role("button", name="Onboard 0 companies")).to_be_disabled()


def test_every_wrong_row_is_shown_before_anything_happens(page: Page, tmp_path: Path) -> None:
    good, other = finnish_ids(2, first=2_420_000)
    path = tmp_path / "wrong.csv"
    rows = [{"bid": good}, {"bid": "1234567-2"}, {"bid": other, "country": "XX"}, {"bid": good[:-1] + "x"}]
    path.write_bytes(sheet(*rows).getvalue())

    show_plan(page, path)

    table = page.locator("#rows").locator("..")
    expect(table).to_contain_text("check digit")
    expect(table).to_contain_text("country: AutoInvoice takes no companies of this country")
    expect(page.get_by_role("button", name="Onboard 1 company")).to_be_enabled()


def test_a_bulk_action_says_what_it_will_do_and_shows_how_it_went(page: Page, tmp_path: Path) -> None:
    show_plan(page, write_file(tmp_path / "bulk.csv", 2_430_000, count=3))
    page.get_by_role("button", name="Onboard 3 companies").click()
    expect_done(page)

    page.goto("/admin/companies/company/?q=Batch")
    for box in page.locator("#result_list input.action-select").all()[:3]:
        box.check()
    page.locator("select[name=action]").select_option(label="Keep company active")
    page.get_by_role("button", name="Run").or_(page.locator("button[name=index]")).first.click()
    expect(page.get_by_text("Will run")).to_be_visible()
    page.locator("button[form=start]").click()

    expect_done(page)
