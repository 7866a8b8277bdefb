"""Handing sent invoices over to agencies, and how that stands (AX)."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from portal import maventa
from portal.maventa import Api

SCOPE = "invoice:send"
_PATH = "/v2/invoices/{id}/assignment"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    street: str
    post_code: str
    city: str
    country: str


class PayerTerms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One payer. `ssn` is personal: it is in no log, and `__repr__` leaves it out."""

    name: str
    role: str
    address: Place
    identifier: str = ""
    ssn: str = ""

    def __repr__(self) -> str:
        return f"PayerTerms({self.name!r}, {self.role!r})"


class Terms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A hand-over by an agency's own call (v2). Amounts are numbers with at most two decimals."""

    collection_type: str
    receivables_type: str
    payers: list[PayerTerms]
    amounts: dict[str, float] = msgspec.field(default_factory=dict)
    assignment_summary: str = ""
    reminder_date: str = ""


class OlderTerms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A hand-over by the older call (v1), which Intrum has no other than. Either the amount or its parts."""

    collection_type: str
    collectable_amount: float | None = None
    amounts: dict[str, Any] = msgspec.field(default_factory=dict)
    payer_identifiers: list[str] = msgspec.field(default_factory=list)
    payer_ssns: list[str] = msgspec.field(default_factory=list)
    industry_specific_options: dict[str, Any] = msgspec.field(default_factory=dict)
    assignment_summary: str = ""

    def __repr__(self) -> str:
        return f"OlderTerms({self.collection_type!r})"


class HandedOver(maventa.Answer, frozen=True, kw_only=True):
    status: str  # pending, sent, error; the list may grow
    url: str | None = None  # the assignment in the Receivables API
    collectable_amount: Decimal | None = None
    error_reason: str | None = None


class HandOverService:
    """Invoices of the company that the client speaks for."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def state(self, invoice: UUID) -> HandedOver | None:
        """Return how handing over stands; None: it never happened. Source: getV2InvoicesIdAssignment."""
        try:
            return self._client.call(Api.AX, "GET", _PATH, answer=HandedOver, scope=SCOPE, id=invoice)
        except maventa.RejectedError as error:
            if error.status == 404:
                return None
            raise

    def to_amili(self, invoice: UUID, terms: Terms) -> None:
        """Source: postV2InvoicesIdAssignmentAmili."""
        self._client.call(Api.AX, "POST", f"{_PATH}/amili", scope=SCOPE, json=msgspec.to_builtins(terms), id=invoice)

    def to_ropo(self, invoice: UUID, terms: Terms) -> None:
        """Source: postV2InvoicesIdAssignmentRopo."""
        self._client.call(Api.AX, "POST", f"{_PATH}/ropo", scope=SCOPE, json=msgspec.to_builtins(terms), id=invoice)

    def by_older_call(self, invoice: UUID, terms: OlderTerms) -> None:
        """Source: postV1InvoicesIdAssignment."""
        path = "/v1/invoices/{id}/assignment"
        self._client.call(Api.AX, "POST", path, scope=SCOPE, json=msgspec.to_builtins(terms), id=invoice)
