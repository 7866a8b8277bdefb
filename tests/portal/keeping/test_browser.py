"""Alerts, the trial of retention and a person's data in a real browser, without a stack: the test plays the workers."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from companies.models import Authorization, Company, CompanyUser, DossierEntry
from invoices.enums import Direction, Status
from invoices.models import Invoice
from portal.alerts import evaluating
from portal.alerts.models import AlertRule, Destination, Way
from portal.keeping import removing, running
from portal.partners.models import PartnerAccount
from tests.e2e.browser import chromium, collect_errors, log_in
from tests.portal.keeping.conftest import call

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
EMAIL = "signe.virtanen@koivuranta.example"
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}
PICTURES = os.environ.get("PICTURES", "")  # a folder: pictures of the pages go there, to be looked at


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in the tests' own thread
    with chromium() as started:
        yield started
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(browser: Browser, live_server: Any, account: PartnerAccount, settings: Any) -> Iterator[Page]:
    settings.PUBLIC_URL = live_server.url
    User.objects.create_superuser("lead", password="x", email="lead@desk.example")
    opened = browser.new_context(base_url=live_server.url, viewport={"width": 1440, "height": 900})
    opened.set_default_timeout(30_000)
    errors = collect_errors(opened)
    log_in(opened.new_page(), live_server.url, "lead", "x")
    yield opened.new_page()
    opened.close()
    assert errors == []


@pytest.fixture
def check() -> Callable[[Page, str], None]:
    def look(page: Page, name: str) -> None:
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            if PICTURES:
                page.reload()  # what was drawn in another theme is drawn anew
            found = Axe().run(page, options=WCAG)
            assert found.violations_count == 0, found.generate_report()
            for width in (1440, 390):
                page.set_viewport_size({"width": width, "height": 900})
                assert page.evaluate("document.documentElement.scrollWidth") <= width + 1
                if PICTURES:
                    page.screenshot(path=Path(PICTURES) / f"{name}-{theme}-{width}.png", full_page=True)
            page.set_viewport_size({"width": 1440, "height": 900})

    return look


@pytest.fixture
def company(account: PartnerAccount) -> Company:
    """A company whose request to sign ran out, and which sent an invoice that is stuck."""
    company = Company.objects.create(
        account=account, uuid=uuid4(), name="Koivurannan Leipomo Oy", country="FI", state="UNVERIFIED"
    )
    ago = timezone.now() - timedelta(days=8)
    Authorization.objects.create(
        account=account, company=company, email=EMAIL, signer_name="Signe Virtanen",
        locale="FI", requested_at=ago, expires_at=ago + timedelta(days=7), state="EXPIRED",
    )  # fmt: skip
    Invoice.objects.create(
        account=account, company=company, uuid=uuid4(), number="20418", direction=Direction.SENT,
        status=Status.PENDING, created_at=ago, counterparty_name="Signe Virtanen", invoice_date=ago.date(),
    )  # fmt: skip
    return company


def calling(page: Page) -> int:
    page.goto("/admin/")
    return int(page.locator("a.card-link", has_text="Alerts").first.locator(".card-value").inner_text())


def test_alert_is_seen_acknowledged_muted_and_ends(
    page: Page, company: Company, check: Callable[[Page, str], None]
) -> None:
    AlertRule.objects.update(calm_minutes=0)
    Destination.objects.create(name="Desk", way=Way.MAIL, recipients="desk@partner.example")
    evaluating.evaluate()
    before = calling(page)
    check(page, "dashboard")
    page.goto("/admin/alerts/alert/?state=open")
    check(page, "alerts")
    page.locator("#result_list a", has_text="Invoices are stuck on their way").click()
    expect(page.locator("section[aria-labelledby=wrong]")).to_contain_text("Invoice 20418")
    expect(page.locator("section[aria-labelledby=wrong]")).to_contain_text("Koivurannan Leipomo Oy")
    expect(page.locator("section[aria-labelledby=told]")).to_contain_text("desk@partner.example")

    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("Say what you do about it")).to_be_visible()
    page.locator("textarea[name=note]").fill("Asked AutoInvoice's support, ticket 4711.")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.locator("section[aria-labelledby=wrong] .pill")).to_contain_text("Acknowledged")
    check(page, "alert")
    address = page.url
    assert calling(page) == before - 1
    page.goto(address)
    page.locator("select[name=hours]").select_option("24")
    page.get_by_role("button", name="Mute").click()
    expect(page.locator("section[aria-labelledby=wrong] .pill")).to_contain_text("Muted")

    Invoice.objects.update(status=Status.DELIVERED)
    evaluating.evaluate()

    page.goto(address)
    expect(page.locator("section[aria-labelledby=wrong] .pill")).to_contain_text("Ended")
    check(page, "alert-ended")


def test_what_administrators_set_is_readable(
    page: Page, account: PartnerAccount, check: Callable[[Page, str], None]
) -> None:
    Destination.objects.create(name="Desk", way=Way.MAIL, recipients="desk@partner.example")
    for name, address in (
        ("alert-rules", "alerts/alertrule/"), ("alert-destinations", "alerts/destination/"),
        ("retention-rules", "keeping/retentionrule/"),
    ):  # fmt: skip
        page.goto(f"/admin/{address}")
        check(page, name)
        page.locator("#result_list tbody a").first.click()
        check(page, f"{name}-one")


def test_trial_shows_what_would_go_and_what_stays(
    page: Page, account: PartnerAccount, check: Callable[[Page, str], None]
) -> None:
    for days in (400, 200, 91, 5):
        call(account, days)
    page.goto("/admin/keeping/retentionrun/")

    page.get_by_role("button", name="Try out what would go").click()
    expect(page.locator("section[aria-labelledby=run] .pill").first).to_contain_text("Running")
    while running.work(60):
        continue
    expect(page.locator("section[aria-labelledby=run] .pill").first).to_contain_text("Done")

    expect(page.get_by_role("button", name="Remove 3 now")).to_be_visible()
    check(page, "retention-trial")
    page.goto("/admin/keeping/retentionrun/")
    check(page, "retention-runs")


def test_person_is_found_and_removed(page: Page, company: Company, check: Callable[[Page, str], None]) -> None:
    now = timezone.now()
    known = {
        "account": company.account,
        "company": company,
        "fact_at": now,
        "email": "signe.virtanen@koivuranta.example",
    }
    CompanyUser.objects.create(remote_id="1", first_name="Signe", last_name="Virtanen", removed_at=now, **known)
    DossierEntry.objects.create(
        account=company.account, company=company, sequence=1, kind="requested", at=now, recorded_at=now, hash="0",
        content={"signer_name": "Signe Virtanen"},
    )  # fmt: skip
    page.goto("/admin/keeping/personrequest/")
    page.get_by_role("link", name="Search for a person's data").click()
    check(page, "person-ask")
    page.locator("input[name=reference]").fill("Ticket 4711")
    page.locator("input[name=name]").fill("Signe Virtanen")
    page.locator("input[name=email]").fill(EMAIL)

    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator("section[aria-labelledby=request] .pill").first).to_contain_text("Searching")
    removing.work()
    expect(page.locator("section[aria-labelledby=request] .pill").first).to_contain_text("To be decided")
    check(page, "person-found")
    page.get_by_role("button", name="Remove from 2 rows").click()
    expect(page.locator("section[aria-labelledby=request] .pill").first).to_contain_text("Removing")
    removing.work()

    expect(page.locator("section[aria-labelledby=request] .pill").first).to_contain_text("Done")
    check(page, "person-done")
