"""Words of invoices: AutoInvoice's status words, and what staff see of them."""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Direction(models.TextChoices):
    SENT = "SENT", _("Sent")
    RECEIVED = "RECEIVED", _("Received")


class Status(models.TextChoices):
    """The words known so far; others may come and are kept and shown as they are."""

    PENDING = "PENDING", _("On its way")
    DELIVERED = "DELIVERED", _("Delivered")
    FAILED = "FAILED", _("Failed")


# The guide's word for the API's PENDING.
_SAME = {"PROCESSING": Status.PENDING.value}


def status_of(word: str | None) -> str:
    """Return AutoInvoice's status word in the one spelling that is stored; unknown words stay as they came."""
    text = (word or "").strip().upper()[:30]
    return _SAME.get(text, text)


class FileKind(models.TextChoices):
    ORIGINAL = "ORIGINAL", _("Invoice file")
    IMAGE = "IMAGE", _("Image")
    ATTACHMENT = "ATTACHMENT", _("Attachment")


class Mover(models.TextChoices):
    """Who acts next on a failed invoice."""

    STAFF = "staff", _("You")
    CUSTOMER = "customer", _("Customer")
    RECEIVER = "receiver", _("Receiver")
    SUPPORT = "support", _("AutoInvoice support")
    AUTOINVOICE = "autoinvoice", _("AutoInvoice")


@dataclass(frozen=True, slots=True)
class Look:
    """How a status is shown: never by colour alone."""

    word: str | Promise
    icon: str  # name of a Material Symbol
    tone: str  # a label colour of the admin skin: success, warning, danger, info, or ""


# TextChoices are texts: plain words find their entry.
_LOOKS: dict[tuple[str, str], Look] = {
    (Direction.SENT, Status.PENDING): Look(Status.PENDING.label, "schedule_send", "info"),
    (Direction.SENT, Status.DELIVERED): Look(Status.DELIVERED.label, "check_circle", "success"),
    (Direction.SENT, Status.FAILED): Look(Status.FAILED.label, "error", "danger"),
    (Direction.RECEIVED, Status.PENDING): Look(_("Arriving"), "hourglass_top", "info"),
    (Direction.RECEIVED, Status.DELIVERED): Look(_("Received"), "inbox", "success"),
    (Direction.RECEIVED, Status.FAILED): Look(Status.FAILED.label, "error", "danger"),
}


def look_of(direction: str, status: str) -> Look:
    """Return word, icon and colour of a status; an unknown word is shown as it is."""
    return _LOOKS.get((direction, status)) or Look(_word(status), "help", "warning")


def _word(status: str) -> str | Promise:
    return status.replace("_", " ").capitalize() or _("Unknown")
