"""Writing what AutoInvoice tells of invoices into our rows: an older fact never overwrites a newer one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from companies.models import Company
from invoices import counterparties, remedies
from invoices.counterparties import take_texts, without_personal_number
from invoices.documents.values import as_date
from invoices.enums import Direction, Status, status_of
from invoices.models import Invoice, InvoiceAction
from invoices.services import Action, InvoiceEntity
from portal.operations import facts
from portal.sync.upsert import Written, upsert
from portal.writing import another

KEY = ("account", "company", "uuid")
# What an entity says; error, remedy and the marks of our own work come from elsewhere.
COLUMNS = (
    "status",
    "number",
    "reference",
    *counterparties.COLUMNS,
    "invoice_date",
    "due_date",
    "sum_amount",
    "total_amount",
    "currency",
    "source_format",
    "destination",
    "origin",
    "comment",
    "created_at",
    "received_at",
)
_MOST = Decimal(10) ** 14  # what the columns hold
_MOST_DETAILS, _LONGEST_DETAIL = 20, 300  # of one step's channel
_SENT_FOR_GOOD = frozenset({"action_sent_email", "action_sent_print", "action_sent_paper"})


def rows_of(company: Company, listed: Iterable[tuple[str, InvoiceEntity]], at: datetime) -> Iterator[Invoice]:
    """Yield unsaved rows for what AutoInvoice said at a time, each (direction, entity)."""
    alike = Invoice(account_id=company.account_id, company=company, created_at=at, fact_at=at, next_check_at=at)
    for direction, entity in listed:
        invoice = another(alike)  # a new row is looked at at once, for its details
        invoice.uuid, invoice.direction = entity.id, direction
        fill(invoice, entity)
        yield invoice


def fill(invoice: Invoice, entity: InvoiceEntity) -> None:
    """Put what an entity says into a row's columns."""
    take_texts(invoice, status=status_of(entity.status) or invoice.status)
    take_texts(
        invoice,
        number=entity.number,
        reference=entity.reference,
        currency=(entity.currency or "").upper(),
        source_format=entity.source_format,
        destination=entity.destination,
        origin=entity.origin,
        comment=entity.comment,
    )
    invoice.invoice_date, invoice.due_date = as_date(entity.date or ""), as_date(entity.date_due or "")
    invoice.sum_amount, invoice.total_amount = _amount(entity.sum), _amount(entity.sum_tax)
    invoice.created_at = entity.created_at or invoice.created_at
    invoice.received_at = entity.received_at
    counterparties.take(invoice, entity.recipient if invoice.direction == Direction.SENT else entity.sender)


def _amount(amount: Decimal | None) -> Decimal | None:
    return amount if amount is not None and amount.is_finite() and abs(amount) < _MOST else None


def complete(invoice: Invoice, told: Mapping[str, Any]) -> None:
    """Fill what a row does not know yet from an event's payload; details come from a look at the invoice."""
    other = "sender" if invoice.direction == Direction.RECEIVED else "recipient"
    named = {
        "number": told.get("invoice_number"),
        "counterparty_name": told.get(f"{other}_name"),
        "destination": told.get("destination"),
    }
    take_texts(invoice, **{name: str(text) for name, text in named.items() if text and not getattr(invoice, name)})


def write(company: Company, direction: str, entity: InvoiceEntity, at: datetime) -> Invoice:
    """Write one invoice inside a transaction and return its row as it is now."""
    return write_and_read(list(rows_of(company, [(direction, entity)], at)))[0]


def write_and_read(rows: Sequence[Invoice]) -> list[Invoice]:
    """Write invoices inside a transaction and return their rows as they are now, in the same order."""
    write_many(rows)
    there = Invoice.objects.filter(account__in={row.account_id for row in rows}, uuid__in={row.uuid for row in rows})
    by_key = {(row.account_id, row.company_id, row.uuid): row for row in there}
    return [by_key[row.account_id, row.company_id, row.uuid] for row in rows]


def write_many(rows: Sequence[Invoice], *, touch: bool = True) -> Written:
    """Write invoices inside a transaction (`touch`: see `upsert`), and announce the delivered ones that are news."""
    written = upsert(Invoice, rows, key=KEY, columns=COLUMNS, touch=touch)
    if written.news:
        _announce(written.news)
    return written


