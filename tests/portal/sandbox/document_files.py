"""Business documents other than invoices, written for these tests."""

_UBL = "urn:oasis:names:specification:ubl:schema:xsd"


def _document(root: str, customization: str, profile: str, content: str) -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<{root} xmlns="{_UBL}:{root}-2" xmlns:cac="{_UBL}:CommonAggregateComponents-2"
 xmlns:cbc="{_UBL}:CommonBasicComponents-2"><cbc:CustomizationID>{customization}</cbc:CustomizationID>
<cbc:ProfileID>{profile}</cbc:ProfileID>{content}</{root}>""".encode()


def _party(scheme: str, value: str, name: str, country: str) -> str:
    return (
        f'<cbc:EndpointID schemeID="{scheme}">{value}</cbc:EndpointID>'
        f"<cac:PostalAddress><cac:Country><cbc:IdentificationCode>{country}</cbc:IdentificationCode></cac:Country>"
        f"</cac:PostalAddress><cac:PartyLegalEntity><cbc:RegistrationName>{name}</cbc:RegistrationName>"
        f"<cbc:CompanyID>{value}</cbc:CompanyID></cac:PartyLegalEntity>"
    )


def order(number: str = "O-77", *, scheme: str = "0192", seller: str = "987654325") -> bytes:
    """A Peppol order from a Finnish buyer."""
    parties = (
        f"<cac:BuyerCustomerParty><cac:Party>{_party('0216', '003723456780', 'Pohjolan Puu Oy', 'FI')}</cac:Party>"
        f"</cac:BuyerCustomerParty><cac:SellerSupplierParty><cac:Party>{_party(scheme, seller, 'Seller', 'NO')}"
        "</cac:Party></cac:SellerSupplierParty>"
    )
    content = f"<cbc:ID>{number}</cbc:ID><cbc:CustomerReference>Site 4</cbc:CustomerReference>{parties}"
    return _document("Order", "urn:fdc:peppol.eu:poacc:trns:order:3", "urn:fdc:peppol.eu:poacc:bis:ordering:3", content)


def invoice_response(number: str = "IR-1", *, invoice: str = "1001") -> bytes:
    """The buyer's answer to an invoice."""
    content = (
        f"<cbc:ID>{number}</cbc:ID>"
        f"<cac:SenderParty>{_party('0216', '003723456780', 'Buyer Oy', 'FI')}</cac:SenderParty>"
        f"<cac:ReceiverParty>{_party('0192', '987654325', 'Seller AS', 'NO')}</cac:ReceiverParty>"
        f"<cac:DocumentResponse><cac:DocumentReference><cbc:ID>{invoice}</cbc:ID></cac:DocumentReference>"
        "</cac:DocumentResponse>"
    )
    return _document(
        "ApplicationResponse",
        "urn:fdc:peppol.eu:poacc:trns:invoice_response:3",
        "urn:fdc:peppol.eu:poacc:bis:invoice_response:3",
        content,
    )
