"""What staff should know of a document as it stands: what its status means, and what to do when it failed."""

import re
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from invoices.enums import Direction
from invoices.models import BusinessDocument
from invoices.trade.kinds import DocumentStatus

Text = str | Promise
_LONG = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Advice:
    text: Text
    remedy: Text
    tone: str
    icon: str


_FAILURES = (
    (
        re.compile(r"not receive documents of this type|DOCUMENT_TYPE_NOT_SUPPORTED", re.IGNORECASE),
        _("The receiver is not registered for this type of document."),
        _("Ask the receiver to register for it, or send it in another way, such as by e-mail."),
    ),
    (
        re.compile(r"not receive documents at the moment|RECEIVER_NOT_ACTIVE", re.IGNORECASE),
        _("The receiver does not take documents at the moment."),
        _("Ask the receiver when it does; then send it once more."),
    ),
    (
        re.compile(r"operator not known|OPERATOR_UNKNOWN", re.IGNORECASE),
        _("AutoInvoice does not know this operator."),
        _("Look the receiver up, and send it once more with the operator that the look-up names."),
    ),
    (
        re.compile(r"address not known|ADDRESS_UNKNOWN", re.IGNORECASE),
        _("Nobody has this address at this operator."),
        _("Compare the address with what the receiver gave, and send it once more to the right one."),
    ),
)
_GENERAL = (
    _("It was not delivered."),
    _("Read AutoInvoice's own words. Mend what they name, then send it once more on purpose."),
)


def of(document: BusinessDocument) -> Advice | None:
    """Return what to show above a document's facts; None where its status says all."""
    if document.status == DocumentStatus.FAILED:
        text, remedy = _failure(document.error_text)
        return Advice(text, remedy, "bad", "error")
    if document.status == DocumentStatus.RESERVED:
        return _reserved(document)
    if document.status not in DocumentStatus.values:
        return Advice(
            _("AutoInvoice uses a word for its state that the portal does not know."),
            _("Do not take it for delivered. The events below say what has happened."),
            "warn",
            "help",
        )
    if document.status == DocumentStatus.CONFIRMED and document.direction == Direction.SENT:
        return Advice(
            _("The receiver's side has said that it arrived well."),
            _("This is the surest that can be had; many routes never confirm."),
            "good",
            "verified",
        )
    return None


def _failure(text: str) -> tuple[Text, Text]:
    found = ((cause, remedy) for pattern, cause, remedy in _FAILURES if pattern.search(text))
    return next(found, _GENERAL)


def _reserved(document: BusinessDocument) -> Advice:
    meaning = _("An access point has taken it and holds it; it has not said yet whether it was delivered.")
    if timezone.now() - document.created_at < _LONG:
        remedy: Text = _("Wait: it is released by itself, as delivered or as failed. The portal goes on looking.")
    else:
        remedy = _(
            "It should have been released long ago, and only AutoInvoice can do that: ask its support, and name the "
            "document id and the transmission id below. Do not send it again before they answer, or it arrives twice."
        )
    return Advice(meaning, remedy, "warn", "hourglass_top")
