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
from invoices.documents.values import as_amount, as_date, distinct, total

__all__ = [
    "Address",
    "Amounts",
    "Contact",
    "Document",
    "IdKind",
    "Identifier",
    "Kind",
    "Party",
    "as_amount",
    "as_date",
    "distinct",
    "total",
]  # fmt: skip


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


class IdKind(StrEnum):
    BUSINESS = "business"  # number in the trade register
    VAT = "vat"
    TAX = "tax"  # another registration for taxes
    OTHER = "other"  # a customer number, a GLN …


@dataclass(frozen=True, slots=True)
class Identifier:
    value: str
    scheme: str = ""  # ISO 6523 code or the word of the format
    kind: IdKind = IdKind.OTHER


@dataclass(frozen=True, slots=True)
class Address:
    lines: tuple[str, ...] = ()
    city: str = ""
    post_code: str = ""
    region: str = ""
    country: str = ""  # two capital letters, or what stands in the file

    @property
    def is_complete(self) -> bool:
        """Tell whether a letter could be sent there."""
        return bool(self.lines and self.city and self.post_code)


@dataclass(frozen=True, slots=True)
class Contact:
    name: str = ""
    phone: str = ""
    email: str = ""


_NO_ADDRESS = Address()
_NO_CONTACT = Contact()


@dataclass(frozen=True, slots=True)
class Party:
    """A seller, a buyer or someone else on the invoice."""

    name: str = ""
    trading_name: str = ""
    identifiers: tuple[Identifier, ...] = ()
    endpoint: str = ""  # electronic address, without its scheme
    scheme: str = ""
    operator: str = ""
    address: Address = _NO_ADDRESS
    contact: Contact = _NO_CONTACT

    @property
    def ids(self) -> tuple[str, ...]:
        """Return business ids, VAT numbers and the like, as written."""
        return distinct(*(identifier.value for identifier in self.identifiers))

    @property
    def vat_id(self) -> str:
        return next((found.value for found in self.identifiers if found.kind is IdKind.VAT), "")

    @property
    def business_id(self) -> str:
        return next((found.value for found in self.identifiers if found.kind is IdKind.BUSINESS), "")

    @property
    def country(self) -> str:
        """Return two capital letters, or ""."""
        return self.address.country[:2]

    @property
    def email(self) -> str:
        return self.contact.email

    @property
    def has_postal_address(self) -> bool:
        """Tell whether street, code and city are there."""
        return self.address.is_complete

    @property
    def is_reachable(self) -> bool:
        """Tell whether AutoInvoice has anything to find a way to this party by."""
        return bool(self.endpoint or self.identifiers or self.email or self.has_postal_address)


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
