"""The main job as staff do it in the browser: one company by the wizard, its signature, its networks, its invoices."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.companies.csv_files import finnish_ids
from tests.e2e.browser import WORK
from tests.e2e.stack import Stack


def fill_identity(page: Page, business_id: str, name: str) -> None:
    page.goto("/admin/onboard/")
    page.get_by_label("Country").select_option("FI")
    page.get_by_label("Business id").fill(business_id)
    page.get_by_label("Company name").fill(name)


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Save and go on").click()


def onboard(page: Page, business_id: str, name: str, signer: str) -> None:
    """Walk the wizard to its last button."""
    fill_identity(page, business_id, name)
    go_on(page)
    page.get_by_label("Street address").fill("Satamakatu 4")
    page.get_by_label("Post code").fill("20100")
    page.get_by_label("City").fill("Turku")
    page.get_by_label("Company's e-mail").fill("office@example.com")
    go_on(page)
    page.get_by_label("Signer's e-mail").fill(signer)
    go_on(page)
    go_on(page)
    page.get_by_role("button", name="Register and authorize").click()


@pytest.fixture(scope="module")
def signer_asked(stack: Stack) -> Callable[[Page], None]:
    def wait(page: Page) -> None:
        expect(page.get_by_text("Waiting for signature").first).to_be_visible(timeout=WORK)

    return wait


def test_a_company_is_onboarded_signed_and_connected_without_a_reload(
    page: Page, visitor_page: Page, stack: Stack, signer_asked: Callable[[Page], None]
) -> None:
    (business_id,) = finnish_ids(1, first=2_310_000)
    onboard(page, business_id, "Aurajoen Laituri Oy", "signer@aurajoki.example")
    signer_asked(page)
    invitation = next(row for row in stack.simulator.invitations() if row["email"] == "signer@aurajoki.example")

    visitor_page.goto(invitation["url"])
    visitor_page.get_by_role("button", name="Sign", exact=True).click()

    expect(visitor_page.get_by_text("Signed.")).to_be_visible()
    expect(page.locator("[data-slot=standing]").get_by_text("Verified")).to_be_visible(timeout=WORK)
    expect(page.get_by_text(re.compile(r"Network PEPPOL\s*check_circleActive"))).to_be_visible(timeout=WORK)


def test_a_declined_signature_is_shown_with_what_to_do(
    page: Page, visitor_page: Page, stack: Stack, signer_asked: Callable[[Page], None]
) -> None:
    (business_id,) = finnish_ids(1, first=2_320_000)
    onboard(page, business_id, "Ruissalon Telakka Oy", "signer@ruissalo.example")
    signer_asked(page)
    invitation = next(row for row in stack.simulator.invitations() if row["email"] == "signer@ruissalo.example")

    visitor_page.goto(invitation["url"])
    visitor_page.get_by_role("button", name="Decline").click()

    # AutoInvoice sends no event for it: the next look by id tells, half a minute after the request at the latest.
    expect(page.get_by_text("signer@ruissalo.example declined.").first).to_be_visible(timeout=WORK)
    page.locator(".checklist").get_by_role("link", name="Request authorization").click()
    expect(page.get_by_label("Signer's e-mail")).to_have_value("signer@ruissalo.example")


def test_a_wrong_check_digit_is_told_while_it_is_typed_and_keeps_the_step(page: Page) -> None:
    fill_identity(page, "1234567-2", "Nobody Oy")

    expect(page.locator("[data-check]")).to_contain_text("check digit")
    go_on(page)
    expect(page.locator("#div_id_business_id")).to_contain_text("check digit")


def test_a_wizard_left_half_way_is_found_again(page: Page) -> None:
    (business_id,) = finnish_ids(1, first=2_330_000)
    fill_identity(page, business_id, "Half Way Oy")
    go_on(page)
    expect(page.get_by_label("Street address")).to_be_visible()

    page.goto("/admin/onboard/")
    page.get_by_role("link", name="Half Way Oy").click()

    expect(page.get_by_label("Street address")).to_be_visible()


def test_the_wizard_works_without_javascript(page_without_javascript: Page) -> None:
    (business_id,) = finnish_ids(1, first=2_340_000)

    onboard(page_without_javascript, business_id, "No Script Oy", "signer@noscript.example")

    # The second once AutoInvoice has registered it, which may be before the page is there.
    told = re.compile("How far it is|Ready to send and receive")
    expect(page_without_javascript.get_by_role("heading", name=told)).to_be_visible()


def test_a_business_id_that_is_ours_already_is_not_registered_again(
    page: Page, signer_asked: Callable[[Page], None]
) -> None:
    (business_id,) = finnish_ids(1, first=2_350_000)
    onboard(page, business_id, "Twice Oy", "signer@twice.example")
    signer_asked(page)

    fill_identity(page, business_id, "Twice Oy")

    expect(page.locator("[data-check]")).to_contain_text("already yours")


def test_the_palette_jumps_to_a_pasted_business_id(page: Page, signer_asked: Callable[[Page], None]) -> None:
    (business_id,) = finnish_ids(1, first=2_360_000)
    onboard(page, business_id, "Palette Oy", "signer@palette.example")
    signer_asked(page)

    page.keyboard.press("Control+k")
    page.keyboard.type(business_id)

    expect(page.get_by_role("link", name="Palette Oy").last).to_be_visible()
