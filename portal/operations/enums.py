"""States of operations and batches."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    WAITING = "WAITING", _("Waiting")  # for a fact, such as "company verified"
    QUEUED = "QUEUED", _("Queued")
    SENDING = "SENDING", _("Sending")
    UNKNOWN = "UNKNOWN", _("Outcome unknown")  # an answer was lost; it is being looked up
    DONE = "DONE", _("Done")
    REFUSED = "REFUSED", _("Refused")  # by AutoInvoice or by a policy
    FAILED = "FAILED", _("Failed")  # attempts spent
    SKIPPED = "SKIPPED", _("Skipped")
    CANCELED = "CANCELED", _("Canceled")


OPEN_STATES = (State.WAITING, State.QUEUED, State.SENDING, State.UNKNOWN)
MOVING_STATES = (State.QUEUED, State.SENDING)
# A person has to look at these.
TROUBLED_STATES = (State.UNKNOWN, State.REFUSED, State.FAILED)


class BatchState(models.TextChoices):
    DRAFT = "DRAFT", _("Draft")
    COUNTING = "COUNTING", _("Being counted")  # a draft whose preview is being worked out
    FILLING = "FILLING", _("Being filled")  # its operations are being written
    RUNNING = "RUNNING", _("Running")
    PAUSED = "PAUSED", _("Paused")
    DONE = "DONE", _("Done")
    CANCELED = "CANCELED", _("Canceled")


# Nobody has started them yet.
DRAFT_STATES = (BatchState.DRAFT, BatchState.COUNTING)
# Their operations may be sent.
LIVE_BATCH_STATES = (BatchState.FILLING, BatchState.RUNNING)


class AttemptState(models.TextChoices):
    SENDING = "SENDING", _("Sending")
    ANSWERED = "ANSWERED", _("Answered")
    REFUSED = "REFUSED", _("Refused")
    LOST = "LOST", _("Answer lost")


class Weight(models.TextChoices):
    """How much a member of staff has to confirm before an operation is queued."""

    INWARD = "INWARD", _("Reads or refreshes")
    OUTWARD = "OUTWARD", _("Acts at AutoInvoice")
    COSTLY = "COSTLY", _("Costs money or cannot be undone")
