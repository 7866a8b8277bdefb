"""Parties of Finvoice: their elements are named after their roles."""

from collections.abc import Iterator

from invoices.documents.branch import NOTHING, Branch
from invoices.documents.party import Address, Contact, Identifier, IdKind, Party


def seller(tree: Branch, soap: Branch) -> Party:
    message = tree.one("MessageTransmissionDetails", "MessageSenderDetails")
    endpoint, operator = message.one("FromIdentifier"), message.text("FromIntermediator")
    if not (endpoint.own_text or operator):
        endpoint, operator = _in_envelope(soap, "From", "Sender")
    return _party(tree, "Seller", ("Seller",), endpoint, operator)


def buyer(tree: Branch, soap: Branch) -> Party:
    """Return the buyer; where another receives the invoice for it, that one's address and operator."""
    message = tree.one("MessageTransmissionDetails", "MessageReceiverDetails")
    endpoint, operator = message.one("ToIdentifier"), message.text("ToIntermediator")
    if not (endpoint.own_text or operator):
        endpoint, operator = _in_envelope(soap, "To", "Receiver")
    return _party(tree, "Buyer", ("InvoiceRecipient", "Buyer"), endpoint, operator)


def recipient(tree: Branch) -> Party | None:
    """Return who receives the invoice instead of the buyer."""
    if not tree.one("InvoiceRecipientPartyDetails"):
        return None
    return _party(tree, "InvoiceRecipient", ("InvoiceRecipient",), Branch(None), "")


def factor(tree: Branch) -> Party | None:
    """Return who bought the claim, and is paid instead of the seller."""
    agreement = tree.one("FactoringAgreementDetails")
    name, number = agreement.text("FactoringPartyName"), agreement.text("FactoringPartyIdentifier")
    if not name:
        return None
    return Party(
        name=name,
        identifiers=(Identifier(number, "", IdKind.BUSINESS),) if number else (),
        address=address(agreement.one("FactoringPartyPostalAddressDetails"), "FactoringParty"),
    )


def address(branch: Branch, role: str) -> Address:
    """Return the …PostalAddressDetails of a role."""
    box = branch.text(f"{role}PostOfficeBoxIdentifier") or branch.text(f"{role}PostofficeBoxIdentifier")
    return Address(
        lines=(*branch.texts(f"{role}StreetName"), *((box,) if box else ())),
        city=branch.text(f"{role}TownName"),
        post_code=branch.text(f"{role}PostCodeIdentifier"),
        region=branch.text(f"{role}CountrySubdivision"),
        country=branch.text("CountryCode").upper(),
    )


def _in_envelope(soap: Branch, side: str, role: str) -> tuple[Branch, str]:
    """Return address and operator of a side ("From") of a SOAP envelope; it has an element for each."""
    found = {one.text("Role"): one.one("PartyId") for one in soap.one("Header", "MessageHeader").all(side)}
    return found.get(role, NOTHING), found.get("Intermediator", NOTHING).own_text


def _party(tree: Branch, role: str, around: tuple[str, ...], endpoint: Branch, operator: str) -> Party:
    details = tree.one(f"{role}PartyDetails")
    unit = next((text for name in around if (text := tree.text(f"{name}OrganisationUnitNumber"))), "")
    names = details.texts(f"{role}OrganisationName")
    return Party(
        name=names[0] if names else "",
        trading_name=details.text(f"{role}OrganisationTradingName"),
        identifiers=tuple(_identifiers(details, role, unit)),
        endpoint=endpoint.own_text or unit,
        scheme=endpoint.attribute("SchemeID"),
        operator=operator,
        address=address(details.one(f"{role}PostalAddressDetails"), role),
        contact=_contact(tree, (role, *around)),
    )


def _identifiers(details: Branch, role: str, unit: str) -> Iterator[Identifier]:
    found = (
        (details.one(f"{role}PartyIdentifier"), IdKind.BUSINESS),
        (details.one(f"{role}OrganisationTaxCode"), IdKind.VAT),
        *((code, IdKind.OTHER) for code in details.all(f"{role}Code")),
    )
    for branch, kind in found:
        if branch.own_text:
            yield Identifier(branch.own_text, branch.attribute("SchemeID") or branch.attribute("IdentifierType"), kind)
    if unit:
        yield Identifier(unit, "OVT")


def _contact(tree: Branch, roles: tuple[str, ...]) -> Contact:
    def first(*name: str) -> str:
        found = (tree.text(*(part.format(role) for part in name)) for role in roles)
        return next((text for text in found if text), "")

    email = first("{0}CommunicationDetails", "{0}EmailaddressIdentifier")
    phone = first("{0}CommunicationDetails", "{0}PhoneNumberIdentifier")
    if roles[0] == "Seller":
        about = tree.one("SellerInformationDetails")
        email = email or about.text("SellerCommonEmailaddressIdentifier")
        phone = phone or about.text("SellerPhoneNumber")
    return Contact(first("{0}ContactPersonName"), phone, email)
