"""The matrix in the browser: what is missing is activated, refused, made a case of, freed, tried again and proven."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import reload_until
from tests.e2e.stack import Stack

BID, NAME = "88800036", "Skagens Rejer ApS"  # digits that the simulator lets a former operator hold
HEAD = "name,bid,country,address1,post_code,post_office,city,email,auth_email,locale,networks,method,authorization_id"


@pytest.fixture(scope="module")
def company(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Bring a verified company in that is in no network; its business id is returned."""
    file: Path = tmp_path_factory.mktemp("matrix") / "company.csv"
    place = ["Havnevej 3", "9990", "Skagen", "Skagen", "faktura@skagens-rejer.example", "s@skagens-rejer.example"]
    with file.open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([HEAD.split(","), [NAME, BID, "DK", *place, "DK", "", "own", "KYC-77"]])
    ended = stack.manage("onboard", str(file))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return BID


def test_a_refusal_becomes_a_case_that_ends_with_the_network_proven(page: Page, stack: Stack, company: str) -> None:
    page.goto(f"/admin/networks/?search={company}")
    row = page.locator("table.matrix tbody tr")
    expect(row).to_have_count(1)

    row.get_by_role("button", name=re.compile("Activate VISMA, PEPPOL")).click()
    page.get_by_role("button", name="Activate 2 networks").click()
    reload_until(page, lambda: row.get_by_role("link", name=re.compile(f"Refused {NAME} in PEPPOL, open case")))
    row.get_by_role("link", name=re.compile("PEPPOL, open case")).click()
    reload_until(page, lambda: page.get_by_text("operator Apix Messaging"))

    expect(page.get_by_text("Ask the customer to end that service there")).to_be_visible()
    expect(page.locator("#draft-customer")).to_have_value(re.compile(r"0184:88800036 is still registered"))
    page.get_by_role("button", name="Customer asked").click()
    expect(page.get_by_role("definition").filter(has_text="Customer").first).to_be_visible()

    stack.simulator.control("DELETE", "/receivers", {"scheme": "0184", "endpoint_id": company})
    page.get_by_role("button", name="Look again who holds it").click()
    reload_until(page, lambda: page.locator("#case").get_by_text("Address is free now"))
    page.get_by_role("button", name="Try PEPPOL again").click()
    reload_until(page, lambda: page.locator("#case").get_by_text("Active now"))

    page.get_by_role("link", name=NAME).first.click()
    page.get_by_role("link", name="Networks", exact=True).last.click()
    expect(page.locator("#registrations").locator("..").get_by_text("0184:88800036").first).to_be_visible()
    page.get_by_role("link", name="Prove it…").click()
    page.get_by_label("Send a test invoice too").check()
    page.get_by_role("button", name="Prove", exact=True).click()
    page.goto(page.url.split("?")[0] + "?tab=networks")
    proven = re.compile(r"The test invoice TEST-\w+ has arrived at the company")
    reload_until(page, lambda: page.get_by_text(proven))


def test_the_matrix_is_worked_with_keys_alone(page: Page, company: str) -> None:
    page.goto("/admin/networks/?state=missing&network=SCAN")
    button = page.get_by_role("button", name=re.compile("^Activate SCAN for ")).first

    button.focus()
    page.keyboard.press("Enter")

    expect(page.get_by_text(re.compile("SCAN: queued|SCAN: under way"))).to_be_visible()


def test_many_companies_go_to_a_preview_before_anything_is_done(page: Page, company: str) -> None:
    page.goto("/admin/networks/?country=DK")

    page.get_by_label("Network to activate").select_option("SCAN_DOCUMENTS")
    page.get_by_role("button", name="For all that match the filter…").click()

    expect(page.get_by_text("What would happen").first).to_be_visible()
