"""
`manage.py demo_invoices`: checks, a hand-over, an order, letters, a bank message and a report of fraud for the demo.

Queued as staff would; told twice it adds nothing.
"""

import time
import uuid as uuids
from argparse import ArgumentParser
from string import Template
from typing import Any
from xml.sax.saxutils import escape

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _
from fpdf import FPDF

from companies.models import Company
from invoices.bank import writing
from invoices.detect.words import CHECKS
from invoices.enums import Direction, HandOverWay
from invoices.files import storing
from invoices.letters import jobs, reading
from invoices.models import BankMessage, HandOverTarget, Invoice, PrintAccount
from invoices.operations import (
    DISCLAIMER,
    RegisterPrinting,
    ReportFraud,
    SendBankMessage,
    SendDocument,
    SendLetters,
    SetDetectChecks,
)
from invoices.trade import drafting
from invoices.trade.drafting import PEPPOL, GivenFile
from portal.demo.place import DATA
from portal.operations import queueing
from portal.operations.handlers import NotQueueableError

_PATIENCE = 60.0  # seconds until what was sent to a company has arrived
_SUPPLIER = "0192:987654325"  # whom the order goes to
_LETTERS = ("Change of our account", "Prices from January", "Holiday opening hours")
_PRINTED = {
    "document_type": reading.PDF, "letter_class": "economy", "color_print": False, "duplex": True, "license_key": "",
    "license_meta": "",
}  # fmt: skip


class Command(BaseCommand):
    help = "Switch checks on, send a document, letters and a bank message, report an invoice (demo only)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--detect", metavar="BUSINESS_ID", help="switch all its checks on")
        parser.add_argument("--hand-over", metavar="BUSINESS_ID", help="lay what it receives into a folder")
        parser.add_argument("--order", metavar="BUSINESS_ID", help="send an order")
        parser.add_argument("--register", metavar="BUSINESS_ID", help="register it for mass printing, in test mode")
        parser.add_argument("--print", metavar="BUSINESS_ID", help="have three letters printed")
        parser.add_argument("--bank", metavar="BUSINESS_ID", help="tell the banks about it")
        parser.add_argument("--report", metavar="NUMBER", help="report a received invoice as fraud")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        verbs = {
            "detect": _detect, "hand_over": _hand_over, "order": _order, "register": _register, "print": _print,
            "bank": _tell_banks, "report": _report,
        }  # fmt: skip
        for name, verb in verbs.items():
            if options[name]:
                try:
                    verb(options[name])
                except NotQueueableError as error:  # told twice
                    self.stdout.write(f"{options[name]}: {error.reason}")


def _detect(business_id: str) -> None:
    accepted = {"accepted": True, "accepted_by": "Maija Virtanen, e-mail", "text": str(DISCLAIMER)}
    company = _company(business_id)
    _queue(SetDetectChecks.kind, company, company, {"checks": list(CHECKS), **accepted})


def _hand_over(business_id: str) -> None:
    company = _company(business_id)
    where = {"company": company, "way": HandOverWay.FOLDER, "folder": f"erp/{business_id}"}
    HandOverTarget.objects.get_or_create(account=company.account, name=f"ERP of {company.name}"[:100], defaults=where)


def _order(business_id: str) -> None:
    company = _company(business_id)
    if company.document_drafts.exists():
        return
    words = {"name": escape(company.name), "business_id": business_id, "issued": f"{timezone.localdate():%Y-%m-%d}"}
    content = Template((DATA / "order.xml").read_text(encoding="utf-8")).substitute(words).encode()
    draft = drafting.keep(company, GivenFile("T-4711.xml", content), (), "", actor=None)
    _queue(SendDocument.kind, draft, company, {"recipient_eia": _SUPPLIER, "recipient_operator": PEPPOL})


def _register(business_id: str) -> None:
    company = _company(business_id)
    about = {"email": f"letters+{business_id}@example.com", "password": uuids.uuid4().hex, "test_mode": True}
    row, _new = PrintAccount.objects.get_or_create(company=company, account=company.account, defaults=about)
    _queue(RegisterPrinting.kind, row, company)


def _print(business_id: str) -> None:
    company = _company(business_id)
    if company.print_jobs.exists():
        return
    files = [(f"letter-{number}.pdf", _letter(title)) for number, title in enumerate(_LETTERS, 1)]
    (job,) = jobs.keep(company, reading.read(files, reading.PDF), _PRINTED, actor=None)
    _queue(SendLetters.kind, job, company)


def _letter(title: str) -> bytes:
    pdf = FPDF()
    pdf.add_page()
    pdf.set_font("helvetica", size=14)
    pdf.cell(text=title)
    return bytes(pdf.output())


def _tell_banks(business_id: str) -> None:
    company = _company(business_id)
    if company.bank_messages.exists():
        return
    identity = uuids.uuid4()
    info = writing.SenderInfo(
        action="ADD",
        business_id=business_id,
        name=company.name,
        address=f"0037{business_id}",
        operator="003721291126",
        invoice_name="Workshop bill",
        iban="FI2112345600000785",
        bank="OKOYFIHH",
    )
    stored = storing.store(writing.write(info, identity, timezone.now()))
    message = BankMessage.objects.create(
        account=company.account,
        company=company,
        uuid=identity,
        direction=Direction.SENT,
        kind="SENDERINFO",
        bank="OKOYFIHH",
        sha256=stored.sha256,
        size=stored.size,
    )
    _queue(SendBankMessage.kind, message, company)


def _report(number: str) -> None:
    invoice = _received(number)
    said = {
        "reasons": ["OFFERS_AS_INVOICES", "UNKNOWN_COMPANY"],
        "contact_email": "desk@partner.example",
        "description": "A listing in a register that nobody ordered, with a reminder two days later.",
    }
    _queue(ReportFraud.kind, invoice, invoice.company, said)


def _received(number: str) -> Invoice:
    """Return a received invoice, once it is here: feeds are read every few seconds."""
    rows = Invoice.objects.filter(number=number, direction=Direction.RECEIVED).select_related("company__account")
    until = time.monotonic() + _PATIENCE
    while not rows.exclude(files_at=None).exists() and time.monotonic() < until:
        time.sleep(0.5)
    found = rows.first()
    if found is None:
        raise NotQueueableError(_("It has not arrived."), _("Tell the story again."))
    return found


def _queue(kind: str, target: Any, company: Company, parameters: dict[str, Any] | None = None) -> None:
    queueing.queue(kind, target, parameters or {}, account=company.account, company_uuid=company.uuid)


def _company(business_id: str) -> Company:
    return Company.objects.select_related("account").get(business_id=business_id, account__environment="SANDBOX")
