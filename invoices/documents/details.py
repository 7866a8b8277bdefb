"""What a page shows of an invoice beyond its Document: everything as written, amounts to their last digit."""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from invoices.documents.party import Address, Party


@dataclass(frozen=True, slots=True)
class Period:
    start: dt.date | None = None
    end: dt.date | None = None


@dataclass(frozen=True, slots=True)
class AllowanceCharge:
    """A discount (allowance) or a surcharge (charge)."""

    is_charge: bool
    amount: Decimal | None = None  # positive in either case, unless the file says otherwise
    reason: str = ""
    percent: Decimal | None = None
    base: Decimal | None = None
    vat_category: str = ""
    vat_rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Line:
    id: str = ""
    name: str = ""
    description: str = ""
    seller_item: str = ""
    buyer_item: str = ""
    standard_item: str = ""  # GTIN and the like
    quantity: Decimal | None = None
    unit: str = ""
    price: Decimal | None = None  # for `base_quantity` units, without VAT
    base_quantity: Decimal | None = None
    amount: Decimal | None = None  # without VAT, after the line's discounts
    vat_category: str = ""
    vat_rate: Decimal | None = None
    vat_amount: Decimal | None = None
    allowances: tuple[AllowanceCharge, ...] = ()
    period: Period | None = None
    note: str = ""
    order_line: str = ""


@dataclass(frozen=True, slots=True)
class Vat:
    """One row of the VAT breakdown."""

    category: str = ""
    rate: Decimal | None = None
    base: Decimal | None = None
    amount: Decimal | None = None
    reason: str = ""  # why there is none


@dataclass(frozen=True, slots=True)
class PaymentMeans:
    code: str = ""  # as written: UNCL 4461, or a word of the format
    account: str = ""
    account_scheme: str = ""  # IBAN, BGABSESS (bankgiro), PGSISESS (plusgiro) …
    account_name: str = ""
    bic: str = ""
    reference: str = ""  # KID, OCR, RF, Finnish reference
    due_date: dt.date | None = None
    mandate: str = ""  # of a direct debit


@dataclass(frozen=True, slots=True)
class References:
    order: str = ""
    sales_order: str = ""
    contract: str = ""
    project: str = ""
    buyer: str = ""  # what the buyer asked to be written on it
    accounting: str = ""
    despatch: str = ""
    receipt: str = ""
    tender: str = ""
    object: str = ""  # a meter, a phone number …
    preceding: tuple[str, ...] = ()  # numbers of the invoices that this one corrects


@dataclass(frozen=True, slots=True)
class Delivery:
    date: dt.date | None = None
    party: str = ""
    location: str = ""
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside of the XML, or a link to one."""

    name: str = ""
    content_type: str = ""
    size: int | None = None  # bytes, of one that is inside
    link: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Details:
    type_code: str = ""  # as written
    tax_currency: str = ""
    tax_in_tax_currency: Decimal | None = None
    tax_point: dt.date | None = None
    period: Period | None = None
    references: References = field(default_factory=References)
    payee: Party | None = None
    tax_representative: Party | None = None
    recipient: Party | None = None  # who receives the invoice instead of the buyer
    delivery: Delivery | None = None
    lines: tuple[Line, ...] = ()
    allowances: tuple[AllowanceCharge, ...] = ()  # of the whole invoice
    vat: tuple[Vat, ...] = ()
    payment: tuple[PaymentMeans, ...] = ()
    payment_terms: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
