"""Finvoice and TEAPPSXML as software writes them: subtotals, instalments, factoring, and what stands where in them."""

from datetime import date
from decimal import Decimal

import pytest

from invoices.documents import Document, Kind, sums
from tests.invoices.documents import samples


def changed(name: str, *changes: tuple[str, str]) -> Document:
    content = samples.content(name)
    for old, new in changes:
        assert old.encode() in content
        content = content.replace(old.encode(), new.encode(), 1)
    return samples.of(content)


def in_euro(name: str, amount: str) -> str:
    return f'<{name} AmountCurrencyIdentifier="EUR">{amount}</{name}>'


def test_finvoice_subtotals_are_not_counted_twice() -> None:
    subtotal = f"<InvoiceRow><SubInvoiceRow>{in_euro('SubRowVatExcludedAmount', '80,00')}</SubInvoiceRow></InvoiceRow>"

    found = changed("finvoice13_soap", ("<EpiDetails>", f"{subtotal}<EpiDetails>"))

    assert (found.amounts.lines, found.amounts.line_count) == (Decimal("80.00"), 1)
    assert sums.disagreements(found) == []


def test_finvoice_rows_of_consumers_with_their_tax_only_are_not_counted() -> None:
    row = f"<RowVatRatePercent>25,5</RowVatRatePercent>{in_euro('RowAmount', '100,40')}"

    found = changed("finvoice13_soap", ("<RowVatRatePercent>25,5</RowVatRatePercent>", row), (
        in_euro("RowVatExcludedAmount", "80,00"), "",
    ))  # fmt: skip

    assert found.amounts.lines is None
    assert sums.disagreements(found) == []


def test_finvoice_row_without_tax_is_its_own_net() -> None:
    row = f"<InvoiceRow><RowVatRatePercent>0</RowVatRatePercent>{in_euro('RowAmount', '-5,00')}</InvoiceRow>"

    found = changed("finvoice13_soap", ("<EpiDetails>", f"{row}<EpiDetails>"))

    assert (found.amounts.lines, found.details.lines[1].amount) == (Decimal("75.00"), Decimal("-5.00"))


def test_finvoice_rows_whose_net_amount_follows_from_their_tax_are_counted() -> None:
    stated, rest = in_euro("RowVatExcludedAmount", "80,00"), in_euro("RowAmount", "100,40")

    found = changed("finvoice13_soap", (stated, f"{in_euro('RowVatAmount', '20,40')}{rest}"))

    assert found.amounts.lines == Decimal("80.00")


def test_finvoice_instalment_that_was_paid_is_left_out_where_the_whole_is_asked_for() -> None:
    paid = f"<PartialPaymentDetails>{in_euro('PaidAmount', '30,00')}</PartialPaymentDetails>"

    found = changed("finvoice13_soap", ("<InvoiceRow>", f"{paid}<InvoiceRow>"))

    assert found.amounts.prepaid is None
    assert sums.disagreements(found) == []


def test_finvoice_that_was_sold_says_who_is_paid() -> None:
    sold = (
        "<FactoringAgreementDetails><FactoringFreeText>Saatava on siirretty.</FactoringFreeText>"
        "<FactoringFreeText>Maksu vain rahoitusyhtiölle.</FactoringFreeText>"
        "<FactoringPartyIdentifier>1234567-1</FactoringPartyIdentifier><FactoringPartyName>Rahoitus Pohjola Oy"
        "</FactoringPartyName></FactoringAgreementDetails>"
    )
    content = samples.content("finvoice13_soap").replace(b"<InvoiceRow>", sold.encode("iso-8859-15") + b"<InvoiceRow>")

    details = samples.of(content).details

    assert details.payee is not None
    assert (details.payee.name, details.payee.business_id) == ("Rahoitus Pohjola Oy", "1234567-1")
    assert details.notes == ("Saatava on siirretty.\nMaksu vain rahoitusyhtiölle.",)


def test_finvoice_names_what_stands_outside_of_the_invoice_details() -> None:
    delivery = "<DeliveryDetails><DeliveryNoteIdentifier>LL-9</DeliveryNoteIdentifier></DeliveryDetails>"
    attached = (
        "<AttachmentMessageDetails><AttachmentMessageIdentifier>20261103-1::attachments</AttachmentMessageIdentifier>"
        "</AttachmentMessageDetails>"
    )

    details = changed(
        "finvoice13_soap",
        ("<InvoiceDetails>", f"{delivery}<InvoiceDetails>"),
        ("</Finvoice>", f"{attached}</Finvoice>"),
    ).details

    assert details.references.despatch == "LL-9"
    assert [one.name for one in details.attachments] == ["20261103-1::attachments"]


