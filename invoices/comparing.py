"""Comparing the invoices of a company with AutoInvoice's list of them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from invoices.enums import Direction, Status
from invoices.models import Invoice
from invoices.services import InvoiceService
from invoices.sync import CompanyFeed
from portal import maventa
from portal.sync import comparing, registry
from portal.sync.comparing import Comparer, Difference, Heard, Taken, Told
from portal.sync.feeds import Page, Place, Read, Window
from portal.sync.models import DriftKind, Repair
from portal.webhooks import replay, telling

_AHEAD = timedelta(hours=1)  # how far AutoInvoice's clock may be ahead of ours
_YOUNG = timedelta(minutes=10)  # an invoice may be here before the list has it
_TYPES = ("INVOICE", "CREDIT_NOTE", "SELF_BILLING_INVOICE", "REMINDER")
_NO_EVENT = Told()


@comparing.register
class InvoiceComparer(Comparer):
    """All invoices of a window, both directions."""

    name = "invoices.invoice"
    label = _("Invoices")

    def read(self, client: maventa.Client, window: Window) -> Iterator[Heard]:
        service = InvoiceService(client)
        ids: set[str] = set()
        lists = ((Direction.SENT, service.sent), (Direction.RECEIVED, service.received))
        try:
            for direction, listed in lists:
                for entities in listed(since=window.since, until=window.until + _AHEAD):
                    ids.update(str(entity.id) for entity in entities)
                    yield Heard(self.name, [(direction, entity) for entity in entities])
        except maventa.RejectedError as error:
            if error.status not in (401, 403):  # a company that is not verified has none
                raise
            return
        yield Heard(self.name, all_ids=frozenset(ids))

    def taken(self, place: Place, heard: Heard) -> dict[str, Taken]:
        ids = [entity.id for _direction, entity in heard.items]
        rows = Invoice.objects.filter(account=place.account, company__uuid=place.company, uuid__in=ids)
        return {str(row.uuid): _taken(row) for row in rows.defer("business_id_secret")}

    def write(self, place: Place, heard: Heard, at: datetime) -> None:
        feed = registry.get(CompanyFeed.name)
        assert isinstance(feed, CompanyFeed)  # noqa: S101  registered beside this
        feed.write(place, [Read(Page(heard.items), at)])

    def gone(self, place: Place, window: Window, ids: frozenset[str], at: datetime) -> list[Difference]:
        mine = Invoice.objects.filter(account=place.account, company__uuid=place.company)
        around = mine.filter(created_at__lte=window.until - _YOUNG, direction=Direction.SENT)
        if window.since is not None:
            around = around.filter(created_at__gte=window.since)
        lacking = [row for row in around.defer("business_id_secret") if str(row.uuid) not in ids]
        mine.filter(pk__in=[row.pk for row in lacking]).update(next_check_at=at)
        return [
            Difference(
                str(row.uuid),
                str(row),
                DriftKind.GONE,
                local=row.status,
                since=row.fact_at,
                repair=Repair.LOOK,
            )
            for row in lacking
        ]

    def told(self, place: Place, difference: Difference) -> Told:
        is_received = difference.kind == DriftKind.MISSING and difference.remote.startswith(Direction.RECEIVED)
        status = difference.remote if difference.fact == "status" else difference.remote.split(", ")[1:2]
        word = "RECEIVED" if is_received else (status if isinstance(status, str) else "".join(status))
        if word not in ("RECEIVED", Status.DELIVERED, Status.FAILED):
            return _NO_EVENT  # AutoInvoice tells of what was delivered, failed or came
        if difference.kind == DriftKind.DIFFERENT and difference.fact != "status":
            return _NO_EVENT
        events = [f"DOCUMENTS.{kind}.{word}" for kind in _TYPES]
        came = telling.latest(place.account.pk, place.company_uuid, events, subject=difference.subject)
        return Told(events[0], came)


def _taken(row: Invoice) -> Taken:
    facts = {
        "direction": row.direction,
        "status": row.status,
        "number": row.number,
        "counterparty": row.counterparty_name,
        "total": "" if row.total_amount is None else f"{row.total_amount.normalize():f} {row.currency}",
        "due": "" if row.due_date is None else row.due_date.isoformat(),
        "route": row.destination,
    }
    return Taken(str(row), facts, row.fact_at, is_awaited=row.checked_at is None and row.next_check_at is not None)


@replay.register_rows
def _rows(account_id: int, company: UUID, subject: str) -> replay.Rows:
    """Take down the invoice that an event is about."""
    try:
        uuid = UUID(subject)
    except ValueError:
        return {}
    rows = Invoice.objects.filter(account=account_id, company__uuid=company, uuid=uuid).defer("business_id_secret")
    return {f"{row.number} {row.uuid}".strip(): {**_taken(row).facts, "error": row.error_text[:200]} for row in rows}
