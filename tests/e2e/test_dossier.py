"""The company's page in the browser: its dossier true and forged, its timeline, its notes."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.stack import Stack

Checked = Callable[[Page], None]


def open_verified(page: Page, tab: str = "overview") -> None:
    page.goto("/admin/companies/company/?q=38214506")  # the busiest of the story
    address = page.locator(
        "#result_list tbody tr:first-child th a, #result_list tbody tr:first-child td a"
    ).first.get_attribute("href")
    page.goto(f"{(address or '').partition('?')[0]}?tab={tab}")


def check(page: Page, file: Path) -> None:
    page.goto("/admin/dossiers/check/")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Check the file").click()


def test_a_dossier_is_downloaded_and_found_true_then_tampered_with_and_refused(
    page: Page, stack: Stack, tmp_path: Path
) -> None:
    for link, kind, old, new in (
        ("Dossier as PDF", "pdf", b"/Type /Page\n", b"/Type /Pagf\n"),
        ("as JSON", "json", b'"kind": "requested"', b'"kind": "reminded!"'),
    ):
        open_verified(page, "dossier")
        with page.expect_download() as waiting:
            page.get_by_role("link", name=link, exact=False).first.click()
        true, forged = tmp_path / f"true.{kind}", tmp_path / f"forged.{kind}"
        waiting.value.save_as(true)
        content = true.read_bytes()
        assert old in content
        forged.write_bytes(content.replace(old, new, 1))

        check(page, true)
        expect(page.get_by_role("status")).to_contain_text(f"true.{kind} is true.")
        check(page, forged)
        expect(page.get_by_role("alert")).to_contain_text(f"forged.{kind} is not true.")

        assert stack.manage("verify_dossier", str(true)).returncode == 0
        assert "NOT TRUE" in stack.manage("verify_dossier", str(forged)).stderr


def test_the_timeline_shows_what_is_chosen_with_and_without_javascript(
    page: Page, page_without_javascript: Page
) -> None:
    for one in (page, page_without_javascript):
        open_verified(one, "timeline")
        entries = one.locator("ol.timeline > li")
        expect(entries.first).to_be_visible()
        one.get_by_role("link", name="Everything").click()
        expect(one.locator("li.is-small").first).to_be_visible()  # calls
        one.get_by_role("link", name=re.compile("Calls$")).first.click()
        expect(one.locator("li.is-small")).to_have_count(0)


def test_an_entry_unfolds_its_calls_and_older_entries_come_under_the_last(page: Page) -> None:
    open_verified(page, "timeline")
    page.locator("details[data-unfold] > summary").first.click()
    expect(page.locator("ul.calls, details[open] p.when").first).to_be_visible()

    page.get_by_role("link", name="Everything").click()
    expect(page.locator("li.is-small").first).to_be_visible()  # calls
    before = page.locator("ol.timeline > li").count()
    page.get_by_role("link", name="Older", exact=True).click()

    expect(page.locator("ol.timeline")).to_have_count(2)
    assert page.locator("ol.timeline > li").count() > before


def test_a_long_part_loads_after_the_page_and_is_a_link_without_javascript(
    page: Page, page_without_javascript: Page
) -> None:
    open_verified(page, "calls")
    expect(page.locator("section[aria-labelledby=calls]")).to_be_visible()

    open_verified(page_without_javascript, "calls")
    page_without_javascript.get_by_role("link", name="Show Calls").click()
    expect(page_without_javascript.locator("section[aria-labelledby=calls]")).to_be_visible()


def test_a_note_is_added_and_kept_on_top(page: Page, check_accessibility: Checked) -> None:
    open_verified(page, "notes")
    page.locator("textarea[name=text]").fill("Ask for Tuomas")
    page.get_by_role("button", name="Keep the note").click()
    page.get_by_role("button", name="Keep on top").first.click()
    check_accessibility(page)

    page.get_by_role("link", name="Overview").click()

    expect(page.locator("section[aria-labelledby=pinned]")).to_contain_text("Ask for Tuomas")
    check_accessibility(page)
