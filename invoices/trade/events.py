"""
What AutoInvoice tells of documents. Events may come doubled, late and out of order.

What payloads of other types than invoices hold is not documented: the id is looked for under the likely names, and
without one the company's list is read. An event moves the status only when it is newer than what we know.
"""

from datetime import UTC, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from invoices.enums import Direction
from invoices.mirror import not_later_than_now
from invoices.models import BusinessDocument
from invoices.trade import following, mirror
from invoices.trade.kinds import DocumentStatus
from portal.sync import nudging
from portal.webhooks.registry import Event, Handled, Ignored, NotYet, Outcome, handles

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_IDS = ("document_id", "id")
_STATUSES = {
    "DELIVERED": DocumentStatus.DELIVERED,
    "DELIVERY_CONFIRMED": DocumentStatus.CONFIRMED,
    "FAILED": DocumentStatus.FAILED,
    "RECEIVED": DocumentStatus.DELIVERED,
}


@handles("DOCUMENTS.*.*")
def document_event(event: Event) -> Outcome:
    """Write the event's news to the document's row, which may be new; have the rest looked up."""
    if "invoice_id" in event.data:
        return Ignored(_("It is about an invoice."))
    company = Company.objects.filter(account=event.account, uuid=event.company_uuid).first()
    if company is None:
        return NotYet(_("The company is not known here yet."))
    document_id = next((str(event.data[name]) for name in _IDS if event.data.get(name)), "")
    if not document_id:
        following.look_for_news(company)
        return Handled()
    following.follow(event.account, [company.uuid])
    _apply(event, _row(event, company, document_id[:64]))
    nudging.look_at_once(following.WATCH, event.account.pk)
    return Handled()


def _row(event: Event, company: Company, document_id: str) -> BusinessDocument:
    """Return the document's row, locked; a new one knows nothing but its name, and is older than any event."""
    new = {
        "direction": Direction.RECEIVED if event.action == "RECEIVED" else Direction.SENT,
        "type": event.subject[:60],
        "status": DocumentStatus.PROCESSING,
        "created_at": not_later_than_now(event.at),
        "fact_at": _LONG_AGO,
    }
    names = {"account": event.account, "company": company, "remote_id": document_id}
    BusinessDocument.objects.get_or_create(**names, defaults=new)
    return BusinessDocument.objects.select_for_update().get(**names)


def _apply(event: Event, row: BusinessDocument) -> None:
    status = _STATUSES.get(event.action)
    row.next_check_at = timezone.now()
    row.number = row.number or str(event.data.get("document_number") or "")[:200]
    if status:
        mirror.told(row, status, event.at, str(event.data.get("error_message") or ""))
    row.save()
