"""What an answer, or its absence, makes of an operation. Changes objects in memory; whoever calls writes them."""

import random
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from portal import maventa
from portal.operations.claiming import deadline_of
from portal.operations.enums import AttemptState, State, Weight
from portal.operations.handlers import CannotTell, Found, Handler, NotThere, Remedy, Verdict
from portal.operations.models import Operation

SETTLED_FIELDS = (
    "state", "group_key", "not_before", "attempts", "settled_at", "result", "error_code", "error_text", "error_details",
    "remedy", "remedy_by", "named_case", "looks",
)  # fmt: skip
PAUSE, LONGEST_PAUSE = 3.0, 900.0  # seconds before the second try, doubling
LOOK_PAUSE, LONGEST_LOOK_PAUSE = 15.0, 3600.0
TURNED_AWAY, MOST_TURNED_AWAY = "401", 3  # error code of an operation that is tried once more, so many times in a row
MOST_LOOKS = 12  # then a person has to find out


def done(operation: Operation, result: dict[str, Any]) -> None:
    _clear(operation)
    operation.state, operation.settled_at, operation.result = State.DONE, timezone.now(), result or {}


def failed(handler: Handler[Any, Any], operation: Operation, error: Exception, members: int = 1) -> AttemptState:
    """
    Settle an operation whose call raised; return what that makes of the attempt.

    :param members: how many operations the call carried
    """
    match error:
        case maventa.TemporaryError():
            postpone(handler, operation, error)
            return AttemptState.ANSWERED
        case maventa.ConfigurationError():
            end(operation, State.FAILED, "configuration", str(error), Remedy(error.staff_text))
            return AttemptState.ANSWERED
        case maventa.RejectedError() if _may_be_let_in_later(operation, error):
            turned_away(handler, operation, error)
            return AttemptState.ANSWERED
        case maventa.RejectedError():
            rejected(handler, operation, error, members)
            return AttemptState.REFUSED
        case _ if handler.weight == Weight.INWARD:
            postpone(handler, operation, error)  # it only reads: asking again does no harm
            return AttemptState.LOST
        case _:
            lost(handler, operation, describe(error))
            return AttemptState.LOST


def _may_be_let_in_later(operation: Operation, error: maventa.RejectedError) -> bool:
    """
    Tell whether even a new token was not accepted, and that not often enough in a row.

    It mostly means that a right is missing, and then it comes again. But all calls of a batch share their tokens, and
    one that ends while the others are under way says the same to all of them: none shall end for that.
    """
    is_about_token = error.status == 401 and not isinstance(error, maventa.AccessRefusedError)
    times = len(operation.error_details) if operation.error_code == TURNED_AWAY else 0
    return is_about_token and times < MOST_TURNED_AWAY


def turned_away(handler: Handler[Any, Any], operation: Operation, error: maventa.RejectedError) -> None:
    """Queue again what was not let in, as if it had not been tried: it was not taken up at all."""
    before = operation.error_details if operation.error_code == TURNED_AWAY else []
    postpone(handler, operation, error)
    operation.attempts -= 1
    operation.error_code, operation.error_details = TURNED_AWAY, [*before, describe(error)]


def unsent(operation: Operation) -> AttemptState:
    """The call was claimed but never begun: as if it had not been claimed."""
    operation.state, operation.not_before = State.QUEUED, timezone.now()
    operation.attempts -= 1
    return AttemptState.ANSWERED


def describe(error: Exception) -> str:
    """Return words for the row. Of an error that is not ours only its name: its text may hold anything."""
    return str(error) if isinstance(error, maventa.MaventaError) else type(error).__name__


def postpone(handler: Handler[Any, Any], operation: Operation, error: Exception) -> None:
    """Queue again after a pause, or give up when the attempts are spent."""
    if operation.attempts >= handler.max_attempts:
        text = _("It could not be carried out in %(count)d tries. Try again later.") % {"count": operation.attempts}
        end(operation, State.FAILED, "attempts", describe(error), Remedy(text))
        return
    operation.state, operation.error_text = State.QUEUED, describe(error)
    operation.error_code, operation.error_details = "", []
    operation.not_before = timezone.now() + timedelta(seconds=_pause(operation.attempts, error))


def _pause(attempts: int, error: Exception) -> float:
    asked = getattr(error, "retry_after", None)
    pause = min(PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE) if asked is None else float(asked)
    spread = random.uniform(0.75, 1.25) if asked is None else random.uniform(1.0, 1.1)  # noqa: S311  no secret
    return pause * spread


