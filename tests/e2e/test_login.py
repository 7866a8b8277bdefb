from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.stack import Stack


def test_a_visitor_is_asked_to_log_in(visitor_page: Page) -> None:
    visitor_page.goto("/admin/")

    expect(visitor_page.locator("input[name=password]")).to_be_visible()


def test_a_wrong_password_is_refused_in_words(visitor_page: Page, stack: Stack) -> None:
    visitor_page.goto("/admin/login/")
    visitor_page.locator("input[name=username]").fill(stack.username)
    visitor_page.locator("input[name=password]").fill("not it")
    visitor_page.locator("form button[type=submit], form input[type=submit]").first.click()

    expect(visitor_page.get_by_text("Please enter the correct username and password")).to_be_visible()


def test_the_dashboard_opens_after_logging_in(page: Page, check_accessibility: Callable[[Page], None]) -> None:
    page.goto("/admin/")

    expect(page.locator("body")).not_to_contain_text("Traceback")
    check_accessibility(page)


def test_the_dashboard_shows_without_javascript(page_without_javascript: Page) -> None:
    page_without_javascript.goto("/admin/")

    expect(page_without_javascript.get_by_role("main").or_(page_without_javascript.locator("#main"))).to_be_visible()
