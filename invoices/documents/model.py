"""
An invoice, whatever format it came in.

What the checks of every file need stands in Document; the rest is read out of the file when a page asks for `details`.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from invoices.documents.details import Details, PaymentMeans
from invoices.documents.party import Party


class Kind(StrEnum):
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    SELF_BILLED_INVOICE = "self_billed_invoice"  # written by the buyer
    SELF_BILLED_CREDIT_NOTE = "self_billed_credit_note"
    CORRECTION = "correction"
    PREPAYMENT = "prepayment"
    INTEREST = "interest"
    REMINDER = "reminder"
    COLLECTION = "collection"
    PROFORMA = "proforma"


@dataclass(frozen=True, slots=True)
class Amounts:
    """Totals as written; None where the file says nothing. Credit notes may carry any sign."""

    lines: Decimal | None = None  # sum of the lines, counted by us
    line_count: int = 0
    line_total: Decimal | None = None  # the same sum as the file states it, before discounts and charges of the whole
    allowances: Decimal | None = None  # of the whole invoice, as a positive sum
    charges: Decimal | None = None
    without_tax: Decimal | None = None
    tax: Decimal | None = None
    taxes: Decimal | None = None  # sum of the VAT breakdown, counted by us
    tax_bases: Decimal | None = None  # sum of the amounts that the breakdown taxes
    with_tax: Decimal | None = None
    prepaid: Decimal | None = None
    withheld: Decimal | None = None  # tax that the buyer pays to the state in the seller's stead
    for_others: Decimal | None = None  # claims of third parties, paid along with the invoice
    rounding: Decimal | None = None
    payable: Decimal | None = None
    unreadable: tuple[str, ...] = ()  # what stands where an amount should, and is none


@dataclass(frozen=True, slots=True)
class Document:
    """One invoice file, read."""

    format: str = ""  # AutoInvoice's word ("FINVOICE30"); "" = unknown to us
    is_read: bool = False  # we know how to read this format
    kind: Kind = Kind.INVOICE
    number: str = ""
    date: dt.date | None = None
    due_date: dt.date | None = None
    currency: str = ""
    seller: Party = field(default_factory=Party)
    buyer: Party = field(default_factory=Party)
    amounts: Amounts = field(default_factory=Amounts)
    read_details: Callable[[], Details] = field(default=Details, repr=False, compare=False)
    read_payment: Callable[[], Iterable[PaymentMeans]] = field(default=tuple, repr=False, compare=False)

    @property
    def parties(self) -> tuple[Party, Party]:
        return self.seller, self.buyer

    @property
    def is_credit_note(self) -> bool:
        return self.kind in (Kind.CREDIT_NOTE, Kind.SELF_BILLED_CREDIT_NOTE)

    @property
    def is_self_billed(self) -> bool:
        return self.kind in (Kind.SELF_BILLED_INVOICE, Kind.SELF_BILLED_CREDIT_NOTE)

    @property
    def details(self) -> Details:
        """Return lines, VAT, payment and the rest; read anew each time, so keep it."""
        return self.read_details()

    @property
    def payment(self) -> tuple[PaymentMeans, ...]:
        """Return where and how it is paid: of the details what the checks of every file need."""
        return tuple(self.read_payment())
