"""What Factur-X, ZUGFeRD and FatturaPA say in ways of their own."""

# ruff: noqa: E501  elements of a file are one line

from datetime import date
from decimal import Decimal

import pytest

from invoices.documents import Document, Kind, sums
from tests.invoices.documents import samples


def changed(name: str, *changes: tuple[str, str]) -> Document:
    content = samples.content(name).decode()
    for old, new in changes:
        assert content.count(old) == 1
        content = content.replace(old, new)
    return samples.of(content.encode())


def term(day: str, more: str = "") -> str:
    when = f'<ram:DueDateDateTime><udt:DateTimeString format="102">{day}</udt:DateTimeString></ram:DueDateDateTime>'
    return f"<ram:SpecifiedTradePaymentTerms>{when if day else ''}{more}</ram:SpecifiedTradePaymentTerms>"


_SKONTO = (
    "<ram:ApplicableTradePaymentDiscountTerms><ram:CalculationPercent>2</ram:CalculationPercent>"
    "</ram:ApplicableTradePaymentDiscountTerms>"
)
_SUMMATION = "<ram:SpecifiedTradeSettlementHeaderMonetarySummation>"


@pytest.mark.parametrize(
    ("terms", "day"),
    [
        (term("20261118", _SKONTO) + term("20261211"), 11),
        (term("20261211") + term("20261118", _SKONTO), 11),
        (term("20261209", _SKONTO), 9),
        (term("20261209", _SKONTO) + term(""), 9),
        (term("20261211") + term("20270111"), 11),
    ],
)
def test_day_until_which_a_discount_is_given_is_no_due_date_beside_another(terms: str, day: int) -> None:
    found = changed("facturx_credit", (_SUMMATION, terms + _SUMMATION))

    assert found.due_date == date(2026, 12, day)


def test_delivery_note_and_invoicee_of_the_extended_profile_are_read() -> None:
    note = "<ram:DeliveryNoteReferencedDocument><ram:IssuerAssignedID>BL-8</ram:IssuerAssignedID></ram:DeliveryNoteReferencedDocument>"
    invoicee = "<ram:InvoiceeTradeParty><ram:Name>Comptoir Liège SA</ram:Name></ram:InvoiceeTradeParty>"
    empty, currency = "<ram:ApplicableHeaderTradeDelivery/>", "<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>"

    details = changed(
        "facturx_credit",
        (empty, f"<ram:ApplicableHeaderTradeDelivery>{note}</ram:ApplicableHeaderTradeDelivery>"),
        (currency, currency + invoicee),
    ).details

    assert details.references.despatch == "BL-8"
    assert details.recipient is not None
    assert details.recipient.name == "Comptoir Liège SA"


def test_freight_of_the_extended_profile_has_its_vat() -> None:
    freight = (
        "<ram:SpecifiedLogisticsServiceCharge><ram:Description>Fracht</ram:Description><ram:AppliedAmount>5.00</ram:AppliedAmount>"
        "<ram:AppliedTradeTax><ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>19</ram:RateApplicablePercent>"
        "</ram:AppliedTradeTax></ram:SpecifiedLogisticsServiceCharge>"
    )

    found = changed("facturx_credit", (_SUMMATION, freight + _SUMMATION)).details.allowances[0]

    assert (found.is_charge, found.amount, found.reason) == (True, Decimal("5.00"), "Fracht")
    assert (found.vat_category, found.vat_rate) == ("S", Decimal(19))


def test_card_is_named_after_its_holder() -> None:
    means = (
        "<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>48</ram:TypeCode><ram:ApplicableTradeSettlementFinancialCard>"
        "<ram:ID>4111</ram:ID><ram:CardholderName>Ada Roux</ram:CardholderName>"
        "</ram:ApplicableTradeSettlementFinancialCard></ram:SpecifiedTradeSettlementPaymentMeans>"
    )

    found = changed("facturx_credit", (_SUMMATION, means + _SUMMATION)).payment[0]

    assert (found.account, found.account_name) == ("4111", "Ada Roux")


_TOTAL = "<ImportoTotaleDocumento>176.88</ImportoTotaleDocumento>"
_PAID = "<ImportoPagamento>176.88</ImportoPagamento>"
_VAT = "<Imposta>22.88</Imposta>"
_RETAINED = "<DatiRitenuta><ImportoRitenuta>20.00</ImportoRitenuta></DatiRitenuta>"
_SPLIT = "<EsigibilitaIVA>S</EsigibilitaIVA>"


