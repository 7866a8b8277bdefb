"""Parties of UBL."""

import re
from collections.abc import Iterator

from invoices.documents.branch import Branch
from invoices.documents.party import Address, Contact, Identifier, IdKind, Party

_VAT_SCHEMES = frozenset({"VAT", "MVA", "MOMS", "63", "BTW", "ALV"})
# Beside the street, and seldom there: the first two lines are those of a letter.
_WHERE_EXACTLY = ("BuildingName", "Floor", "Room", "Department", "MarkAttention")
_SCHEME_INSIDE = re.compile(r"(\d{4}):(.+)")  # EHF 1 and Peppol BIS 1: "9908:" and the number


def party(branch: Branch) -> Party:
    """Return a cac:Party, or one of its like (PayeeParty)."""
    endpoint, scheme = _endpoint(branch.one("EndpointID"))
    registered, trading = branch.text("PartyLegalEntity", "RegistrationName"), branch.text("PartyName", "Name")
    return Party(
        name=registered or trading or _person(branch.one("Person")),
        trading_name=trading,
        identifiers=tuple(_identifiers(branch)),
        endpoint=endpoint,
        scheme=scheme,
        address=address(branch.one("PostalAddress")),
        contact=contact(branch.one("Contact")),
    )


def _endpoint(branch: Branch) -> tuple[str, str]:
    """Return an electronic address and its scheme."""
    text, scheme = branch.own_text, branch.attribute("schemeID")
    inside = None if scheme else _SCHEME_INSIDE.fullmatch(text)
    return (inside[2], inside[1]) if inside else (text, scheme)


def address(branch: Branch) -> Address:
    if not branch:
        return Address()
    street = f"{branch.text('StreetName')} {branch.text('BuildingNumber')}".strip()
    more = [line.text("Line") for line in branch.all("AddressLine")]
    exactly = (branch.text(name) for name in _WHERE_EXACTLY)
    lines = (branch.text("Postbox"), street, branch.text("AdditionalStreetName"), *exactly, *more)
    return Address(
        lines=tuple(line for line in lines if line),
        city=branch.text("CityName"),
        post_code=branch.text("PostalZone"),
        region=branch.text("CountrySubentity") or branch.text("CountrySubentityCode"),
        country=branch.text("Country", "IdentificationCode").upper(),
    )


def contact(branch: Branch) -> Contact:
    if not branch:
        return Contact()
    return Contact(branch.text("Name") or branch.text("ID"), branch.text("Telephone"), branch.text("ElectronicMail"))


def _person(branch: Branch) -> str:
    return " ".join(filter(None, (branch.text("FirstName"), branch.text("FamilyName"))))


def _identifiers(branch: Branch) -> Iterator[Identifier]:
    for entity in branch.all("PartyLegalEntity"):
        yield from _identifier(entity.one("CompanyID"), IdKind.BUSINESS)
    for tax in branch.all("PartyTaxScheme"):
        kind = IdKind.VAT if _is_vat(tax) else IdKind.TAX
        yield from _identifier(tax.one("CompanyID"), kind)
    for identification in branch.all("PartyIdentification"):
        yield from _identifier(identification.one("ID"), IdKind.OTHER)


def _is_vat(tax: Branch) -> bool:
    scheme = tax.one("TaxScheme")
    words = {scheme.text("ID").upper(), scheme.text("TaxTypeCode").upper()}  # UBL 2.0: "UK VAT" is of the type VAT
    return not scheme.text("ID") or not words.isdisjoint(_VAT_SCHEMES)


def _identifier(branch: Branch, kind: IdKind) -> Iterator[Identifier]:
    if value := branch.own_text:
        yield Identifier(value, branch.attribute("schemeID"), kind)
