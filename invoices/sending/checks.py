"""
What the portal can say about a file before it goes out.

Unreadable files are refused here as AutoInvoice refuses them. Everything else is a concern: shown, never in the way,
for AutoInvoice knows more formats, receivers and customers than we do.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from lxml import etree

from companies.facts import is_verified
from companies.models import Company
from invoices.documents import Document, read, sums
from invoices.documents.details import Details
from invoices.documents.sums import Sum
from invoices.files import xml
from invoices.files.xml import UnreadableFileError
from invoices.models import Invoice, Upload
from invoices.sending import packages
from invoices.sending.concerns import Concern
from invoices.sending.further_checks import about_dates, about_payment, about_ways
from invoices.sending.packages import Package
from invoices.sending.recognising import Directory

_INVOICE_WORDS = ("invoice", "creditnote", "faktura", "fattura", "lasku", "factuur", "rechnung")
_SUMS = {
    Sum.LINES: ("lines_do_not_add_up", gettext_lazy("the lines")),
    Sum.NET: ("net_does_not_add_up", gettext_lazy("lines, discounts and charges")),
    Sum.TAX: ("tax_does_not_add_up", gettext_lazy("the VAT by rate")),
    Sum.GROSS: ("total_does_not_add_up", gettext_lazy("net and tax")),
    Sum.PAYABLE: ("payable_does_not_add_up", gettext_lazy("the total, less what is paid,")),
}
_LOOK_AT_IT = gettext_lazy("Look at the earlier invoice first. The receiver may take this one for a double.")
_NEEDED = (
    gettext_lazy("number"),
    gettext_lazy("date"),
    gettext_lazy("currency"),
    gettext_lazy("sender's name"),
    gettext_lazy("receiver's name"),
)


@dataclass(frozen=True, slots=True)
class Inspected:
    """One readable file."""

    package: Package
    document: Document
    is_misread: bool = False  # texts look like UTF-8 that was declared as something else


def inspect(content: bytes, name: str) -> Inspected:
    """
    Read a file without sending anything.

    :raises UnreadableFileError: AutoInvoice would refuse it too
    """
    package = packages.read(content, name)
    root, envelope = xml.parse_enveloped(package.xml)
    document = read(root, envelope)
    if not document.is_read and not document.format and not _mentions_invoices(root):
        raise UnreadableFileError(
            _("The XML is not an invoice: it begins with “%(root)s”.") % {"root": xml.local_name(root)[:60]},
            _("Choose the invoice's own XML file."),
        )
    return Inspected(package, document, xml.is_misread(root))


def without_tree(inspected: Inspected) -> Inspected:
    """Return the same, without what only a page shows: the file's tree is let go, which many files need."""
    payment = inspected.document.payment
    document = replace(inspected.document, read_details=Details, read_payment=lambda: payment)
    return replace(inspected, document=document)


def _mentions_invoices(root: etree._Element) -> bool:
    return any(
        word in str(element.tag).casefold()
        for element in root.iter()
        if isinstance(element.tag, str)
        for word in _INVOICE_WORDS
    )


def concerns(
    inspected: Inspected,
    company: Company,
    *,
    directory: Directory | None = None,
    earlier: "Earlier | None" = None,
    disabled: tuple[str, ...] = (),
) -> list[Concern]:
    """
    Return what speaks against sending the file as this company; may be empty.

    :param directory, earlier: what the database knows, read for many files at once; None: it is read for this one
    :param disabled: ways that the company's defaults leave out
    """
    found = [*_about_company(company)]
    document = inspected.document
    if inspected.is_misread:
        found.append(_misread())
    if not document.is_read:
        return [*found, _unread(document)]
    return [
        *found,
        *_about_content(document),
        *_about_parties(document, company, directory or Directory(company.account, document.parties, company.country)),
        *_about_totals(document),
        *about_dates(document),
        *about_payment(document),
        *about_ways(document, company, disabled),
        *(earlier or Earlier([(company, inspected)])).concerns(inspected, company),
    ]


def _about_company(company: Company) -> Iterator[Concern]:
    if not is_verified(company):
        yield Concern(
            "company_unverified",
            _("%(company)s is not verified yet: the file waits, and is sent by itself once it is.")
            % {"company": company},
            _("Get the company's authorization signed."),
        )


def _misread() -> Concern:
    return Concern(
        "encoding_doubtful",
        _("Letters such as ä and ö look broken: the file says another encoding than it has."),
        _("Ask the customer to export the invoice again as UTF-8."),
    )


def _unread(document: Document) -> Concern:
    if document.format:
        text = _("The format %(format)s cannot be checked by the portal; AutoInvoice can read it.")
        return Concern("format_unread", text % {"format": document.format}, _("Look the invoice up after sending it."))
    return Concern(
        "format_unknown",
        _("The portal does not know this format; AutoInvoice decides whether it is an invoice."),
        _("Check that you chose the invoice's own XML file."),
    )