def _announce(ids: Sequence[Any]) -> None:
    delivered = Invoice.objects.filter(pk__in=ids, status=Status.DELIVERED, direction=Direction.SENT)
    facts.announce_many(delivered_fact(uuid) for uuid in delivered.values_list("uuid", flat=True))


def delivered_fact(uuid: UUID) -> str:
    return facts.key("invoice.delivered", uuid)


def write_actions(invoice: Invoice, actions: Sequence[Action]) -> bool:
    """Make a row's actions what AutoInvoice lists, inside a transaction; tell whether they changed."""
    wanted = [
        InvoiceAction(
            invoice=invoice,
            position=position,
            happened_at=action.happened_at,
            type=action.type[:40],
            key=(action.key or "")[:80],
            channel=(action.channel or "")[:40],
            message=(action.message or "").replace("\x00", ""),
            details=_told_of_channel(invoice, action),
        )
        for position, action in enumerate(actions)
    ]
    if [_facts(action) for action in wanted] == [_facts(action) for action in invoice.actions.all()]:
        return False
    invoice.actions.all().delete()
    InvoiceAction.objects.bulk_create(wanted)
    return True


def _facts(action: InvoiceAction) -> tuple[object, ...]:
    return action.happened_at, action.type, action.key, action.channel, action.message, action.details


def _told_of_channel(invoice: Invoice, action: Action) -> dict[str, str]:
    """Return what is told of a step's channel as texts by name; what lies in it deeper is left out."""
    told = action.channel_details
    if not isinstance(told, dict):
        return {}
    plain = {str(name): str(value) for name, value in told.items() if isinstance(value, str | int | float) and value}
    return {
        name.replace("\x00", "")[:60]: without_personal_number(
            invoice.counterparty_country, value.replace("\x00", "")[:_LONGEST_DETAIL]
        )
        for name, value in list(plain.items())[:_MOST_DETAILS]
    }


def note_delivery(invoice: Invoice, actions: Sequence[Action], before: str, known_at: datetime) -> None:
    """
    Remember when a sent invoice was delivered, so that a failure afterwards is told from one on the way.

    :param before: status of the row before this look
    :param known_at: when that status was true
    """
    if invoice.direction != Direction.SENT:
        return
    since = invoice.rerouted_at
    steps = [
        action.happened_at
        for action in actions
        if _is_delivery(action) and (since is None or action.happened_at >= since)
    ]
    if steps:
        invoice.delivered_at = max(steps)
    elif before == Status.DELIVERED and invoice.delivered_at is None:
        invoice.delivered_at = known_at
    elif invoice.status == Status.DELIVERED and invoice.delivered_at is None:
        invoice.delivered_at = invoice.fact_at


def _is_delivery(action: Action) -> bool:
    """A letter or e-mail is delivered as far as anybody can say when it is sent."""
    is_sent = action.type.upper() == "SENT" and action.key in _SENT_FOR_GOOD
    return action.type.upper() == "DELIVERED" or is_sent


def note_failure(invoice: Invoice, code: str, text: str) -> None:
    """Set error and remedy of a row by AutoInvoice's words; clears them when the invoice has not failed."""
    if invoice.status != Status.FAILED:
        invoice.error_code = invoice.error_text = invoice.remedy_key = invoice.remedy_by = ""
        return
    before = invoice.error_code, invoice.error_text
    take_texts(invoice, error_code=code or invoice.error_code, error_text=text or invoice.error_text)
    now = invoice.error_code, invoice.error_text
    if any(now):
        invoice.remedy_key, invoice.remedy_by = remedies.key_of(*now, counted=now != before)


def failing_action(actions: Sequence[Action]) -> Action | None:
    """Return the step that says why an invoice failed: the last error."""
    errors = [action for action in actions if remedies.is_error(action.type, action.key or "")]
    return max(errors, key=lambda action: action.happened_at, default=None)


def not_later_than_now(at: datetime | None) -> datetime:
    """Return when a told fact was true; a clock that runs ahead of ours must not shut out what comes after."""
    now = timezone.now()
    return min(at, now) if at else now
