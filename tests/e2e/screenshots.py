"""
`make screenshots`: every page light and dark, wide and narrow, into docs/images, from a demo of its own.

    python -m tests.e2e.screenshots                      all pages
    python -m tests.e2e.screenshots dashboard companies  these
    python -m tests.e2e.screenshots --running            of the demo that runs in VAR_DIR (var by default)
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.e2e.browser import chromium, collect_errors, log_in
from tests.e2e.stack import ROOT, Stack

WIDTHS = {1440: 900, 390: 844}  # pixels: width to height
THEMES = ("light", "dark")
FIRST_ROW = "#result_list tbody tr:first-child th a, #result_list tbody tr:first-child td a"


@dataclass(frozen=True)
class Shot:
    """
    One page.

    :ivar follow: selector of links clicked one after another from `path`, for pages whose address holds an id
    """

    name: str
    path: str
    follow: tuple[str, ...] = ()


SHOTS = (
    Shot("dashboard", "/admin/"),
    Shot("companies", "/admin/companies/company/"),
    Shot("company", "/admin/companies/company/", (FIRST_ROW,)),
    Shot("onboardings", "/admin/companies/onboarding/"),
    Shot("network-profiles", "/admin/companies/networkprofile/"),
    Shot("invoices", "/admin/invoices/invoice/"),
    Shot("invoice", "/admin/invoices/invoice/", (FIRST_ROW,)),
    Shot("operations", "/admin/operations/operation/"),
    Shot("operation", "/admin/operations/operation/", (FIRST_ROW,)),
    Shot("batches", "/admin/operations/batch/"),
    Shot("batch", "/admin/operations/batch/", (FIRST_ROW,)),
    Shot("deliveries", "/admin/webhooks/delivery/"),
    Shot("subscriptions", "/admin/webhooks/subscription/"),
    Shot("calls", "/admin/partners/apicall/"),
    Shot("accounts", "/admin/partners/partneraccount/"),
    Shot("account", "/admin/partners/partneraccount/", (FIRST_ROW,)),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.screenshots")
    parser.add_argument("names", nargs="*", help="pages to render; all when none is named")
    parser.add_argument("--running", action="store_true", help="of the demo that runs in VAR_DIR")
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "images")
    options = parser.parse_args()
    known = [shot.name for shot in SHOTS]
    if unknown := sorted(set(options.names) - set(known)):
        parser.error(f"unknown: {', '.join(unknown)}; known are {', '.join(known)}")
    wanted = [shot for shot in SHOTS if not options.names or shot.name in options.names]
    options.to.mkdir(parents=True, exist_ok=True)
    with _demo(running=options.running) as summary, chromium() as browser:
        failed = [problem for shot in _all(browser, summary, wanted, options.to) for problem in shot]
    print("\n".join(failed), file=sys.stderr)
    return 1 if failed else 0


@contextmanager
def _demo(*, running: bool) -> Iterator[dict[str, Any]]:
    """Give what demo.json says."""
    if running:
        yield json.loads((Path(os.environ.get("VAR_DIR", ROOT / "var")) / "demo.json").read_text())
        return
    stack = Stack(story=True)
    stack.start(seconds=300)
    try:
        yield json.loads((stack.var / "demo.json").read_text())
    finally:
        stack.stop()


def _all(browser: Browser, summary: dict[str, Any], shots: list[Shot], folder: Path) -> Iterator[list[str]]:
    for theme in THEMES:
        for width, height in WIDTHS.items():
            context = browser.new_context(
                base_url=summary["url"],
                viewport={"width": width, "height": height},
                color_scheme=theme,
                locale="en-GB",
                timezone_id="Europe/Helsinki",
                reduced_motion="reduce",
            )
            page, errors = context.new_page(), collect_errors(context)
            log_in(page, summary["url"], summary["username"], summary["password"])
            for shot in shots:
                yield _take(page, shot, folder / f"{shot.name}-{theme}-{width}.png")
            yield errors
            context.close()


def _take(page: Page, shot: Shot, file: Path) -> list[str]:
    """Return what went wrong, in lines."""
    answer = page.goto(shot.path, wait_until="networkidle")
    if answer is None or not answer.ok:
        return [f"{shot.name}: {shot.path} answered {answer and answer.status}"]
    for selector in shot.follow:
        if page.locator(selector).count() == 0:
            return [f"{shot.name}: nothing to follow on {page.url}"]
        page.goto(str(page.locator(selector).first.get_attribute("href")), wait_until="networkidle")
    page.wait_for_timeout(300)  # charts draw themselves
    page.screenshot(path=file, full_page=True)
    print(file.relative_to(ROOT) if file.is_relative_to(ROOT) else file)
    return []


if __name__ == "__main__":
    sys.exit(main())
