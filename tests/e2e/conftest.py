"""Browser tests: one running portal and one chromium for all of them, a fresh context for each."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.e2e.browser import PATIENCE, chromium, collect_errors
from tests.e2e.moving import MovingStack
from tests.e2e.stack import Stack

HERE = Path(__file__).parent
expect.set_options(timeout=PATIENCE)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say what browser tests are; the first one waits for the story."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(1200))


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The running portal with its story told: addresses, user, `manage(...)` and `simulator`."""
    running = Stack(story=True)
    running.start(seconds=900)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def moving() -> Iterator[MovingStack]:
    """A portal of its own whose clock the stories of receivables move: nobody else sees days pass."""
    running = MovingStack()
    running.start(seconds=300)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed after each module: while Playwright's loop runs, no other test of the process could run one of its own."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def session_state(stack: Stack) -> Any:
    """Cookies of a logged-in session."""
    return stack.cookies()


def _context(browser: Browser, stack: Stack, cookies: Any = (), **options: Any) -> Iterator[BrowserContext]:
    context = browser.new_context(
        base_url=stack.url, viewport={"width": 1440, "height": 900}, locale="en-GB", **options
    )
    context.add_cookies(list(cookies))
    context.set_default_timeout(PATIENCE)
    errors = collect_errors(context)
    yield context
    context.close()
    assert errors == []


@pytest.fixture
def visitor_page(stack: Stack, browser: Browser) -> Iterator[Page]:
    """A page of somebody who has not logged in (for the simulator's signing page, too)."""
    for context in _context(browser, stack):
        yield context.new_page()


@pytest.fixture
def page(stack: Stack, browser: Browser, session_state: Any) -> Iterator[Page]:
    """A page of a logged-in superuser; `page.goto("/admin/")` is enough. Script errors fail the test at its end."""
    for context in _context(browser, stack, session_state):
        yield context.new_page()


@pytest.fixture
def moving_page(moving: MovingStack, browser: Browser) -> Iterator[Page]:
    """A page of a superuser of the portal whose clock moves."""
    for context in _context(browser, moving, moving.cookies()):
        yield context.new_page()


@pytest.fixture
def page_without_javascript(stack: Stack, browser: Browser, session_state: Any) -> Iterator[Page]:
    for context in _context(browser, stack, session_state, java_script_enabled=False):
        yield context.new_page()


@pytest.fixture
def check_accessibility() -> Callable[[Page], None]:
    """A function that fails with every rule of WCAG 2 A and AA that a page breaks, and where."""
    axe = Axe()

    def check(page: Page) -> None:
        page.wait_for_load_state()  # a click returns when the next page has begun, with nothing on it yet
        options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
        violations = axe.run(page, options=options).response["violations"]
        found = {rule["id"]: [node["html"][:200] for node in rule["nodes"]] for rule in violations}
        assert found == {}, page.url

    return check
