"""The rows of a Finvoice: InvoiceRow, or its SubInvoiceRow children where the row itself holds no amount."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from portal.sandbox.documents.errors import DocumentError
from portal.sandbox.documents.model import Charge, Line
from portal.sandbox.documents.tree import Element
from portal.sandbox.documents.units import code_of
from portal.sandbox.documents.values import to_date, to_decimal


@dataclass(slots=True)
class Row:
    """Reads one row; `prefix` is "Sub" in sub rows, whose elements are named like those of rows."""

    element: Element
    prefix: str = ""

    def text(self, name: str) -> str:
        return (self.element.findtext(f"{self.prefix}{name}") or "").strip()

    def amount(self, name: str) -> Decimal | None:
        return to_decimal(self.text(name))

    def find(self, *names: str) -> Element | None:
        found = (self.element.find(f"{self.prefix}{name}") for name in names)
        return next((element for element in found if element is not None and (element.text or "").strip()), None)


def read_lines(root: Element) -> list[Line]:
    lines = [_line(row) for row in _rows(root)]
    for number, line in enumerate(lines, start=1):
        line.id = line.id or str(number)
    return lines


def _rows(root: Element) -> Iterator[Row]:
    for element in root.findall("InvoiceRow"):
        row = Row(element)
        subs = [Row(sub, "Sub") for sub in element.findall("SubInvoiceRow")]
        if subs and row.amount("RowVatExcludedAmount") is None and row.amount("RowAmount") is None:
            yield from subs
        else:
            yield row


def _line(row: Row) -> Line:
    quantity = row.find("InvoicedQuantity", "DeliveredQuantity", "OrderedQuantity")
    unit_text = quantity.get("QuantityUnitCode", "").strip() if quantity is not None else ""
    unit = quantity.get("QuantityUnitCodeUN", "").strip() if quantity is not None else ""
    line = Line(
        id=row.text("RowPositionIdentifier"),
        name=row.text("ArticleName"),
        description=row.text("ArticleDescription"),
        note=_free_text(row),
        seller_item=row.text("ArticleIdentifier"),
        buyer_item=row.text("BuyerArticleIdentifier"),
        standard_item=row.text("EanCode"),
        standard_item_scheme=_ean_scheme(row),
        quantity=_quantity(quantity),
        unit=unit or (code_of(unit_text) if quantity is not None else ""),
        unit_text=unit_text,
        order_line=row.text("RowOrderPositionIdentifier"),
        cost_account=row.text("RowNormalProposedAccountIdentifier") or row.text("RowProposedAccountText"),
        period_start=to_date(row.text("StartDate")),
        period_end=to_date(row.text("EndDate")),
        charges=_charges(row),
    )
    _read_amounts(row, line)
    return line


def _quantity(element: Element | None) -> Decimal | None:
    """The schema allows any text here, and senders write some; what is no number says no quantity."""
    try:
        return to_decimal(element.text or "") if element is not None else None
    except DocumentError:
        return None


def _read_amounts(row: Row, line: Line) -> None:
    gross, net_price = row.amount("UnitPriceAmount"), row.amount("UnitPriceNetAmount")
    line.price = net_price if net_price is not None else gross
    line.gross_price = gross if net_price is not None else None
    line.price_discount = row.amount("UnitPriceDiscountAmount")
    line.base_quantity = row.amount("UnitPriceBaseQuantity")
    line.vat_rate = row.amount("RowVatRatePercent")
    line.vat_category = row.text("RowVatCode")
    line.net = _net(row, line)


def _net(row: Row, line: Line) -> Decimal | None:
    net = row.amount("RowVatExcludedAmount")
    if net is not None:
        return net
    gross, vat = row.amount("RowAmount"), row.amount("RowVatAmount")
    if gross is not None:
        return gross - (vat or 0)
    if line.quantity is not None and line.price is not None:
        return line.quantity * line.price / (line.base_quantity or 1)
    return None


def _free_text(row: Row) -> str:
    found = [(element.text or "").strip() for element in row.element.findall(f"{row.prefix}RowFreeText")]
    return "\n".join(value for value in found if value)


def _ean_scheme(row: Row) -> str:
    element = row.find("EanCode")
    return element.get("SchemeID", "") or "0160" if element is not None else ""


def _charges(row: Row) -> list[Charge]:
    found = []
    discounts = [row] + [
        Row(block, row.prefix) for block in row.element.findall(f"{row.prefix}RowProgressiveDiscountDetails")
    ]
    for block in discounts:
        discount = block.amount("RowDiscountAmount")
        if discount:
            found.append(
                Charge(
                    is_charge=False,
                    amount=discount,
                    base=block.amount("RowDiscountBaseAmount"),
                    percent=block.amount("RowDiscountPercent"),
                    reason=block.text("RowDiscountTypeText"),
                    reason_code=block.text("RowDiscountTypeCode"),
                )
            )
    return found + [_row_charge(Row(block)) for block in row.element.findall(f"{row.prefix}RowChargeDetails")]


def _row_charge(block: Row) -> Charge:
    return Charge(
        is_charge=True,
        amount=block.amount("Amount") or Decimal(0),
        base=block.amount("BaseAmount"),
        percent=block.amount("Percent"),
        reason=block.text("ReasonText"),
        reason_code=block.text("ReasonCode"),
    )
