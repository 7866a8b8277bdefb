"""Drift and the dry run of deliveries in a real browser."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.utils import timezone
from playwright.sync_api import Browser, Page

from companies.models import Company
from portal.sync.models import Drift
from portal.webhooks.models import Delivery
from tests.e2e.here import check_page, opened
from tests.invoices.test_replay import deliver

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture
def page(chrome: Browser, live_server: Any, company: Company) -> Iterator[Page]:
    lead = User.objects.create_user("lead", password="x", is_staff=True)
    wanted = ("view_delivery", "process_delivery", "view_drift", "view_gap", "reconcile")
    lead.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    company.account.staff.add(lead)
    with opened(chrome, live_server.url, "lead") as window:
        yield window.new_page()


def test_staff_see_what_would_change_and_process_again(page: Page, company: Company) -> None:
    deliver(company, "DELIVERED")
    deliver(company, "FAILED", timezone.now() - timedelta(hours=1))
    Delivery.objects.update(state="FAILED")

    page.goto("/admin/webhooks/delivery/?state__exact=FAILED")
    for box in page.locator("input.action-select").all():
        box.check()
    page.select_option("select[name=action]", "try_again")
    page.get_by_role("button", name="Run").or_(page.get_by_role("button", name="Go")).first.click()
    page.get_by_role("heading", name="What processing again would change").last.wait_for()
    check_page(page)
    page.get_by_role("button", name="Process 2 again").click()

    page.get_by_text("2 deliveries are processed again.").first.wait_for()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"STORED"}


def test_drift_page_names_each_repair_and_compares_on_demand(page: Page, company: Company) -> None:
    Drift.objects.create(
        account=company.account, company_uuid=company.uuid, source="invoices.invoice", subject="7", title="2026-7",
        kind="MISSING", remote="RECEIVED, DELIVERED, 2026-7", event="DOCUMENTS.INVOICE.RECEIVED",
    )  # fmt: skip

    page.goto("/admin/sync/drift/")
    page.get_by_text("DOCUMENTS.INVOICE.RECEIVED: never came").wait_for()
    check_page(page)
    page.get_by_role("link", name="Compare now").click()
    page.fill("input[name=company]", str(company.uuid))
    check_page(page)
    page.get_by_role("button", name="Compare now").click()

    page.get_by_text("1 company is compared. What differs appears here.").first.wait_for()
