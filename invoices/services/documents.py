"""The /v1/documents resource: business documents other than invoices, and their files."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import BinaryIO

import msgspec

from invoices.services.invoices import Party
from portal import maventa
from portal.maventa import Api

# One token serves sending and receiving.
SCOPE = "document:send document:receive"
PRIMARY, ATTACHMENT = "PRIMARY_FILE", "ATTACHMENT"
DUPLICATE = "document_duplicate_transmission_id"  # 422: the company used this transmission id before
INVALID_STATE = "document_in_invalid_state"  # 409: only a DELIVERED document can be confirmed


class DocumentEventEntity(maventa.Answer, frozen=True, kw_only=True):
    created_at: maventa.Instant
    code: str | None = None
    message: str | None = None
    details: str | None = None


class DocumentFileEntity(maventa.Answer, frozen=True, kw_only=True):
    id: str
    filename: str | None = None
    mimetype: str | None = None
    type: str | None = None  # PRIMARY_FILE, ATTACHMENT, OTHER


class DocumentEntity(maventa.Answer, frozen=True, kw_only=True):
    """A document as AutoInvoice tells it; the sender's and the receiver's copies have ids of their own."""

    id: str
    type: str | None = None
    status: str | None = None
    number: str | None = None
    reference: str | None = None
    sender: Party | None = None
    recipient: Party | None = None
    document_identifier: str | None = None
    process_identifier: str | None = None
    created_at: maventa.Instant | None = None
    delivered_at: maventa.Instant | None = None
    received_at: maventa.Instant | None = None
    last_event: DocumentEventEntity | None = None
    source_format: str | None = None
    transmission_id: str | None = None
    network: str | None = None
    origin: str | None = None
    external_id: str | None = None
    files: list[DocumentFileEntity] | None = None


class NewDocument(msgspec.Struct, frozen=True, kw_only=True):
    """What goes with the files; address and operator are used as they are, nothing is looked up for them."""

    type: str
    transmission_id: str
    recipient_eia: str
    recipient_operator: str
    recipient_name: str = ""
    recipient_country: str = ""
    external_id: str = ""

    def fields(self) -> dict[str, object]:
        return {name: value for name, value in msgspec.structs.asdict(self).items() if value}


class DocumentService:
    """Documents of the company that the client speaks for."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def create(self, files: Sequence[maventa.FilePart], document: NewDocument) -> DocumentEntity:
        """
        Hand over one document, the primary file first, under our transmission id. Source: postV1Documents.

        :raises maventa.RejectedError: 422 the transmission id was used before, 400 content refused, 401 not verified
        """
        form = document.fields()
        if len(files) > 1:
            for place in range(len(files)):
                form[f"files[{place}][file_type]"] = PRIMARY if place == 0 else ATTACHMENT
        return self._client.call(
            Api.AX,
            "POST",
            "/v1/documents",
            answer=DocumentEntity,
            scope=SCOPE,
            form=form,
            files=_parts(files),
            repeatable=True,
        )

    def get(self, document_id: str) -> DocumentEntity:
        """Return one document. Source: getV1DocumentsId."""
        return self._client.call(
            Api.AX, "GET", "/v1/documents/{id}", answer=DocumentEntity, scope=SCOPE, id=document_id
        )

    def events(self, document_id: str) -> list[DocumentEventEntity]:
        """Return the steps of a document's way, oldest first. Source: getV1DocumentsIdEvents."""
        told: list[DocumentEventEntity] | DocumentEventEntity = self._client.call(
            Api.AX,
            "GET",
            "/v1/documents/{id}/events",
            answer=list[DocumentEventEntity] | DocumentEventEntity,  # type: ignore[arg-type]  # msgspec takes unions
            scope=SCOPE,
            id=document_id,
        )
        return told if isinstance(told, list) else [told]

    def pages(
        self, *, since: datetime | None, until: datetime, direction: str = "", kind: str = ""
    ) -> Iterator[list[DocumentEntity]]:
        """Yield the documents that were created in a window, page by page, newest first. Source: getV1Documents."""
        asked = {
            "created_at_start": since,
            "created_at_end": until,
            "direction": direction or None,
            "type": [kind] if kind else None,
        }
        return self._client.pages(Api.AX, "/v1/documents", item=DocumentEntity, scope=SCOPE, params=asked)

    def confirm(self, document_id: str) -> None:
        """
        Say that a received document has arrived well. Source: patchV1DocumentsId.

        :raises maventa.RejectedError: 409 it is not DELIVERED (any more)
        """
        self._client.call(
            Api.AX,
            "PATCH",
            "/v1/documents/{id}",
            scope=SCOPE,
            json={"status": "CONFIRMED_DELIVERY"},
            id=document_id,
        )

    def file(self, file_id: str, to: BinaryIO) -> maventa.Download:
        """Write one file of a document to `to`. Source: getV1FilesId."""
        return self._client.download(Api.AX, "/v1/files/{id}", to=to, scope=SCOPE, id=file_id)


def _parts(files: Sequence[maventa.FilePart]) -> list[maventa.FilePart]:
    """Return the parts under the names that AutoInvoice wants: one is `file`, several are numbered."""
    if len(files) == 1:
        return [_renamed(files[0], "file")]
    return [_renamed(part, f"files[{place}][file]") for place, part in enumerate(files)]


def _renamed(part: maventa.FilePart, field: str) -> maventa.FilePart:
    return maventa.FilePart(field, part.filename, part.content, part.content_type)
