"""Parties of TEAPPSXML."""

from collections.abc import Iterator

from invoices.documents.branch import Branch
from invoices.documents.party import Address, Contact, Identifier, IdKind, Party
from invoices.documents.values import distinct

_IDS = (
    ("ORGANIZATION_NUMBER", IdKind.BUSINESS),
    ("VAT_NUMBER", IdKind.VAT),
    ("PARTY_IDENTIFICATION_ID", IdKind.OTHER),
    ("CUSTOMER_ID", IdKind.OTHER),
)


def party(branch: Branch, endpoint: str = "", operator: str = "") -> Party:
    """
    Return a PAYEE, a RECEIVER or one of their like.

    :param endpoint: with `operator`, what the frame says where the party itself says nothing
    """
    about = branch.one("CUSTOMER_INFORMATION")
    return Party(
        name=about.text("CUSTOMER_NAME"),
        trading_name=about.text("TRADING_NAME"),
        identifiers=tuple(_identifiers(branch, about)),
        endpoint=branch.text("NET_SERVICE_ID") or endpoint,
        scheme=branch.text("EADDRESS_SCHEME_ID_CODE"),
        operator=branch.text("INTERMEDIATOR") or operator,
        address=address(about.one("ADDRESS")),
        contact=_contact(about),
    )


def address(branch: Branch) -> Address:
    streets = (branch.text(f"STREET_ADDRESS{place}") for place in (1, 2, 3, 4))
    return Address(
        lines=distinct(*streets, branch.text("PO_BOX")),
        city=branch.text("POST_OFFICE"),
        post_code=branch.text("POSTAL_CODE"),
        region=branch.text("SUBDIVISION"),
        country=branch.text("COUNTRY_CODE").upper(),
    )


def _identifiers(branch: Branch, about: Branch) -> Iterator[Identifier]:
    found = [(about.one(name), kind) for name, kind in _IDS]
    for one, kind in (*found, (branch.one("CUSTOMER_ID"), IdKind.OTHER)):
        if one.own_text:
            yield Identifier(one.own_text, one.attribute("SCHEME_ID") or one.attribute("AUTHORITY"), kind)


def _contact(about: Branch) -> Contact:
    person = about.one("CONTACT_INFORMATION")
    email = person.text("E-MAIL_ADDRESS") or about.text("E-MAIL_ADDRESS")
    return Contact(person.text("CONTACT_PERSON"), person.text("TELEPHONE_NUMBER"), email)
