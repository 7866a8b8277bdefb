"""Following invoices without being told: a look at each that is due, the partner's feeds, and lists as a safety net."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from invoices import mirror
from invoices.enums import Direction, Status, status_of
from invoices.following import looking, writing
from invoices.following.looking import Seen
from invoices.models import Invoice
from invoices.receiving import choices as receiving
from invoices.services import DeliveryEvent, InvoiceEntity, InvoiceService, PartnerInvoiceService
from invoices.trade import following as document_following
from portal import maventa
from portal.partners.models import PartnerAccount
from portal.sync import cursors, paces, registry
from portal.sync.feeds import Feed, Look, Page, Place, Read, Scope, Watch, Window
from portal.sync.models import Cursor
from portal.sync.upsert import Written

_AHEAD = timedelta(hours=1)  # how far AutoInvoice's clock may be ahead of ours
_SHORTEST_PAUSE = timedelta(seconds=5)  # of a received invoice whose look failed
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)  # of what could not be saved
_MARKS_COUNT_AFTER = timedelta(minutes=5)
_FINAL = (Status.DELIVERED, Status.FAILED)


@registry.register
class InvoiceWatch(Watch[Invoice, Seen]):
    """Invoices on their way, and those whose details or files are not here yet."""

    name = "invoices.watch"
    label = _("Invoices on their way")

    def due(self, account: PartnerAccount, limit: int) -> Sequence[Invoice]:
        rows = Invoice.objects.due().filter(account=account).select_related("company")
        due = list(rows.order_by("next_check_at")[:limit])
        receiving.attach_wanted(due)
        return due

    def company_of(self, row: Invoice) -> UUID | None:
        return row.company.uuid

    def look(self, client: maventa.Client, row: Invoice) -> Seen:
        return looking.look(client, row)

    def write(self, account: PartnerAccount, looks: list[Look[Invoice, Seen]]) -> int:
        again = writing.write(account, [(look.row, look.seen, look.at) for look in looks])
        for look in looks:
            look.row.wants_another_look = look.row.pk in again
        return len(looks) - len(again)

    def pause_after_error(self, row: Invoice) -> timedelta:
        is_waited_for = row.direction == Direction.RECEIVED and row.files_at is None
        return (
            min(_SHORTEST_PAUSE * 2.0 ** min(row.files_tries, 16), _LONGEST_PAUSE)
            if is_waited_for
            else self.after_error
        )

    def failed(self, account: PartnerAccount, row: Invoice, error: maventa.MaventaError) -> None:
        writing.note_failed_look(row, error)

    def next_check(self, look: Look[Invoice, Seen]) -> datetime | None:
        if look.row.wants_another_look:
            return timezone.now()
        if look.seen.unsaved is not None:
            return timezone.now() + min(_FIRST_PAUSE * 2.0 ** min(look.row.files_tries, 16), _LONGEST_PAUSE)
        status = status_of(look.seen.entity.status)
        is_done = look.row.direction == Direction.RECEIVED or status in _FINAL
        return None if is_done else paces.by_age(look.row.created_at)


class _EventFeed(Feed[DeliveryEvent]):
    """What the partner's feeds have in common: they name invoices, and those are then looked at."""

    direction: Direction
    status: Status

    def write(self, place: Place, reads: Sequence[Read[DeliveryEvent]]) -> Written:
        items, read_at = [item for read in reads for item in read.page.items], reads[0].at
        companies = Company.objects.filter(account=place.account, uuid__in={item.company_id for item in items})
        by_uuid = {company.uuid: company for company in companies}
        named = {(by_uuid[item.company_id].pk, item.invoice_id): item for item in items if item.company_id in by_uuid}
        there = self._rows(place.account, named)
        new = [
            Invoice(
                account=place.account,
                company_id=key[0],
                uuid=key[1],
                direction=self.direction,
                status=self.status,
                created_at=item.created_at or read_at,
                fact_at=mirror.not_later_than_now(item.created_at),
                next_check_at=read_at,
            )
            for key, item in named.items()
            if key not in there
        ]
        Invoice.objects.bulk_create(new, ignore_conflicts=True)
        inserted = self._rows(place.account, {(row.company_id, row.uuid) for row in new})
        updated = self.known(place.account, list(there.values()), read_at)
        return Written([row.pk for row in inserted.values()], updated, len(items) - len(inserted) - len(updated))

    def known(self, account: PartnerAccount, rows: list[Invoice], read_at: datetime) -> list[int]:
        """Do what follows for rows that are here already; return the ids of those that are due for a look."""
        raise NotImplementedError

    def _rows(self, account: PartnerAccount, keys: Iterable[tuple[int, UUID]]) -> dict[tuple[int, UUID], Invoice]:
        uuids = {uuid for _company, uuid in keys}
        rows = Invoice.objects.filter(account=account, uuid__in=uuids).select_related("company") if uuids else []
        return {(row.company_id, row.uuid): row for row in rows if (row.company_id, row.uuid) in set(keys)}


