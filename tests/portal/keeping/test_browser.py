"""Alerts, the trial of retention and a person's data in a real browser, without a stack: the test plays the workers."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
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
from tests.e2e.here import check_page, opened
from tests.portal.keeping.conftest import call

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
]
EMAIL = "signe.virtanen@koivuranta.example"


@pytest.fixture
def page(chrome: Browser, live_server: Any, account: PartnerAccount, settings: Any) -> Iterator[Page]:
    settings.PUBLIC_URL = live_server.url
    User.objects.create_superuser("lead", password="x", email="lead@desk.example")
    with opened(chrome, live_server.url, "lead", viewport={"width": 1440, "height": 900}) as window:
        yield window.new_page()


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


def test_alert_is_seen_acknowledged_muted_and_ends(page: Page, company: Company) -> None:
    AlertRule.objects.update(calm_minutes=0)
    Destination.objects.create(name="Desk", way=Way.MAIL, recipients="desk@partner.example")
    evaluating.evaluate()
    before = calling(page)
    check_page(page)
    page.goto("/admin/alerts/alert/?state=open")
    check_page(page)
    page.locator("#result_list a", has_text="Invoices are stuck on their way").click()
    expect(page.locator("section[aria-labelledby=wrong]")).to_contain_text("Invoice 20418")
    expect(page.locator("section[aria-labelledby=wrong]")).to_contain_text("Koivurannan Leipomo Oy")
    expect(page.locator("section[aria-labelledby=told]")).to_contain_text("desk@partner.example")

    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("Say what you do about it")).to_be_visible()
    page.locator("textarea[name=note]").fill("Asked AutoInvoice's support, ticket 4711.")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.locator("section[aria-labelledby=wrong] .pill")).to_contain_text("Acknowledged")
    check_page(page)
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
    check_page(page)


def test_what_administrators_set_is_readable(page: Page, account: PartnerAccount) -> None:
    Destination.objects.create(name="Desk", way=Way.MAIL, recipients="desk@partner.example")
    for address in ("alerts/alertrule/", "alerts/destination/", "keeping/retentionrule/"):
        page.goto(f"/admin/{address}")
        check_page(page)
        page.locator("#result_list tbody a").first.click()
        check_page(page)


def test_trial_shows_what_would_go_and_what_stays(page: Page, account: PartnerAccount) -> None:
    for days in (400, 200, 91, 5):
        call(account, days)
    page.goto("/admin/keeping/retentionrun/")

    page.get_by_role("button", name="Try out what would go").click()
    expect(page.locator("section[aria-labelledby=run] .pill").first).to_contain_text("Running")
    while running.work(60):
        continue
    expect(page.locator("section[aria-labelledby=run] .pill").first).to_contain_text("Done")

    expect(page.get_by_role("button", name="Remove 3 now")).to_be_visible()
    check_page(page)
    page.goto("/admin/keeping/retentionrun/")
    check_page(page)


def test_person_is_found_and_removed(page: Page, company: Company) -> None:
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
    check_page(page)
    page.locator("input[name=reference]").fill("Ticket 4711")
    page.locator("input[name=name]").fill("Signe Virtanen")
    page.locator("input[name=email]").fill(EMAIL)

    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator("section[aria-labelledby=request] .pill").first).to_contain_text("Searching")
    removing.work()
    expect(page.locator("section[aria-labelledby=request] .pill").first).to_contain_text("To be decided")
    check_page(page)
    page.get_by_role("button", name="Remove from 2 rows").click()
    expect(page.locator("section[aria-labelledby=request] .pill").first).to_contain_text("Removing")
    removing.work()

    expect(page.locator("section[aria-labelledby=request] .pill").first).to_contain_text("Done")
    check_page(page)
