"""Account statements of invoice credit: one day as SEPA XML (camt.053), read with whatever namespace it carries."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext_lazy as _
from lxml import etree

from invoices.files import xml
from invoices.files.xml import UnreadableFileError

MOST_ENTRIES = 10_000


@dataclass(frozen=True, slots=True)
class Entry:
    booked_on: str  # as written
    amount: Decimal  # what comes in is positive
    text: str
    reference: str
    archive_id: str


@dataclass(frozen=True, slots=True)
class Statement:
    iban: str
    currency: str
    opening: Decimal | None
    closing: Decimal | None
    entries: list[Entry]


def read(content: bytes) -> Statement:
    """
    Return what a statement says. Sums as the account sees them: what the company owes is negative.

    :raises UnreadableFileError: no XML, a DOCTYPE, no statement, or a sum that is no number
    """
    root = xml.parse(content)
    found = next(root.iter("{*}Stmt"), None)
    if found is None:
        raise UnreadableFileError(_("The bank's file holds no account statement."))
    nodes = list(found.iterfind("{*}Ntry"))
    if len(nodes) > MOST_ENTRIES:
        raise UnreadableFileError(_("The statement has too many entries to be shown."), _("Download it as XML."))
    balances = {_text(node, "Tp/CdOrPrtry/Cd"): _amount(node) for node in found.iterfind("{*}Bal")}
    return Statement(
        iban=_text(found, "Acct/Id/IBAN"),
        currency=_text(found, "Acct/Ccy") or "EUR",
        opening=balances.get("OPBD"),
        closing=balances.get("CLBD"),
        entries=[_entry(node) for node in nodes],
    )


def _entry(node: etree._Element) -> Entry:
    return Entry(
        booked_on=_text(node, "BookgDt/Dt") or _text(node, "BookgDt/DtTm")[:10],
        amount=_amount(node),
        text=_text(node, "NtryDtls/TxDtls/AddtlTxInf")
        or _text(node, "AddtlNtryInf")
        or _text(node, "NtryDtls/TxDtls/RmtInf/Ustrd"),
        reference=_text(node, "NtryDtls/TxDtls/RmtInf/Strd/CdtrRefInf/Ref"),
        archive_id=_text(node, "AcctSvcrRef"),
    )


def _amount(node: etree._Element) -> Decimal:
    text = _text(node, "Amt")
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise UnreadableFileError(_("A sum in the statement is no number: %(text)s") % {"text": text[:40]}) from None
    if not amount.is_finite():
        raise UnreadableFileError(_("A sum in the statement is no number: %(text)s") % {"text": text[:40]})
    return -amount if _text(node, "CdtDbtInd") == "DBIT" else amount


def _text(node: etree._Element, path: str) -> str:
    found = node.find("/".join(f"{{*}}{name}" for name in path.split("/")))
    return (found.text or "").strip() if found is not None else ""


def days_with(day: date) -> tuple[date, date]:
    """Return the day before and the day after, for the links beside it."""
    return date.fromordinal(day.toordinal() - 1), date.fromordinal(day.toordinal() + 1)
