"""Sending in a real browser, with JavaScript and without."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, BrowserContext, Page

from companies.models import Company
from invoices.models import Upload
from portal.operations.models import Operation
from tests.e2e.here import check_page, opened
from tests.invoices.documents import Who, finvoice

pytestmark = [pytest.mark.e2e, pytest.mark.slow]
STRANGER = Who("Stranger Oy", "FI", "2077474-0", "003720774740")


@pytest.fixture(params=[True, False], ids=["javascript", "without javascript"])
def context(request: pytest.FixtureRequest, chrome: Browser, live_server: Any, staff: User) -> Iterator[BrowserContext]:
    with opened(chrome, live_server.url, staff.username, java_script_enabled=request.param) as window:
        yield window


def offer(page: Page, company: Company, folder: Path, **files: bytes) -> None:
    """Choose files on the form of a company, and have them checked."""
    for name, content in files.items():
        (folder / f"{name}.xml").write_bytes(content)
    page.goto(f"/admin/invoices/send/?company={company.pk}")
    page.set_input_files("input[name=files]", [str(folder / f"{name}.xml") for name in files])
    page.get_by_role("button", name="Check the files").click()


def test_staff_check_and_send_files(context: BrowserContext, company: Company, tmp_path: Path) -> None:
    page = context.new_page()

    offer(page, company, tmp_path, own=finvoice("1"), strange=finvoice("2", seller=STRANGER, buyer=STRANGER))
    page.get_by_text("Neither party is this company").wait_for()
    page.get_by_role("checkbox", name="strange.xml").uncheck()
    page.get_by_role("button", name="Send 2 invoices as Puro Puu Oy").click()

    page.get_by_text("1 invoice is on its way.").first.wait_for()
    assert [operation.target.name for operation in Operation.objects.all()] == ["own.xml"]


@pytest.mark.parametrize("context", [True], indirect=True, ids=["javascript"])
def test_pages_of_sending_pass_the_accessibility_rules(
    context: BrowserContext, company: Company, tmp_path: Path
) -> None:
    page = context.new_page()

    page.goto("/admin/invoices/send/")
    check_page(page)
    offer(page, company, tmp_path, strange=finvoice("2", seller=STRANGER))
    page.get_by_text("Stranger Oy").first.wait_for()
    check_page(page)


def test_bad_file_is_named_at_its_field(context: BrowserContext, company: Company, tmp_path: Path) -> None:
    page = context.new_page()

    offer(page, company, tmp_path, bad=b"<!DOCTYPE a><a/>")

    page.get_by_text("bad.xml: The XML holds a DOCTYPE").wait_for()
    assert page.locator("input[name=company]").input_value() == company.business_id
    assert not Upload.objects.exists()


def test_bad_file_among_others_costs_its_row(context: BrowserContext, company: Company, tmp_path: Path) -> None:
    page = context.new_page()

    offer(page, company, tmp_path, good=finvoice(), bad=b"<!DOCTYPE a><a/>")

    page.get_by_role("row", name="bad.xml").get_by_text("DOCTYPE").wait_for()
    page.get_by_role("button", name="Go on with 1 invoice").wait_for()
