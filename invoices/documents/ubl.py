"""
UBL 2 invoices and credit notes: Peppol BIS 2 and 3, EHF, SI-UBL, XRechnung, OIOUBL, Svefaktura 5, Visma UBL and others.

Source: OASIS UBL 2.1, Peppol BIS Billing 3, OIOUBL 2.02.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from lxml import etree

from invoices.documents import ubl_details
from invoices.documents.branch import Amount, Branch, name_of
from invoices.documents.model import Amounts, Document, Kind
from invoices.documents.ubl_party import party
from invoices.documents.values import as_date, negative, total

_INVOICE_LINES = ("InvoiceLine", "CreditNoteLine")
_LINES = tuple(f"{{*}}{name}" for name in _INVOICE_LINES)
_LINE_AMOUNT = "{*}LineExtensionAmount"
_UBL = "urn:oasis:names:specification:ubl:schema:xsd:Common"
_SPACES = {"cac": f"{_UBL}AggregateComponents-2", "cbc": f"{_UBL}BasicComponents-2"}
# The first fitting part of the customization tells the format: the narrower ones stand before those they build on.
_CUSTOMIZATIONS = tuple(
    (re.compile(part, re.IGNORECASE), name)
    for part, name in (
        (r"xrechnung_3.*extension", "XRECHNUNG30EXTUBL"),
        (r"xrechnung_[12].*extension", "XRECHNUNG23EXTUBL"),
        (r"xrechnung_3", "XRECHNUNG30UBL"),
        (r"xrechnung_[12]", "XRECHNUNG23UBL"),
        (r"nen\.nl:nlcius", "SIUBL20"),
        (r"si-ubl\W(?:.*\W)?(?:ver)?1\.2", "SIUBL12"),
        (r"si-ubl\W(?:.*\W)?(?:ver)?1\.1", "SIUBL11"),
        (r"oioubl-2\.1", "OIOUBL21"),
        (r"oioubl(?!\.dk)", "OIOUBL"),  # OIOUBL 3 is of EN 16931, which AutoInvoice has no word for
        (r"visma.*\b3(?:\.0)?\b", "VISMAUBL30"),
        (r"visma", "VISMAUBL10"),
        (r"difi\.no:ehf", "EHF20"),
        (r"poacc:billing:3", "PEPPOLBIS30"),
        (r"peppol\.eu:bis:peppol[45]a:ver[12]", "PEPPOLBIS20"),
    )
)


def _xpath(path: str) -> Callable[[etree._Element], Any]:
    return etree.XPath(path, namespaces=_SPACES, smart_strings=False)


_COUNTED_CHILDREN = _xpath("count(*)")
_COUNTED_LINES = _xpath("count(cac:InvoiceLine|cac:CreditNoteLine)")
_LINE_AMOUNTS = _xpath(
    "cac:InvoiceLine/cbc:LineExtensionAmount/text()[1]|cac:CreditNoteLine/cbc:LineExtensionAmount/text()[1]"
)
_KINDS = {
    "381": Kind.CREDIT_NOTE, "396": Kind.CREDIT_NOTE, "81": Kind.CREDIT_NOTE, "83": Kind.CREDIT_NOTE,
    "308": Kind.CREDIT_NOTE, "420": Kind.CREDIT_NOTE, "458": Kind.CREDIT_NOTE, "532": Kind.CREDIT_NOTE,
    "262": Kind.CREDIT_NOTE, "296": Kind.CREDIT_NOTE, "503": Kind.CREDIT_NOTE,
    "261": Kind.SELF_BILLED_CREDIT_NOTE, "502": Kind.SELF_BILLED_CREDIT_NOTE,
    "389": Kind.SELF_BILLED_INVOICE, "501": Kind.SELF_BILLED_INVOICE, "500": Kind.SELF_BILLED_INVOICE,
    "527": Kind.SELF_BILLED_INVOICE, "471": Kind.SELF_BILLED_INVOICE, "473": Kind.SELF_BILLED_INVOICE,
    "384": Kind.CORRECTION, "472": Kind.CORRECTION, "386": Kind.PREPAYMENT, "325": Kind.PROFORMA,
}  # fmt: skip
_SELF_BILLED = (Kind.SELF_BILLED_INVOICE, Kind.SELF_BILLED_CREDIT_NOTE)


def kind_of(code: str) -> Kind:
    """Return what a code of UNCL 1001 means; a code that nobody knows is an invoice."""
    return _KINDS.get(code, Kind.INVOICE)


def read(root: etree._Element) -> Document:
    tree = _without_lines(root)
    customization = tree.text("CustomizationID")
    name = _format(customization) or _format(tree.text("ProfileID"))
    return Document(
        format=name,
        kind=_kind(tree),
        number=tree.text("ID"),
        date=as_date(tree.text("IssueDate")),
        due_date=as_date(tree.text("DueDate") or _due(tree)),
        currency=ubl_details.currency_of(tree).upper(),
        seller=party(tree.one("AccountingSupplierParty", "Party")),
        buyer=party(tree.one("AccountingCustomerParty", "Party")),
        amounts=_amounts(root, tree, name),
        read_details=lambda: ubl_details.read(Branch(root)),
        read_payment=lambda: ubl_details.payments(tree),
    )


def _without_lines(root: etree._Element) -> Branch:
    tree = Branch(root, until=_INVOICE_LINES)
    return tree if tree.one("LegalMonetaryTotal") else Branch(root)  # its parts stand in another order


@lru_cache(maxsize=256)  # there are few, and each stands in thousands of files
def _format(customization: str) -> str:
    if not customization:
        return ""
    return next((name for part, name in _CUSTOMIZATIONS if part.search(customization)), "")


def _kind(tree: Branch) -> Kind:
    kind = kind_of(tree.text("CreditNoteTypeCode") or tree.text("InvoiceTypeCode"))
    is_self_billed = tree.name.startswith("SelfBilled") or kind in _SELF_BILLED
    if tree.name.endswith("CreditNote") or kind in (Kind.CREDIT_NOTE, Kind.SELF_BILLED_CREDIT_NOTE):
        return Kind.SELF_BILLED_CREDIT_NOTE if is_self_billed else Kind.CREDIT_NOTE
    return Kind.SELF_BILLED_INVOICE if is_self_billed else kind


def _due(tree: Branch) -> str:
    """Return the first due date of the means or the terms of payment; ""."""
    found = (one.text("PaymentDueDate") for name in ("PaymentMeans", "PaymentTerms") for one in tree.all(name))
    return next(filter(None, found), "")


def _amounts(root: etree._Element, tree: Branch, form: str) -> Amounts:
    amount = Amount()
    is_danish, is_extended = form.startswith("OIOUBL"), form.endswith("EXTUBL")
    paid_along = tree.all("PrepaidPayment") if is_extended else []  # what was paid before, in all other forms
    totals = tree.one("LegalMonetaryTotal")
    lines = _line_amounts(root, tree, amount)
    tax_total = _main_tax(tree)
    breakdown = [sub for one in tax_total for sub in one.all("TaxSubtotal")]
    taxes = [amount(sub, "TaxAmount") for sub in breakdown]
    line_total = amount(totals, "LineExtensionAmount")
    allowances = _stated_or_added(tree, "AllowanceTotalAmount", amount, is_charge=False)
    charges = _stated_or_added(tree, "ChargeTotalAmount", amount, is_charge=True)
    tax = total(amount(one, "TaxAmount") for one in tax_total)
    without_tax = amount(totals, "TaxExclusiveAmount")
    if is_danish:  # its TaxExclusiveAmount is the tax
        tax = without_tax if tax is None else tax
        without_tax = _net(line_total, allowances, charges)
    return Amounts(
        lines=total(lines),
        line_count=len(lines),
        line_total=line_total,
        allowances=allowances,
        charges=charges,
        without_tax=without_tax,
        tax=tax,
        taxes=total(taxes),
        tax_bases=total(amount(sub, "TaxableAmount") for sub in breakdown),
        with_tax=amount(totals, "TaxInclusiveAmount"),
        prepaid=amount(totals, "PrepaidAmount"),
        for_others=total(amount(one, "PaidAmount") for one in paid_along),
        rounding=amount(totals, "PayableRoundingAmount"),
        payable=amount(totals, "PayableAmount"),
        unreadable=tuple(amount.unreadable),
    )


def _stated_or_added(tree: Branch, name: str, amount: Amount, *, is_charge: bool) -> Decimal | None:
    stated = amount(tree, "LegalMonetaryTotal", name)
    if stated is not None:
        return stated
    each = (one for one in tree.all("AllowanceCharge") if (one.text("ChargeIndicator") in ("true", "1")) is is_charge)
    return total(amount(one, "Amount") for one in each)


def _net(line_total: Decimal | None, allowances: Decimal | None, charges: Decimal | None) -> Decimal | None:
    return total((line_total, negative(allowances) or Decimal(0), charges or Decimal(0)))


def _line_amounts(root: etree._Element, tree: Branch, amount: Amount) -> list[Decimal | None]:
    """Look for the amounts alone: an invoice of many lines is mostly lines, and libxml2 finds them by itself."""
    lines = _COUNTED_LINES(root)
    texts = _LINE_AMOUNTS(root) if lines == _COUNTED_CHILDREN(root) - tree.size else None
    if texts is None:  # lines of another namespace, or somewhere else
        found = [one for one in root.iter(_LINE_AMOUNT) if name_of(one.getparent()) in _INVOICE_LINES]
        lines, texts = sum(1 for _line in root.iterchildren(*_LINES)), [one.text or "" for one in found]
    return [amount.of(text.strip()) for text in texts] + [None] * int(lines - len(texts))


def _main_tax(tree: Branch) -> list[Branch]:
    """Leave out the TaxTotal that repeats the tax in the accounting currency."""
    totals = tree.all("TaxTotal")
    if len(totals) < 2:
        return totals
    currency = ubl_details.currency_of(tree)
    return [one for one in totals if (one.one("TaxAmount").attribute("currencyID") or currency) == currency]
