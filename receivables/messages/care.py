"""What staff do with a thread among themselves: who answers, sleep, notes, drafts, the assignment it is about."""

from datetime import timedelta
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from receivables.models import Assignment, MessageDraft, MessageThread, ReplyTemplate, ThreadNote
from receivables.models.messages import MOST_LETTERS

SLEEPS: dict[str, tuple[str | Promise, timedelta]] = {
    "4h": (gettext_lazy("4 hours"), timedelta(hours=4)),
    "1d": (gettext_lazy("1 day"), timedelta(days=1)),
    "3d": (gettext_lazy("3 days"), timedelta(days=3)),
    "7d": (gettext_lazy("a week"), timedelta(days=7)),
}
_MOST_COLLEAGUES = 200


class CareError(Exception):
    """What staff asked for cannot be; the text is for them."""


def colleagues(thread: MessageThread) -> list[Any]:
    """Return who may be given the thread: active staff of its account, superusers too."""
    users = get_user_model().objects.filter(is_active=True, is_staff=True)
    mine = Q(pk__in=thread.account.staff.values("pk")) | Q(is_superuser=True)
    return list(users.filter(mine).order_by("username")[:_MOST_COLLEAGUES])


@transaction.atomic
def assign(thread: MessageThread, given: str, actor: Any) -> None:
    """:raises CareError: not a colleague of this account"""
    chosen = next((user for user in colleagues(thread) if str(user.pk) == given), None) if given else None
    if given and chosen is None:
        raise CareError(_("This person does not work for the account."))
    thread.assignee = chosen
    thread.save(update_fields=["assignee"])
    _log(thread, actor, _("Given to %(who)s.") % {"who": chosen} if chosen else _("Given to nobody."))


@transaction.atomic
def sleep(thread: MessageThread, length: str, actor: Any) -> None:
    """:raises CareError: no such length"""
    if length and length not in SLEEPS:
        raise CareError(_("Choose how long the thread shall sleep."))
    thread.snoozed_until = timezone.now() + SLEEPS[length][1] if length else None
    thread.save(update_fields=["snoozed_until"])
    _log(thread, actor, _("Put to sleep.") if length else _("Woken."))


def note(thread: MessageThread, text: str, actor: Any) -> None:
    """:raises CareError: empty or too long"""
    ThreadNote.objects.create(thread=thread, author=actor, text=_checked(text))


@transaction.atomic
def attach(thread: MessageThread, named: str, actor: Any) -> None:
    """
    Say which assignment a thread is about, by its id or its invoice number; "" takes it off.

    :raises CareError: the company has no single assignment of that name
    """
    named = named.strip()
    rows = Assignment.objects.filter(account=thread.account_id, company=thread.company_id)
    found = list(rows.filter(Q(remote_id=named) | Q(invoice_number=named))[:2]) if named else []
    if named and len(found) != 1:
        raise CareError(_("The company has no single assignment of this id or invoice number."))
    thread.attached_to = found[0].remote_id if found else ""
    thread.save(update_fields=["attached_to"])
    _log(thread, actor, _("Attached to %(what)s.") % {"what": found[0]} if found else _("Attached to nothing."))


def draft_for(thread: MessageThread, user: Any) -> MessageDraft | None:
    """Return what this person has begun to write to the thread."""
    return MessageDraft.objects.filter(thread=thread, user=user, queued_at=None).first()


def save_draft(thread: MessageThread, user: Any, text: str) -> MessageDraft:
    """
    Keep what is being written.

    :raises CareError: too long
    """
    if len(text) > MOST_LETTERS:
        raise CareError(_("A message has at most %(most)d characters.") % {"most": MOST_LETTERS})
    draft, _made = MessageDraft.objects.update_or_create(
        user=user,
        thread=thread,
        company=thread.company,
        case_id="",
        queued_at=None,
        defaults={"text": text, "updated_at": timezone.now(), "account": thread.account},
    )
    return draft


def draft_about(assignment: Assignment, user: Any, text: str) -> MessageDraft:
    """
    Keep a message about an assignment; it goes to the thread where there is one already.

    :raises CareError: empty or too long
    """
    draft, _made = MessageDraft.objects.update_or_create(
        user=user,
        thread=None,
        company=assignment.company,
        case_id=assignment.remote_id,
        queued_at=None,
        defaults={"text": _checked(text), "updated_at": timezone.now(), "account": assignment.account},
    )
    return draft


def filled(template: ReplyTemplate, thread: MessageThread, user: Any) -> str:
    """Return a template's text with this thread's names; unknown places stay as they are written."""
    case = thread.assignment()
    known = {
        "{company}": str(thread.company),
        "{number}": case.invoice_number if case else "",
        "{debtor}": case.debtor_name if case else "",
        "{me}": user.get_full_name() or user.get_username(),
    }
    text = template.text
    for place, value in known.items():
        text = text.replace(place, value)
    return text


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise CareError(_("Write something first."))
    if len(text) > MOST_LETTERS:
        raise CareError(_("A message has at most %(most)d characters.") % {"most": MOST_LETTERS})
    return text


def _log(thread: MessageThread, actor: Any, text: str) -> None:
    LogEntry.objects.log_actions(actor.pk, [thread], CHANGE, change_message=text)
