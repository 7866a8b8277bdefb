"""Writing threads and messages as AutoInvoice told them: by the feed, by looks, and by what was sent."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from companies.models import Company
from portal.sync.upsert import Written, upsert
from receivables import personal, wire
from receivables.enums import Origin
from receivables.models import Message, MessageThread

THREAD_KEY = ("account", "company", "remote_id")
THREAD_COLUMNS = (
    "assignment_remote_id", "subject", "flagged", "unseen", "latest_text", "latest_sender", "latest_at",
)  # fmt: skip


def thread_row(company: Company, told: wire.MessageThread, at: datetime) -> MessageThread:
    """Return an unsaved row; a new one, or one with news, has its messages read at once."""
    latest = told.latest
    moment = (latest.sent_at if latest else None) or told.updated_at or told.created_at or at
    return MessageThread(
        account_id=company.account_id,
        company=company,
        remote_id=told.id,
        assignment_remote_id=told.assignment_id or "",
        subject=personal.hidden(told.subject or "")[:300],
        flagged=bool(told.flagged),
        unseen=max(told.unseen or 0, 0),
        latest_text=(latest.text if latest else "") or "",
        latest_sender=((latest.sender if latest else "") or "")[:40],
        latest_at=moment,
        created_at=told.created_at or moment,
        fact_at=at,
        next_check_at=at,
    )


def write_threads(rows: Sequence[MessageThread]) -> None:
    """Write threads as they were looked at; what changed meanwhile is looked at again."""
    note_news(upsert(MessageThread, rows, key=THREAD_KEY, columns=THREAD_COLUMNS))


def note_news(written: Written) -> None:
    """Have the messages of threads with news read; such a thread wakes from its sleep."""
    if written.updated:
        changed = MessageThread.objects.filter(pk__in=written.updated)
        changed.update(next_check_at=timezone.now())
        changed.filter(unseen__gt=0).update(snoozed_until=None)


def write_messages(thread: MessageThread, told: Sequence[wire.Message], at: datetime) -> int:
    """Write messages of a thread; returns how many are new or changed."""
    rows = [
        Message(
            account_id=thread.account_id,
            thread=thread,
            remote_id=message.id,
            text=message.text or "",
            sender=(message.sender or "")[:40],
            author=(message.author or "")[:200],
            sent_at=message.sent_at or at,
            seen=bool(message.seen) or message.sender == Origin.COMPANY,
            fact_at=at,
        )
        for message in told
    ]
    return len(upsert(Message, rows, key=("account", "thread", "remote_id"), columns=("sender", "author", "seen")).news)


def note_seen(thread: MessageThread, remote_ids: Sequence[str]) -> None:
    """Write that AutoInvoice took messages as seen."""
    now = timezone.now()
    thread.messages.filter(remote_id__in=remote_ids).update(seen=True, fact_at=now)
    MessageThread.objects.filter(pk=thread.pk).update(unseen=thread.messages.filter(seen=False).count(), fact_at=now)


def note_sent(thread: MessageThread, told: wire.Message) -> None:
    """Write a message of ours that AutoInvoice took."""
    now = timezone.now()
    write_messages(thread, [told], now)
    MessageThread.objects.filter(pk=thread.pk).update(
        latest_text=told.text or "",
        latest_sender=Origin.COMPANY,
        latest_at=told.sent_at or now,
        fact_at=now,
        next_check_at=now,
    )


def thread_for(company: Company, told: wire.Message, case_id: str) -> MessageThread | None:
    """Return the thread of a message that was written about an assignment; None where AutoInvoice names none."""
    if not told.thread_id:
        return None
    # Older than whatever a look brings: subject and flag are told by the thread itself.
    defaults: dict[str, Any] = {
        "assignment_remote_id": told.assignment_id or case_id,
        "fact_at": company.created_at,
        "next_check_at": timezone.now(),
    }
    thread, _made = MessageThread.objects.get_or_create(
        account_id=company.account_id, company=company, remote_id=told.thread_id, defaults=defaults
    )
    return thread
