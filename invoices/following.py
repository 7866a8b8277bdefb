"""One full look at an invoice at AutoInvoice: how it stands, its way, its files. HTTP and storage only, no database."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import BinaryIO

from invoices import storing
from invoices.enums import Direction, FileKind, Status, status_of
from invoices.models import Invoice
from invoices.services import IMAGE, RETURN_FORMATS, Action, Attachment, InvoiceEntity, InvoiceService
from portal import maventa

Download = Callable[[BinaryIO], maventa.Download | None]

_MOST_ATTACHMENTS = 100
_USUAL_FORMAT = "PEPPOLBIS30"
_EXTENSIONS = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg", "image/tiff": ".tif"}


@dataclass(frozen=True, slots=True)
class Fetched:
    """One file that now lies in the storage."""

    kind: str
    remote_id: str
    name: str
    content_type: str
    stored: storing.Stored


@dataclass(frozen=True, slots=True)
class Seen:
    entity: InvoiceEntity
    actions: list[Action]
    files: list[Fetched] | None  # None: not asked for


def look(client: maventa.Client, invoice: Invoice) -> Seen:
    """
    Ask AutoInvoice about one invoice; its files too, once nothing more will change them.

    :raises maventa.MaventaError: nothing was learnt; files fetched before that stay in the storage, unnamed
    """
    service = InvoiceService(client)
    entity = service.get(invoice.uuid)
    actions = service.actions(invoice.uuid)
    files = _files(service, invoice, entity) if invoice.files_at is None and _is_settled(invoice, entity) else None
    return Seen(entity, actions, files)


def _is_settled(invoice: Invoice, entity: InvoiceEntity) -> bool:
    return invoice.direction == Direction.RECEIVED or status_of(entity.status) in (Status.DELIVERED, Status.FAILED)


def _files(service: InvoiceService, invoice: Invoice, entity: InvoiceEntity) -> list[Fetched]:
    base = _file_name(entity.number or str(invoice.uuid))
    found = [_xml(service, entity, base), _image(service, entity, base)]
    found += [_attachment(service, entity, file) for file in (entity.files or [])[:_MOST_ATTACHMENTS]]
    return [file for file in found if file is not None]


def _xml(service: InvoiceService, entity: InvoiceEntity, base: str) -> Fetched | None:
    """Fetch what AutoInvoice has, which may differ from what was given: a collector may have changed it."""
    wanted = entity.source_format if entity.source_format in RETURN_FORMATS else _USUAL_FORMAT
    return _fetch(
        lambda to: service.rendered(entity.id, wanted or _USUAL_FORMAT, to),
        FileKind.ORIGINAL,
        "",
        f"{base}.xml",
        "application/xml",
    )


def _image(service: InvoiceService, entity: InvoiceEntity, base: str) -> Fetched | None:
    found = _fetch(lambda to: service.rendered(entity.id, IMAGE, to), FileKind.IMAGE, "", base, "")
    return found and replace(found, name=found.name + _EXTENSIONS.get(found.content_type, ""))


def _attachment(service: InvoiceService, entity: InvoiceEntity, file: Attachment) -> Fetched | None:
    name = _file_name(file.filename or file.id)
    return _fetch(
        lambda to: service.file(entity.id, file.id, to), FileKind.ATTACHMENT, file.id[:100], name, file.mimetype or ""
    )


def _fetch(download: Download, kind: FileKind, remote_id: str, name: str, content_type: str) -> Fetched | None:
    try:
        stored, answer = storing.store_from(download)
    except maventa.RejectedError as error:
        if error.status == 401:
            raise
        return None  # it cannot be had in this form; the invoice itself is not worse for it
    if answer is None or not stored.size:
        return None
    told = (content_type or answer.content_type).partition(";")[0].strip().lower()
    return Fetched(str(kind), remote_id, name, told[:100], stored)


def _file_name(text: str) -> str:
    """Return a name without path, control characters and quotes."""
    bare = text.replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in bare if char.isprintable() and char not in '"<>|:*?').strip(". ")[:200] or "file"