def _about_content(document: Document) -> Iterator[Concern]:
    needed = (document.number, document.date, document.currency, document.seller.name, document.buyer.name)
    missing = [str(name) for name, value in zip(_NEEDED, needed, strict=True) if not value]
    if missing:
        yield Concern(
            "content_missing",
            _("AutoInvoice will refuse it, for this is missing: %(what)s.") % {"what": ", ".join(missing)},
            _("Have the customer's software fill it in, and export the invoice again."),
        )
    if not document.buyer.is_reachable:
        yield Concern(
            "receiver_address_missing",
            _("The receiver has no address: no e-invoice address, business id, e-mail or full postal address."),
            _("Add one of them to the invoice, or give an address on this page."),
        )


def _about_parties(document: Document, company: Company, directory: Directory) -> Iterator[Concern]:
    seller, buyer = directory.digests(document.seller), directory.digests(document.buyer)
    if company.business_id_digest in seller:
        if company.business_id_digest in buyer:
            yield _to_itself(company)
        return
    sender = next(iter(directory.companies(document.seller)), None)
    names = {"seller": document.seller.name or "?", "buyer": document.buyer.name or "?", "company": company}
    if sender:
        yield Concern(
            "sender_is_another",
            _("The sender is %(sender)s, not %(company)s.") % {"sender": sender, "company": company},
            _("Send the file as %(sender)s.") % {"sender": sender},
        )
    elif company.business_id_digest in buyer:
        yield Concern(
            "receiver_is_company",
            _("%(company)s is the receiver of this invoice, not its sender.") % names,
            _("Sent invoices are those that the company itself has written."),
        )
    elif not directory.companies(document.buyer):
        yield Concern(
            "parties_unknown",
            _("Neither party is this company or one that the portal knows: %(seller)s bills %(buyer)s.") % names,
            _("Check that the file belongs to %(company)s.") % names,
        )
    else:
        yield Concern(
            "sender_unknown",
            _("The sender %(seller)s is not %(company)s.") % names,
            _("Check that the file belongs to %(company)s.") % names,
        )


def _to_itself(company: Company) -> Concern:
    return Concern(
        "to_itself",
        _("Sender and receiver are both %(company)s.") % {"company": company},
        _("Check the receiver of the invoice."),
    )


def _about_totals(document: Document) -> Iterator[Concern]:
    amounts = document.amounts
    if amounts.unreadable:
        yield Concern(
            "amount_unreadable",
            _("What should be an amount is none: “%(text)s”.") % {"text": amounts.unreadable[0]},
            _("Ask the customer to export the invoice again."),
        )
    elif sums.missing(document):
        yield Concern(
            "total_missing",
            _("The invoice does not say what it comes to."),
            _("Ask the customer to check the invoice; receivers may refuse it."),
        )
    for found in sums.disagreements(document):
        code, what = _SUMS[found.sum]
        yield _sum_concern(code, str(what), found.counted, found.stated, document.currency)


def _sum_concern(code: str, what: str, counted: Decimal, stated: Decimal, currency: str) -> Concern:
    values = {"what": what, "counted": f"{counted:.2f}", "stated": f"{stated:.2f}", "currency": currency}
    return Concern(
        code,
        _("The totals do not add up: %(what)s make %(counted)s %(currency)s, the invoice says %(stated)s.") % values,
        _("Ask the customer to check the invoice; receivers may refuse it."),
    )


class Earlier:
    """Numbers that companies have used before, read for many files with two statements."""

    def __init__(self, files: Sequence[tuple[Company, Inspected]]) -> None:
        companies = {company.pk for company, _file in files}
        numbers = {file.document.number for _company, file in files if file.document.number}
        self._sent: dict[tuple[int, str], Invoice] = {}
        self._given: dict[tuple[int, str], Upload] = {}
        if numbers:
            sent = Invoice.objects.sent().filter(company__in=companies, number__in=numbers).order_by("created_at")
            self._sent = {(invoice.company_id, invoice.number): invoice for invoice in sent}
            given = Upload.objects.filter(company__in=companies, number__in=numbers).order_by("created_at")
            self._given = {(upload.company_id, upload.number): upload for upload in given}

    def concerns(self, file: Inspected, company: Company) -> Iterator[Concern]:
        number = file.document.number
        sent, given = self._sent.get((company.pk, number)), self._given.get((company.pk, number))
        if sent:
            values = {"number": sent, "date": f"{sent.created_at:%Y-%m-%d}"}
            yield Concern("number_used", _("Number %(number)s was sent before, on %(date)s.") % values, _LOOK_AT_IT)
        elif given and given.content_sha256 != file.package.content_sha256:
            values = {"number": number, "file": given.name}
            text = _("Number %(number)s stands in another file too that was given here: %(file)s.") % values
            yield Concern("number_given", text, _LOOK_AT_IT)
