"""One InvoiceRow of Finvoice 3.0."""

from decimal import Decimal

from portal.sandbox.documents.model import Charge, Line
from portal.sandbox.documents.tree import Element, add
from portal.sandbox.documents.units import word_of
from portal.sandbox.documents.values import cents, trimmed, with_comma


def write_row(node: Element, line: Line, currency: str) -> None:
    add(node, "ArticleIdentifier", line.seller_item[:70])
    add(node, "ArticleName", line.name[:100])
    add(node, "ArticleDescription", line.description[:512])
    add(node, "BuyerArticleIdentifier", line.buyer_item[:70])
    add(node, "EanCode", line.standard_item[:35], SchemeID=line.standard_item_scheme)
    if line.quantity is not None:
        unit_word = (line.unit_text or word_of(line.unit))[:14]
        add(node, "InvoicedQuantity", _number(line.quantity), QuantityUnitCode=unit_word, QuantityUnitCodeUN=line.unit)
    _add_date(node, "StartDate", line)
    _add_date(node, "EndDate", line)
    _write_prices(node, line, currency)
    add(node, "RowOrderPositionIdentifier", line.order_line[:35])
    add(node, "RowPositionIdentifier", line.id[:35])
    add(node, "RowProposedAccountText", line.cost_account[:35])
    for start in range(0, len(line.note), 512):
        add(node, "RowFreeText", line.note[start : start + 512])
    _write_discounts(node, line, currency)
    _write_vat(node, line, currency)


def _number(number: Decimal) -> str:
    return trimmed(number).replace(".", ",")


def _amount(parent: Element, name: str, amount: Decimal | None, currency: str) -> None:
    if amount is not None:
        add(parent, name, with_comma(amount), AmountCurrencyIdentifier=currency)


def _add_date(node: Element, name: str, line: Line) -> None:
    day = line.period_start if name == "StartDate" else line.period_end
    if day is not None:
        add(node, name, day.strftime("%Y%m%d"), Format="CCYYMMDD")


def _write_prices(node: Element, line: Line, currency: str) -> None:
    """Without a gross price the only price is the net one, and Finvoice calls it just unit price."""
    if line.gross_price is not None:
        _amount(node, "UnitPriceAmount", line.gross_price, currency)
        _amount(node, "UnitPriceDiscountAmount", line.price_discount, currency)
        _amount(node, "UnitPriceNetAmount", line.price, currency)
    else:
        _amount(node, "UnitPriceAmount", line.price, currency)
    if line.base_quantity is not None:
        add(node, "UnitPriceBaseQuantity", _number(line.base_quantity), QuantityUnitCodeUN=line.unit)


def _write_discounts(node: Element, line: Line, currency: str) -> None:
    discounts = [charge for charge in line.charges if not charge.is_charge]
    for number, discount in enumerate(discounts):
        block = node if number == 0 else add(node, "RowProgressiveDiscountDetails")
        _percent(block, "RowDiscountPercent", discount.percent)
        _amount(block, "RowDiscountAmount", discount.amount, currency)
        _amount(block, "RowDiscountBaseAmount", discount.base, currency)
        add(block, "RowDiscountTypeCode", discount.reason_code)
        add(block, "RowDiscountTypeText", discount.reason[:35])
    for charge in line.charges:
        if charge.is_charge:
            _write_charge(add(node, "RowChargeDetails"), charge, currency)


def _write_charge(block: Element, charge: Charge, currency: str) -> None:
    add(block, "ReasonText", charge.reason[:70])
    add(block, "ReasonCode", charge.reason_code)
    _percent(block, "Percent", charge.percent)
    _amount(block, "Amount", charge.amount, currency)
    _amount(block, "BaseAmount", charge.base, currency)


def _percent(parent: Element, name: str, percent: Decimal | None) -> None:
    if percent is not None:
        add(parent, name, trimmed(round(percent, 4)).replace(".", ","))


def _write_vat(node: Element, line: Line, currency: str) -> None:
    net = line.net or Decimal(0)
    vat = cents(net * (line.vat_rate or Decimal(0)) / 100)
    _percent(node, "RowVatRatePercent", line.vat_rate)
    add(node, "RowVatCode", line.vat_category)
    _amount(node, "RowVatAmount", vat, currency)
    _amount(node, "RowVatExcludedAmount", net, currency)
    _amount(node, "RowAmount", net + vat, currency)
