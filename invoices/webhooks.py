"""
What AutoInvoice tells of invoices. Events may come doubled, late and out of order.

An event moves the status only when it is newer than what we know; whatever it says, the invoice is then looked at,
for events carry neither actions nor files.
"""

from datetime import UTC, datetime
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from invoices import mirror, probing
from invoices.enums import Direction, Status
from invoices.models import Invoice
from invoices.sync import CompanyFeed
from portal.operations import causes, facts
from portal.sync import confirmations, cursors, nudging, reconciling
from portal.webhooks.registry import Event, Handled, Ignored, NotYet, Outcome, handles

_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_TYPES = ("INVOICE", "CREDIT_NOTE", "SELF_BILLING_INVOICE", "REMINDER")
_STATUSES = {"DELIVERED": Status.DELIVERED, "FAILED": Status.FAILED, "RECEIVED": Status.DELIVERED}


@handles(*(f"DOCUMENTS.{kind}.*" for kind in _TYPES))
def invoice_event(event: Event) -> Outcome:
    """Write the event's news to the invoice's row, which may be new."""
    uuid = _uuid(event.data.get("invoice_id"))
    if uuid is None:
        return Ignored(_("It names no invoice."))
    if event.company_uuid == event.account.company_uuid:  # the partner's own: only its test invoices are followed
        return Handled() if probing.look_now(event.account, uuid) else Ignored(_("It is the partner's own company."))
    company = Company.objects.filter(account=event.account, uuid=event.company_uuid).first()
    if company is None:
        return NotYet(_("The company is not known here yet."))
    row = _row(event, company, uuid)
    _apply(event, row)
    probing.note_arrival(row)
    return Handled()


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _row(event: Event, company: Company, uuid: UUID) -> Invoice:
    """Return the invoice's row, locked; a new one knows nothing but its name, and is older than any event."""
    new = {
        "direction": Direction.RECEIVED if event.action == "RECEIVED" else Direction.SENT,
        "created_at": mirror.not_later_than_now(event.at),
        "fact_at": _LONG_AGO,
    }
    Invoice.objects.get_or_create(account=event.account, company=company, uuid=uuid, defaults=new)
    return Invoice.objects.select_for_update().get(account=event.account, company=company, uuid=uuid)


def _apply(event: Event, row: Invoice) -> None:
    at, status = mirror.not_later_than_now(event.at), _STATUSES.get(event.action)
    row.next_check_at = timezone.now()
    mirror.complete(row, event.data)
    causes.at_end(_stir, [event.company_uuid])
    if event.action == "RECEIVED":
        causes.at_end(_begin, [event.company_uuid])
    if status and at > row.fact_at and not (status != row.status and _is_outdated(row, event.company_uuid, at)):
        was, known_at = row.status, row.fact_at
        row.status, row.fact_at = status, at
        mirror.note_delivery(row, (), was, known_at)
        mirror.note_failure(row, "", str(event.data.get("error_message") or ""))
        if was != status and status == Status.DELIVERED and row.direction == Direction.SENT:
            facts.announce_many([mirror.delivered_fact(row.uuid)])
    row.save()
    nudging.look_at_once("invoices.watch", row.account_id)


def _is_outdated(row: Invoice, company: UUID, at: datetime) -> bool:
    """Tell whether the company's list has been read since, and confirmed what is stored."""
    listed_by = (row.direction == Direction.RECEIVED and row.received_at) or row.created_at
    confirmed = confirmations.confirmed_at(CompanyFeed.name, row.account_id, company, listed_by)
    return confirmed is not None and confirmed >= at


def _begin(companies: list[UUID]) -> None:
    """Something has arrived for companies whose list may wait for its first turn: more may lie there."""
    cursors.begin(CompanyFeed.name, companies)


def _stir(companies: list[UUID]) -> None:
    cursors.stir(CompanyFeed.name, companies, CompanyFeed.every)
    reconciling.stir(companies)
