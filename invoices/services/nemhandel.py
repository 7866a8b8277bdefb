"""Answers to invoices that came over Nemhandel."""

from uuid import UUID

from portal import maventa
from portal.maventa import Api

SCOPE = "invoice:receive"


class NemhandelAnswer(maventa.Answer, frozen=True, kw_only=True):
    is_requested: bool | None = None


class NemhandelService:
    """Invoices that the company which the client speaks for has received."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def respond(self, invoice: UUID, response: str, reason: str = "") -> NemhandelAnswer:
        """
        Answer a received invoice; the order of answers is fixed and none can be taken back.

        Source: postV1InvoicesIdResponsesNemhandel.

        :raises maventa.RejectedError: 400 the answer cannot follow the last one, or the invoice did not come so
        """
        return self._client.call(
            Api.AX,
            "POST",
            "/v1/invoices/{id}/responses/nemhandel",
            answer=NemhandelAnswer,
            scope=SCOPE,
            json={"response": response, **({"reason": reason} if reason else {})},
            id=invoice,
        )
