"""Following documents without being told: a look at each that is due, and each company's list as a net below."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company, NetworkProfile
from companies.networks import catalogue
from invoices.enums import Direction
from invoices.models import BusinessDocument
from invoices.services.documents import DocumentEntity, DocumentService
from invoices.trade import looking, mirror
from invoices.trade.kinds import MOVING, DocumentStatus
from invoices.trade.looking import Seen
from portal import maventa
from portal.partners.models import PartnerAccount
from portal.sync import cursors, paces, registry
from portal.sync.feeds import Feed, Look, Page, Place, Read, Scope, Watch, Window
from portal.sync.models import Cursor
from portal.sync.upsert import Written

WATCH = "invoices.document_watch"
_AHEAD = timedelta(hours=1)  # how far AutoInvoice's clock may be ahead of ours
_MOST_NEW = 1000  # companies that are followed anew at once
_LATE = timedelta(days=30)  # how long a delivered document is looked at for a confirmation or a late failure


@registry.register
class DocumentWatch(Watch[BusinessDocument, Seen]):
    """Documents on their way, and those whose events or files are not here yet."""

    name = WATCH
    label = _("Documents on their way")

    def due(self, account: PartnerAccount, limit: int) -> Sequence[BusinessDocument]:
        rows = BusinessDocument.objects.filter(account=account, next_check_at__lte=timezone.now())
        return list(rows.select_related("company").order_by("next_check_at")[:limit])

    def company_of(self, row: BusinessDocument) -> UUID | None:
        return row.company.uuid

    def look(self, client: maventa.Client, row: BusinessDocument) -> Seen:
        return looking.look(client, row)

    def write(self, account: PartnerAccount, looks: list[Look[BusinessDocument, Seen]]) -> int:
        locked = BusinessDocument.objects.select_for_update().in_bulk([look.row.pk for look in looks])
        written = [look for look in looks if look.row.pk in locked and _write(locked[look.row.pk], look)]
        return len(written)

    def next_check(self, look: Look[BusinessDocument, Seen]) -> datetime | None:
        status, born = look.seen.entity.status, look.row.created_at
        if status in MOVING:
            return paces.by_age(born)
        is_sent = look.row.direction == Direction.SENT and status == DocumentStatus.DELIVERED
        if is_sent and timezone.now() - born < _LATE:
            return paces.by_age(born, shortest=timedelta(hours=1), longest=timedelta(days=1))
        return None


def _write(row: BusinessDocument, look: Look[BusinessDocument, Seen]) -> bool:
    """Write one look; false when something newer was told meanwhile, which then has its own look."""
    if row.fact_at != look.row.fact_at and row.fact_at >= look.at:
        return False
    mirror.fill(row, look.seen.entity)
    mirror.write_events(row, look.seen.events)
    mirror.note_failure(row, look.seen.events[-1] if look.seen.events else None)
    if look.seen.files is not None:
        mirror.write_files(row, look.seen.files)
        row.files_at = timezone.now()
    row.fact_at, row.checked_at = max(row.fact_at, look.at), timezone.now()
    row.save(update_fields=[*mirror.COLUMNS, "fact_at", "checked_at", "files_at"])
    return True


Listed = tuple[Direction, DocumentEntity]


@registry.register
class CompanyDocuments(Feed[Listed]):
    """All documents of one company by their time: the net below webhooks."""

    name = "invoices.company_documents"
    label = _("Documents of a company")
    scope = Scope.COMPANY
    every = timedelta(hours=6)
    slowest = timedelta(hours=24)
    overlap = timedelta(hours=1)
    first_window = timedelta(days=90)
    model = BusinessDocument
    key = mirror.KEY
    columns = mirror.COLUMNS

    def pages(self, client: maventa.Client, window: Window, position: dict[str, Any]) -> Iterator[Page[Listed]]:
        service = DocumentService(client)
        for direction in (Direction.SENT, Direction.RECEIVED):
            for entities in service.pages(since=window.since, until=window.until + _AHEAD, direction=direction):
                yield Page([(direction, entity) for entity in entities])

    def write(self, place: Place, reads: Sequence[Read[Listed]]) -> Written:
        uuid = place.company_uuid
        company = Company.objects.filter(account=place.account, uuid=uuid).first() if uuid else None
        if company is None:
            return Written(unchanged=sum(len(read.page.items) for read in reads))
        rows = [
            mirror.row_of(company, direction, entity, read.at)
            for read in reads
            for direction, entity in read.page.items
        ]
        return mirror.write_many(rows)


def follow(account: PartnerAccount, company_uuids: Iterable[UUID]) -> None:
    """Read the lists of documents of these companies from now on."""
    cursors.follow(CompanyDocuments.name, account, company_uuids)


def follow_receivers(account: PartnerAccount) -> None:
    """Follow companies that are registered for more than invoices, and are not followed yet."""
    followed = Cursor.objects.filter(source=CompanyDocuments.name, account=account, company_uuid=OuterRef("uuid"))
    more = NetworkProfile.objects.filter(company=OuterRef("pk"), status="active")
    more = more.exclude(profiles=[catalogue.INVOICES]).exclude(profiles=[])
    new = Company.objects.usable().filter(~Exists(followed), Exists(more), account=account)
    uuids = new.values_list("uuid", flat=True)[:_MOST_NEW]
    cursors.follow_in_turn(CompanyDocuments.name, account, uuids, CompanyDocuments.every)


def look_for_news(company: Company) -> None:
    """Read a company's list with the next beat."""
    follow(company.account, [company.uuid])
    cursors.hurry(CompanyDocuments.name, company.account, company.uuid)
