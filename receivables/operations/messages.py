"""Writing to agencies, once; flags and marks on what they write."""

import uuid
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import remedies
from portal import maventa
from portal.operations import queueing, registry
from portal.operations.handlers import Calls, Found, Handler, NotQueueableError, NotThere, Remedy, Verdict
from portal.operations.models import Operation
from receivables import wire
from receivables.enums import Origin
from receivables.messages import mirror as messages_mirror
from receivables.models import Message, MessageDraft, MessageThread
from receivables.services.messages import MessageService

_FORMS = uuid.UUID("1c5a4b60-58c5-4b0f-9c43-2a7f6d1f5e0b")
_SENT_ALREADY = _("This message was sent already.")


class SendRequest(msgspec.Struct, frozen=True):
    company: UUID
    thread: str  # "": the message opens the thread of `case`
    case: str
    text: str
    known: frozenset[str]  # ids of messages with the same words that were there before


def _draft_of(operation: Operation) -> MessageDraft:
    target = operation.target
    if not isinstance(target, MessageDraft):
        raise TypeError(f"operation {operation.pk} is about {type(target).__name__}")
    return target


@registry.register
class SendMessage(Handler[SendRequest, wire.Message]):
    """
    A written message goes to the agency.

    The call carries no id of ours. A lost answer is looked up in the thread: a message of the company with these words
    that was not there before is ours.
    """

    kind = "receivables.send_message"
    label = _("Write to the agency")
    verb = _("Send")
    target = "receivables.MessageDraft"
    permission = "receivables.answer_messages"
    related = ("account", "company", "thread")

    def check(self, target: MessageDraft, parameters: Any) -> None:
        if not target.text.strip():
            raise NotQueueableError(_("The message is empty."))
        if not target.thread_id and not target.case_id:
            raise NotQueueableError(_("The message belongs to no thread and no assignment."))

    def prepare(self, members: list[Operation]) -> SendRequest:
        draft = _draft_of(members[0])
        text = draft.text.strip()
        ours = Message.objects.filter(thread__company=draft.company_id, sender=Origin.COMPANY)
        ours = ours.filter(thread=draft.thread_id) if draft.thread_id else ours
        # The words are encrypted, so they are compared here.
        known = frozenset(message.remote_id for message in ours.only("remote_id", "text") if message.text == text)
        thread = draft.thread.remote_id if draft.thread else ""
        return SendRequest(draft.company.uuid, thread, draft.case_id, text, known)

    def before(self, request: SendRequest) -> dict[str, Any]:
        return {"known": sorted(request.known)}

    def send(self, request: SendRequest, calls: Calls) -> wire.Message:
        service = MessageService(calls(request.company))
        if request.thread:
            return service.write(request.thread, request.text)
        return service.write_about_case(request.case, request.text)

    def settle(self, operation: Operation, sent: wire.Message) -> dict[str, Any]:
        draft = _draft_of(operation)
        thread = draft.thread or messages_mirror.thread_for(draft.company, sent, draft.case_id)
        if thread is not None:
            messages_mirror.note_sent(
                thread, msgspec.structs.replace(sent, text=draft.text.strip(), sender=Origin.COMPANY.value)
            )
            MessageDraft.objects.filter(pk=draft.pk).update(thread=thread)
        return {"message": sent.id}

    def resolve(
        self, request: SendRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[wire.Message]:
        service, known = MessageService(calls(request.company)), set(before.get("known", request.known))
        there = service.messages(request.thread) if request.thread else service.messages_of_case(request.case)
        for message in reversed(there):
            if message.sender == Origin.COMPANY and message.text == request.text and message.id not in known:
                return Found(message)
        return NotThere()

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        if error.status == 404:
            return Remedy(_("The agency does not know this thread or assignment any more. Look at its page."))
        return remedies.remedy_for(error)


class FlagParameters(msgspec.Struct, frozen=True):
    flagged: bool


class FlagRequest(msgspec.Struct, frozen=True):
    company: UUID
    thread: str
    flagged: bool


def _thread_of(operation: Operation) -> MessageThread:
    target = operation.target
    if not isinstance(target, MessageThread):
        raise TypeError(f"operation {operation.pk} is about {type(target).__name__}")
    return target


@registry.register
class FlagThread(Handler[FlagRequest, None]):
    """The thread carries a flag at AutoInvoice, or no longer."""

    kind = "receivables.flag_thread"
    label = _("Flag a thread")
    verb = _("Flag")
    target = "receivables.MessageThread"
    permission = "receivables.answer_messages"
    Parameters = FlagParameters
    related = ("account", "company")

    def prepare(self, members: list[Operation]) -> FlagRequest:
        thread = _thread_of(members[0])
        return FlagRequest(thread.company.uuid, thread.remote_id, self.parameters_of(members[0]).flagged)

    def send(self, request: FlagRequest, calls: Calls) -> None:
        MessageService(calls(request.company)).flag(request.thread, flagged=request.flagged)

    def settle(self, operation: Operation, sent: None) -> dict[str, Any]:
        flagged = self.parameters_of(operation).flagged
        MessageThread.objects.filter(pk=_thread_of(operation).pk).update(flagged=flagged, fact_at=timezone.now())
        return {"flagged": flagged}

    def resolve(
        self, request: FlagRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[None]:
        told = MessageService(calls(request.company)).thread(request.thread)
        return Found(None) if bool(told.flagged) == request.flagged else NotThere()


class SeenParameters(msgspec.Struct, frozen=True):
    messages: list[str]  # AutoInvoice's ids


class SeenRequest(msgspec.Struct, frozen=True):
    company: UUID
    thread: str
    messages: list[str]


@registry.register
class MarkSeen(Handler[SeenRequest, None]):
    """What the agency wrote was read here; marking it twice is marking it once."""

    kind = "receivables.mark_messages_seen"
    label = _("Mark messages as seen")
    verb = _("Mark as seen")
    target = "receivables.MessageThread"
    permission = "receivables.answer_messages"
    Parameters = SeenParameters
    related = ("account", "company")

    def prepare(self, members: list[Operation]) -> SeenRequest:
        thread = _thread_of(members[0])
        return SeenRequest(thread.company.uuid, thread.remote_id, self.parameters_of(members[0]).messages)

    def send(self, request: SeenRequest, calls: Calls) -> None:
        service = MessageService(calls(request.company))
        for message in request.messages:
            service.mark_seen(message)

    def settle(self, operation: Operation, sent: None) -> dict[str, Any]:
        messages = self.parameters_of(operation).messages
        messages_mirror.note_seen(_thread_of(operation), messages)
        return {"seen": len(messages)}

    def resolve(
        self, request: SeenRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[None]:
        told = MessageService(calls(request.company)).messages(request.thread)
        seen = {message.id for message in told if message.seen}
        return Found(None) if seen.issuperset(request.messages) else NotThere()


def send(draft: MessageDraft, user: Any, form: str = "") -> Operation:
    """
    Queue a draft's message, once: a draft is queued once, and so are the same words of one form, however often its
    button is pressed.

    :param form: tells this form, as it was shown, from others
    :raises NotQueueableError: it is empty, or was sent already
    """
    try:
        with transaction.atomic():
            return _queue(draft, user, form)
    except IntegrityError:  # the form came before: what it said a second time is no draft either
        MessageDraft.objects.filter(pk=draft.pk, queued_at=None).delete()
        raise NotQueueableError(_SENT_ALREADY) from None


def _queue(draft: MessageDraft, user: Any, form: str) -> Operation:
    held = (
        MessageDraft.objects.select_for_update(of=("self",))
        .select_related("account", "company", "thread")
        .get(pk=draft.pk)
    )
    if held.queued_at is not None:
        raise NotQueueableError(_SENT_ALREADY)
    operation = queueing.queue(SendMessage.kind, held, account=held.account, actor=user)
    held.queued_at = timezone.now()
    held.form_key = uuid.uuid5(_FORMS, f"{form}\n{held.text}") if form else None
    held.save(update_fields=["queued_at", "form_key"])
    return operation


def unseen_of(thread: MessageThread) -> Sequence[str]:
    """Return the ids of messages of the agency that nobody has marked."""
    return list(thread.messages.filter(seen=False).exclude(sender=Origin.COMPANY).values_list("remote_id", flat=True))
