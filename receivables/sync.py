"""Staying in step with agencies: agreements that wait, hand-overs on their way, assignments and their events."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company, company_of
from portal import maventa
from portal.partners.models import PartnerAccount
from portal.sync import paces, registry
from portal.sync.feeds import Feed, Look, Page, Place, Read, Scope, Watch, Window
from portal.sync.upsert import Written
from receivables import mirror, wire
from receivables.collection import following, service_mirror
from receivables.enums import AssignmentStatus, HandOverStatus, ServiceStatus
from receivables.models import Assignment, AssignmentEvent, CollectionService, HandOver
from receivables.operations.services import look
from receivables.services import AssignmentService, EventService, HandedOver, HandOverService

_SIGNED_IN = timedelta(hours=6)  # an agreement takes days; the longest pause between looks
_TAKEN_IN = timedelta(hours=1)


@registry.register
class ServiceWatch(Watch[CollectionService, list[service_mirror.Seen]]):
    """Agreements that wait for a signature, or of which an event told."""

    name = "receivables.services"
    label = _("Agreements with agencies")

    def due(self, account: PartnerAccount, limit: int) -> Sequence[CollectionService]:
        due = CollectionService.objects.filter(account=account, next_check_at__lte=timezone.now())
        return list(due.select_related("company").order_by("next_check_at")[:limit])

    def company_of(self, row: CollectionService) -> UUID | None:
        return row.company.uuid

    def look(self, client: maventa.Client, row: CollectionService) -> list[service_mirror.Seen]:
        return look(row.agency, row.company.uuid, lambda _company: client)

    def write(self, account: PartnerAccount, looks: list[Look[CollectionService, list[service_mirror.Seen]]]) -> int:
        changed = 0
        for one in looks:
            company = one.row.company
            company.account = account
            changed += service_mirror.write(company, one.seen, one.at)
        return changed

    def next_check(self, look: Look[CollectionService, list[service_mirror.Seen]]) -> datetime | None:
        if not any(item.status == ServiceStatus.PENDING for item in look.seen):
            return None
        since = look.row.pending_since or look.row.created_at
        return paces.by_age(since, shortest=service_mirror.FIRST_LOOK, longest=_SIGNED_IN)


@registry.register
class HandOverWatch(Watch[HandOver, HandedOver | None]):
    """Invoices on their way to an agency."""

    name = "receivables.hand_overs"
    label = _("Invoices on their way to agencies")

    def due(self, account: PartnerAccount, limit: int) -> Sequence[HandOver]:
        due = HandOver.objects.filter(account=account, next_check_at__lte=timezone.now())
        return list(due.select_related("company", "invoice").order_by("next_check_at")[:limit])

    def company_of(self, row: HandOver) -> UUID | None:
        return row.company.uuid

    def look(self, client: maventa.Client, row: HandOver) -> HandedOver | None:
        return HandOverService(client).state(row.invoice.uuid)

    def write(self, account: PartnerAccount, looks: list[Look[HandOver, HandedOver | None]]) -> int:
        return sum(following.write(one.row, one.seen, one.at) for one in looks if one.seen is not None)

    def next_check(self, look: Look[HandOver, HandedOver | None]) -> datetime | None:
        if look.seen is None or look.seen.status == HandOverStatus.PENDING:
            return paces.by_age(look.row.created_at, longest=_TAKEN_IN)
        return None


@registry.register
class AssignmentWatch(Watch[Assignment, wire.Assignment | None]):
    """Assignments of which an event told, and new ones of which only the id is known."""

    name = "receivables.assignment_watch"
    label = _("Assignments with news")

    def due(self, account: PartnerAccount, limit: int) -> Sequence[Assignment]:
        due = Assignment.objects.filter(account=account, next_check_at__lte=timezone.now())
        return list(due.select_related("company").order_by("next_check_at")[:limit])

    def company_of(self, row: Assignment) -> UUID | None:
        return row.company.uuid

    def look(self, client: maventa.Client, row: Assignment) -> wire.Assignment | None:
        try:
            return AssignmentService(client).get(row.remote_id)
        except maventa.RejectedError as error:
            if error.status == 404:  # gone, or never ours
                return None
            raise

    def write(self, account: PartnerAccount, looks: list[Look[Assignment, wire.Assignment | None]]) -> int:
        changed = 0
        for one in looks:
            if one.seen is not None:
                changed += bool(mirror.write_assignments(one.row.company, [one.seen], one.at).news)
        return changed

    def next_check(self, look: Look[Assignment, wire.Assignment | None]) -> datetime | None:
        return None


class _OfCompany(Feed[Any]):
    """What the lists of one company have in common."""

    scope = Scope.COMPANY

    def company(self, place: Place) -> Company | None:
        return company_of(place.account, place.company_uuid) if place.company_uuid else None


@registry.register
class AssignmentFeed(_OfCompany):
    """All open assignments of a company, whose interest grows by the day, and those that were closed meanwhile."""

    name = service_mirror.FEEDS[0]
    label = _("Assignments of a company")
    every = timedelta(hours=6)
    slowest = timedelta(hours=24)
    overlap = timedelta(hours=1)
    model = Assignment
    key = mirror.KEY
    columns = mirror.COLUMNS

    def pages(
        self, client: maventa.Client, window: Window, position: dict[str, Any]
    ) -> Iterator[Page[wire.Assignment]]:
        service = AssignmentService(client)
        for items in service.pages(status=[AssignmentStatus.OPEN.value, AssignmentStatus.PARTIALLY_CLOSED.value]):
            yield Page(items)
        since = window.since.isoformat() if window.since else None
        for items in service.pages(status=[AssignmentStatus.CLOSED.value], closed_from=since):
            yield Page(items)

    def write(self, place: Place, reads: Sequence[Read[wire.Assignment]]) -> Written:
        company, items = self.company(place), [item for read in reads for item in read.page.items]
        return mirror.write_assignments(company, items, reads[0].at) if company else Written()


@registry.register
class EventFeed(_OfCompany):
    """Events of all assignments of a company by their time; assignments with news are looked at."""

    name = service_mirror.FEEDS[1]
    label = _("Events of assignments")
    every = timedelta(minutes=2)
    slowest = timedelta(minutes=30)
    overlap = timedelta(hours=1)
    first_window = timedelta(days=90)
    model = AssignmentEvent
    key = mirror.KEY
    columns = mirror.EVENT_COLUMNS

    def pages(self, client: maventa.Client, window: Window, position: dict[str, Any]) -> Iterator[Page[wire.Event]]:
        # Without an end: AutoInvoice's clock may be ahead of ours, and the next window begins before this one's end.
        since = window.since.isoformat() if window.since else None
        for items in EventService(client).pages(created_from=since):
            yield Page(items)

    def write(self, place: Place, reads: Sequence[Read[wire.Event]]) -> Written:
        company, read_at = self.company(place), reads[0].at
        if company is None:
            return Written()
        items = [event for read in reads for event in read.page.items]
        named = [(event.assignment_id, event) for event in items if event.assignment_id]
        written = mirror.write_events(company, named, read_at)
        news = AssignmentEvent.objects.filter(pk__in=written.news)
        Assignment.objects.filter(pk__in=news.values("assignment")).update(next_check_at=read_at)
        return written
