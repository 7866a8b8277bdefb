"""Writing what AutoInvoice tells of documents into our rows: an older fact never overwrites a newer one."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from companies.models import Company
from invoices import counterparties
from invoices.counterparties import take_texts
from invoices.enums import Direction
from invoices.mirror import not_later_than_now
from invoices.models import BusinessDocument, DocumentEvent, DocumentFile
from invoices.services.documents import DocumentEntity, DocumentEventEntity
from invoices.trade.kinds import DocumentStatus
from invoices.trade.looking import Fetched
from portal.sync.upsert import Written, upsert

KEY = ("account", "company", "remote_id")
# What an entity says.
COLUMNS = (
    "type",
    "status",
    "number",
    "reference",
    *counterparties.COLUMNS,
    "document_identifier",
    "process_identifier",
    "source_format",
    "transmission_id",
    "external_id",
    "network",
    "origin",
    "created_at",
    "delivered_at",
    "received_at",
    "error_text",
)


def row_of(company: Company, direction: str, entity: DocumentEntity, at: datetime) -> BusinessDocument:
    """Return an unsaved row for what AutoInvoice said at a time. A new row is looked at at once, for its details."""
    document = BusinessDocument(
        account_id=company.account_id,
        company=company,
        remote_id=entity.id[:64],
        direction=direction,
        fact_at=at,
        next_check_at=at,
    )
    fill(document, entity)
    return document


def fill(document: BusinessDocument, entity: DocumentEntity) -> None:
    """Put what an entity says into a row's columns."""
    take_texts(
        document,
        type=(entity.type or "UNKNOWN").upper(),
        status=(entity.status or document.status).strip().upper(),
        number=entity.number,
        reference=entity.reference,
        document_identifier=entity.document_identifier,
        process_identifier=entity.process_identifier,
        source_format=entity.source_format,
        transmission_id=entity.transmission_id,
        external_id=entity.external_id,
        network=entity.network,
        origin=entity.origin,
    )
    document.created_at = entity.created_at or document.created_at
    document.delivered_at, document.received_at = entity.delivered_at, entity.received_at
    counterparties.take(document, entity.recipient if document.direction == Direction.SENT else entity.sender)
    note_failure(document, entity.last_event)


def note_failure(document: BusinessDocument, event: DocumentEventEntity | None) -> None:
    """Set why a document failed by AutoInvoice's last word on it; clears it when it has not failed."""
    if document.status != DocumentStatus.FAILED:
        document.error_text = ""
    elif event is not None:
        document.error_text = " ".join(filter(None, (event.message, event.details)))[:2000] or event.code or ""


def write(company: Company, direction: str, entity: DocumentEntity, at: datetime) -> BusinessDocument:
    """Write one document inside a transaction and return its row as it is now."""
    write_many([row_of(company, direction, entity, at)])
    return BusinessDocument.objects.get(account=company.account_id, company=company, remote_id=entity.id[:64])


def write_many(rows: Sequence[BusinessDocument]) -> Written:
    """Write the documents of one page inside a transaction; those with news are looked at."""
    written = upsert(BusinessDocument, rows, key=KEY, columns=COLUMNS)
    if written.updated:
        BusinessDocument.objects.filter(pk__in=written.updated).update(next_check_at=timezone.now())
    return written


def write_events(document: BusinessDocument, told: Sequence[DocumentEventEntity]) -> None:
    """Make a row's events what AutoInvoice lists, inside a transaction."""
    wanted = [
        DocumentEvent(
            document=document,
            position=position,
            code=(event.code or "")[:80],
            message=(event.message or "").replace("\x00", ""),
            details=(event.details or "").replace("\x00", ""),
            happened_at=event.created_at,
        )
        for position, event in enumerate(told)
    ]
    if [_facts(event) for event in wanted] == [_facts(event) for event in document.events.all()]:
        return
    document.events.all().delete()
    DocumentEvent.objects.bulk_create(wanted)


def _facts(event: DocumentEvent) -> tuple[object, ...]:
    return event.code, event.message, event.details, event.happened_at


def write_files(document: BusinessDocument, files: Sequence[Fetched]) -> None:
    """Write the files that were fetched; called again with the same files it changes nothing."""
    for file in files:
        about = {
            "kind": file.kind[:40],
            "name": file.name,
            "content_type": file.content_type,
            "size": file.stored.size,
            "sha256": file.stored.sha256,
        }
        DocumentFile.objects.update_or_create(document=document, remote_id=file.remote_id, defaults=about)


def told(document: BusinessDocument, status: str, at: datetime, text: str = "") -> None:
    """Write a status that an event told, if it is newer than what we know."""
    when = not_later_than_now(at)
    if when <= document.fact_at:
        return
    document.status, document.fact_at = status[:30], when
    document.error_text = text[:2000] if status == DocumentStatus.FAILED else ""
