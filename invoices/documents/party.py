"""Who stands on an invoice: names, identifiers and addresses, as written."""

from dataclasses import dataclass
from enum import StrEnum

from invoices.documents.values import distinct


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
