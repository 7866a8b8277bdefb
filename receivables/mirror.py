"""Writing what the Receivables API told of assignments and events into the mirror."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from companies.models import Company
from invoices.models import Invoice
from portal.partners import concealed
from portal.sync.upsert import Written, upsert
from receivables import personal, wire
from receivables.enums import AssignmentStatus, Origin
from receivables.models import Assignment, AssignmentEvent

KEY = ("account", "company", "remote_id")
COLUMNS = (
    "invoice", "invoice_uuid", "agency", "service_type", "collection_type", "status", "is_open", "stage",
    "invoice_number", "reference", "debtor_name", "debtor_id", "debtor_digest", "debtor_number", "debtor_country",
    "debtor_address", "currency", "capital_amount", "open_amount", "paid_amount", "fees_amount", "interest_amount",
    "invoice_date", "due_date", "created_at", "closed_at",
)  # fmt: skip
EVENT_COLUMNS = (
    "assignment", "assignment_remote_id", "type", "origin", "amount", "currency", "payment_date", "due_date",
    "hold_until", "credit_note_uuid", "text", "happened_at", "seen", "seen_at",
)  # fmt: skip
_CENT = Decimal("0.01")


def write_assignments(company: Company, items: Sequence[wire.Assignment], at: datetime) -> Written:
    """Write assignments with their events as they were at `at`; a few statements, inside a transaction."""
    invoices = _invoices(company, items)
    rows = [_row(company, item, invoices, at) for item in items]
    written = upsert(Assignment, rows, key=KEY, columns=COLUMNS)
    events = [(item.id, event) for item in items for event in item.events or []]
    told = write_events(company, events, at)
    return Written(
        [*written.inserted, *told.inserted], [*written.updated, *told.updated], written.unchanged + told.unchanged
    )


def write_events(company: Company, items: Sequence[tuple[str, wire.Event]], at: datetime) -> Written:
    """Write events, each with its assignment's remote id; an assignment not known yet is looked up soon."""
    ids = _assignment_ids(company, {assignment_id for assignment_id, _event in items})
    rows = [_event_row(company, ids[assignment_id], assignment_id, event, at) for assignment_id, event in items]
    written = upsert(AssignmentEvent, rows, key=KEY, columns=EVENT_COLUMNS)
    if written.news:
        count_unseen(AssignmentEvent.objects.filter(pk__in=written.news).values("assignment"))
    return written


def write_event(assignment: Assignment, event: wire.Event, at: datetime) -> None:
    """Write one event that we added ourselves, and have the assignment looked at: its sums have changed."""
    write_events(assignment.company, [(assignment.remote_id, event)], at)
    Assignment.objects.filter(pk=assignment.pk).update(next_check_at=timezone.now())


def mark_seen(events: Iterable[int], at: datetime) -> None:
    """Note that staff have looked at events; older news do not unmark them."""
    rows = AssignmentEvent.objects.filter(pk__in=list(events), seen=False)
    touched = list(rows.values_list("assignment", flat=True))
    rows.update(seen=True, seen_at=at, fact_at=at)
    count_unseen(touched)


def count_unseen(assignments: Any) -> None:
    """Write how many events of the agency nobody has looked at, and when the latest came; one statement."""
    events = AssignmentEvent.objects.filter(assignment=OuterRef("pk")).order_by()
    unseen = events.unseen().values("assignment").annotate(n=Count("pk")).values("n")
    latest = AssignmentEvent.objects.filter(assignment=OuterRef("pk")).order_by("-happened_at").values("happened_at")
    Assignment.objects.filter(pk__in=assignments).update(
        unseen=Coalesce(Subquery(unseen, output_field=IntegerField()), Value(0)), latest_event_at=Subquery(latest[:1])
    )


def announce(company: Company, remote_id: str, invoice: Invoice | None = None) -> None:
    """Make a row for an assignment of which only the id is known; it is looked at in a moment."""
    named = {"invoice": invoice, "invoice_uuid": invoice.uuid, "invoice_number": invoice.number} if invoice else {}
    Assignment.objects.get_or_create(
        account_id=company.account_id,
        company=company,
        remote_id=remote_id,
        defaults={"fact_at": company.created_at, "next_check_at": timezone.now(), **named},
    )


