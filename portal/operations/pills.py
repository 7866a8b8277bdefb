"""How the states of operations and batches look: word, tone and icon."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from portal.operations.enums import BatchState, State
from portal.operations.models import Batch, Operation
from portal.pills import pill


@dataclass(frozen=True, slots=True)
class Look:
    word: str | Promise
    tone: str
    icon: str


STATES = {
    State.WAITING: Look(State.WAITING.label, "neutral", "hourglass_empty"),
    State.QUEUED: Look(State.QUEUED.label, "info", "schedule"),
    State.SENDING: Look(State.SENDING.label, "info", "send"),
    State.UNKNOWN: Look(State.UNKNOWN.label, "warn", "help"),
    State.DONE: Look(State.DONE.label, "good", "check_circle"),
    State.REFUSED: Look(State.REFUSED.label, "bad", "block"),
    State.FAILED: Look(State.FAILED.label, "bad", "error"),
    State.SKIPPED: Look(State.SKIPPED.label, "neutral", "skip_next"),
    State.CANCELED: Look(State.CANCELED.label, "neutral", "cancel"),
}
NEEDS_A_HUMAN = Look(_("Needs a human"), "bad", "person_alert")
BATCH_STATES = {
    BatchState.DRAFT: Look(BatchState.DRAFT.label, "neutral", "edit"),
    BatchState.COUNTING: Look(BatchState.COUNTING.label, "info", "calculate"),
    BatchState.FILLING: Look(BatchState.FILLING.label, "info", "playlist_add"),
    BatchState.RUNNING: Look(BatchState.RUNNING.label, "info", "play_circle"),
    BatchState.PAUSED: Look(BatchState.PAUSED.label, "warn", "pause_circle"),
    BatchState.DONE: Look(BatchState.DONE.label, "good", "check_circle"),
    BatchState.CANCELED: Look(BatchState.CANCELED.label, "neutral", "cancel"),
}


def look_of(operation: Operation) -> Look:
    """Return the look of an operation; a named case is told apart from what the portal still looks up itself."""
    return NEEDS_A_HUMAN if operation.named_case else STATES[State(operation.state)]


def of_operation(operation: Operation) -> SafeString:
    look = look_of(operation)
    return pill(look.word, look.tone, look.icon)


def of_batch(batch: Batch) -> SafeString:
    look = BATCH_STATES[BatchState(batch.state)]
    return pill(look.word, look.tone, look.icon)
