"""Debian's chromium, silent: it asks nobody outside this machine anything."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright

# Milliseconds: for a page, and for what a worker does, on a machine that has much else to do.
PATIENCE, WORK = 30_000, 90_000
MISSING = "chromium is missing; run as root: apt-get install chromium"
_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-sync",
    "--disable-features=OptimizationHints,MediaRouter,Translate,AutofillServerCommunication",
    "--no-first-run",
    "--no-pings",
    "--metrics-recording-only",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
)


@contextmanager
def chromium() -> Iterator[Browser]:
    """:raises RuntimeError: it is not installed; the text says the command"""
    executable = shutil.which("chromium")
    if executable is None:
        raise RuntimeError(MISSING)
    # Its sandbox needs an ordinary user.
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=[*_QUIET, *as_root])
        try:
            yield browser
        finally:
            browser.close()


def log_in(page: Page, url: str, username: str, password: str) -> None:
    page.goto(f"{url}/admin/login/?next=/admin/")
    page.locator("input[name=username]").fill(username)
    page.locator("input[name=password]").fill(password)
    page.locator("form button[type=submit], form input[type=submit]").first.click()
    page.wait_for_url(f"{url}/admin/")


def reload_until(page: Page, wanted: Callable[[], Locator], button: str = "") -> None:
    """
    Load a page that is not live anew until something is on it, as a person does who waits.

    :param button: what is pressed instead, if the page has a button for it
    """
    give_up_at = time.monotonic() + WORK / 1000
    while not wanted().count() and time.monotonic() < give_up_at:
        page.wait_for_timeout(1000)
        if button:
            page.get_by_role("button", name=button).click()
            page.wait_for_load_state()
        else:
            page.reload()
    expect(wanted().first).to_be_visible()


def collect_errors(context: BrowserContext) -> list[str]:
    """Return a list that fills with what goes wrong on the pages: scripts' errors and what the policy blocked."""
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(f"{error.page.url if error.page else ''}: {error.error}"))
    context.on(
        "console", lambda message: errors.append(f"{message.page and message.page.url}: {message.text}")
        if message.type == "error"
        else None,
    )  # fmt: skip
    return errors
