"""Processing deliveries again: the trial tells what would change and keeps nothing; older news never wins."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies.models import Company
from invoices.models import Invoice
from portal.webhooks import draining, intake, keys, replay
from portal.webhooks.models import Delivery

UUID_ = UUID("8f0a4f7b-50a0-4a43-9d54-b5a8a1d2c702")
NOW = timezone.now()


def deliver(company: Company, action: str, at: datetime = NOW, **data: Any) -> Delivery:
    body = {
        "event": f"DOCUMENTS.INVOICE.{action}",
        "company_id": str(company.uuid),
        "event_timestamp": at.isoformat(),
        "event_data": {"invoice_id": str(UUID_), "invoice_number": "88", "recipient_name": "Buyer"} | data,
    }
    secret = keys.issue(company.account)
    delivery = intake.delivery_of(secret, json.dumps(body).encode(), {}, "192.0.2.1")
    delivery.save()
    return delivery


@pytest.fixture
def browser(company: Company) -> Client:
    user = User.objects.create_user("lead", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=("view_delivery", "process_delivery")))
    company.account.staff.add(user)
    client = Client()
    client.force_login(user)
    return client


def act(browser: Client, action: str, *deliveries: Delivery) -> Any:
    chosen = {"action": action, "_selected_action": [delivery.pk for delivery in deliveries]}
    return browser.post(reverse("admin:webhooks_delivery_changelist"), chosen)


def test_trial_tells_which_rows_would_change_and_keeps_nothing(company: Company) -> None:
    new, failed = deliver(company, "DELIVERED"), deliver(company, "FAILED", NOW + timedelta(seconds=1))

    first, second = replay.try_out([failed, new])

    assert (first.delivery, second.delivery) == (new, failed)
    assert [(change.fact, change.after.split(", ")[:3]) for change in first.changes] == [
        ("", ["SENT", "DELIVERED", "88"])
    ]
    assert ("status", "DELIVERED", "FAILED") in {(one.fact, one.before, one.after) for one in second.changes}
    assert not Invoice.objects.exists()
    assert set(Delivery.objects.values_list("state", "attempts")) == {("STORED", 0)}


def test_trial_of_older_news_changes_nothing(company: Company) -> None:
    deliver(company, "FAILED", NOW)
    draining.drain()
    older = deliver(company, "DELIVERED", NOW - timedelta(hours=1))

    (tried,) = replay.try_out([older])

    assert (tried.changes, tried.tone) == ([], "good")
    assert Invoice.objects.get().status == "FAILED"


def test_trial_names_what_would_fail_and_what_is_ignored(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, unknown = deliver(company, "DELIVERED"), deliver(company, "DELIVERED")
    Delivery.objects.filter(pk=unknown.pk).update(body="")
    monkeypatch.setattr("invoices.webhooks._apply", lambda *_given: 1 / 0)

    first, second = replay.try_out([broken, unknown])

    assert str(first.said) == "It would fail again: ZeroDivisionError"
    assert str(second.said) == "The body is not JSON."


def test_staff_see_the_trial_and_then_process_for_good(browser: Client, company: Company) -> None:
    delivery = deliver(company, "DELIVERED")
    Delivery.objects.update(state="FAILED", attempts=6)

    tried = act(browser, "try_again", delivery)
    kept = Invoice.objects.count()
    act(browser, "process_again", delivery)
    draining.drain()

    page = tried.content.decode()
    assert "What processing again would change" in page
    assert f"#{delivery.pk}" in page
    assert "Process 1 again" in page
    assert (kept, Invoice.objects.get().status) == (0, "DELIVERED")


def test_trial_needs_the_right_to_process(browser: Client, company: Company) -> None:
    User.objects.get(username="lead").user_permissions.remove(Permission.objects.get(codename="process_delivery"))

    answer = act(browser, "try_again", deliver(company, "DELIVERED"))

    assert "What processing again would change" not in answer.content.decode()


def test_deliveries_are_found_by_when_they_came(browser: Client, company: Company) -> None:
    old, new = deliver(company, "DELIVERED"), deliver(company, "FAILED")
    Delivery.objects.filter(pk=old.pk).update(received_at=NOW - timedelta(days=3))

    page = browser.get(reverse("admin:webhooks_delivery_changelist"), {"received": "24"}).content.decode()

    assert f"/delivery/{new.pk}/" in page
    assert f"/delivery/{old.pk}/" not in page
