"""
Bounces: a delivery status notification (RFC 3464) that came back for a reminder.

Found by the Message-ID of the mail that it returns; what it says of other mails is nobody's business here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Any

from django.db import transaction
from django.utils import timezone

from companies.models import Reminder
from companies.operations.reminders import Remind
from companies.reminders import letters as reminders
from portal.operations import decisions
from portal.operations.models import Operation
from portal.outbound.mailing import one_line

LARGEST = 2**20  # bytes; a notification is far smaller


class NotANotificationError(ValueError):
    """The mail is no delivery status notification; the argument says what it lacks."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a notification says about one mail."""

    message_id: str  # of the mail that came back; "" when the notification does not hold it
    has_failed: bool  # for good; False: delayed, or delivered after all
    said: str


def read(content: bytes) -> Bounce:
    """:raises NotANotificationError: the mail is something else, or too large to be one"""
    if len(content) > LARGEST:
        raise NotANotificationError("larger than any delivery status notification")
    mail = BytesParser(policy=policy.default).parsebytes(content)
    fields = list(_fields(mail))
    if not fields:
        raise NotANotificationError("no part of the type message/delivery-status")
    failed = [part for part in fields if _field(part, "Action").lower() == "failed"]
    said = _words(failed[0]) if failed else ""
    return Bounce(_returned_id(mail), bool(failed), said)


def apply(bounce: Bounce) -> int | None:
    """
    Write what a bounce means; returns how many requests on the desk it marks, None: it is about no reminder of ours.

    A bounce also tells that a mail went whose fate was unknown.
    """
    operation_uuid = reminders.operation_in(bounce.message_id)
    if operation_uuid is None:
        return None
    first = Operation.objects.filter(uuid=operation_uuid, kind=Remind.kind).first()
    if first is None:
        return None
    if not bounce.has_failed:
        return 0
    with transaction.atomic():
        _confirm(first)
        sent = Reminder.objects.filter(account=first.account_id, message_id=_bracketed(bounce.message_id))
        return reminders.mark_bounced(list(sent.select_for_update()), bounce.said, timezone.now())


def _confirm(first: Operation) -> None:
    """Settle the named cases of this mail: it came back, so it had gone."""
    unknown = Operation.objects.named_cases().filter(kind=Remind.kind, attempt=first.attempt_id)
    if first.attempt_id is not None:
        decisions.confirm_many(list(unknown.values_list("pk", flat=True)), None)


def _fields(mail: EmailMessage) -> Iterator[Any]:
    """Yield the groups of fields of a notification: one about the mail, then one for each recipient."""
    for part in mail.walk():
        if part.get_content_type() == "message/delivery-status":
            groups = part.get_payload()
            yield from groups if isinstance(groups, list) else ()


def _returned_id(mail: EmailMessage) -> str:
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner: Any = part.get_payload(0)
            return _field(inner, "Message-ID")
        if kind == "text/rfc822-headers":
            headers = BytesParser(policy=policy.default).parsebytes(part.get_payload(decode=True) or b"")  # type: ignore[arg-type]
            return _field(headers, "Message-ID")
    return ""


def _words(part: Any) -> str:
    recipient = _field(part, "Final-Recipient").rpartition(";")[2].strip()
    code = _field(part, "Diagnostic-Code").partition(";")[2].strip() or _field(part, "Status")
    return one_line(f"{recipient}: {code}")[:500]


def _field(part: Any, name: str) -> str:
    try:
        return str(part.get(name, "")).strip()
    except (ValueError, IndexError, AttributeError):  # a header that the parser itself cannot read
        return ""


def _bracketed(message_id: str) -> str:
    return f"<{message_id.strip().strip('<>')}>"
