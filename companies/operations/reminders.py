"""
Reminding a signer by e-mail.

One mail carries all companies of one signer that are due together. A mail cannot be looked up once it is away: when it
is unknown whether it went, a person decides. Its Message-ID is made of the first operation's id, so that the mail
server's log, and a bounce, lead back here.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import dossier, mirrors, services
from companies.dossier import evidence
from companies.enums import USABLE_STATES, AuthorizationState, AuthState, Problem, ReminderState
from companies.models import Authorization, Reminder
from companies.reminders import letters as reminders
from portal import maventa
from portal.operations import registry
from portal.operations.handlers import Calls, Handler, NotQueueableError, Remedy, WillNotHappenError
from portal.operations.models import Operation
from portal.outbound import mailing
from portal.partners.models import Method

FRESH = timedelta(minutes=5)  # a mirror this young is believed; an older one is asked before a mail goes
BY_HAND = "hand"
_SETTLED = (AuthState.SIGNED, AuthState.CANCELED)


class RemindParameters(msgspec.Struct, frozen=True, kw_only=True):
    stage: str  # "48h", "hand:2026-11-21": one mail for each request, occasion and address
    email: str


class RemindRequest(msgspec.Struct, frozen=True, kw_only=True):
    addressed: reminders.Addressed
    message_id: str
    stale: list[UUID]  # companies to ask AutoInvoice about first


class Reminded(msgspec.Struct, frozen=True, kw_only=True):
    message_id: str  # "": nobody was left to remind
    about: set[UUID]  # companies that the mail names
    seen: dict[UUID, services.CompanyStatus]
    seen_at: datetime


@registry.register
class Remind(Handler[RemindRequest, Reminded]):
    """A mail to the signer of requests that can still be signed."""

    kind = "companies.remind"
    label = _("Remind signer")
    verb = _("Send reminder")
    target = "companies.Authorization"
    permission = "companies.remind_signer"
    Parameters = RemindParameters
    related = ("account", "company", "reminders")
    group = 50
    deadline = 60.0
    resolvable = False
    named_case = _("It is not known whether the mail went. Look for its Message-ID in the mail server's log.")

    def check(self, target: Authorization, parameters: RemindParameters) -> None:
        if not reminders.is_possible():
            raise NotQueueableError(_("No mail server is set up."), _("Ask an administrator to set EMAIL_URL."))
        check_can_remind(target, parameters)

    def missing(self, operation: Operation) -> set[str]:
        try:
            check_can_remind(_request(operation), self.parameters_of(operation))
        except NotQueueableError as error:
            raise WillNotHappenError(error.reason) from None
        return set()

    def group_key(self, operation: Operation) -> str:
        wanted, request = self.parameters_of(operation), _request(operation)
        parts = (wanted.email.lower(), reminders.language_of(request.locale), wanted.stage, request.signer_name)
        return "|".join(parts)[:200]

    def prepare(self, members: list[Operation]) -> RemindRequest:
        requests = [_request(member) for member in members]
        addressed = reminders.address(requests, to=self.parameters_of(members[0]).email)
        old = timezone.now() - FRESH
        return RemindRequest(
            addressed=addressed,
            message_id=reminders.message_id_of(members[0].uuid, _mailbox(addressed.sender)),
            stale=[one.company.uuid for one in requests if (one.company.auth_at or one.requested_at) < old],
        )

    def before(self, request: RemindRequest) -> dict[str, Any]:
        return {"message_id": request.message_id}

    def send(self, request: RemindRequest, calls: Calls) -> Reminded:
        at = timezone.now()
        seen = _ask(request.stale, calls)
        about = {company for company in request.addressed.companies if not _is_settled(seen.get(company))}
        if not about:
            return Reminded(message_id="", about=set(), seen=seen, seen_at=at)
        mailing.MailService().send(reminders.write(request.addressed, request.message_id, about))
        return Reminded(message_id=request.message_id, about=about, seen=seen, seen_at=at)

    def settle(self, operation: Operation, sent: Reminded) -> dict[str, Any]:
        company = _request(operation).company
        status = sent.seen.get(company.uuid)
        if status is not None:
            mirrors.write_status(company, status, sent.seen_at)
        if company.uuid not in sent.about:
            return {"sent": False, "why": str(_("Settled meanwhile: nobody needs a reminder."))}
        _note(operation, sent.message_id, ReminderState.SENT)
        return {"sent": True, "message_id": sent.message_id}

    def on_confirmed(self, operation: Operation) -> dict[str, Any]:
        message_id = str((operation.attempt.before if operation.attempt else {}).get("message_id", ""))
        _note(operation, message_id, ReminderState.SENT)
        return {"sent": True, "message_id": message_id}

    def on_refused(self, operation: Operation, error: maventa.RejectedError) -> None:
        if error.code != mailing.RECIPIENT_REFUSED:
            return
        reminder = _note(operation, "", ReminderState.BOUNCED, error.text)
        reminders.blame_address(operation.account_id, reminder.email, error.text, timezone.now())

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        if error.code == mailing.RECIPIENT_REFUSED:
            return Remedy(_("The mail server refuses this address. Ask the customer, and reissue to another one."))
        if error.code == mailing.SENDER_REFUSED:
            return Remedy(_("The mail server refuses our sender's address. Mend it under Reminders."))
        if error.code == mailing.MESSAGE_REFUSED:
            return Remedy(_("The mail server refuses this mail. Change the text, or ask who runs the server."))
        return None


def check_can_remind(request: Authorization, wanted: RemindParameters) -> None:
    """:raises NotQueueableError: nothing to sign any more, or a reminder would not help"""
    now = timezone.now()
    if request.company.state in USABLE_STATES or request.company.auth_state == AuthState.SIGNED:
        raise NotQueueableError(_("It is signed already."))
    if request.method != Method.VISMA_SIGN:
        raise NotQueueableError(_("Nobody signs this one: the proof comes from our own process."))
    if not request.can_be_signed(now):
        raise NotQueueableError(
            _("This request cannot be signed any more: %(state)s.") % {"state": _state_of(request, now)},
            _("Reissue it: a new request gets a new link."),
        )
    if request.problem == Problem.WRONG_PERSON:
        raise NotQueueableError(_("Staff marked the signer as the wrong person."), _("Reissue to the right one."))
    if request.problem == Problem.BOUNCED and wanted.email.lower() == request.email.lower():
        raise NotQueueableError(_("A reminder to this address bounced."), _("Reissue to another address."))
    _check_once(request, wanted)


def _check_once(request: Authorization, wanted: RemindParameters) -> None:
    same = (wanted.stage, wanted.email.lower())
    if any((one.stage, one.email.lower()) == same for one in request.reminders.all()):
        raise NotQueueableError(
            _("A reminder has gone to %(email)s on this occasion.") % {"email": wanted.email},
            _("By hand, one can be sent each day."),
        )


def _state_of(request: Authorization, now: datetime) -> str:
    return str(AuthorizationState.EXPIRED.label if request.has_run_out(now) else request.get_state_display())


def by_hand(request: Authorization, email: str = "") -> RemindParameters:
    """Return what a reminder that staff send today is."""
    return RemindParameters(stage=f"{BY_HAND}:{timezone.localdate():%Y-%m-%d}", email=email or request.email)


def _request(operation: Operation) -> Authorization:
    target = operation.target
    if not isinstance(target, Authorization):
        raise TypeError(f"operation {operation.pk} is about {type(target).__name__}")
    return target


def _mailbox(sender: str) -> str:
    return sender.rpartition("<")[2].strip("<> ")


def _ask(companies: list[UUID], calls: Calls) -> dict[UUID, services.CompanyStatus]:
    """Look companies up; a look that fails is no reason to send a mail that may be wrong, so it is let out."""
    if not companies:
        return {}
    service = services.AuthorizationService(calls(None))
    try:
        return {company: service.status(company) for company in companies}
    except maventa.OutcomeUnknownError as error:  # it only reads
        raise maventa.TemporaryError(reason=str(error)) from error


def _is_settled(status: services.CompanyStatus | None) -> bool:
    return status is not None and (status.company_state in USABLE_STATES or status.auth_state in _SETTLED)


def _note(operation: Operation, message_id: str, state: ReminderState, said: str = "") -> Reminder:
    request, wanted = _request(operation), Remind().parameters_of(operation)
    now = timezone.now()
    bounced = state == ReminderState.BOUNCED
    reminder, _is_new = Reminder.objects.update_or_create(
        authorization=request,
        stage=wanted.stage,
        email=wanted.email.lower(),
        defaults={
            "account_id": operation.account_id,
            "operation_id": operation.pk,
            "message_id": message_id,
            "locale": reminders.language_of(request.locale),
            "state": state,
            "sent_at": operation.attempt.started_at if operation.attempt else now,
            "bounced_at": now if bounced else None,
            "bounce_text": said[:500],
        },
    )
    dossier.add([evidence.of_reminder(reminder, request, operation.actor_id)])
    return reminder
