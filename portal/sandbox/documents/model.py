"""
One invoice or credit note, whatever format it came in.

Amounts are kept as the file has them: a Finvoice credit note carries minus signs, a UBL one does not
(`Document.reversed` turns them).
"""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Literal

Kind = Literal["INVOICE", "CREDIT_NOTE"]
CREDIT_CODES = ("81", "83", "261", "262", "381", "396", "532")  # of UNTDID 1001, which says what a document is


@dataclass(slots=True, kw_only=True)
class Address:
    streets: list[str] = field(default_factory=list)
    city: str = ""
    post_code: str = ""
    region: str = ""
    country: str = ""

    @property
    def complete(self) -> bool:
        """A letter finds its way: street, code, city and country are there."""
        return bool(self.streets and self.city and self.post_code and self.country)


@dataclass(slots=True, kw_only=True)
class Party:
    name: str = ""
    trade_name: str = ""
    bid: str = ""
    bid_scheme: str = ""
    vat: str = ""
    endpoint_id: str = ""
    endpoint_scheme: str = ""
    operator: str = ""
    identifier: str = ""
    identifier_scheme: str = ""
    contact: str = ""
    phone: str = ""
    email: str = ""
    address: Address = field(default_factory=Address)


@dataclass(slots=True, kw_only=True)
class Charge:
    """A charge, or an allowance when `is_charge` is false; of the whole document or of a line."""

    is_charge: bool
    amount: Decimal
    base: Decimal | None = None
    percent: Decimal | None = None
    reason: str = ""
    reason_code: str = ""
    vat_category: str = ""
    vat_rate: Decimal | None = None


@dataclass(slots=True, kw_only=True)
class Line:
    id: str = ""
    name: str = ""
    description: str = ""
    note: str = ""
    seller_item: str = ""
    buyer_item: str = ""
    standard_item: str = ""
    standard_item_scheme: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    unit_text: str = ""
    price: Decimal | None = None
    gross_price: Decimal | None = None
    price_discount: Decimal | None = None
    base_quantity: Decimal | None = None
    net: Decimal | None = None
    vat_rate: Decimal | None = None
    vat_category: str = ""
    order_line: str = ""
    cost_account: str = ""
    period_start: date | None = None
    period_end: date | None = None
    charges: list[Charge] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class VatRow:
    category: str
    base: Decimal
    amount: Decimal
    rate: Decimal | None = None
    reason: str = ""
    reason_code: str = ""


@dataclass(slots=True, kw_only=True)
class Totals:
    """`net` is without tax, `gross` with tax, `payable` what is left to pay; None where the file is silent."""

    lines: Decimal | None = None
    allowances: Decimal | None = None
    charges: Decimal | None = None
    net: Decimal | None = None
    vat: Decimal | None = None
    gross: Decimal | None = None
    prepaid: Decimal | None = None
    rounding: Decimal | None = None
    payable: Decimal | None = None


@dataclass(slots=True, kw_only=True)
class Payment:
    means: str = ""
    reference: str = ""
    account: str = ""
    account_name: str = ""
    bic: str = ""


@dataclass(slots=True, kw_only=True)
class Original:
    """The earlier invoice that this document speaks of."""

    number: str
    issued: date | None = None


@dataclass(slots=True, kw_only=True)
class Attachment:
    filename: str
    mimetype: str
    content: bytes


@dataclass(slots=True, kw_only=True)
class Document:
    format: str
    kind: Kind
    number: str = ""
    type_code: str = ""
    issue_date: date | None = None
    due_date: date | None = None
    delivery_date: date | None = None
    period_start: date | None = None
    period_end: date | None = None
    currency: str = ""
    buyer_reference: str = ""
    order_reference: str = ""
    seller_reference: str = ""
    contract_reference: str = ""
    project_reference: str = ""
    cost_account: str = ""
    originals: list[Original] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    payment_terms: str = ""
    seller: Party = field(default_factory=Party)
    buyer: Party = field(default_factory=Party)
    lines: list[Line] = field(default_factory=list)
    charges: list[Charge] = field(default_factory=list)
    vat_rows: list[VatRow] = field(default_factory=list)
    totals: Totals = field(default_factory=Totals)
    payment: Payment = field(default_factory=Payment)
    attachments: list[Attachment] = field(default_factory=list)

    @property
    def is_credit(self) -> bool:
        return self.kind == "CREDIT_NOTE"

    @property
    def un_code(self) -> str:
        """The type code, or the usual one where the file has none or one of the other kind."""
        if self.type_code and (self.type_code in CREDIT_CODES) == self.is_credit:
            return self.type_code
        return "381" if self.is_credit else "380"

    def reversed(self) -> "Document":
        """Return the same document with every amount and quantity of the other sign; prices and rates stay."""
        return replace(
            self,
            lines=[_reversed_line(line) for line in self.lines],
            charges=[_reversed_charge(charge) for charge in self.charges],
            vat_rows=[replace(row, base=-row.base, amount=-row.amount) for row in self.vat_rows],
            totals=_reversed_totals(self.totals),
        )


def _minus(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else -amount


def _reversed_charge(charge: Charge) -> Charge:
    return replace(charge, amount=-charge.amount, base=_minus(charge.base))


def _reversed_line(line: Line) -> Line:
    return replace(
        line,
        quantity=_minus(line.quantity),
        net=_minus(line.net),
        charges=[_reversed_charge(charge) for charge in line.charges],
    )


def _reversed_totals(totals: Totals) -> Totals:
    return Totals(
        lines=_minus(totals.lines),
        allowances=_minus(totals.allowances),
        charges=_minus(totals.charges),
        net=_minus(totals.net),
        vat=_minus(totals.vat),
        gross=_minus(totals.gross),
        prepaid=_minus(totals.prepaid),
        rounding=_minus(totals.rounding),
        payable=_minus(totals.payable),
    )
