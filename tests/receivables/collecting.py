"""A company at the simulator with an agency, an overdue invoice, and its way into the mirror."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from companies.models import Company
from invoices.models import Invoice
from portal.partners.models import PartnerAccount
from portal.sync import runs
from portal.sync.models import Cursor
from receivables.models import Assignment, CollectionService, HandOver
from tests.companies.running import run
from tests.portal.sandbox.clients import Ax
from tests.portal.sandbox.invoice_files import finvoice
from tests.receivables.borrowing import company_at
from tests.sandbox import Sandbox

DAY = 86_400.0
_ROUNDS = 5
AMILI = {
    "service_type": "express", "iban": "FI2112345600000785", "bic": "NDEAFIHH", "bank": "Nordea",
    "contact_person": "Pirjo Puu", "contact_email": "pirjo@puu.test", "contact_phone_number": "+358401234567",
    "customer_service_email": "help@puu.test", "billing_street": "Katu 1", "billing_zip_code": "90100",
    "billing_city": "Oulu", "billing_country": "FI", "accountable_party": "vfsfi",
}  # fmt: skip
GIVEN = {"agency": "amili", "collection_type": "reminder_and_collection", "receivables_type": "b2b"}


def creditor_at(simulator: Sandbox, partner: PartnerAccount, agency: str = "amili", **terms: str) -> Company:
    """A verified company at the simulator with an agency that is active, here too."""
    company = company_at(simulator, partner)
    given = {"amili": AMILI, "ropo": {"agreement_contact_email": "pirjo@puu.test"}}[agency] | terms
    run(f"receivables.activate_{agency}", company, given)
    Ax.until(lambda: _active(company, agency))
    return company


def overdue_invoice(simulator: Sandbox, company: Company, *, number: str = "1001", days: int = 60) -> Invoice:
    """An invoice that was sent without delivery and fell due some days ago, read into the mirror."""
    due = timezone.localdate() - timedelta(days=days)
    xml = finvoice(number=number).replace(b">20260316<", f">{due:%Y%m%d}<".encode())
    ax = Ax(simulator, str(company.uuid), "", "invoice:send invoice:receive")
    made = ax.call(
        "POST", "/v1/invoices", files={"file": ("invoice.xml", xml)}, data={"prevent_routing": "true"}
    ).json()
    Ax.until(lambda: ax.get(f"/v1/invoices/{made['id']}")["status"] != "PENDING")
    told = ax.get(f"/v1/invoices/{made['id']}")
    return Invoice.objects.create(
        account=company.account, company=company, uuid=UUID(made["id"]), direction="SENT", status=told["status"],
        number=number, reference="1232", counterparty_name="Rannan Rauta Oy", counterparty_country="FI",
        due_date=due, total_amount=Decimal("251.00"), currency="EUR",
    )  # fmt: skip


def prepare(invoice: Invoice, agency: str = "amili", **payer: str) -> HandOver:
    """What the form writes for one payer with an address."""
    row, _made = HandOver.objects.get_or_create(
        invoice=invoice, account=invoice.account, company=invoice.company,
        defaults={"agency": agency, "collection_type": "reminder_and_collection", "receivables_type": "b2b"},
    )  # fmt: skip
    known = {"name": "Rannan Rauta Oy", "street": "Testitie 2", "post_code": "02100", "city": "Espoo", "country": "FI"}
    row.payers.create(**(known | payer))
    return row


def handed_over(simulator: Sandbox, company: Company) -> Assignment:
    """An assignment at the agency, read into the mirror."""
    invoice = overdue_invoice(simulator, company)
    prepare(invoice)
    operation = run("receivables.hand_over", invoice, GIVEN)
    assert operation.state == "DONE", operation.error_text
    Ax.until(lambda: _taken(invoice), 30)
    return Assignment.objects.select_related("company", "account").get()


def catch_up() -> None:
    """Let everything that follows agencies look now; what an event told of is looked at in the next round."""
    for _round in range(_ROUNDS):
        for rows in (CollectionService, HandOver, Assignment):
            rows.objects.exclude(next_check_at=None).update(next_check_at=timezone.now())  # type: ignore[attr-defined]
        Cursor.objects.filter(source__startswith="receivables.").update(next_at=timezone.now())
        runs.run_due(budget=1)
        if not Assignment.objects.exclude(next_check_at=None).exists():
            return


def pass_days(simulator: Sandbox, days: float) -> None:
    simulator.advance(days * DAY)
    catch_up()


def remote(simulator: Sandbox, company: Company, path: str) -> Any:
    """Ask the Receivables API itself."""
    ax = Ax(simulator, str(company.uuid), "", "receivables:assignments")
    ax.url = simulator.credentials["receivables_url"]
    return ax.get(path)


def _taken(invoice: Invoice) -> bool:
    catch_up()
    there = Assignment.objects.exclude(status="").exists()
    return there and HandOver.objects.filter(invoice=invoice, status="sent").exists()


def _active(company: Company, agency: str) -> bool:
    catch_up()
    return CollectionService.objects.filter(company=company, agency=agency, status="ACTIVE").exists()