@registry.register
class ReceivedFeed(_EventFeed):
    """Received invoices of all companies that AutoInvoice has not been told to be saved."""

    name = "invoices.partner_received"
    label = _("Received invoices of all companies")
    direction, status = Direction.RECEIVED, Status.DELIVERED

    def pages(self, client: maventa.Client, window: Window, position: dict[str, Any]) -> Iterator[Page[DeliveryEvent]]:
        # The list holds what is not marked yet, whenever it came: no window, and no place to go on from.
        for items in PartnerInvoiceService(client).received():
            yield Page(items)

    def known(self, account: PartnerAccount, rows: list[Invoice], read_at: datetime) -> list[int]:
        writing.mark_unmarked(account, rows)
        # Marked long before the list was asked for, and yet in it: somebody wants it to be received once more.
        again = [row for row in rows if row.handled_at is not None and row.handled_at < read_at - _MARKS_COUNT_AFTER]
        Invoice.objects.filter(pk__in=[row.pk for row in again]).update(handled_at=None, files_at=None)
        waiting = [row for row in rows if row.files_at is None and row.next_check_at is None]
        return _look_at([*waiting, *again], read_at)


@registry.register
class SentErrorsFeed(_EventFeed):
    """Sent invoices of all companies that failed, long after delivery too."""

    name = "invoices.partner_sent_errors"
    label = _("Failed invoices of all companies")
    every = timedelta(minutes=2)
    first_window = timedelta(days=30)
    direction, status = Direction.SENT, Status.PENDING

    def pages(self, client: maventa.Client, window: Window, position: dict[str, Any]) -> Iterator[Page[DeliveryEvent]]:
        since = window.since or window.until - timedelta(days=30)
        # Without an end: AutoInvoice's clock may be ahead of ours, and the next window begins before this one's end.
        for items in PartnerInvoiceService(client).sent_errors(since):
            yield Page(items)

    def known(self, account: PartnerAccount, rows: list[Invoice], read_at: datetime) -> list[int]:
        return _look_at([row for row in rows if row.status != Status.FAILED], read_at)

    def finished(self, place: Place, window: Window) -> None:
        """Read the lists of companies that are new here from now on, each in its turn."""
        followed = Cursor.objects.filter(source=CompanyFeed.name, account=place.account, company_uuid=OuterRef("uuid"))
        new = Company.objects.usable().filter(~Exists(followed), account=place.account)
        uuids = new.values_list("uuid", flat=True)[:1000]
        cursors.follow_in_turn(CompanyFeed.name, place.account, uuids, CompanyFeed.every)
        document_following.follow_receivers(place.account)


Listed = tuple[Direction, InvoiceEntity]


@registry.register
class CompanyFeed(Feed[Listed]):
    """All invoices of one company by their time: the net below webhooks and feeds."""

    name = "invoices.company_list"
    label = _("Invoices of a company")
    scope = Scope.COMPANY
    every = timedelta(hours=6)
    slowest = timedelta(days=4)  # of a company in which nothing happens; an event or a feed's line shortens the pause
    overlap = timedelta(hours=1)
    first_window = timedelta(days=90)
    model = Invoice
    key = mirror.KEY
    columns = mirror.COLUMNS

    def pages(self, client: maventa.Client, window: Window, position: dict[str, Any]) -> Iterator[Page[Listed]]:
        service = InvoiceService(client)
        lists = {Direction.SENT: service.sent, Direction.RECEIVED: service.received}
        begun, done = Direction(position.get("direction", Direction.SENT)), int(position.get("page", 0))
        for direction in list(lists)[list(lists).index(begun) :]:
            first = done + 1 if direction == begun else 1
            read = lists[direction](since=window.since, until=window.until + _AHEAD, first=first)
            for number, entities in enumerate(read, start=first):
                items = [(direction, entity) for entity in entities]
                yield Page(items, {"direction": str(direction), "page": number})

    def write(self, place: Place, reads: Sequence[Read[Listed]]) -> Written:
        mine = Company.objects.filter(account=place.account)
        company = mine.filter(uuid=place.company_uuid).first() if place.company_uuid else None
        if company is None:
            return Written(unchanged=sum(len(read.page.items) for read in reads))
        rows = [row for read in reads for row in mirror.rows_of(company, read.page.items, read.at)]
        written = mirror.write_many(rows, touch=self.touch)
        is_moving = Q(status=Status.PENDING, next_check_at=None)  # sent on its way again by somebody else
        stale = Invoice.objects.filter(Q(status=Status.FAILED) | Q(files_at=None) | is_moving, pk__in=written.updated)
        stale.update(next_check_at=reads[0].at)
        return written


def _look_at(rows: Sequence[Invoice], at: datetime) -> list[int]:
    ids = [row.pk for row in rows]
    if ids:
        Invoice.objects.filter(pk__in=ids).update(next_check_at=at)
    return ids
