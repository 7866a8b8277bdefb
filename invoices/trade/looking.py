"""One full look at a document at AutoInvoice: how it stands, its events, its files. HTTP and storage only."""

from dataclasses import dataclass

from invoices.enums import Direction
from invoices.files import storing
from invoices.following.looking import file_name
from invoices.models import BusinessDocument
from invoices.services.documents import DocumentEntity, DocumentEventEntity, DocumentFileEntity, DocumentService
from invoices.trade.kinds import DocumentStatus
from portal import maventa

_MOST_FILES = 100


@dataclass(frozen=True, slots=True)
class Fetched:
    """One file that now lies in the storage."""

    remote_id: str
    kind: str
    name: str
    content_type: str
    stored: storing.Stored


@dataclass(frozen=True, slots=True)
class Seen:
    entity: DocumentEntity
    events: list[DocumentEventEntity]
    files: list[Fetched] | None  # None: not asked for


def look(client: maventa.Client, document: BusinessDocument) -> Seen:
    """
    Ask AutoInvoice about one document; its files too, once it has left.

    :raises maventa.MaventaError: nothing was learnt; files fetched before that stay in the storage, unnamed
    """
    service = DocumentService(client)
    entity = service.get(document.remote_id)
    events = service.events(document.remote_id)
    has_left = document.direction == Direction.RECEIVED or entity.status != DocumentStatus.PROCESSING
    files = _files(service, entity) if document.files_at is None and has_left else None
    return Seen(entity, events, files)


def _files(service: DocumentService, entity: DocumentEntity) -> list[Fetched]:
    return [_fetch(service, file) for file in (entity.files or [])[:_MOST_FILES]]


def _fetch(service: DocumentService, file: DocumentFileEntity) -> Fetched:
    stored, answer = storing.store_from(lambda to: service.file(file.id, to))
    told = (file.mimetype or answer.content_type).partition(";")[0].strip().lower()
    return Fetched(file.id[:100], file.type or "", file_name(file.filename or file.id), told[:100], stored)
