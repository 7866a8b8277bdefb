"""The invoice image that the service draws when none came with the file: A4, by fpdf2 and its core fonts."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from portal.sandbox.documents.completion import completed
from portal.sandbox.documents.model import Document, Line, Party
from portal.sandbox.documents.units import shown
from portal.sandbox.documents.values import cents, trimmed

MARGIN = 18.0
WIDTH = 210.0 - 2 * MARGIN
INK = (33, 37, 41)
FAINT = (108, 117, 125)
RULE = (206, 212, 218)
MAX_DRAWN_LINES = 500
_SPELLED = str.maketrans({"€": "EUR", "–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "…": "...", "•": "-"})


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    width: float
    align: str


COLUMNS = (
    Column("Item", 74.0, "L"),
    Column("Quantity", 24.0, "R"),
    Column("Unit price", 26.0, "R"),
    Column("VAT %", 18.0, "R"),
    Column("Net", 32.0, "R"),
)


def draw(document: Document) -> bytes:
    """Return a PDF; letters that the core fonts lack are written as "?"."""
    ready = completed(document)
    pdf = _page(ready)
    _draw_heading(pdf, ready)
    _draw_parties(pdf, ready)
    _draw_facts(pdf, ready)
    _draw_lines(pdf, ready)
    _draw_sums(pdf, ready)
    _draw_payment(pdf, ready)
    _draw_notes(pdf, ready)
    return bytes(pdf.output())


def drawable(text: str) -> str:
    return text.translate(_SPELLED).encode("latin-1", errors="replace").decode("latin-1")


def _page(document: Document) -> FPDF:
    pdf = FPDF(format="A4")
    pdf.set_margin(MARGIN)
    pdf.set_auto_page_break(True, MARGIN)  # noqa: FBT003 - fpdf2 takes it by position
    pdf.set_title(drawable(f"{_word(document)} {document.number}"))
    pdf.set_author(drawable(document.seller.name))
    pdf.set_creator("Invoice simulator")
    pdf.add_page()
    pdf.set_text_color(*INK)
    pdf.set_draw_color(*RULE)
    return pdf


def _word(document: Document) -> str:
    return "Credit note" if document.is_credit else "Invoice"


def _font(pdf: FPDF, size: float, style: str = "") -> None:
    pdf.set_font("Helvetica", style, size)


def _cell(pdf: FPDF, width: float, text: str, align: str = "L", *, last: bool = False, height: float = 5.0) -> None:
    right, below = (XPos.LMARGIN, YPos.NEXT) if last else (XPos.RIGHT, YPos.TOP)
    pdf.cell(width, height, _fitted(pdf, drawable(text), width), align=align, new_x=right, new_y=below)


def _fitted(pdf: FPDF, text: str, width: float) -> str:
    if pdf.get_string_width(text) <= width - 2:
        return text
    while text and pdf.get_string_width(text + "...") > width - 2:
        text = text[:-1]
    return text + "..."


def _rule(pdf: FPDF, gap: float = 3.0) -> None:
    pdf.ln(gap)
    pdf.line(MARGIN, pdf.get_y(), MARGIN + WIDTH, pdf.get_y())
    pdf.ln(gap)


def _draw_heading(pdf: FPDF, document: Document) -> None:
    _font(pdf, 20, "B")
    _cell(pdf, WIDTH / 2, document.seller.name, height=10)
    _font(pdf, 16)
    _cell(pdf, WIDTH / 2, f"{_word(document)} {document.number}", "R", last=True, height=10)
    _rule(pdf)


def _draw_parties(pdf: FPDF, document: Document) -> None:
    top = pdf.get_y()
    bottoms = []
    for title, party, left in (("From", document.seller, MARGIN), ("To", document.buyer, MARGIN + WIDTH / 2)):
        pdf.set_xy(left, top)
        bottoms.append(_draw_party(pdf, title, party, left))
    pdf.set_xy(MARGIN, max(bottoms))
    _rule(pdf)


def _draw_party(pdf: FPDF, title: str, party: Party, left: float) -> float:
    width = WIDTH / 2
    _font(pdf, 8)
    pdf.set_text_color(*FAINT)
    pdf.cell(width, 5, title, new_x=XPos.LEFT, new_y=YPos.NEXT)
    pdf.set_text_color(*INK)
    for number, text in enumerate(_party_lines(party)):
        _font(pdf, 10, "B" if number == 0 else "")
        pdf.set_x(left)
        pdf.cell(width, 5, _fitted(pdf, drawable(text), width), new_x=XPos.LEFT, new_y=YPos.NEXT)
    return pdf.get_y()


def _party_lines(party: Party) -> list[str]:
    address = party.address
    endpoint = ":".join(part for part in (party.endpoint_scheme, party.endpoint_id) if part)
    lines = [
        party.name,
        *address.streets,
        f"{address.post_code} {address.city}".strip(),
        address.country,
        f"Business ID {party.bid}" if party.bid else "",
        f"VAT {party.vat}" if party.vat else "",
        f"E-address {endpoint}" if endpoint else "",
        party.email,
    ]
    return [line for line in lines if line]


def _draw_facts(pdf: FPDF, document: Document) -> None:
    facts = [
        ("Date", _day(document.issue_date)),
        ("Due date", _day(document.due_date)),
        ("Delivery date", _day(document.delivery_date)),
        ("Your reference", document.buyer_reference),
        ("Order", document.order_reference),
        ("Original invoice", ", ".join(original.number for original in document.originals)),
    ]
    for title, value in facts:
        if value:
            _font(pdf, 9)
            _cell(pdf, 36, title)
            _font(pdf, 9, "B")
            _cell(pdf, WIDTH - 36, value, last=True)
    pdf.ln(4)


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _draw_lines(pdf: FPDF, document: Document) -> None:
    _font(pdf, 8, "B")
    for number, column in enumerate(COLUMNS):
        _cell(pdf, column.width, column.title, column.align, last=number == len(COLUMNS) - 1)
    _rule(pdf, 1)
    for line in document.lines[:MAX_DRAWN_LINES]:
        _draw_line(pdf, line)
    if len(document.lines) > MAX_DRAWN_LINES:
        _font(pdf, 8, "I")
        _cell(pdf, WIDTH, f"and {len(document.lines) - MAX_DRAWN_LINES} lines more, see the XML", last=True)
    _rule(pdf, 1.5)


def _draw_line(pdf: FPDF, line: Line) -> None:
    quantity = trimmed(line.quantity) if line.quantity is not None else ""
    values = (
        line.name or line.description,
        f"{quantity} {line.unit_text or shown(line.unit)}".strip(),
        _price(line.price),
        trimmed(line.vat_rate) if line.vat_rate is not None else "",
        _money(line.net),
    )
    _font(pdf, 9)
    for number, (column, value) in enumerate(zip(COLUMNS, values, strict=True)):
        _cell(pdf, column.width, value, column.align, last=number == len(COLUMNS) - 1)


def _price(price: Decimal | None) -> str:
    return "" if price is None else trimmed(price) if price != cents(price) else _money(price)


def _money(amount: Decimal | None) -> str:
    return "" if amount is None else f"{cents(amount):,.2f}".replace(",", " ")


def _draw_sums(pdf: FPDF, document: Document) -> None:
    totals, currency = document.totals, document.currency
    for charge in document.charges:
        reason = charge.reason or ("Charge" if charge.is_charge else "Discount")
        _draw_sum(pdf, reason, _money(charge.amount if charge.is_charge else -charge.amount))
    _draw_sum(pdf, "Total without VAT", f"{_money(totals.net)} {currency}")
    for row in document.vat_rows:
        rate = f"{trimmed(row.rate)} %" if row.rate is not None else row.category
        _draw_sum(pdf, f"VAT {rate} of {_money(row.base)}", f"{_money(row.amount)} {currency}")
    _draw_sum(pdf, "Total with VAT", f"{_money(totals.gross)} {currency}")
    if totals.prepaid:
        _draw_sum(pdf, "Paid before", f"{_money(-totals.prepaid)} {currency}")
    if totals.rounding:
        _draw_sum(pdf, "Rounding", f"{_money(totals.rounding)} {currency}")
    _draw_sum(pdf, "To pay", f"{_money(totals.payable)} {currency}", style="B")
    pdf.ln(4)


def _draw_sum(pdf: FPDF, title: str, value: str, style: str = "") -> None:
    _font(pdf, 10, style)
    _cell(pdf, WIDTH - 50, title, "R", height=6)
    _cell(pdf, 50, value, "R", last=True, height=6)


def _draw_payment(pdf: FPDF, document: Document) -> None:
    payment = document.payment
    facts = (
        ("Account", payment.account),
        ("BIC", payment.bic),
        ("Reference", payment.reference),
        ("Terms", document.payment_terms),
    )
    if not any(value for _, value in facts):
        return
    _rule(pdf)
    for title, value in facts:
        if value:
            _font(pdf, 9)
            _cell(pdf, 36, title)
            _font(pdf, 9, "B")
            _cell(pdf, WIDTH - 36, value, last=True)


def _draw_notes(pdf: FPDF, document: Document) -> None:
    if document.notes:
        pdf.ln(4)
        _font(pdf, 9)
        pdf.multi_cell(WIDTH, 5, drawable("\n".join(document.notes)[:4000]), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
