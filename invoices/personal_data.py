"""Where rows of invoices may name a person: vouchers stay for as long as the law of bookkeeping says."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from companies.personal_data import matching
from invoices import links
from invoices.models import BusinessDocument, DetectAcceptance, DropFile, FraudReport, Invoice, Upload
from portal.persons import Person, Place, Text, register, set_fields

YEARS = 10  # the longest that the countries' laws of bookkeeping keep vouchers


def kept_by_law(day: date | None) -> Text:
    """Return why a voucher of a day stays; "" when its time is over."""
    if day is None:
        return _("A voucher without a date: kept until it is known how old it is")
    until = day + timedelta(days=366 * YEARS)
    if until < timezone.localdate():
        return ""
    return _("Voucher of the customer's books: kept by law until %(day)s") % {"day": date_format(until, "Y-m-d")}


def _invoices(person: Person, accounts: Sequence[int]) -> QuerySet[Invoice]:
    rows = Invoice.objects.filter(account__in=accounts)
    return rows.filter(matching(person, names=("counterparty_name",), digest="business_id_digest"))


def _invoice_stays(invoice: Invoice) -> Text:
    return kept_by_law(invoice.invoice_date or invoice.created_at.date())


def _erase_counterparty(row: Any, _person: Person) -> None:
    set_fields(
        row, counterparty_name="", counterparty_address="", business_id="", business_id_digest="",
        business_id_secret="",
    )  # fmt: skip


def _documents(person: Person, accounts: Sequence[int]) -> QuerySet[BusinessDocument]:
    rows = BusinessDocument.objects.filter(account__in=accounts)
    return rows.filter(matching(person, names=("counterparty_name",), digest="business_id_digest"))


def _uploads(person: Person, accounts: Sequence[int]) -> QuerySet[Upload]:
    return Upload.objects.filter(matching(person, names=("receiver",)), account__in=accounts)


def _drop_files(person: Person, accounts: Sequence[int]) -> QuerySet[DropFile]:
    return DropFile.objects.filter(matching(person, names=("sender", "receiver")), drop__account__in=accounts)


def _reports(person: Person, accounts: Sequence[int]) -> QuerySet[FraudReport]:
    return FraudReport.objects.filter(matching(person, emails=("contact_email",)), account__in=accounts)


def _report_stays(report: FraudReport) -> Text:
    return "" if report.withdrawn_at else _("The report stands at AutoInvoice, with this contact: withdraw it first")


def _acceptances(person: Person, accounts: Sequence[int]) -> QuerySet[DetectAcceptance]:
    return DetectAcceptance.objects.filter(matching(person, names=("accepted_by",)), account__in=accounts)


def _never(_row: Any, _person: Person) -> None:
    raise AssertionError("such rows stay")


def _place(name: str, label: Text, fields: Sequence[str], **what: Any) -> None:
    register(Place(f"invoices.{name}", label, tuple(fields), **what))


_COUNTERPARTY = ("counterparty_name", "counterparty_address", "business_id")
_place("invoices", _("Invoices"), _COUNTERPARTY,
       find=_invoices, stays=_invoice_stays, erase=_erase_counterparty, url=links.page_of)  # fmt: skip
_place("documents", _("Documents"), _COUNTERPARTY,
       find=_documents, stays=lambda row: kept_by_law(row.created_at.date()), erase=_erase_counterparty,
       url=links.page_of_document)  # fmt: skip
_place("uploads", _("Files to send"), ("receiver",),
       find=_uploads, stays=lambda row: kept_by_law(row.created_at.date()),
       erase=lambda row, _person: set_fields(row, receiver=""))  # fmt: skip
_place("drop_files", _("Files given together"), ("sender", "receiver"),
       find=_drop_files, stays=lambda _row: "", erase=lambda row, _person: set_fields(row, sender="", receiver=""),
       url=lambda row: reverse("admin:invoices_drop", args=[row.drop_id]))  # fmt: skip
_place("fraud_reports", _("Fraud reports"), ("contact_email",),
       find=_reports, stays=_report_stays, erase=lambda row, _person: set_fields(row, contact_email=""),
       url=lambda row: links.page_of(row.invoice))  # fmt: skip
_place("acceptances", _("Acceptances of the Detect disclaimer"), ("accepted_by",),
       find=_acceptances, stays=lambda _row: _("Proof that the customer accepted the disclaimer"),
       erase=_never)  # fmt: skip