def rejected(handler: Handler[Any, Any], operation: Operation, error: maventa.RejectedError, members: int) -> None:
    """AutoInvoice said no: to all of a group, to a repeat of what may have gone through, or plainly."""
    if members > 1:  # each alone, so that one bad member does not refuse the others and learns its own reason
        operation.state, operation.group_key, operation.not_before = State.QUEUED, "", timezone.now()
        return
    code, text = error.remote
    remedy = handler.remedy(operation, error) or Remedy(error.staff_text)
    if handler.repeatable and operation.attempts > 1:
        lost(handler, operation, text)
        operation.error_code, operation.error_details = code, list(error.details)
        operation.remedy, operation.remedy_by = str(remedy.text), remedy.by
        return
    handler.on_refused(operation, error)
    end(operation, State.REFUSED, code, text, remedy, list(error.details))


def end(
    operation: Operation, state: State, code: str, text: str, remedy: Remedy, details: list[str] | None = None
) -> None:
    """End an operation in trouble, with what staff need to know."""
    operation.state, operation.settled_at, operation.named_case = state, timezone.now(), ""
    operation.error_code, operation.error_text, operation.error_details = code[:80], text, details or []
    operation.remedy, operation.remedy_by = str(remedy.text), remedy.by


def lost(handler: Handler[Any, Any], operation: Operation, text: str) -> None:
    """The call may have taken effect: look it up, or ask a person where there is nothing to look up."""
    operation.state, operation.error_text, operation.looks = State.UNKNOWN, text, 0
    operation.not_before = timezone.now()
    if not handler.resolvable:
        name_case(handler, operation)


def name_case(handler: Handler[Any, Any], operation: Operation, case: str = "") -> None:
    """Leave it to a person: the portal neither asks nor sends again by itself. The operation stays UNKNOWN, so open."""
    question = case or str(handler.named_case) or _("The answer was lost. Find out whether it took effect.")
    operation.state, operation.named_case = State.UNKNOWN, question[:200]
    operation.remedy = _("Look it up at AutoInvoice, then choose: it happened, or it did not and is sent again.")
    operation.remedy_by = "staff"


def judged(handler: Handler[Any, Any], operation: Operation, verdict: Verdict[Any]) -> None:
    """Apply what a look-up found. `Found` is settled by the handler, inside the caller's transaction."""
    match verdict:
        case Found(sent=sent):
            done(operation, handler.settle(operation, sent))
        case NotThere():
            _not_there(handler, operation)
        case CannotTell(why=why, for_a_person=True):
            operation.error_text = why or operation.error_text
            name_case(handler, operation)
        case CannotTell(why=why):
            cannot_tell(handler, operation, why)


def _not_there(handler: Handler[Any, Any], operation: Operation) -> None:
    counts_at = grace_ends(handler, operation)
    if timezone.now() < counts_at:
        operation.not_before = counts_at
    elif operation.attempt is not None and operation.attempt.state == AttemptState.REFUSED:
        # A repeat was refused and the first try left nothing behind: the refusal was meant.
        operation.state, operation.settled_at = State.REFUSED, timezone.now()
        said = operation.error_code, operation.error_text, tuple(operation.error_details)
        handler.on_refused(operation, maventa.RejectedError(400, *said))
    elif operation.attempts >= handler.max_attempts:
        text = _("The answer was lost every time, and nothing has arrived. Try again later.")
        end(operation, State.FAILED, "attempts", operation.error_text, Remedy(text))
    else:
        operation.state, operation.not_before = State.QUEUED, timezone.now()


def grace_ends(handler: Handler[Any, Any], operation: Operation) -> datetime:
    """Return when "not there" counts: later than the call can still take effect."""
    grace = handler.grace if handler.grace is not None else float(settings.RESOLVE_GRACE)
    return operation.asked_at + timedelta(seconds=max(grace, deadline_of(handler)))


def cannot_tell(handler: Handler[Any, Any], operation: Operation, why: str) -> None:
    """Look again later, ever more rarely; after many look-ups it is a person's."""
    operation.error_text = why or operation.error_text
    if operation.looks >= MOST_LOOKS:
        name_case(handler, operation, _("It could not be looked up. Find out whether it took effect."))
        return
    pause = min(LOOK_PAUSE * 2 ** max(operation.looks - 1, 0), LONGEST_LOOK_PAUSE)
    operation.not_before = timezone.now() + timedelta(seconds=pause)


def _clear(operation: Operation) -> None:
    operation.error_code = operation.error_text = operation.remedy = operation.remedy_by = operation.named_case = ""
    operation.error_details = []
