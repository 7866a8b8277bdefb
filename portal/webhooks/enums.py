"""States of deliveries and reaches of subscriptions."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DeliveryState(models.TextChoices):
    STORED = "STORED", _("Stored")  # to be processed, now or at its not_before
    DONE = "DONE", _("Done")
    IGNORED = "IGNORED", _("Ignored")  # nothing to do, and its reason says why
    FAILED = "FAILED", _("Failed")  # every try ended in an error


class Reach(models.TextChoices):
    """AutoInvoice's words for whose events a subscription brings."""

    VENDOR = "VENDOR_WEBHOOK", _("All customer companies")
    COMPANY = "WEBHOOK", _("One company")
