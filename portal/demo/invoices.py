"""Invoices of the story: Finvoice 3.0 and Peppol BIS 3.0 files between its companies."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from string import Template
from xml.sax.saxutils import escape

from portal.demo.place import DATA

# VAT of the seller's country, percent; what is sold here bears the standard rate.
_VAT = {"FI": "25.5", "SE": "25", "NO": "25", "DK": "25", "NL": "21"}
_VAT_NUMBER = {"FI": "FI{}", "SE": "SE{}01", "NO": "NO{}MVA", "DK": "DK{}", "NL": "NL0{}B01"}
# ISO 6523 code of each country's usual electronic address.
_SCHEME = {"FI": "0216", "SE": "0007", "NO": "0192", "DK": "0184", "NL": "0106"}
_IBAN = "FI2112345600000785"
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Party:
    """Seller or buyer; a company of customers.csv, or one that AutoInvoice has never heard of."""

    name: str
    business_id: str
    country: str
    street: str
    post_code: str
    city: str

    @classmethod
    def of(cls, row: Mapping[str, str]) -> "Party":
        return cls(row["name"], row["bid"], row["country"], row["address1"], row["post_code"], row["city"])

    @property
    def scheme(self) -> str:
        return _SCHEME[self.country]

    @property
    def endpoint(self) -> str:
        return f"0037{self.business_id}" if self.country == "FI" else self.business_id

    @property
    def vat_number(self) -> str:
        return _VAT_NUMBER[self.country].format(self.business_id)


@dataclass(frozen=True)
class Sale:
    """One invoice with one line."""

    seller: Party
    buyer: Party
    number: str
    issued: date
    item: str
    quantity: Decimal
    price: Decimal
    currency: str

    @property
    def percent(self) -> str:
        return _VAT[self.seller.country]

    @property
    def net(self) -> Decimal:
        return (self.quantity * self.price).quantize(_CENT)

    @property
    def tax(self) -> Decimal:
        return (self.net * Decimal(self.percent) / 100).quantize(_CENT, ROUND_HALF_UP)

    @property
    def due(self) -> date:
        return self.issued + timedelta(days=14)


def finvoice(sale: Sale) -> str:
    """Return the invoice as Finvoice 3.0, whose decimals have commas and whose dates are CCYYMMDD."""
    return _fill("finvoice.xml", sale, date_format="%Y%m%d", decimal_point=",")


def peppol(sale: Sale) -> str:
    """Return the invoice as Peppol BIS Billing 3.0."""
    return _fill("peppol.xml", sale, date_format="%Y-%m-%d", decimal_point=".")


FORMATS = {"finvoice": finvoice, "peppol": peppol}


def _fill(template: str, sale: Sale, *, date_format: str, decimal_point: str) -> str:
    def number(value: Decimal) -> str:
        return str(value).replace(".", decimal_point)

    words = {
        "number": sale.number,
        "issued": sale.issued.strftime(date_format),
        "due": sale.due.strftime(date_format),
        "item": sale.item,
        "currency": sale.currency,
        "iban": _IBAN,
        "quantity": number(sale.quantity),
        "price": number(sale.price),
        "percent": number(Decimal(sale.percent)),
        "net": number(sale.net),
        "tax": number(sale.tax),
        "gross": number(sale.net + sale.tax),
        **_party("seller", sale.seller),
        **_party("buyer", sale.buyer),
    }
    text = (DATA / template).read_text(encoding="utf-8")
    return Template(text).substitute({name: escape(word) for name, word in words.items()})


def _party(prefix: str, party: Party) -> dict[str, str]:
    names = ("name", "business_id", "country", "street", "post_code", "city", "scheme", "endpoint", "vat_number")
    return {f"{prefix}_{name}": getattr(party, name) for name in names}
