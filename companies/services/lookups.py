"""Look-ups: which business ids are free, and which receivers a network knows."""

from collections.abc import Sequence
from typing import Any

from portal import maventa
from portal.maventa import Api

BIDS_PER_LOOKUP = 10


class Availability(maventa.Answer, frozen=True, kw_only=True):
    company_bid: str | None = None
    company_status: str | None = None  # FREE, RESERVED


class Identifier(maventa.Answer, frozen=True, kw_only=True):
    scheme: str | None = None
    endpoint_id: str | None = None
    eaid_name: str | None = None
    eaid_code: str | None = None


class Participant(maventa.Answer, frozen=True, kw_only=True):
    id: str | None = None
    name: str | None = None
    bid: str | None = None
    country: str | None = None


class Receiver(maventa.Answer, frozen=True, kw_only=True):
    eia: str | None = None
    identifier: Identifier | None = None
    network: str | None = None
    operator: str | None = None
    participant: Participant | None = None
    document_types: list[dict[str, Any]] | None = None


class Operator(maventa.Answer, frozen=True, kw_only=True):
    operator_id: str = ""
    name: str | None = None
    country: str | None = None


class PartnerLookupService:
    """Availability of business ids, for partners. The client speaks for the partner company."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def availability(self, country: str, bids: Sequence[str]) -> list[Availability]:
        """Tell which of at most ten business ids are FREE or RESERVED. Source: getV1PartnerLookupsCompanies."""
        return self._client.call(
            Api.AX,
            "GET",
            "/v1/partner/lookups/companies",
            answer=list[Availability],
            scope="partner:lookups",
            params={"bids": list(bids), "country": country},
        )


class LookupService:
    """Receivers in the networks."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def receivers(
        self, networks: Sequence[str], *, bid: str = "", eia: str = "", name: str = "", country: str = ""
    ) -> list[Receiver]:
        """Return the first page of matching receivers. Source: getV1LookupReceivers."""
        asked = {
            "bid": bid or None,
            "eia": eia or None,
            "name": name or None,
            "country": [country] if country else None,
        }
        return self._client.call(
            Api.AX,
            "GET",
            "/v1/lookup/receivers",
            answer=list[Receiver],
            scope="lookup",
            params={"network": list(networks), **asked},
        )

    def operators(self) -> list[Operator]:
        """Return the operators that exchange invoices with AutoInvoice, by code. Source: getV1DefinitionsOperators."""
        return self._client.call(Api.AX, "GET", "/v1/definitions/operators", answer=list[Operator], scope="lookup")
