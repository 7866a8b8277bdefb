"""Parties of the Cross Industry Invoice."""

from collections.abc import Iterator

from invoices.documents.branch import Branch
from invoices.documents.party import Address, Contact, Identifier, IdKind, Party


def party(branch: Branch) -> Party:
    organization, communication = branch.one("SpecifiedLegalOrganization"), branch.one("URIUniversalCommunication")
    endpoint = communication.one("URIID")
    return Party(
        name=branch.text("Name") or organization.text("TradingBusinessName"),
        trading_name=organization.text("TradingBusinessName"),
        identifiers=tuple(_identifiers(branch, organization)),
        endpoint=endpoint.own_text,
        scheme=endpoint.attribute("schemeID"),
        address=address(branch.one("PostalTradeAddress")),
        contact=_contact(branch.one("DefinedTradeContact"), endpoint),
    )


def address(branch: Branch) -> Address:
    if not branch:
        return Address()
    lines = (branch.text(name) for name in ("LineOne", "LineTwo", "LineThree"))
    return Address(
        lines=tuple(line for line in lines if line),
        city=branch.text("CityName"),
        post_code=branch.text("PostcodeCode"),
        region=branch.text("CountrySubDivisionName"),
        country=branch.text("CountryID").upper(),
    )


def _contact(branch: Branch, endpoint: Branch) -> Contact:
    email = branch.text("EmailURIUniversalCommunication", "URIID")
    if not email and endpoint.attribute("schemeID") == "EM":
        email = endpoint.own_text
    return Contact(
        name=branch.text("PersonName") or branch.text("DepartmentName"),
        phone=branch.text("TelephoneUniversalCommunication", "CompleteNumber"),
        email=email,
    )


def _identifiers(branch: Branch, organization: Branch) -> Iterator[Identifier]:
    yield from _identifier(organization.one("ID"), IdKind.BUSINESS)
    for tax in branch.all("SpecifiedTaxRegistration"):
        registration = tax.one("ID")
        kind = IdKind.VAT if registration.attribute("schemeID") in ("VA", "") else IdKind.TAX
        yield from _identifier(registration, kind)
    for name in ("ID", "GlobalID"):
        for found in branch.all(name):
            yield from _identifier(found, IdKind.OTHER)


def _identifier(branch: Branch, kind: IdKind) -> Iterator[Identifier]:
    if value := branch.own_text:
        yield Identifier(value, branch.attribute("schemeID"), kind)
