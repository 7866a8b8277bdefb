"""Alerts from their raise to their end, and what keeping house would remove, in the browser."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import WORK, reload_until
from tests.e2e.stack import Stack

ALERTS, RULES = "/admin/alerts/alert/", "/admin/alerts/alertrule/"
EXPIRED = "Signatures expired"  # the story leaves one


def calling(page: Page) -> int:
    """Return how many alerts the dashboard says that nobody has taken on."""
    page.goto("/admin/")
    card = page.locator("a.card-link", has_text="Alerts").first
    return int(re.sub(r"\D", "", card.locator(".card-value").inner_text()))


def set_rule(page: Page, *, threshold: int, calm: int) -> None:
    page.goto(RULES)
    page.get_by_role("link", name=EXPIRED).click()
    page.locator("input[name=threshold]").fill(str(threshold))
    page.locator("input[name=calm_minutes]").fill(str(calm))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()


@pytest.fixture
def rule(page: Page) -> Iterator[Callable[..., None]]:
    """Change the rule, and set it back for who comes next."""
    yield lambda **values: set_rule(page, **values)
    set_rule(page, threshold=1, calm=5)


def open_alert(page: Page) -> None:
    page.goto(f"{ALERTS}?kind=companies.expired")
    page.locator("#result_list tbody a", has_text=EXPIRED).first.click()


def test_alert_is_seen_acknowledged_muted_and_ends_by_itself(
    page: Page, rule: Callable[..., None], check_accessibility: Callable[[Page], None]
) -> None:
    page.goto(f"{ALERTS}?state=open&kind=companies.expired")
    reload_until(page, lambda: page.locator("#result_list tbody a", has_text=EXPIRED))  # beat looks every half minute
    assert calling(page) >= 1

    open_alert(page)
    expect(page.get_by_text("What to do")).to_be_visible()
    expect(page.locator("section[aria-labelledby=wrong] td[data-label=Company]").first).not_to_be_empty()
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("Say what you do about it")).to_be_visible()
    page.locator("textarea[name=note]").fill("Called the customer, a new request goes today.")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.locator("section[aria-labelledby=wrong] .pill")).to_contain_text("Acknowledged")
    expect(page.locator("section[aria-labelledby=story]")).to_contain_text("a new request goes today")
    check_accessibility(page)
    page.goto(f"{ALERTS}?state=open&kind=companies.expired")  # the dashboard's card leads to what is open
    expect(page.locator("#result_list tbody a", has_text=EXPIRED)).to_have_count(0)

    open_alert(page)
    page.locator("select[name=hours]").select_option("24")
    page.get_by_role("button", name="Mute").click()
    expect(page.locator("section[aria-labelledby=wrong] .pill")).to_contain_text("Muted")
    page.goto(f"{ALERTS}?state=muted")
    expect(page.locator("#result_list")).to_contain_text(EXPIRED)

    rule(threshold=1000, calm=0)
    open_alert(page)
    reload_until(page, lambda: page.locator("section[aria-labelledby=wrong] .pill", has_text="Ended"))
    expect(page.locator("section[aria-labelledby=story]")).to_contain_text("Ended")


def test_trial_shows_what_would_go_and_removes_nothing(
    page: Page, stack: Stack, check_accessibility: Callable[[Page], None]
) -> None:
    page.goto("/admin/keeping/retentionrun/")
    page.get_by_role("button", name="Try out what would go").click()
    run = page.locator("section[aria-labelledby=run]")
    expect(run.locator(".pill").first).to_contain_text("Done", timeout=WORK)

    expect(run).to_contain_text("Trial: nothing is removed")
    expect(run).to_contain_text("API calls (call log)")
    expect(run).to_contain_text("Files without a row: Files of invoices and documents")
    check_accessibility(page)
    answer = stack.manage("keep_house", "--dry-run")
    assert answer.returncode == 0, answer.stderr
    assert "Deliveries: 0 would go" in answer.stdout