@pytest.mark.parametrize(
    ("general", "split", "paid", "withheld"),
    [
        (_RETAINED, "", "156.88", Decimal("20.00")),
        ("", _SPLIT, "154.00", Decimal("22.88")),
        (_RETAINED, _SPLIT, "134.00", Decimal("42.88")),
        (_RETAINED, _SPLIT, "176.88", None),
    ],
)
def test_italian_tax_that_the_buyer_pays_in_the_sellers_stead(
    general: str, split: str, paid: str, withheld: Decimal | None
) -> None:
    found = changed(
        "fatturapa12", (_TOTAL, general + _TOTAL), (_VAT, _VAT + split), (_PAID, _PAID.replace("176.88", paid))
    )

    amounts = found.amounts
    assert (amounts.withheld, amounts.prepaid, amounts.payable) == (withheld, None, Decimal(paid))
    assert sums.disagreements(found) == []


def test_italian_payment_that_leaves_out_something_else_is_named() -> None:
    found = changed("fatturapa12", (_TOTAL, _RETAINED + _TOTAL), (_PAID, _PAID.replace("176.88", "150.00")))

    assert [one.sum for one in sums.disagreements(found)] == ["payable"]


_LESS = "<ScontoMaggiorazione><Tipo>SC</Tipo><Importo>16.88</Importo></ScontoMaggiorazione>"
_MORE = "<ScontoMaggiorazione><Tipo>MG</Tipo><Importo>1.00</Importo></ScontoMaggiorazione>"
_STAMP = "<DatiBollo><ImportoBollo>2.00</ImportoBollo></DatiBollo>"


@pytest.mark.parametrize(
    ("general", "whole", "net"),
    [
        (_LESS, "160.00", "137.12"),
        (_LESS + _MORE, "161.00", "138.12"),
        (_LESS, "", "137.12"),
        (_STAMP, "178.88", "156.00"),
        (_STAMP + _LESS, "162.00", "139.12"),
        (_STAMP, "176.88", "154.00"),
    ],
)
def test_italian_discounts_and_stamps_beside_the_vat(general: str, whole: str, net: str) -> None:
    total = _TOTAL.replace("176.88", whole) if whole else ""
    paid = whole or "160.00"

    found = changed("fatturapa12", (_TOTAL, general + total), (_PAID, _PAID.replace("176.88", paid)))

    amounts = found.amounts
    assert (amounts.without_tax, amounts.tax_bases) == (Decimal(net), Decimal("154.00"))
    assert (amounts.with_tax, amounts.payable) == (Decimal(paid), Decimal(paid))
    assert sums.disagreements(found) == []


def test_italian_tax_representative_and_framework_are_read() -> None:
    representative = "<RappresentanteFiscale><DatiAnagrafici><IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>00488410010</IdCodice></IdFiscaleIVA><Anagrafica><Denominazione>Fiduciaria Po</Denominazione></Anagrafica></DatiAnagrafici></RappresentanteFiscale>"
    buyer = "<CessionarioCommittente>"

    details = changed(
        "fatturapa12",
        (buyer, representative + buyer),
        ("<DatiContratto><IdDocumento>C-2</IdDocumento></DatiContratto>", ""),
        (
            "<DatiFattureCollegate>",
            "<DatiConvenzione><IdDocumento>Q-5</IdDocumento><CodiceCUP>J11</CodiceCUP></DatiConvenzione><DatiFattureCollegate>",
        ),
    ).details

    assert details.tax_representative is not None
    assert (details.tax_representative.name, details.tax_representative.vat_id) == ("Fiduciaria Po", "IT00488410010")
    assert (details.references.contract, details.references.project, details.references.tender) == (
        "Q-5",
        "J11",
        "CIG77",
    )


@pytest.mark.parametrize("code", ["0000000", "XXXXXXX", "999999"])
def test_italian_code_of_those_without_one_is_no_address(code: str) -> None:
    found = changed("fatturapa12", (">ABC1234<", f">{code}<"))

    assert (found.buyer.endpoint, found.buyer.scheme) == ("", "")


def test_invoice_that_the_buyer_writes_for_a_seller_in_san_marino_is_told() -> None:
    assert changed("fatturapa12", (">TD01<", ">TD28<")).kind is Kind.SELF_BILLED_INVOICE
