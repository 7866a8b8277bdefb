"""What UBL and Svefaktura say in other places than Peppol does: as their published examples do."""

from datetime import date
from decimal import Decimal

import pytest

from invoices.documents import Document, Kind, sums
from invoices.documents.details import Delivery, Period
from invoices.documents.party import Address
from tests.invoices.documents import samples

_BIS3 = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
_XRECHNUNG = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
_EXTENSION = f"{_XRECHNUNG}#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0"


def changed(name: str, *pairs: tuple[str, str]) -> Document:
    content = samples.content(name)
    for old, new in pairs:
        assert old.encode() in content
        content = content.replace(old.encode(), new.encode())
    return samples.of(content)


def test_self_billing_is_told_by_the_root_alone() -> None:
    invoice = changed(
        "peppol3", ("Invoice xmlns=", "SelfBilledInvoice xmlns="), (":Invoice-2", ":SelfBilledInvoice-2"),
        ("</Invoice>", "</SelfBilledInvoice>"),
    )  # fmt: skip
    credit = changed("peppol3_credit", ("ubl:CreditNote", "ubl:SelfBilledCreditNote"), (":Credit", ":SelfBilledCredit"))

    assert (invoice.kind, credit.kind) == (Kind.SELF_BILLED_INVOICE, Kind.SELF_BILLED_CREDIT_NOTE)
    assert invoice.amounts == samples.document("peppol3").amounts


def test_oioubl_3_counts_as_peppol_does() -> None:
    found = changed("peppol3", (_BIS3, "urn:fdc:oioubl.dk:trns:billing:invoice:3.0"), (">630.00<", "><"))

    assert (found.format, found.amounts.without_tax) == ("", Decimal("600.00"))


def test_code_of_the_buyers_contact_is_the_buyers_reference_where_there_is_no_other() -> None:
    said = "<cac:OrderReference><cbc:ID>R-7</cbc:ID>"

    assert samples.document("oioubl").details.references.buyer == "Kontor 3"
    found = changed("oioubl", (said, f"{said}<cbc:CustomerReference>Køkken</cbc:CustomerReference>"))
    assert found.details.references.buyer == "Køkken"


def test_credited_invoice_is_found_at_the_lines() -> None:
    earlier = "<cac:InvoiceDocumentReference><cbc:ID>F-8</cbc:ID></cac:InvoiceDocumentReference>"
    said = f"<cac:BillingReference>{earlier}</cac:BillingReference>"
    found = changed("peppol3_credit", (said, ""), ("<cac:Item>", f"{said}<cac:Item>"))

    assert found.details.references.preceding == ("F-8",)


def test_vat_number_is_told_by_the_type_of_its_tax() -> None:
    found = changed(
        "peppol3",
        (
            "<cac:TaxScheme><cbc:ID>VAT</cbc:ID>",
            "<cac:TaxScheme><cbc:ID>GB</cbc:ID><cbc:TaxTypeCode>VAT</cbc:TaxTypeCode>",
        ),
    )

    assert (found.seller.vat_id, found.buyer.vat_id) == ("NO923829644MVA", "NL855538330B01")


def test_address_has_all_that_leads_there() -> None:
    found = changed(
        "oioubl",
        (
            "<cbc:BuildingNumber>1</cbc:BuildingNumber>",
            "<cbc:BuildingNumber>1</cbc:BuildingNumber><cbc:Floor>2. sal</cbc:Floor>"
            "<cbc:Department>Kantinen</cbc:Department><cbc:CountrySubentityCode>Sjælland</cbc:CountrySubentityCode>",
        ),
    )

    assert found.buyer.address == Address(("Skolevej 1", "2. sal", "Kantinen"), "Roskilde", "4000", "Sjælland", "DK")


def test_scheme_of_an_endpoint_may_stand_inside_of_it() -> None:
    buyer = changed("peppol3", ('<cbc:EndpointID schemeID="0106">', "<cbc:EndpointID>0106:")).buyer

    assert (buyer.scheme, buyer.endpoint) == ("0106", "64148234")


