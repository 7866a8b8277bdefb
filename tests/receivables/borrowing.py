"""A company at the simulator that may borrow, with its mirror here."""

from typing import Any
from uuid import UUID

from django.utils import timezone

from companies.models import Company
from portal.partners.models import PartnerAccount
from portal.sync import runs
from portal.sync.models import Cursor
from receivables.models import InvoiceCredit
from tests.companies.running import run
from tests.portal.sandbox.clients import Ax
from tests.portal.sandbox.invoice_files import finvoice
from tests.sandbox import Sandbox

TERMS = {"contact_email": "boss@example.test", "iban": "FI2112345600000785", "bic": "NDEAFIHH", "bank": "Nordea"}
NOW = "2026-03-02T09:00:00Z"


def company_at(simulator: Sandbox, partner: PartnerAccount, country: str = "FI") -> Company:
    """A verified company on VISMA, read into the mirror."""
    ax = Ax(simulator).verified(country)
    ax.on_network("VISMA")
    row = Company(account=partner, uuid=UUID(ax.company), name="Kuura Oy", country=country)
    row.set_business_id(country, ax.get("/oauth2/current")["company"]["bid"])
    row.save()
    run("companies.refresh", row)
    row.refresh_from_db()
    row.account = partner
    return row


def sign(simulator: Sandbox, company: Company) -> None:
    simulator.control("POST", f"/companies/{company.uuid}/op_credit/sign")


def borrower_at(simulator: Sandbox, partner: PartnerAccount) -> Company:
    """A company whose credit is active, with one delivered invoice of 251 euros that is due on 16 March."""
    simulator.control("POST", "/clock", {"set": NOW})
    company = company_at(simulator, partner)
    run("receivables.activate_credit", company, TERMS)
    sign(simulator, company)
    send_invoice(simulator, company)
    run("receivables.refresh_credit", company)
    return company


def send_invoice(simulator: Sandbox, company: Company) -> str:
    """Have the company send an invoice at the simulator, and wait until it is delivered; returns its id."""
    ax = Ax(simulator, str(company.uuid), "", "invoice:send invoice:receive")
    xml = finvoice(buyer_email="buyer@example.test")
    made: dict[str, Any] = ax.call("POST", "/v1/invoices", files={"file": ("invoice.xml", xml)}).json()
    Ax.until(lambda: ax.get(f"/v1/invoices/{made['id']}")["status"] == "DELIVERED")
    return str(made["id"])


def look_at_what_is_due(source: str = "receivables.credit") -> None:
    """Let a watch or feed run now."""
    InvoiceCredit.objects.exclude(next_check_at=None).update(next_check_at=timezone.now())
    Cursor.objects.filter(source=source).update(next_at=timezone.now())
    runs.run_due(budget=2)


def owed(simulator: Sandbox, company: Company) -> float:
    """What the bank says that the company owes."""
    ax = Ax(simulator, str(company.uuid), "", "company")
    told: float = ax.get("/v1/services/op_invoice_credit/available_credit")["total_withdrawn"]
    return told
