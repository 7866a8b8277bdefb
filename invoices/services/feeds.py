"""The partner's feeds of invoices: what happened to those of all companies."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from portal import maventa
from portal.maventa import Api

PARTNER_SCOPE = "partner:invoice_delivery_actions"


class DeliveryEvent(maventa.Answer, frozen=True, kw_only=True):
    """A line of the partner's feeds: which invoice of which company."""

    company_id: UUID
    invoice_id: UUID
    state: str | None = None
    created_at: maventa.Instant | None = None


class PartnerInvoiceService:
    """What happened to invoices of all companies. The client speaks for the partner company."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def received(self, state: str = "CREATED") -> Iterator[list[DeliveryEvent]]:
        """Yield received invoices that carry a mark. Source: getV1PartnerInvoiceEventsReceived."""
        return self._client.pages(
            Api.AX,
            "/v1/partner/invoice_events/received",
            item=DeliveryEvent,
            scope=PARTNER_SCOPE,
            params={"state": state},
        )

    def sent_errors(self, after: datetime) -> Iterator[list[DeliveryEvent]]:
        """Yield sent invoices that failed after a moment. Source: getV1PartnerInvoiceEventsSentErrors."""
        return self._client.pages(
            Api.AX,
            "/v1/partner/invoice_events/sent_errors",
            item=DeliveryEvent,
            scope=PARTNER_SCOPE,
            params={"happened_after": after},
        )
