"""Invoice and credit note lines of UBL."""

from dataclasses import replace
from decimal import Decimal

from portal.sandbox.documents.model import Charge, Line
from portal.sandbox.documents.tree import Element, add
from portal.sandbox.documents.ubl_parts import cac, cbc, money, write_category, write_charge
from portal.sandbox.documents.units import PIECE
from portal.sandbox.documents.values import CENT, cents, trimmed

ONE = Decimal(1)
ZERO = Decimal(0)


def write_line(root: Element, line: Line, currency: str, *, credit: bool) -> None:
    ready = balanced(line)
    node = add(root, cac("CreditNoteLine" if credit else "InvoiceLine"))
    add(node, cbc("ID"), ready.id)
    add(node, cbc("Note"), ready.note)
    quantity = "CreditedQuantity" if credit else "InvoicedQuantity"
    add(node, cbc(quantity), trimmed(ready.quantity or ZERO), unitCode=ready.unit or PIECE)
    money(node, "LineExtensionAmount", ready.net, currency)
    add(node, cbc("AccountingCost"), ready.cost_account)
    period = add(node, cac("InvoicePeriod"))
    add(period, cbc("StartDate"), ready.period_start)
    add(period, cbc("EndDate"), ready.period_end)
    add(add(node, cac("OrderLineReference")), cbc("LineID"), ready.order_line)
    for charge in ready.charges:
        write_charge(node, charge, currency, with_category=False)
    _write_item(add(node, cac("Item")), ready)
    _write_price(add(node, cac("Price")), ready, currency)


def balanced(line: Line) -> Line:
    """
    Return the line so that quantity × price ± charges gives its net amount, and the price is not negative.

    A difference (a discount told only in per cent, a row without a price) becomes an allowance or a charge of its own.
    """
    quantity = ONE if line.quantity is None else line.quantity
    net = line.net or ZERO
    price = line.price
    if price is None:
        price = net / quantity if quantity and not line.charges else net
        quantity = quantity if quantity and not line.charges else ONE
    if price < 0:
        quantity, price = -quantity, -price
    charged = sum((charge.amount if charge.is_charge else -charge.amount for charge in line.charges), ZERO)
    missing = cents(quantity * price / (line.base_quantity or ONE) + charged - net)
    charges = line.charges if abs(missing) <= CENT else [*line.charges, _difference(missing)]
    return replace(line, quantity=quantity, price=price, charges=charges)


def _difference(missing: Decimal) -> Charge:
    return Charge(is_charge=missing < 0, amount=abs(missing))


def _write_item(item: Element, line: Line) -> None:
    add(item, cbc("Description"), line.description)
    add(item, cbc("Name"), line.name or line.description or line.note.partition("\n")[0] or line.seller_item or "-")
    add(add(item, cac("BuyersItemIdentification")), cbc("ID"), line.buyer_item)
    add(add(item, cac("SellersItemIdentification")), cbc("ID"), line.seller_item)
    add(add(item, cac("StandardItemIdentification")), cbc("ID"), line.standard_item, schemeID=line.standard_item_scheme)
    write_category(item, "ClassifiedTaxCategory", line.vat_category, line.vat_rate)


def _write_price(node: Element, line: Line, currency: str) -> None:
    price = line.price or ZERO
    add(node, cbc("PriceAmount"), trimmed(price), currencyID=currency)
    if line.base_quantity:
        add(node, cbc("BaseQuantity"), trimmed(line.base_quantity), unitCode=line.unit or PIECE)
    if (
        line.gross_price is not None
        and line.price_discount is not None
        and line.gross_price - line.price_discount == price
    ):
        discount = add(node, cac("AllowanceCharge"))
        add(discount, cbc("ChargeIndicator"), "false")
        add(discount, cbc("Amount"), trimmed(line.price_discount), currencyID=currency)
        add(discount, cbc("BaseAmount"), trimmed(line.gross_price), currencyID=currency)
