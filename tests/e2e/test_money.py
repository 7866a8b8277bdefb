"""Money in the browser: a question answered, a service level, the fleet's sums."""

from collections.abc import Callable

import pytest
import requests
from playwright.sync_api import Page, expect

from tests.e2e.browser import WORK, reload_until
from tests.e2e.stack import Stack

AGENCY = "38562148"  # of the demo's customers
QUESTION = "Did Peräläinen pay you the 120 euros?"


def company_page(page: Page, business_id: str, tab: str) -> None:
    page.goto(f"/admin/companies/company/?q={business_id}")
    page.locator("#result_list tbody a[href*='/company/']").first.click()
    page.goto(f"{page.url.split('?')[0]}?tab={tab}")


def texts_at(stack: Stack, thread: str) -> list[str]:
    company = str(stack.simulator.control("GET", f"/companies?bid={AGENCY}")[0]["id"])
    token = stack.simulator.token("receivables:assignments", company)
    url = f"{stack.sandbox_url}/receivables/v1/message_threads/{thread}/messages"
    answer = requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=20)
    return [item["text"] for item in answer.json()]


def until(page: Page, fact: Callable[[], bool]) -> None:
    for _ in range(int(WORK / 500)):
        if fact():
            return
        page.wait_for_timeout(500)
    raise AssertionError("it never came")


@pytest.fixture
def ask(stack: Stack) -> Callable[[str], str]:
    """Let the agency ask something new under a subject of its own; returns the thread's id there."""

    def make(subject: str) -> str:
        body = {"subject": subject, "text": QUESTION}
        thread = str(stack.simulator.control("POST", f"/companies/{AGENCY}/messages", body)["thread_id"])
        assert stack.manage("demo_receivables", "--talk", AGENCY).returncode == 0
        return thread

    return make


def test_a_question_is_answered_in_the_inbox(
    page: Page, stack: Stack, ask: Callable[[str], str], check_accessibility: Callable[[Page], None]
) -> None:
    asked = ask("Case Peräläinen")
    page.goto("/admin/inbox/?box=all")
    expect(page.get_by_text("Case Peräläinen").first).to_be_visible(timeout=WORK)  # it comes without a reload
    check_accessibility(page)
    page.keyboard.press("j")
    expect(page.locator("[data-row]").first).to_be_focused()
    page.locator("[data-row]", has_text="Case Peräläinen").first.focus()
    page.keyboard.press("Enter")

    expect(page.locator(".talk-theirs")).to_contain_text(QUESTION, timeout=WORK)
    check_accessibility(page)
    page.keyboard.press("r")
    expect(page.locator("#reply")).to_be_focused()
    page.keyboard.type("Yes, on Mon")
    expect(page.locator("[data-draft-state]")).to_have_text("Draft kept.")
    page.reload()
    expect(page.locator("#reply")).to_have_value("Yes, on Mon")
    page.locator("#reply").fill("Yes, on Monday. Will you close the case?")
    page.get_by_role("button", name="Send").click()

    expect(page.locator(".talk-ours")).to_contain_text("Yes, on Monday.", timeout=WORK)
    expect(page.locator(".talk-theirs").nth(1)).to_contain_text("Thank you", timeout=WORK)  # the agency's answer
    assert texts_at(stack, asked).count("Yes, on Monday. Will you close the case?") == 1


def test_the_inbox_works_without_scripts(
    page_without_javascript: Page, stack: Stack, ask: Callable[[str], str]
) -> None:
    page, asked = page_without_javascript, ask("Case Hallavuo")
    page.goto("/admin/inbox/?box=all")
    reload_until(page, lambda: page.locator("[data-row]", has_text="Case Hallavuo"))
    page.locator("[data-row]", has_text="Case Hallavuo").first.click()

    page.locator("#reply").fill("No, nothing came.")
    page.get_by_role("button", name="Keep as draft").click()
    expect(page.locator("#reply")).to_have_value("No, nothing came.")
    page.get_by_role("button", name="Send").click()

    reload_until(page, lambda: page.locator(".talk-ours", has_text="No, nothing came."))
    until(page, lambda: "No, nothing came." in texts_at(stack, asked))  # it is shown before it has arrived
    assert texts_at(stack, asked).count("No, nothing came.") == 1


def test_a_customer_gets_a_service_level(page: Page, stack: Stack, check_accessibility: Callable[[Page], None]) -> None:
    company_page(page, AGENCY, "collection")
    page.get_by_role("link", name="Service levels of its customers").click()
    reload_until(page, lambda: page.get_by_label("Customer's business id"))
    page.get_by_label("Customer's business id").fill("2000005-9")
    page.get_by_role("button", name="Look up").click()
    expect(page.locator("dl.facts")).to_contain_text("Default")
    check_accessibility(page)
    page.get_by_role("radio", name="VIP").check()
    page.get_by_role("button", name="Set the level").click()

    reload_until(page, lambda: page.locator("section[aria-labelledby=special] td", has_text="VIP"))
    expect(page.locator("section[aria-labelledby=special]")).to_contain_text("20000059")


def test_the_fleets_money_is_counted(page: Page, check_accessibility: Callable[[Page], None]) -> None:
    page.goto("/admin/money/")
    page.get_by_role("button", name="Count now").click()

    expect(page.get_by_text("Counted.")).to_be_visible()
    check_accessibility(page)
