"""The /v1/invoices/{id}/reroute resource."""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

from invoices.services.invoices import SCOPE
from portal import maventa
from portal.maventa import Api


class Route(StrEnum):
    EINVOICE = "einvoice"
    EMAIL = "email"
    PRINT = "print"


class RerouteService:
    """Another way for a failed invoice of the company that the client speaks for."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def reroute(self, uuid: UUID, route: Route, receiver: Mapping[str, str]) -> None:
        """
        Send a failed invoice another way; it is PENDING again. No id of ours goes along: twice may be two letters.

        Source: putV1InvoicesIdRerouteEinvoice, putV1InvoicesIdRerouteEmail, putV1InvoicesIdReroutePrint.

        :param receiver: recipient_eia and recipient_operator, or recipient_email, or name and postal address
        :raises maventa.RejectedError: 409 it has not failed, 400 a value is missing
        """
        self._client.call(
            Api.AX, "PUT", f"/v1/invoices/{{id}}/reroute/{route}", scope=SCOPE, json=dict(receiver), id=uuid
        )
