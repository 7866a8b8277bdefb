"""The /v1/invoices resource."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, BinaryIO
from uuid import UUID

from invoices.services.options import SendingOptions
from portal import maventa
from portal.maventa import Api

# One token serves sending and receiving.
SCOPE = "invoice:send invoice:receive"
IDS_PER_LIST = 100


class Party(maventa.Answer, frozen=True, kw_only=True):
    eia: str | None = None
    bid: str | None = None
    name: str | None = None
    country: str | None = None
    operator: str | None = None


class Action(maventa.Answer, frozen=True, kw_only=True):
    happened_at: maventa.Instant
    type: str = ""
    key: str | None = None
    channel: str | None = None
    message: str | None = None
    channel_details: Any = None  # what is told of a channel is not documented, and differs from channel to channel


class Attachment(maventa.Answer, frozen=True, kw_only=True):
    id: str
    filename: str | None = None
    type: str | None = None
    mimetype: str | None = None


class InvoiceEntity(maventa.Answer, frozen=True, kw_only=True):
    """An invoice as AutoInvoice tells it; `sum` is without tax, `sum_tax` with it."""

    id: UUID
    status: str | None = None
    number: str | None = None
    reference: str | None = None
    sender: Party | None = None
    recipient: Party | None = None
    created_at: maventa.Instant | None = None
    received_at: maventa.Instant | None = None
    date: str | None = None  # text: a date that is none must not cost the whole page
    date_due: str | None = None
    sum: Decimal | None = None
    sum_tax: Decimal | None = None
    currency: str | None = None
    source_format: str | None = None
    destination: str | None = None
    origin: str | None = None
    comment: str | None = None
    files: list[Attachment] | None = None  # attachments only


class InvoiceService:
    """Invoices of the company that the client speaks for."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def create(self, file: maventa.FilePart, uuid: UUID, options: SendingOptions) -> InvoiceEntity:
        """
        Hand over one XML or ZIP under our uuid; accepted means only that it will be tried. Source: postV1Invoices.

        :raises maventa.RejectedError: 401 company not verified, 409 uuid known, 400 content refused
        """
        return self._client.call(
            Api.AX,
            "POST",
            "/v1/invoices",
            answer=InvoiceEntity,
            scope=SCOPE,
            form={"uuid": uuid, **options.fields()},
            files=[file],
            repeatable=True,
        )

    def get(self, uuid: UUID) -> InvoiceEntity:
        """Return one invoice. Source: getV1InvoicesId."""
        return self._client.call(Api.AX, "GET", "/v1/invoices/{id}", answer=InvoiceEntity, scope=SCOPE, id=uuid)

    def find(self, uuid: UUID) -> InvoiceEntity | None:
        """Return one invoice, None if AutoInvoice knows none of that uuid for this company."""
        try:
            return self.get(uuid)
        except maventa.RejectedError as error:
            if error.status == 404:
                return None
            raise

    def sent(self, *, since: datetime | None, until: datetime, first: int = 1) -> Iterator[list[InvoiceEntity]]:
        """Yield sent invoices that were created in a window, from a page on. Source: getV1Invoices."""
        return self._listed({"direction": "SENT", "created_at_start": since, "created_at_end": until}, first)

    def received(self, *, since: datetime | None, until: datetime, first: int = 1) -> Iterator[list[InvoiceEntity]]:
        """
        Yield invoices that were received in a window, from a page on. Source: getV1Invoices.

        By the time of receiving: AutoInvoice holds some back until its checks have run, long after they were created.
        """
        return self._listed({"direction": "RECEIVED", "received_at_start": since, "received_at_end": until}, first)

    def _listed(self, asked: dict[str, object], first: int) -> Iterator[list[InvoiceEntity]]:
        return self._client.pages(Api.AX, "/v1/invoices", item=InvoiceEntity, scope=SCOPE, params=asked, first=first)

    def actions(self, uuid: UUID) -> list[Action]:
        """Return the steps of an invoice's way. Source: getV1InvoicesIdActions."""
        return self._client.call(
            Api.AX,
            "GET",
            "/v1/invoices/{id}/actions",
            answer=list[Action],
            scope=SCOPE,
            params={"channel_details_version": 1},
            id=uuid,
        )

    def file(self, uuid: UUID, file_id: str, to: BinaryIO) -> maventa.Download:
        """Write one attachment to `to`. Source: getV1InvoicesIdFilesFileId."""
        return self._client.download(
            Api.AX, "/v1/invoices/{id}/files/{file_id}", to=to, scope=SCOPE, id=uuid, file_id=file_id
        )

    def rendered(self, uuid: UUID, return_format: str, to: BinaryIO) -> maventa.Download | None:
        """
        Write the invoice as XML of a format, or its image, to `to`; None if there is none.

        Source: getV1InvoicesId, return_format.
        """
        try:
            return self._client.download(
                Api.AX, "/v1/invoices/{id}", to=to, scope=SCOPE, params={"return_format": return_format}, id=uuid
            )
        except maventa.RejectedError as error:
            if error.status == 404:
                return None
            raise

    def mark(self, uuid: UUID, state: str) -> None:
        """
        Set the partner's mark of an invoice: HANDLED, or CREATED to be told of it again.

        Source: patchV1InvoicesIdInvoiceEvents.
        """
        self._client.call(
            Api.AX, "PATCH", "/v1/invoices/{id}/invoice_events", scope=SCOPE, json={"state": state}, id=uuid
        )
