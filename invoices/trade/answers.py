"""
Answers to received invoices: which exist, what each means, and which may follow which.

Peppol: Invoice Response 3 (codes of UNCL4343). Denmark: Nemhandel, by a call of its own. In both, answers go forward
only, and a final one ends it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from invoices.enums import Direction
from invoices.models import Invoice
from portal.operations.enums import State

Text = str | Promise
NEMHANDEL_KIND = "invoices.respond_nemhandel"


@dataclass(frozen=True, slots=True)
class Answer:
    """One word that may be said of an invoice."""

    code: str
    name: Text
    hint: Text
    rank: int  # an answer may follow those of a lower rank
    is_final: bool = False
    needs_reason: bool = False


PEPPOL = (
    Answer("AB", _("Message acknowledged"), _("It has arrived and can be read."), 0),
    Answer("IP", _("In process"), _("It is being looked at."), 1),
    Answer("UQ", _("Under query"), _("It cannot go on before the sender answers."), 2, needs_reason=True),
    Answer(
        "CA", _("Conditionally accepted"), _("Accepted under conditions, which you name."), 3, needs_reason=True
    ),
    Answer(
        "RE", _("Rejected"), _("It will not be paid as it is. Nothing can follow."), 4, is_final=True,
        needs_reason=True,
    ),
    Answer("AP", _("Accepted"), _("It will be paid."), 4),
    Answer("PD", _("Paid"), _("It is paid. Nothing can follow."), 5, is_final=True),
)  # fmt: skip
NEMHANDEL = (
    Answer("MessageAcknowledgement", _("Message acknowledged"), _("It has arrived and can be read."), 0),
    Answer("InProcess", _("In process"), _("It is being looked at."), 1),
    Answer("UnderQuery", _("Under query"), _("It cannot go on before the sender answers."), 2, needs_reason=True),
    Answer(
        "ConditionallyAccepted", _("Conditionally accepted"), _("Accepted under conditions, which you name."), 3,
        needs_reason=True,
    ),
    Answer("Rejected", _("Rejected"), _("It will not be paid as it is. Nothing can follow."), 4, is_final=True,
        needs_reason=True),
    Answer("Accepted", _("Accepted"), _("It will be paid."), 4),
    Answer("PartiallyPaid", _("Partially paid"), _("A part is paid."), 5),
    Answer("FullyPaid", _("Fully paid"), _("It is paid. Nothing can follow."), 6, is_final=True),
)  # fmt: skip

# Peppol's reasons (OPStatusReason) and what the sender shall do (OPStatusAction).
REASONS: Mapping[str, Text] = {
    "REF": _("References are wrong or missing"),
    "LEG": _("Legal contents are wrong or missing"),
    "REC": _("The receiver is wrong or unknown"),
    "QUA": _("The quality was not as agreed"),
    "DEL": _("The delivery was not as agreed"),
    "PRI": _("Prices differ from what was agreed"),
    "QTY": _("Quantities differ from what was agreed"),
    "ITM": _("Items differ from what was agreed"),
    "PAY": _("Payment terms differ from what was agreed"),
    "UNR": _("The goods or services were not ordered"),
    "FIN": _("The financing details are wrong"),
    "PPD": _("It is partially paid"),
    "OTH": _("Another reason, in words"),
    "NON": _("There is nothing wrong"),
}
ACTIONS: Mapping[str, Text] = {
    "NOA": _("Nothing"),
    "PIN": _("Give further information"),
    "NIN": _("Send a new invoice"),
    "CNF": _("Send a credit note over the whole amount"),
    "CNP": _("Send a credit note over a part"),
    "CNA": _("Send a credit note over the amount named"),
    "OTH": _("Something else, in words"),
}


def find(answers: tuple[Answer, ...], code: str) -> Answer | None:
    return next((answer for answer in answers if answer.code == code), None)


def may_follow(answers: tuple[Answer, ...], last: str) -> list[Answer]:
    """Return the answers that may follow the last one ("": none was given); [] after a final or unknown one."""
    if not last:
        return list(answers)
    known = find(answers, last)
    if known is None or known.is_final:
        return []
    return [answer for answer in answers if answer.rank > known.rank]


def name_of(answers: tuple[Answer, ...], code: str) -> Text:
    known = find(answers, code)
    return known.name if known else code


def is_danish(invoice: Invoice) -> bool:
    """Tell whether an invoice is answered over Nemhandel: received by a Danish company."""
    company: Company = invoice.company
    return invoice.direction == Direction.RECEIVED and company.country == "DK"


def last_nemhandel(invoice: Invoice) -> str:
    """Return the last answer over Nemhandel that was taken, "" for none. AutoInvoice cannot be asked for it."""
    done = invoice.operations.filter(kind=NEMHANDEL_KIND, state=State.DONE).order_by("-pk")
    given = done.values_list("parameters", flat=True).first()
    return str(given["response"]) if given else ""
