"""How a request looks on the desk: its pills, its time left, and what to do next, in staff words."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from companies.desk.listing import SOON, Group
from companies.enums import AuthorizationState, AuthState, Problem, ReminderState
from companies.models import Authorization, Reminder
from companies.request_fields import LOCALE_NAMES
from portal.partners.models import Method
from portal.pills import pill

_STATES: dict[str, tuple[str | Promise, str, str]] = {
    AuthorizationState.OPEN: (gettext_lazy("Waiting for signature"), "warn", "signature"),
    AuthorizationState.EXPIRED: (gettext_lazy("Expired"), "bad", "timer_off"),
    AuthorizationState.DECLINED: (gettext_lazy("Canceled or declined"), "bad", "block"),
}
_PROBLEMS: dict[str, tuple[str | Promise, str, str]] = {
    Problem.BOUNCED: (gettext_lazy("Our reminder bounced"), "bad", "unsubscribe"),
    Problem.WRONG_PERSON: (gettext_lazy("Wrong person"), "bad", "person_off"),
}


@dataclass(frozen=True, slots=True)
class Row:
    request: Authorization
    pills: list[SafeString]
    channel: str
    language: str
    age: str
    left: str  # "" where nothing runs out
    is_urgent: bool
    opened: str
    next_step: str
    reminded: str
    note: str
    who: str


@dataclass(frozen=True, slots=True)
class RowGroup:
    signer: str
    signer_key: str
    words: str  # "Maija Virtanen signs for 14 companies"
    rows: list[Row] = field(default_factory=list)
    is_many: bool = False
    more: int = 0  # of the same signer, on other pages


def group(found: Group, now: datetime) -> RowGroup:
    """Return one signer's requests as they are shown."""
    signer = found.first.signer_name or found.first.email
    words = ngettext("%(signer)s signs for %(count)d company", "%(signer)s signs for %(count)d companies", found.in_all)
    return RowGroup(
        signer=signer,
        signer_key=found.signer_key,
        words=words % {"signer": signer, "count": found.in_all},
        rows=[row(request, now) for request in found.requests],
        is_many=found.is_many,
        more=found.in_all - len(found.requests),
    )


def row(request: Authorization, now: datetime) -> Row:
    """Return one request as it is shown."""
    left = request.expires_at - now if request.expires_at and request.state == AuthorizationState.OPEN else None
    return Row(
        request=request,
        pills=_pills(request, now),
        channel=str(Method(request.method).label),
        language=str(LOCALE_NAMES.get(request.locale, request.locale)),
        age=timesince(request.requested_at, now, depth=1),
        left=_left(request, now),
        is_urgent=left is not None and left < SOON,
        opened=opened(request),
        next_step=next_step(request, now),
        reminded=_reminded(list(request.reminders.all()), now),
        note=request.problem_note,
        who=str(request.requested_by or _("the portal")),
    )


def opened(request: Authorization) -> str:
    """
    Tell whether the signer opened the request, where a fact says so.

    AutoInvoice tells of no opening: only what needs the page to be open, a signature, proves it.
    """
    if request.company.auth_state == AuthState.SIGNED:
        return _("yes, signed")
    return _("not known")


def next_step(request: Authorization, now: datetime) -> str:
    """Say what staff should do about a request."""
    if request.problem == Problem.WRONG_PERSON:
        return _("Reissue to the person who may sign.")
    if request.problem == Problem.BOUNCED:
        return _("Ask the customer for a working address, then reissue to it.")
    if request.state == AuthorizationState.DECLINED:
        return _("Canceled at Visma Sign, most often by the signer. Ask the customer why, then reissue.")
    if request.state == AuthorizationState.EXPIRED or request.has_run_out(now):
        return _("The link lived seven days. Ask who will really sign, then reissue.")
    if request.expires_at is None:
        return _("AutoInvoice checks the proof from our own process. After a day ask its support.")
    if request.company.auth_state == AuthState.SIGNED:
        return _("Signed. AutoInvoice verifies the company in a moment.")
    if request.expires_at - now < SOON:
        return _("Remind the signer now, or reissue.")
    return _("Wait, or remind the signer.")


def _pills(request: Authorization, now: datetime) -> list[SafeString]:
    state = AuthorizationState.EXPIRED if request.has_run_out(now) else request.state
    shown = _STATES.get(state, (request.get_state_display(), "neutral", "help"))
    if request.expires_at is None and request.state == AuthorizationState.OPEN:
        shown = (_("Being checked"), "info", "hourglass_top")
    found = [pill(*shown)]
    if request.problem:
        found.append(pill(*_PROBLEMS.get(request.problem, (request.problem, "bad", "error"))))
    return found


def _left(request: Authorization, now: datetime) -> str:
    if request.expires_at is None or request.state != AuthorizationState.OPEN:
        return ""
    if request.expires_at <= now:
        return _("none")
    if request.expires_at - now < timedelta(minutes=1):
        return _("less than a minute")
    return timeuntil(request.expires_at, now, depth=2)


def _reminded(sent: list[Reminder], now: datetime) -> str:
    arrived = [reminder for reminder in sent if reminder.state == ReminderState.SENT]
    if not arrived:
        return ""
    latest: Any = max(reminder.sent_at for reminder in arrived)
    text = ngettext("reminded %(ago)s ago", "reminded %(count)d times, last %(ago)s ago", len(arrived))
    return text % {"count": len(arrived), "ago": timesince(latest, now, depth=1)}
