"""The /v1/company/suppliers resource: who sends a company paper and could send e-invoices, and having them told."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from portal import maventa
from portal.maventa import Api, scopes


class FoundSupplier(maventa.Answer, frozen=True, kw_only=True):
    company_bid: str
    company_country: str
    company_name: str
    email_address: str | None = None
    invoice_count: int | None = None


class SupplierAnswer(maventa.Answer, frozen=True, kw_only=True):
    status: str  # pending, completed; the list may grow
    query_id: str | None = None
    suppliers: list[FoundSupplier] | None = None


class Addressee(msgspec.Struct, frozen=True, kw_only=True):
    """Whom AutoInvoice writes to. `language`: en, se; fi and nl by an older description."""

    email_address: str
    name: str
    language: str


class NotificationFailure(maventa.Answer, frozen=True, kw_only=True):
    email: str | None = None
    reason: str | None = None


class NotificationAnswer(maventa.Answer, frozen=True, kw_only=True):
    failures: list[NotificationFailure] | None = None


class SupplierService:
    """Suppliers of the company that the client speaks for."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def query(self, oldest_invoice: datetime) -> SupplierAnswer:
        """
        Return who has sent scanned invoices since then (a month at most) and could send e-invoices.

        Asking changes nothing there; what is still pending is asked again. Source: postV1CompanySuppliersQuery.
        """
        return self._client.call(
            Api.AX,
            "POST",
            "/v1/company/suppliers/query",
            answer=SupplierAnswer,
            scope=scopes.COMPANY,
            json={"oldest_invoice_time": oldest_invoice},
            reads=True,
        )

    def notify(self, suppliers: Sequence[Addressee]) -> NotificationAnswer:
        """
        Have suppliers written to, in the company's name. Source: postV1CompanySuppliersNotifications.

        :raises maventa.RejectedError: 409 when the company lacks data for the mail
        """
        return self._client.call(
            Api.AX,
            "POST",
            "/v1/company/suppliers/notifications",
            answer=NotificationAnswer,
            scope=scopes.COMPANY,
            json={"suppliers": [msgspec.to_builtins(supplier) for supplier in suppliers]},
        )
