"""
A dossier as pages, with the same dossier as JSON attached inside and a signature over every byte behind the end.

The font is the one of the admin's own look, found through Django's static files: no font of the machine is needed.
"""

import hashlib
from typing import Any

from django.contrib.staticfiles import finders
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from companies.dossier import chain
from companies.dossier.document import Document, to_bytes
from companies.dossier.words import Asked, Line, Story, day, moment, story
from companies.enums import USABLE_STATES

ATTACHED = "dossier.json"
SEAL = b"\n%dossier-seal "  # then 64 hex digits and a line's end; readers of PDF pass over it
_FONTS = {"": "Inter-Regular", "B": "Inter-SemiBold"}
_INK, _SOFT, _LINE, _BLUE = (17, 24, 39), (92, 102, 117), (218, 223, 231), (29, 71, 205)
_GOOD, _WARN = ((21, 112, 63), (226, 246, 235)), ((138, 75, 6), (253, 240, 219))
_MARGIN, _LABEL = 18.0, 42.0  # millimetres


def to_bytes_sealed(document: Document) -> bytes:
    """Return the dossier as a PDF file, with its seal behind the end."""
    body = render(document)
    return body + SEAL + seal(document["account"]["number"], body).encode() + b"\n"


def seal(account_id: int, body: bytes) -> str:
    """Return the signature over the bytes of a PDF file before its seal."""
    return chain.sign(account_id, "pdf:" + hashlib.sha256(body).hexdigest())


def render(document: Document) -> bytes:
    """Return the pages as PDF, without seal."""
    pages = _Pages(document)
    pages.write()
    return bytes(pages.pdf.output())


class _Paper(FPDF):
    """A4 with the footer of a dossier."""

    foot = ""

    def footer(self) -> None:
        self.set_y(-14)
        self.set_font("Inter", "", 7.5)
        self.set_text_color(*_SOFT)
        self.cell(0, 4, self.foot, align="L")
        self.set_x(_MARGIN)
        self.cell(0, 4, f"{self.page_no()} / {{nb}}", align="R")


