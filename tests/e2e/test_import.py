"""A file of companies in the browser: read with errors, corrected, planned, run, and held against its plan."""

import io
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from playwright.sync_api import Page, expect

from tests.companies.csv_files import dutch_ids, finnish_ids, sheet, swedish_ids
from tests.e2e.browser import WORK

FINNISH, SWEDISH, DUTCH = 60, 40, 20
COMPANIES = FINNISH + SWEDISH + DUTCH
HEADER = (
    "Asiakkaan nimi", "Y-tunnus", "Maa", "Katuosoite", "Postinumero", "Postitoimipaikka", "Sähköposti",
    "Nimenkirjoittajan sähköposti", "Viite",
)  # fmt: skip


def rows_of_three_countries() -> Iterator[list[Any]]:
    """Yield a partner's list as its own system writes it: post codes as numbers, countries by name."""
    for number, bid in enumerate(finnish_ids(FINNISH, first=2_510_000)):
        yield [f"Yritys {number} Oy", bid, "Suomi", f"Katu {number}", 100 + 10 * number, "Helsinki"]
    for number, bid in enumerate(swedish_ids(SWEDISH, first=556_251_000)):
        yield [f"Bolag {number} AB", int(bid), "Ruotsi", f"Gata {number}", "111 22", "Stockholm"]
    for number, bid in enumerate(dutch_ids(DUTCH, first=30_251_000)):
        yield [f"Bedrijf {number} B.V.", bid, "Alankomaat", f"Straat {number}", "1011 AB", "Amsterdam"]


def workbook(path: Path) -> Path:
    """Write the list with three mistakes: a wrong digit, a country nobody knows, and an address that is none."""
    book = Workbook()
    companies: Any = book.active
    companies.append(list(HEADER))
    for number, row in enumerate(rows_of_three_countries()):
        companies.append([*row, f"office{number}@example.com", f"signer{number}@example.com", f"Sopimus {number}"])
    companies["B5"], companies["C70"], companies["G110"] = "2510000-9", "Atlantis", "not an address"
    book.save(path)
    return path


def upload(page: Page, path: Path) -> None:
    page.goto("/admin/onboard/file/")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_role("button", name="Read the file").click()


def correct(page: Page, **values: str) -> None:
    for name, value in values.items():
        field = page.locator(f"#correct [name={name}]")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    page.get_by_role("button", name="Save and go on").click()


def map_columns(page: Page) -> None:
    """Say what the one unknown column is, and what holds for all rows."""
    expect(page.get_by_role("heading", name="Which column says what")).to_be_visible()
    page.locator("[name=authorization_id]").select_option(label="Viite")
    page.locator("[name=all_method]").select_option("own")
    expect(page.locator("[name=all_networks]")).to_have_value("VISMA PEPPOL")
    page.get_by_role("button", name="Read all rows").click()


def test_a_file_is_mapped_corrected_planned_run_and_compared(
    page: Page, tmp_path: Path, check_accessibility: Callable[[Page], None]
) -> None:
    path = workbook(tmp_path / "asiakkaat.xlsx")

    upload(page, path)
    check_accessibility(page)
    map_columns(page)

    expect(page.get_by_role("heading", name="3 rows have to be corrected")).to_be_visible()
    expect(page.locator("#rows + .table-wrap")).to_contain_text("check digit")
    check_accessibility(page)
    page.get_by_role("link", name="Correct the first").click()
    check_accessibility(page)
    correct(page, bid="2510000-3")
    expect(page.locator("#correct")).to_contain_text("check digit")  # wrong too: told at its field, nothing kept
    correct(page, bid=finnish_ids(4, first=2_510_000)[3])
    correct(page, country="SE")
    correct(page, email="office108@example.com")

    start = page.get_by_role("button", name=f"Onboard {COMPANIES} companies")
    expect(start).to_be_enabled(timeout=WORK)
    expect(page.locator(".page")).to_contain_text("Columns mapped by hand")
    page.get_by_label("Type that number to confirm").fill(str(COMPANIES))
    start.click()

    outcome = page.locator("section[aria-labelledby=rates]")
    expect(outcome).to_contain_text(f"{COMPANIES} of {COMPANIES} predictions came true (100 %)", timeout=2 * WORK)


def test_the_same_file_again_does_nothing_twice_and_a_changed_one_only_what_changed(page: Page, tmp_path: Path) -> None:
    ids = finnish_ids(3, first=2_520_000)
    own = {"method": "own", "networks": "VISMA"}
    rows = [{**own, "bid": bid, "authorization_id": f"contract {bid}"} for bid in ids]
    path = tmp_path / "again.csv"
    path.write_bytes(sheet(*rows).getvalue())
    upload(page, path)
    page.get_by_role("button", name="Onboard 3 companies").click()
    expect(page.locator("section[aria-labelledby=rates]")).to_contain_text("3 of 3", timeout=WORK)

    upload(page, path)
    expect(page.locator(".page")).to_contain_text("This file was carried out on", timeout=WORK)
    expect(page.locator(".page")).to_contain_text("rows unchanged: 3")
    expect(page.get_by_role("button", name="Onboard 0 companies")).to_be_disabled(timeout=WORK)

    path.write_bytes(sheet(*rows[:2], {**rows[2], "networks": "VISMA PEPPOL"}).getvalue())
    upload(page, path)
    expect(page.locator(".page")).to_contain_text("changed 1, new 0, unchanged 2", timeout=WORK)
    expect(page.get_by_role("button", name="Onboard 1 company")).to_be_enabled(timeout=WORK)


def test_the_file_comes_back_with_a_column_that_says_what_is_wrong(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "wrong.csv"
    path.write_bytes(sheet({"bid": "1234567-2"}, {"bid": finnish_ids(1, first=2_530_000)[0]}).getvalue())
    upload(page, path)

    with page.expect_download() as waiting:
        page.get_by_role("link", name="Excel with the errors").click()

    content = Path(waiting.value.path()).read_bytes()
    cells = list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    assert cells[0][-1] == "What is wrong"
    assert "check digit" in str(cells[1][-1])
    assert cells[2][-1] in (None, "")


def test_rows_are_corrected_without_scripts(page_without_javascript: Page, tmp_path: Path) -> None:
    page = page_without_javascript
    path = tmp_path / "no-scripts.csv"
    path.write_bytes(sheet({"bid": "1234567-2"}, {"bid": finnish_ids(1, first=2_540_000)[0]}).getvalue())

    upload(page, path)
    page.get_by_role("link", name="Correct the first").click()
    correct(page, email="nobody")
    expect(page.locator("#correct")).to_contain_text("no e-mail address")
    page.get_by_role("button", name="Leave this row out").click()

    until = time.monotonic() + WORK / 1000
    while page.get_by_role("link", name="Look again").count() and time.monotonic() < until:
        page.get_by_role("link", name="Look again").click()
    expect(page.get_by_role("button", name="Onboard 1 company")).to_be_enabled()


def test_a_file_that_is_no_list_of_companies_says_why_at_its_field(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "customers.xlsx"
    path.write_bytes(b"PK\x03\x04 no workbook at all")

    upload(page, path)

    expect(page.locator("form [role=alert]")).to_contain_text("The workbook is damaged")