def _invoices(company: Company, items: Sequence[wire.Assignment]) -> dict[UUID, int]:
    wanted = {uuid for item in items if (uuid := item.invoice_uuid())}
    found = Invoice.objects.filter(account=company.account_id, company=company, uuid__in=wanted) if wanted else ()
    return {invoice.uuid: invoice.pk for invoice in found}


def _assignment_ids(company: Company, remote_ids: set[str]) -> dict[str, int]:
    """Return our ids of assignments; the ones that are not here yet are made, and looked at soon."""
    rows = Assignment.objects.filter(account=company.account_id, company=company, remote_id__in=remote_ids)
    known = dict(rows.values_list("remote_id", "pk"))
    if missing := remote_ids - known.keys():
        new = [
            Assignment(
                account_id=company.account_id,
                company=company,
                remote_id=remote_id,
                fact_at=company.created_at,  # older than whatever the look brings
                next_check_at=timezone.now(),
            )
            for remote_id in missing
        ]
        Assignment.objects.bulk_create(new, ignore_conflicts=True)
        known = dict(rows.values_list("remote_id", "pk"))
    return known


def _row(company: Company, item: wire.Assignment, invoices: dict[UUID, int], at: datetime) -> Assignment:
    uuid = item.invoice_uuid()
    return Assignment(
        account_id=company.account_id,
        company=company,
        remote_id=item.id,
        invoice_id=invoices.get(uuid) if uuid else None,
        invoice_uuid=uuid,
        agency=(item.agency or "")[:40],
        service_type=(item.service_type or "")[:40],
        collection_type=(item.collection_type or "")[:40],
        status=(item.status or "")[:40],
        is_open=item.status != AssignmentStatus.CLOSED,
        stage=(item.stage or "")[:40],
        invoice_number=(item.invoice_number or "")[:100],
        reference=(item.reference or "")[:200],
        **_debtor(item.debtor, company.country),
        currency=(item.currency or "")[:10],
        capital_amount=_cents(item.capital_amount),
        open_amount=_cents(item.open_amount),
        paid_amount=_cents(item.paid_amount),
        fees_amount=_cents(item.fees_amount),
        interest_amount=_cents(item.interest_amount),
        invoice_date=item.invoice_date,
        due_date=item.due_date,
        created_at=item.created_at or company.created_at,  # the same at every look
        closed_at=item.closed_at,
        fact_at=at,
    )


def _debtor(debtor: wire.Debtor | None, country: str) -> dict[str, Any]:
    """Return the debtor's columns: a person's number is kept encrypted, and shown masked."""
    if debtor is None:
        return {}
    where = (debtor.country or country)[:10]
    given = debtor.business_id or ""
    number = debtor.personal_number or (given if personal.is_number(where, given) else "")
    stored = concealed.conceal(where, given)
    is_personal = bool(number or stored.secret)
    return {
        "debtor_name": personal.hidden(debtor.name or "")[:300],
        "debtor_id": (personal.masked(number) or stored.shown if is_personal else given)[:40],
        "debtor_digest": concealed.digest(where, number or given) if number or given else "",
        "debtor_number": number or stored.secret,
        "debtor_country": where,
        "debtor_address": {name: str(value) for name, value in (debtor.address or {}).items() if value},
    }


def _event_row(
    company: Company, assignment_id: int, remote_id: str, event: wire.Event, at: datetime
) -> AssignmentEvent:
    origin = event.origin or ""
    return AssignmentEvent(
        account_id=company.account_id,
        company=company,
        assignment_id=assignment_id,
        assignment_remote_id=remote_id,
        remote_id=event.id,
        type=(event.type or "")[:60],
        origin=origin[:40],
        amount=_cents(event.amount),
        currency=(event.currency or "")[:10],
        payment_date=event.payment_date,
        due_date=event.due_date,
        hold_until=event.hold_until,
        credit_note_uuid=(event.credit_note_id or "")[:80],
        text=personal.hidden(event.text or ""),
        happened_at=event.happened_at or at,
        seen=bool(event.seen) or origin == Origin.COMPANY,
        seen_at=event.seen_at,
        fact_at=at,
    )


def _cents(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(_CENT)
