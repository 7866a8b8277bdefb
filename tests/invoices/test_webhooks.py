"""Events as AutoInvoice tells them, handed to the handler as the webhooks' room does."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from companies.models import Company
from invoices.enums import Status
from invoices.models import Invoice
from invoices.sync import CompanyFeed
from portal.operations import facts
from portal.sync.models import Cursor, RunState, SyncRun
from portal.webhooks import registry
from portal.webhooks.registry import Event, Handled, Ignored, NotYet, Outcome

UUID_ = UUID("8f0a4f7b-50a0-4a43-9d54-b5a8a1d2c702")
NOW = timezone.now()


@transaction.atomic
def tell(company: Company, action: str, at: datetime = NOW, kind: str = "INVOICE", **data: Any) -> Outcome:
    told = {"invoice_id": str(UUID_), "invoice_number": "88", "recipient_name": "Buyer", "sender_name": "Seller"} | data
    event = Event(f"DOCUMENTS.{kind}.{action}", company.account, company.uuid, at, told, delivery_id=1)
    # Business documents hear the same events and leave invoices alone.
    (handler,) = (one for one in registry.handlers_for(event.name) if one.__module__ == "invoices.webhooks")
    return handler(event)


def test_received_event_makes_a_row_that_is_looked_at_at_once(company: Company) -> None:
    outcome = tell(company, "RECEIVED", origin="PEPPOL", sender_bid="12345671")

    row = Invoice.objects.get()
    assert isinstance(outcome, Handled)
    assert (row.uuid, row.direction, row.status, row.number) == (UUID_, "RECEIVED", Status.DELIVERED, "88")
    assert row.counterparty_name == "Seller"
    assert row.next_check_at is not None


def test_failed_event_brings_error_and_remedy(company: Company) -> None:
    tell(company, "FAILED", error_message="Receiver address not known")

    row = Invoice.objects.get()
    assert (row.direction, row.status, row.remedy_key) == ("SENT", Status.FAILED, "receiver_unknown")
    assert row.error_text == "Receiver address not known"


def test_delivered_may_fail_and_be_delivered_again(company: Company) -> None:
    tell(company, "DELIVERED", NOW - timedelta(minutes=3))
    tell(company, "FAILED", NOW - timedelta(minutes=2), error_message="Operator not known")
    failed = Invoice.objects.get()
    tell(company, "DELIVERED", NOW - timedelta(minutes=1))

    row = Invoice.objects.get()
    assert (failed.status, failed.remedy_key) == (Status.FAILED, "operator_unknown")
    assert (row.status, row.remedy_key, row.error_text) == (Status.DELIVERED, "", "")


@pytest.mark.parametrize("repeats", [1, 3])
def test_older_event_told_late_changes_no_status_but_asks_autoinvoice(company: Company, repeats: int) -> None:
    tell(company, "FAILED", NOW)
    Invoice.objects.update(next_check_at=None)

    for _ in range(repeats):
        tell(company, "DELIVERED", NOW - timedelta(hours=1))

    row = Invoice.objects.get()
    assert row.status == Status.FAILED
    assert row.next_check_at is not None


def test_event_older_than_the_list_that_confirmed_the_row_changes_no_status(company: Company) -> None:
    tell(company, "DELIVERED", NOW - timedelta(hours=3))
    looked = {"source": CompanyFeed.name, "account": company.account, "company_uuid": company.uuid, "lease": uuid4()}
    SyncRun.objects.create(**looked, state=RunState.DONE, until=NOW, started_at=NOW - timedelta(hours=1))

    tell(company, "FAILED", NOW - timedelta(hours=2), error_message="Late")
    before = Invoice.objects.get().status
    tell(company, "FAILED", NOW, error_message="New")

    assert (before, Invoice.objects.get().status) == (Status.DELIVERED, Status.FAILED)


def test_event_from_a_clock_ahead_of_ours_does_not_shut_out_later_facts(company: Company) -> None:
    tell(company, "DELIVERED", NOW + timedelta(days=8))

    assert Invoice.objects.get().fact_at <= timezone.now()


def test_delivery_is_announced_once_as_a_fact(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    announced: list[str] = []
    monkeypatch.setattr(facts, "announce_many", lambda keys: announced.extend(keys))

    tell(company, "DELIVERED")
    tell(company, "DELIVERED", NOW + timedelta(seconds=1))

    assert announced == [f"invoice.delivered:{UUID_}"]


def test_credit_notes_are_followed_too(company: Company) -> None:
    tell(company, "DELIVERED", kind="CREDIT_NOTE")

    assert Invoice.objects.get().status == Status.DELIVERED


def test_confirmation_moves_no_status(company: Company) -> None:
    tell(company, "FAILED", NOW - timedelta(minutes=1))
    tell(company, "DELIVERY_CONFIRMED")

    assert Invoice.objects.get().status == Status.FAILED


@pytest.mark.parametrize(("action", "begins"), [("RECEIVED", True), ("DELIVERED", False)])
def test_what_arrives_lets_the_first_read_of_a_companys_list_begin(company: Company, action: str, begins: bool) -> None:
    later = timezone.now() + timedelta(hours=1)
    Cursor.objects.create(source=CompanyFeed.name, account=company.account, company_uuid=company.uuid, next_at=later)

    tell(company, action)

    assert Cursor.objects.due(timezone.now()).exists() == begins


def test_event_for_a_company_that_is_not_here_yet_waits(company: Company) -> None:
    company.uuid = uuid4()

    assert isinstance(tell(company, "DELIVERED"), NotYet)
    assert not Invoice.objects.exists()


@pytest.mark.parametrize("named", [None, "", "not a uuid", 7, {"a": 1}])
def test_event_that_names_no_invoice_is_ignored_and_says_why(company: Company, named: object) -> None:
    outcome = tell(company, "DELIVERED", invoice_id=named)

    assert isinstance(outcome, Ignored)
    assert str(outcome.reason)
