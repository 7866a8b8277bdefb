"""Handing over that breaks a rule, in the browser: each no is at its field, or beside its agency, in staff words."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.companies.csv_files import finnish_ids, swedish_ids
from tests.e2e import collecting
from tests.e2e.browser import WORK
from tests.e2e.collecting import Staff, days_from, pass_days, send_invoice
from tests.e2e.moving import MovingStack

OURS, BARE, FOLLOWED = finnish_ids(3, first=2_720_000)
SWEDISH = swedish_ids(1, first=556_272_000)[0]
HETU = "131052-308T"
Check = Callable[[Page], None]


@pytest.fixture(scope="module")
def staff(moving: MovingStack) -> Staff:
    return Staff(moving)


@pytest.fixture(scope="module")
def company(moving: MovingStack, staff: Staff) -> int:
    """A company with all three agencies."""
    made = collecting.onboard(moving, OURS, "Rannan Rakennus Oy")
    for agency, form in (("amili", collecting.AMILI), ("ropo", collecting.ROPO), ("intrum", collecting.INTRUM)):
        collecting.activate(moving, staff, made, agency, form)
    return made


@pytest.fixture(scope="module")
def invoice(moving: MovingStack, company: int) -> int:
    """An invoice that fell due five days ago."""
    return send_invoice(moving, OURS, "R-1", days_from(moving, -5))


def choices(page: Page, invoice: int) -> dict[str, str]:
    """Return what the page says beside each agency."""
    page.goto(f"/admin/receivables/hand-over/{invoice}/")
    cards = {name: page.locator(f"section[aria-labelledby=choice-{name}]") for name in ("amili", "ropo", "intrum")}
    return {name: card.inner_text() for name, card in cards.items()}


def test_an_agency_that_would_not_take_the_invoice_says_why_and_what_to_do(
    moving_page: Page, moving: MovingStack, staff: Staff, company: int, invoice: int, check_accessibility: Check
) -> None:
    page = moving_page
    said = choices(page, invoice)
    assert "Ropo takes it 7 days after the due date" in said["ropo"]
    assert "Wait until then." in said["ropo"]
    check_accessibility(page)

    coming = send_invoice(moving, OURS, "R-2", days_from(moving, 3))
    assert all("takes it" in text and "after the due date" in text for text in choices(page, coming).values())

    crowns = send_invoice(moving, OURS, "R-3", days_from(moving, -60), **{'Identifier="EUR"': 'Identifier="SEK"'})
    assert "Amili collects EUR in FI; the invoice is in SEK." in choices(page, crowns)["amili"]

    collecting.onboard(moving, BARE, "Yksin Oy")
    bare = send_invoice(moving, BARE, "R-4", days_from(moving, -60))
    assert all("is not active for the company. Activate it" in text for text in choices(page, bare).values())

    followed = collecting.onboard(moving, FOLLOWED, "Seurattu Oy")
    collecting.activate(moving, staff, followed, "amili", collecting.AMILI | {"service_type": "full"})
    whole = send_invoice(moving, FOLLOWED, "R-5", days_from(moving, -60))
    assert "Kassavirta follows every invoice by itself" in choices(page, whole)["amili"]


def test_an_agency_of_another_country_is_explained(
    moving_page: Page, moving: MovingStack, check_accessibility: Check
) -> None:
    page = moving_page
    swedish = collecting.onboard(moving, SWEDISH, "Skärgårdens Båtar AB", country="SE", locale="SE")

    page.goto(f"/admin/companies/company/{swedish}/change/?tab=collection")

    expect(page.locator("#agency-ropo")).to_be_visible()
    page.get_by_text("2 agencies that are not for SE").click()
    expect(page.locator("details.card")).to_contain_text("FI (EUR)")
    check_accessibility(page)


@dataclass(frozen=True)
class Rule:
    """One mistake in the form of an agency: what is given, at which field the message stands, and what it says."""

    agency: str
    given: dict[str, str]
    field: str
    says: str


RULES = {
    "more than the invoice": Rule("amili", {"capital_amount": "251.01"}, "capital_amount", "more than the invoice's"),
    "nothing": Rule("amili", {"capital_amount": "0"}, "capital_amount", "There must be something to collect"),
    "three decimals": Rule("amili", {"capital_amount": "10.005"}, "capital_amount", "at most two decimals"),
    "no capital": Rule("amili", {"capital_amount": ""}, "capital_amount", "Give what is left of the invoice itself"),
    "a short summary": Rule("amili", {"summary": "x"}, "summary", "at least 2 characters"),
    "no such day": Rule("amili", {"reminder_date": "31.2.2026"}, "reminder_date", "Enter a valid date"),
    "no address": Rule("amili", {"payers-0-street": ""}, "payers-0-street", "This field is required"),
    "a wrong business id": Rule(
        "amili", {"payers-0-identifier": "1572860-1"}, "payers-0-identifier", "no business id of that country"
    ),
    "a person as a business": Rule(
        "amili", {"payers-0-identifier": HETU}, "payers-0-identifier", "give it in the field for it"
    ),
    "a wrong personal number": Rule(
        "amili", {"payers-0-personal_number": "131052-308A"}, "payers-0-personal_number",
        "no personal identity number of FI",
    ),
    "a consumer's rent without a number": Rule(
        "amili", {"receivables_type": "b2c_rental"}, "payers-0-personal_number", "needs the personal identity number"
    ),
    "a consumer too early": Rule(
        "ropo", {"receivables_type": "b2c"}, "receivables_type", "Ropo takes it 14 days after the due date"
    ),
    "both forms of the sum": Rule(
        "intrum", {"collectable_amount": "251", "capital_amount": "251"}, "collectable_amount", "not both"
    ),
    "half of the parts": Rule(
        "intrum", {"collectable_amount": "", "capital_amount": "251"}, "reminder_amount", "0 if there is none"
    ),
    "premises without address": Rule(
        "intrum", {"premises_kind": "rental"}, "premises_address", "Which premises? Give their address."
    ),
    "a rent without premises": Rule(
        "intrum", {"current_target_amount": "900"}, "premises_kind", "Rent and contract belong to a rent."
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def later(moving: MovingStack, invoice: int) -> int:
    """The same invoice eight days later: Ropo takes it from a business, and not yet from a consumer."""
    moving.move(4)
    return invoice


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_mistake_is_said_at_its_field(moving_page: Page, later: int, rule: Rule) -> None:
    page = moving_page
    page.goto(f"/admin/receivables/hand-over/{later}/?agency={rule.agency}")
    for name, value in rule.given.items():
        field = page.locator(f"[name='{name}']").first
        field.select_option(value) if field.evaluate("field => field.tagName") == "SELECT" else field.fill(value)
    page.get_by_role("button", name="Hand over to").click()

    expect(page.locator(f"#div_id_{rule.field}")).to_contain_text(rule.says)
    expect(page.locator(f"#div_id_{rule.field} [aria-invalid=true]")).to_have_count(1)


def test_a_co_debtor_needs_an_address_then_the_invoice_goes_once(
    moving_page: Page, later: int, check_accessibility: Check
) -> None:
    page = moving_page
    page.goto(f"/admin/receivables/hand-over/{later}/?agency=amili")
    page.get_by_role("button", name="Add a co-debtor").click()
    page.locator("#id_payers-1-name").fill("Rannan Takaaja Oy")
    page.get_by_role("button", name="Hand over to Amili").click()
    for name in ("street", "post_code", "city"):
        expect(page.locator(f"#div_id_payers-1-{name}")).to_contain_text("This field is required")
    check_accessibility(page)
    for name, value in {"street": "Ranta 2", "post_code": "93600", "city": "Kuusamo"}.items():
        page.locator(f"#id_payers-1-{name}").fill(value)
    page.get_by_role("button", name="Hand over to Amili").click()
    expect(page.locator("#how")).to_contain_text("With the agency", timeout=WORK)

    page.goto(f"/admin/receivables/hand-over/{later}/?agency=ropo")  # it is with Amili: no form is offered
    expect(page.get_by_role("button", name="Hand over to")).to_have_count(0)
    expect(page.locator("#how")).to_contain_text("With the agency")


def test_an_agency_that_sends_a_case_back_is_heard(
    moving_page: Page, moving: MovingStack, company: int, check_accessibility: Check
) -> None:
    """The portal's day and the agency's are not the same here: the agency's own rule says no."""
    page = moving_page
    early = send_invoice(moving, OURS, "R-6", days_from(moving, -2))
    moving.simulator.advance(-3 * 86_400)
    try:
        page.goto(f"/admin/receivables/hand-over/{early}/?agency=amili")
        page.get_by_role("button", name="Hand over to Amili").click()
        expect(page.get_by_text("the invoice is not overdue").first).to_be_visible(timeout=WORK)
        check_accessibility(page)
    finally:
        moving.simulator.advance(3 * 86_400)
    pass_days(page, moving, 0)