def test_finvoice_post_box_of_the_delivery_is_found() -> None:
    box = "<DeliveryPostofficeBoxIdentifier>PL 7</DeliveryPostofficeBoxIdentifier></DeliveryPostalAddressDetails>"

    delivery = changed("finvoice30", ("</DeliveryPostalAddressDetails>", box)).details.delivery

    assert delivery is not None
    assert delivery.address is not None
    assert delivery.address.lines == ("Satama 1", "PL 7")


def test_finvoice_tax_in_the_accounting_currency_and_its_date() -> None:
    accounting = (
        '<InvoiceTotalVatAccountingAmount AmountCurrencyIdentifier="SEK">230,00</InvoiceTotalVatAccountingAmount>'
    )
    point = '<VatPoint><VatPointDate Format="CCYYMMDD">20261031</VatPointDate></VatPoint>'

    details = changed("finvoice13_soap", ("</InvoiceDetails>", f"{accounting}{point}</InvoiceDetails>")).details

    assert (details.tax_currency, details.tax_in_tax_currency) == ("SEK", Decimal("230.00"))
    assert details.tax_point == date(2026, 10, 31)


def test_finvoice_rows_of_text_are_said_once_and_empty_ones_not_at_all() -> None:
    rows = (
        "<InvoiceRow><RowFreeText>Ensin</RowFreeText><RowFreeText>sitten</RowFreeText></InvoiceRow>"
        "<InvoiceRow><RowIdentifier/></InvoiceRow>"
        "<InvoiceRow><SubInvoiceRow><SubArticleName>Yhteensä</SubArticleName></SubInvoiceRow></InvoiceRow>"
    )
    content = samples.content("finvoice13_soap").replace(b"<EpiDetails>", rows.encode("iso-8859-15") + b"<EpiDetails>")

    lines = samples.of(content).details.lines

    assert [(line.name, line.note) for line in lines] == [("Airo", ""), ("Ensin", "sitten"), ("Yhteensä", "")]


@pytest.mark.parametrize("left", ["OrderedQuantity", "DeliveredQuantity"])
def test_finvoice_quantity_is_what_is_there(left: str) -> None:
    stated = '<DeliveredQuantity QuantityUnitCode="kpl">2</DeliveredQuantity>'
    written = f'<InvoicedQuantity/><{left} QuantityUnitCodeUN="C62">2</{left}>'

    line = changed("finvoice13_soap", (stated, written)).details.lines[0]

    assert (line.quantity, line.unit) == (Decimal(2), "C62")


def test_teapps_parties_have_their_operators_schemes_and_numbers() -> None:
    found = samples.document("teapps30")

    assert (found.seller.endpoint, found.seller.scheme, found.seller.operator) == (
        "003729876546", "0037", "003708599126",
    )  # fmt: skip
    assert [(one.value, one.scheme) for one in found.buyer.identifiers][1:] == [("6430001000012", "GLN"), ("55", "")]
    assert found.details.recipient is not None
    assert found.details.recipient.name == "Tilipalvelu Kaamos Oy"


def test_teapps_details() -> None:
    details = samples.document("teapps30").details
    references = details.references

    assert (references.order, references.sales_order, references.despatch) == ("PO-77", "MT-5", "LK-31")
    assert details.delivery is not None
    assert (details.delivery.date, details.delivery.party) == (date(2026, 11, 2), "Revontuli, tunturikeittiö")
    assert details.delivery.address is not None
    assert details.delivery.address.city == "Rukatunturi"
    assert [(vat.base, vat.amount) for vat in details.vat] == [(Decimal("250.00"), Decimal("63.75"))]
    assert (details.lines[0].vat_amount, details.lines[2].name) == (Decimal("71.40"), "Huolto tehty 2.11.")
    assert (details.payment[0].code, details.payment[0].reference) == ("58", "30013")
    assert [(one.name, one.description) for one in details.attachments] == [("huoltoraportti.pdf", "Huollon raportti")]