class _Pages:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.pdf = _Paper(format="A4")
        self.pdf.set_margin(_MARGIN)
        self.pdf.set_auto_page_break(True, margin=20)
        self.pdf.set_creation_date(moment(document["made_at"]))
        self.pdf.set_title(_("Authorization dossier"))
        self.pdf.set_lang(document["language"])
        for style, name in _FONTS.items():
            self.pdf.add_font("Inter", style, _font_file(name))

    def write(self) -> None:
        pdf, document = self.pdf, self.document
        made = {"by": document["made_by"], "at": day(moment(document["made_at"]))}
        pdf.foot = _("Made %(at)s by %(by)s") % made
        if document["joint"]:
            self._joint_page()
        for company in document["companies"]:
            self._company(company)
        self._how_to_verify()
        pdf.embed_file(bytes=to_bytes(document), basename=ATTACHED, desc=_("The same dossier as data"))

    def _joint_page(self) -> None:
        companies = self.document["companies"]
        self.pdf.add_page()
        self._head(_("Joint dossier"), _("%(number)d companies, one signature") % {"number": len(companies)})
        self._fact(_("Call"), self.document["joint"])
        self._section(_("Companies"))
        for company in companies:
            self._fact(_business_id(company), company["name"])

    def _company(self, company: dict[str, Any]) -> None:
        told = story(company["entries"])
        self.pdf.add_page()
        self._head(_("Authorization dossier"), company["name"] or company["uuid"])
        self._text(f"{_business_id(company)}  ·  {company['uuid']}", 9, _SOFT)
        self._standing(company, told)
        if told.latest:
            self._request(told.latest)
        self._section(_("What happened"))
        for line in told.lines:
            self._line(line)
        head = company["head"]
        self._section(_("Anchor"))
        self._fact(_("Entries"), str(head["length"]))
        self._fact(_("Last hash"), head["hash"] or "–")

    def _head(self, over: str, title: str) -> None:
        self._text(over.upper(), 8.5, _BLUE, "B")
        self._text(title, 19, _INK, "B", 8.5)

    def _standing(self, company: dict[str, Any], told: Story) -> None:
        """A coloured box with the sentence that everybody looks for."""
        if company["state"] in USABLE_STATES:
            since = moment(company["state_at"]) if company["state_at"] else told.verified_at
            text, colours = _("Authorized since %(at)s") % {"at": day(told.verified_at or since)}, _GOOD
        else:
            text, colours = _("Not authorized when this dossier was made"), _WARN
        pdf = self.pdf
        pdf.ln(3)
        pdf.set_fill_color(*colours[1])
        pdf.rect(pdf.l_margin, pdf.get_y(), pdf.epw, 11, style="F", round_corners=True, corner_radius=2)
        pdf.set_y(pdf.get_y() + 2.5)
        pdf.set_x(pdf.l_margin + 4)
        pdf.set_font("Inter", "B", 11)
        pdf.set_text_color(*colours[0])
        pdf.cell(0, 6, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        pdf.ln(4)

    def _request(self, asked: Asked) -> None:
        for label, value in (
            (_("Signer"), asked.signer),
            (_("Signer's e-mail"), asked.email),
            (_("Way"), asked.method),
            (_("Traceable id"), asked.traceable_id),
            (_("Language"), asked.language),
            (_("Asked by"), asked.by),
            (_("Asked"), day(asked.at)),
            (_("Outcome"), asked.outcome),
            (_("Settled"), day(asked.outcome_at) if asked.outcome_at else ""),
        ):
            if value:
                self._fact(label, value)

    def _line(self, line: Line) -> None:
        pdf = self.pdf
        if pdf.will_page_break(14 + 4.4 * (len(line.facts) + len(line.told_by))):  # kept together
            pdf.add_page()
        pdf.set_draw_color(*_LINE)
        pdf.line(pdf.l_margin, pdf.get_y(), pdf.w - pdf.r_margin, pdf.get_y())
        pdf.ln(2)
        _write(pdf, f"{line.sequence}.  {line.title}", 10, _INK, "B", 5, stay=True)
        _write(pdf, day(line.at), 8.5, _SOFT, "", 5, align="R")
        for label, value in line.facts:
            _write(pdf, f"{label}: {value}", 9, _INK)
        for text in line.told_by:
            _write(pdf, text, 8, _SOFT)
        _write(pdf, line.hash, 6.5, _SOFT)
        pdf.ln(2)

    def _how_to_verify(self) -> None:
        self._section(_("How to check this file"))
        text = _(
            "Each entry's hash covers its content and the hash before it; the last is anchored and signed in the "
            "portal's database. In the portal, open “Check a dossier” and choose this file, or run "
            "“manage.py verify_dossier FILE”: it says whether the file is true, and what differs if it is not."
        )
        self._text(text, 9, _SOFT, height=4.6)

    def _section(self, title: str) -> None:
        if self.pdf.get_y() > self.pdf.h - 60:
            self.pdf.add_page()
        self.pdf.ln(5)
        self._text(title, 12, _INK, "B", 7)

    def _fact(self, label: str, value: str) -> None:
        pdf = self.pdf
        top = pdf.get_y()
        pdf.set_font("Inter", "", 9)
        pdf.set_text_color(*_SOFT)
        pdf.cell(_LABEL, 5.4, label)
        pdf.set_xy(pdf.l_margin + _LABEL, top)
        pdf.set_text_color(*_INK)
        pdf.multi_cell(pdf.epw - _LABEL, 5.4, value, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def _text(self, text: str, size: float, colour: tuple[int, int, int], style: str = "", height: float = 5) -> None:
        _write(self.pdf, text, size, colour, style, height)


def _write(
    pdf: Any,
    text: str,
    size: float,
    colour: tuple[int, int, int],
    style: str = "",
    height: float = 4.4,
    align: str = "L",
    *,
    stay: bool = False,
) -> None:
    pdf.set_font("Inter", style, size)
    pdf.set_text_color(*colour)
    pdf.set_x(pdf.l_margin)
    pdf.multi_cell(pdf.epw, height, text, align=align, new_x=XPos.LMARGIN, new_y=YPos.TOP if stay else YPos.NEXT)


def _business_id(company: dict[str, Any]) -> str:
    return f"{company['country']} {company['business_id']}".strip()


def _font_file(name: str) -> str:
    found = finders.find(f"unfold/fonts/inter/{name}.woff2")
    if not found:
        raise ImproperlyConfigured(f"The font {name} is not among the static files of Unfold.")
    return str(found)
