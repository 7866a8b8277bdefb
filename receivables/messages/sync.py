"""Messages of agencies: the threads of each company are listed, and those with news are read whole."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from portal import maventa
from portal.partners.models import PartnerAccount
from portal.sync import cursors, paces, registry
from portal.sync.feeds import Feed, Look, Page, Place, Scope, Watch, Window
from portal.sync.models import Cursor
from portal.sync.upsert import Written
from receivables import wire
from receivables.enums import Agency, Origin
from receivables.messages import mirror as messages_mirror
from receivables.models import CollectionService, MessageThread
from receivables.services.messages import MessageService

_AT_ONCE = 1000
_ANSWERED_WITHIN = timedelta(days=3)  # so long a thread is looked at by itself after a message of ours


@registry.register
class ThreadFeed(Feed[wire.MessageThread]):
    """All threads of one company: the list says neither what changed nor since when, but each one's newest message."""

    name = "receivables.message_threads"
    label = _("Messages of agencies")
    scope = Scope.COMPANY
    every = timedelta(minutes=2)
    slowest = timedelta(minutes=30)
    model = MessageThread
    key = messages_mirror.THREAD_KEY
    columns = messages_mirror.THREAD_COLUMNS

    def pages(
        self, client: maventa.Client, window: Window, position: dict[str, Any]
    ) -> Iterator[Page[wire.MessageThread]]:
        for threads in MessageService(client).threads():
            yield Page(threads)

    def rows(self, place: Place, items: list[wire.MessageThread], read_at: datetime) -> Iterable[MessageThread]:
        if place.company_uuid is None:
            return []
        company = Company.objects.filter(account=place.account, uuid=place.company_uuid).first()
        return [messages_mirror.thread_row(company, item, read_at) for item in items] if company else []

    def written(self, place: Place, written: Written) -> None:
        messages_mirror.note_news(written)


class SeenThread(msgspec.Struct, frozen=True):
    thread: wire.MessageThread
    messages: list[wire.Message]


@registry.register
class ThreadWatch(Watch[MessageThread, SeenThread]):
    """Threads with news: all their messages are read, and the thread itself as it is then."""

    name = "receivables.threads"
    label = _("Threads with new messages")

    def due(self, account: PartnerAccount, limit: int) -> Sequence[MessageThread]:
        due = MessageThread.objects.filter(account=account, next_check_at__lte=timezone.now())
        return list(due.select_related("company").order_by("next_check_at")[:limit])

    def company_of(self, row: MessageThread) -> UUID | None:
        return row.company.uuid

    def look(self, client: maventa.Client, row: MessageThread) -> SeenThread:
        service = MessageService(client)
        return SeenThread(service.thread(row.remote_id), service.messages(row.remote_id))

    def write(self, account: PartnerAccount, looks: list[Look[MessageThread, SeenThread]]) -> int:
        changed = 0
        for one in looks:
            changed += messages_mirror.write_messages(one.row, one.seen.messages, one.at) > 0
        rows = [messages_mirror.thread_row(one.row.company, one.seen.thread, one.at) for one in looks]
        messages_mirror.write_threads(rows)
        return changed

    def next_check(self, look: Look[MessageThread, SeenThread]) -> datetime | None:
        """While the last word is ours an answer is waited for; else the feed says when there is news."""
        told = sorted(look.seen.messages, key=lambda message: message.sent_at or look.at)
        if not told or told[-1].sender != Origin.COMPANY:
            return None
        said_at = told[-1].sent_at or look.at
        return paces.by_age(said_at, longest=ThreadFeed.slowest) if look.at - said_at < _ANSWERED_WITHIN else None


def follow_companies(account: PartnerAccount) -> int:
    """Read the threads of companies that Amili works for, no longer where that ended; returns how many are new."""
    followed = Cursor.objects.filter(source=ThreadFeed.name, account=account)
    active = CollectionService.objects.active().filter(account=account, agency=Agency.AMILI)
    new = active.filter(~Exists(followed.filter(company_uuid=OuterRef("company__uuid"))))
    uuids = list(new.values_list("company__uuid", flat=True)[:_AT_ONCE])
    cursors.follow(ThreadFeed.name, account, uuids)
    ended_services = CollectionService.objects.filter(account=account, agency=Agency.AMILI).exclude(pk__in=active)
    gone = followed.filter(company_uuid__in=ended_services.values("company__uuid"))
    ended = [uuid for uuid in gone.values_list("company_uuid", flat=True)[:_AT_ONCE] if uuid]
    cursors.unfollow(ThreadFeed.name, account, ended)
    return len(uuids)