@pytest.mark.parametrize("kind", ["MAIN", "SUBTOTAL", "INFO", "SPECIFICATION"])
def test_teapps_rows_that_say_again_what_others_say_are_not_counted_twice(kind: str) -> None:
    again = (
        f'<ROW ROW_TYPE="{kind}"><ROW_TOTAL><AMOUNT SIGN="+" VAT="EXCLUDED">250,00</AMOUNT></ROW_TOTAL></ROW></ROWS>'
    )

    found = changed("teapps30", ("</ROWS>", again))

    assert found.amounts.lines == Decimal("250.00")
    assert sums.disagreements(found) == []


def of_net(name: str, amount: str) -> str:
    return f'<{name}><AMOUNT SIGN="+" VAT="EXCLUDED">{amount}</AMOUNT></{name}>'


def test_teapps_discounts_and_charges_of_the_whole_are_read() -> None:
    rows = ('<ROWS_TOTAL><AMOUNT VAT="EXCLUDED" SIGN="+">250,00</AMOUNT></ROWS_TOTAL>', of_net("ROWS_TOTAL", "260,00"))
    line = ('VAT="EXCLUDED">280,00</AMOUNT></ROW_TOTAL>', 'VAT="EXCLUDED">290,00</AMOUNT></ROW_TOTAL>')
    whole = (
        f"<DISCOUNT><DISCOUNT_NAME>Kesäale</DISCOUNT_NAME>{of_net('DISCOUNT_AMOUNT', '15,00')}</DISCOUNT>"
        f"<CHARGES>{of_net('CHARGE_AMOUNT', '5,00')}</CHARGES></SUMMARY>"
    ).encode("latin-1")
    content = samples.content("teapps30").replace(b"</SUMMARY>", whole)
    for old, new in (rows, line):
        assert old.encode() in content
        content = content.replace(old.encode(), new.encode())

    found = samples.of(content)

    assert (found.amounts.allowances, found.amounts.charges) == (Decimal("15.00"), Decimal("5.00"))
    assert [one.reason for one in found.details.allowances] == ["Kesäale", ""]
    assert sums.disagreements(found) == []


def test_teapps_total_before_an_advance_payment_is_the_invoices() -> None:
    def totals(name: str, gross: str, net: str) -> str:
        amounts = f'<AMOUNT SIGN="+" VAT="INCLUDED">{gross}</AMOUNT><AMOUNT SIGN="+" VAT="EXCLUDED">{net}</AMOUNT>'
        return f"<{name}>{amounts}</{name}>"

    before = totals("INVOICE_TOTAL_WITHOUT_ADVANCE_PAYMENT", "313,75", "250,00")
    paid = totals("ADVANCE_PAYMENT", "100,00", "79,68")

    found = changed(
        "teapps30",
        (totals("INVOICE_TOTAL", "313,75", "250,00"), totals("INVOICE_TOTAL", "213,75", "170,32") + before + paid),
    )

    amounts = found.amounts
    assert (amounts.with_tax, amounts.prepaid, amounts.payable) == (
        Decimal("313.75"), Decimal("100.00"), Decimal("213.75"),
    )  # fmt: skip
    assert sums.disagreements(found) == []


@pytest.mark.parametrize(
    ("stated", "kind"),
    [
        ("<INVOICE_TYPE>05</INVOICE_TYPE>", Kind.CREDIT_NOTE),
        ("<INVOICE_TYPE>06</INVOICE_TYPE>", Kind.INTEREST),
        ("<INVOICE_TYPE>09</INVOICE_TYPE>", Kind.REMINDER),
        ('<INVOICE_TYPE UNTDID_CODE="381">00</INVOICE_TYPE>', Kind.CREDIT_NOTE),
        ("<INVOICE_TYPE>20</INVOICE_TYPE>", Kind.INVOICE),
    ],
)
def test_teapps_kinds(stated: str, kind: Kind) -> None:
    assert changed("teapps30", ("<INVOICE_TYPE>00</INVOICE_TYPE>", stated)).kind is kind


def test_teapps_credit_names_the_invoice_that_it_corrects() -> None:
    corrects = "<CREDIT_INVOICE_NUMBER>T-2990</CREDIT_INVOICE_NUMBER><INVOICE_DATE>"

    assert changed("teapps27_credit", ("<INVOICE_DATE>", corrects)).details.references.preceding == ("T-2990",)


def test_teapps_reference_is_told_without_an_account_too() -> None:
    content = samples.content("teapps30")
    start, end = content.index(b"<BANKS>"), content.index(b"</BANKS>") + len(b"</BANKS>")

    payment = samples.of(content[:start] + content[end:]).payment

    assert [(means.account, means.reference) for means in payment] == [("", "30013")]
