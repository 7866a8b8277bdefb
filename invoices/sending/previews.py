"""A file as staff read it before it is sent: the invoice's own words, in the order of a letter."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from invoices.documents import Document, Kind, Party
from invoices.documents.details import Details, Line
from invoices.sending.checks import Inspected

MOST_LINES = 100  # that are shown
KINDS: dict[Kind, str | Promise] = {
    Kind.INVOICE: _("Invoice"),
    Kind.CREDIT_NOTE: _("Credit note"),
    Kind.SELF_BILLED_INVOICE: _("Self-billed invoice"),
    Kind.SELF_BILLED_CREDIT_NOTE: _("Self-billed credit note"),
    Kind.CORRECTION: _("Correction"),
    Kind.PREPAYMENT: _("Prepayment invoice"),
    Kind.INTEREST: _("Interest invoice"),
    Kind.REMINDER: _("Reminder"),
    Kind.COLLECTION: _("Collection letter"),
    Kind.PROFORMA: _("Pro forma invoice"),
}
_REFERENCES = {
    "order": _("Order"), "contract": _("Contract"), "project": _("Project"), "buyer": _("Buyer's reference"),
    "accounting": _("Accounting"), "despatch": _("Despatch advice"), "tender": _("Tender"), "object": _("Object"),
}  # fmt: skip


@dataclass(frozen=True)
class Preview:
    """One readable file for a template; the details are read when they are first asked for."""

    inspected: Inspected = field(repr=False)

    @property
    def document(self) -> Document:
        return self.inspected.document

    @cached_property
    def details(self) -> Details:
        return self.document.details

    @property
    def kind(self) -> str | Promise:
        return KINDS[self.document.kind]

    @property
    def parties(self) -> list[tuple[str | Promise, Party]]:
        """Return the parties with what they are, the sender first."""
        details = self.details
        found = [
            (_("From"), self.document.seller),
            (_("To"), self.document.buyer),
            (_("Paid to"), details.payee),
            (_("Received by"), details.recipient),
        ]
        return [(name, party) for name, party in found if party is not None]

    @property
    def lines(self) -> tuple[Line, ...]:
        return self.details.lines[:MOST_LINES]

    @property
    def more_lines(self) -> int:
        return max(len(self.details.lines) - MOST_LINES, 0)

    @property
    def totals(self) -> list[tuple[str | Promise, Any]]:
        """Return the totals that the file states, in the order in which they build on each other."""
        amounts = self.document.amounts
        rows = (
            (_("Lines"), amounts.line_total),
            (_("Discounts"), amounts.allowances),
            (_("Charges"), amounts.charges),
            (_("Without tax"), amounts.without_tax),
            (_("Tax"), amounts.tax),
            (_("With tax"), amounts.with_tax),
            (_("Paid already"), amounts.prepaid),
            (_("Withheld for the state"), amounts.withheld),
            (_("Collected for others"), amounts.for_others),
            (_("Rounding"), amounts.rounding),
            (_("To be paid"), amounts.payable),
        )
        return [(name, amount) for name, amount in rows if amount is not None]

    @property
    def references(self) -> list[tuple[str | Promise, str]]:
        found = self.details.references
        rows: list[tuple[str | Promise, str]] = [(word, getattr(found, name)) for name, word in _REFERENCES.items()]
        return [(word, text) for word, text in [*rows, (_("Corrects"), ", ".join(found.preceding))] if text]

    @property
    def attachments(self) -> list[tuple[str, str | Promise]]:
        """Return name and place of each file that goes along."""
        package = self.inspected.package
        image = [(package.image, _("image of the invoice"))] if package.image else []
        inside = [
            (found.name or found.link or found.description, _("inside the XML")) for found in self.details.attachments
        ]
        return [*image, *((name, _("in the ZIP")) for name in package.attachments), *inside]
