"""The proof of delivery, and what to look at when a receiver says that it got nothing."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from companies.models import Company
from invoices import links
from invoices.enums import Direction, FileKind, Status
from invoices.following import checklists, delivery_proof
from invoices.models import Invoice, InvoiceAction, InvoiceFile
from tests.invoices.conftest import MakeCompany, make_account
from tests.invoices.test_pages import make_invoice

AT = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)


@pytest.fixture
def delivered(company: Company) -> Invoice:
    invoice = make_invoice(company, destination="PEPPOL", created_at=AT, delivered_at=AT)
    told = {"destination": "PEPPOL", "address": "0192:987654325"}
    for position, (kind, key) in enumerate([("CREATED", "action_created"), ("DELIVERED", "action_delivered")]):
        InvoiceAction.objects.create(
            invoice=invoice, position=position, happened_at=AT, type=kind, key=key, channel="EINVOICE", details=told
        )
    InvoiceFile.objects.create(invoice=invoice, kind=FileKind.ORIGINAL, name="a.xml", size=1, sha256="ab" * 32)
    return invoice


def test_proof_says_who_what_when_where_and_by_which_files(delivered: Invoice) -> None:
    text = delivery_proof.of(delivered, None).text

    for part in (
        "Proof of delivery", "Puro Puu Oy", "Aalto Astiat Oy", "1001", "125.50 EUR", str(delivered.uuid), "Peppol",
        "0192:987654325", "e-invoice", "2026-11-30 12:00:00 EET", "Delivered", "ab" * 32, "gives no confirmation",
    ):  # fmt: skip
        assert part in text, part


def test_confirmation_is_part_of_the_proof(delivered: Invoice) -> None:
    InvoiceAction.objects.create(invoice=delivered, position=9, happened_at=AT, type="INFO", key="action_confirmed")

    proof = delivery_proof.of(delivered, None)

    assert "has confirmed it" in proof.verdict
    assert any("operator confirmed it" in value for name, value in proof.facts if name == "Confirmation")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"status": Status.FAILED, "delivered_at": AT}, "came back afterwards"),
        ({"status": Status.FAILED, "delivered_at": None}, "was not delivered"),
        ({"status": Status.PENDING, "delivered_at": None}, "not known yet"),
    ],
)
def test_what_was_not_delivered_is_no_proof(delivered: Invoice, fields: dict[str, object], says: str) -> None:
    Invoice.objects.update(**fields)
    delivered.refresh_from_db()

    proof = delivery_proof.of(delivered, None)

    assert (proof.is_delivered, proof.title.startswith("Record of delivery attempts")) == (False, True)
    assert says in proof.verdict


def test_page_can_be_printed_and_copied(browser: Client, delivered: Invoice) -> None:
    page = reverse("admin:invoice_proof", args=[delivered.pk])

    shown, text = browser.get(page).text, browser.get(page, {"format": "text"})

    assert "data-print" in shown
    assert 'data-copy="proof-text"' in shown
    assert text["Content-Type"] == "text/plain; charset=utf-8"
    assert page in browser.get(links.page_of(delivered)).text


def test_received_and_foreign_invoices_have_no_proof(browser: Client, make_company: MakeCompany) -> None:
    received = make_invoice(make_company(), direction=Direction.RECEIVED)
    foreign = make_invoice(make_company(account=make_account("Other")))

    assert browser.get(reverse("admin:invoice_proof", args=[received.pk])).status_code == 404
    assert browser.get(reverse("admin:invoice_proof", args=[foreign.pk])).status_code == 404


@pytest.mark.parametrize(
    ("destination", "says"),
    [
        ("EMAIL", "junk mail"), ("PRINT", "Letters take days"), ("BANK", "once a banking day"),
        ("PEPPOL", "Peppol operator"), ("VISMA", "is on AutoInvoice"), ("OPERATOR", "operator has it"),
        ("PIGEON", "operator has it"), ("", "names no route"),
    ],
)  # fmt: skip
def test_check_list_depends_on_the_channel(browser: Client, delivered: Invoice, destination: str, says: str) -> None:
    Invoice.objects.update(destination=destination)
    delivered.refresh_from_db()

    assert any(says in str(line) for line in checklists.not_received(delivered))
    assert says in browser.get(links.page_of(delivered)).text


def test_failed_invoice_has_no_check_list(browser: Client, delivered: Invoice) -> None:
    Invoice.objects.update(status=Status.FAILED)

    assert "did not get it?" not in browser.get(links.page_of(delivered)).text
