"""Events of documents: doubled, late, out of order, and with payloads that nobody has documented."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from companies.models import Company
from invoices.models import BusinessDocument, Invoice
from invoices.trade import following
from invoices.trade.kinds import DocumentStatus
from portal.sync.models import Cursor
from portal.webhooks import registry
from portal.webhooks.registry import Event, Handled, Ignored, NotYet

NOW = timezone.now()


@transaction.atomic
def tell(company: Company, name: str, at: Any = NOW, **data: Any) -> list[type]:
    event = Event(name, company.account, company.uuid, at, data, 1)
    return [type(handler(event)) for handler in registry.handlers_for(name)]


def test_a_received_document_gets_a_row_that_is_looked_at(company: Company) -> None:
    outcomes = tell(company, "DOCUMENTS.ORDER.RECEIVED", document_id="d-1", document_number="O-9")

    row = BusinessDocument.objects.get()
    assert outcomes == [Handled]
    assert (row.remote_id, row.type, row.status, row.direction) == ("d-1", "ORDER", "DELIVERED", "RECEIVED")
    assert row.number == "O-9"
    assert row.next_check_at is not None
    assert Cursor.objects.filter(source=following.CompanyDocuments.name, company_uuid=company.uuid).exists()


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (0, 0, 2, 2, 1)])
def test_the_newest_event_holds_whatever_the_order(company: Company, order: tuple[int, ...]) -> None:
    told = [
        ("DOCUMENTS.ORDER.DELIVERED", timedelta(minutes=3), {}),
        ("DOCUMENTS.ORDER.DELIVERY_CONFIRMED", timedelta(minutes=2), {}),
        ("DOCUMENTS.ORDER.FAILED", timedelta(minutes=1), {"error_message": "Too late"}),
    ]

    for place in order:
        name, age, more = told[place]
        tell(company, name, NOW - age, document_id="d-1", **more)

    row = BusinessDocument.objects.get()
    assert (row.status, row.error_text) == (DocumentStatus.FAILED, "Too late")


def test_a_reminder_sent_as_a_document_is_no_invoice(company: Company) -> None:
    outcomes = tell(company, "DOCUMENTS.REMINDER.DELIVERED", document_id="d-1")

    assert Handled in outcomes
    assert BusinessDocument.objects.exists()
    assert not Invoice.objects.exists()


def test_an_event_about_an_invoice_is_left_to_the_invoices(company: Company) -> None:
    outcomes = tell(
        company, "DOCUMENTS.INVOICE.DELIVERED", invoice_id="5f3f4d0e-7c57-4c8e-8b0f-3a2ce1d5b901", invoice_number="1"
    )

    assert set(outcomes) == {Handled, Ignored}
    assert not BusinessDocument.objects.exists()


def test_an_event_that_names_no_document_has_the_list_read(company: Company) -> None:
    assert tell(company, "DOCUMENTS.CATALOGUE.RECEIVED", something="else") == [Handled]

    cursor = Cursor.objects.get(source=following.CompanyDocuments.name)
    assert cursor.company_uuid == company.uuid
    assert cursor.next_at <= timezone.now()


def test_a_company_that_is_not_known_yet_is_waited_for(company: Company) -> None:
    stranger = Company(uuid=company.account.key, account=company.account)

    assert tell(stranger, "DOCUMENTS.ORDER.RECEIVED", document_id="d-1") == [NotYet]


def test_an_action_that_is_new_changes_no_status_but_is_looked_at(company: Company) -> None:
    tell(company, "DOCUMENTS.ORDER.DELIVERED", document_id="d-1")
    tell(company, "DOCUMENTS.ORDER.ARCHIVED", NOW + timedelta(0), document_id="d-1")

    assert BusinessDocument.objects.get().status == DocumentStatus.DELIVERED
