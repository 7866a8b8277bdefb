"""Parties of UBL."""

from collections.abc import Iterator

from invoices.documents.branch import Branch
from invoices.documents.party import Address, Contact, Identifier, IdKind, Party

_VAT_SCHEMES = frozenset({"VAT", "MVA", "MOMS", "63", "BTW", "ALV"})


def party(branch: Branch) -> Party:
    """Return a cac:Party, or one of its like (PayeeParty)."""
    endpoint = branch.one("EndpointID")
    registered, trading = branch.text("PartyLegalEntity", "RegistrationName"), branch.text("PartyName", "Name")
    return Party(
        name=registered or trading or _person(branch.one("Person")),
        trading_name=trading,
        identifiers=tuple(_identifiers(branch)),
        endpoint=endpoint.own_text,
        scheme=endpoint.attribute("schemeID"),
        address=address(branch.one("PostalAddress")),
        contact=contact(branch.one("Contact")),
    )


def address(branch: Branch) -> Address:
    if not branch:
        return Address()
    street = f"{branch.text('StreetName')} {branch.text('BuildingNumber')}".strip()
    more = [line.text("Line") for line in branch.all("AddressLine")]
    lines = (branch.text("Postbox"), street, branch.text("AdditionalStreetName"), *more)
    return Address(
        lines=tuple(line for line in lines if line),
        city=branch.text("CityName"),
        post_code=branch.text("PostalZone"),
        region=branch.text("CountrySubentity"),
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
    scheme = tax.text("TaxScheme", "ID").upper()
    return not scheme or scheme in _VAT_SCHEMES


def _identifier(branch: Branch, kind: IdKind) -> Iterator[Identifier]:
    if value := branch.own_text:
        yield Identifier(value, branch.attribute("schemeID"), kind)
