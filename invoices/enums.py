"""Words of invoices: AutoInvoice's status words, and what staff see of them."""

from django.db import models
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


class SavingProblem(models.TextChoices):
    """Why a received invoice is not saved here yet; AutoInvoice keeps it as new until it is."""

    STORAGE = "storage", _("The storage takes nothing")
    INCOMPLETE = "incomplete", _("AutoInvoice does not give all of it")


class HandOverWay(models.TextChoices):
    FOLDER = "FOLDER", _("Folder")
    WEBHOOK = "WEBHOOK", _("Webhook")


class Severity(models.IntegerChoices):
    """How grave what a Detect check found is."""

    NONE = 0, _("Nothing")
    LOW = 1, _("Note")
    MEDIUM = 2, _("Check it")
    HIGH = 3, _("Stop")


class Mover(models.TextChoices):
    """Who acts next on a failed invoice."""

    STAFF = "staff", _("You")
    CUSTOMER = "customer", _("Customer")
    RECEIVER = "receiver", _("Receiver")
    SUPPORT = "support", _("AutoInvoice support")
    AUTOINVOICE = "autoinvoice", _("AutoInvoice")


class DropState(models.TextChoices):
    """How far files that were given together are."""

    GIVING = "GIVING", _("Coming in")
    READING = "READING", _("Being read")
    READ = "READ", _("Read")


class DropSends(models.TextChoices):
    """What files that were given together are sent as."""

    INVOICES = "INVOICES", _("Invoices")
    DOCUMENTS = "DOCUMENTS", _("Documents")


class FileOutcome(models.TextChoices):
    """What reading made of one of many files."""

    READY = "READY", _("Can be sent")
    SAME = "SAME", _("Same as before")
    UNCLEAR = "UNCLEAR", _("Sender not clear")
    UNREADABLE = "UNREADABLE", _("Cannot be sent")
