"""Pages of the portal in the tests' own process, in a real browser: with their database, without a stack."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.browser import chromium, collect_errors, log_in

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
WIDTHS = (390, 1440)


@contextmanager
def chromium_here() -> Iterator[Browser]:
    """Start a browser whose loop runs in the tests' own thread, beside the database."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    try:
        with chromium() as started:
            yield started
    finally:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@contextmanager
def opened(
    browser: Browser, url: str, username: str, patience: int = 30_000, **options: Any
) -> Iterator[BrowserContext]:
    """
    Give a window in which a member of staff (password: x) is logged in; scripts' errors fail the test at its end.

    :param patience: milliseconds
    """
    context = browser.new_context(base_url=url, **options)
    context.set_default_timeout(patience)
    errors = collect_errors(context)
    log_in(context.new_page(), url, username, "x")
    yield context
    context.close()
    assert errors == []


def check_page(page: Page) -> None:
    """Hold a page to the rules of accessibility, light and dark, and to the width of a phone and of a screen."""
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        found = Axe().run(page, options=WCAG)
        assert found.violations_count == 0, found.generate_report()
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width + 1