def test_note_of_a_danish_transfer_is_its_reference() -> None:
    account = "<cac:PayeeFinancialAccount><cbc:ID>4711</cbc:ID><cbc:PaymentNote>DK-500</cbc:PaymentNote>"
    paid = "<cac:CreditAccount><cbc:AccountID>87654321</cbc:AccountID></cac:CreditAccount>"
    found = changed(
        "oioubl",
        ("<cbc:InstructionID>000000000005009</cbc:InstructionID>", ""),
        ('<cbc:PaymentID schemeID="urn:oioubl:id:paymentid-1.1">71</cbc:PaymentID>', ""),
        (paid, f"{account}</cac:PayeeFinancialAccount>"),
    )

    assert (found.payment[0].account, found.payment[0].reference) == ("4711", "DK-500")


def test_due_date_is_read_where_one_of_several_ways_to_pay_has_it() -> None:
    found = changed("oioubl", ("<cac:PaymentMeans>", "<cac:PaymentMeans/><cac:PaymentMeans>"))

    assert found.due_date == date(2026, 11, 23)


@pytest.mark.parametrize(("customization", "disagreeing"), [(_EXTENSION, []), (_XRECHNUNG, ["payable"])])
def test_claims_of_others_are_paid_along_in_the_extension_of_xrechnung(
    customization: str, disagreeing: list[str]
) -> None:
    claims = "".join(
        f'<cac:PrepaidPayment><cbc:PaidAmount currencyID="EUR">{amount}</cbc:PaidAmount></cac:PrepaidPayment>'
        for amount in ("12.30", "7.70")
    )
    found = changed(
        "peppol3",
        (_BIS3, customization),
        ("<cac:PaymentTerms>", f"{claims}<cac:PaymentTerms>"),
        (">500.00</cbc:PayableAmount>", ">520.00</cbc:PayableAmount>"),
    )

    assert [one.sum for one in sums.disagreements(found)] == disagreeing
    assert found.amounts.prepaid == Decimal("232.50")


def test_svefaktura_has_its_period_references_and_place_of_delivery() -> None:
    additional = "".join(
        f'<AdditionalDocumentReference><cac:ID identificationSchemeAgencyName="SFTI" identificationSchemeID="{scheme}">'
        f"{number}</cac:ID></AdditionalDocumentReference>"
        for scheme, number in (("ATS", "Kök 7"), ("CT", "AVT-2"), ("DQ", "FS-9"))
    )
    delivery = (
        "<cac:Delivery><cbc:ActualDeliveryDateTime>2026-11-10T08:00:00</cbc:ActualDeliveryDateTime><cac:DeliveryAddress>"
        "<cbc:StreetName>Norra Kajen</cbc:StreetName><cbc:BuildingNumber>2</cbc:BuildingNumber>"
        "<cbc:CityName>Malmö</cbc:CityName></cac:DeliveryAddress></cac:Delivery>"
    )
    reference = "<cac:OrderReference><cac:BuyersID>B-77</cac:BuyersID></cac:OrderReference>"
    order = f"<cac:OrderLineReference>{reference}</cac:OrderLineReference>"
    period = (
        "<InvoicingPeriod><cbc:StartDateTime>2026-10-01T00:00:00</cbc:StartDateTime>"
        "<cbc:EndDateTime>2026-10-31T00:00:00</cbc:EndDateTime></InvoicingPeriod>"
    )
    details = changed(
        "svefaktura10",
        ("<cac:BuyerParty>", f"{additional}<cac:BuyerParty>"),
        ("<cac:PaymentMeans>", f"{delivery}<cac:PaymentMeans>"),
        ("<cac:Item>", f"{order}<cac:Item>"),
        ("</Invoice>", f"{period}</Invoice>"),
    ).details
    references = details.references

    assert (references.order, references.buyer, references.contract, references.despatch, references.object) == (
        "B-77", "REK-5", "AVT-2", "FS-9", "Kök 7",
    )  # fmt: skip
    assert details.period == Period(date(2026, 10, 1), date(2026, 10, 31))
    assert details.delivery == Delivery(date(2026, 11, 10), address=Address(("Norra Kajen 2",), "Malmö"))
