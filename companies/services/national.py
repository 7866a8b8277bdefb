"""Services of one country: AvtaleGiro and B2C in Norway, the B2C agreement in Sweden; and /odp."""

from collections.abc import Iterator
from typing import Any

import msgspec

from portal import maventa
from portal.maventa import Api, scopes

_ATG, _B2CSE, _ODP = "/v1/services/atg", "/v1/services/b2cse/agreement", "/odp/companies/{id}"


class AtgAgreement(maventa.Answer, frozen=True, kw_only=True):
    """One agreement on direct debit; each bank account has its own."""

    account_number: str | None = None
    kid_length: str | None = None  # a number in the request, text in the answer
    reference_position: str | None = None
    payment_type_position: str | None = None
    notification_by_print: bool | None = None
    notification_by_email: bool | None = None
    status: str | None = None  # INACTIVE, ACTIVE, PENDING, DISABLED; the list may grow
    created_at: maventa.Instant | None = None


class AtgTerms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an agreement says, as the request words it."""

    kid_length: int
    reference_position: str
    signer_email: str
    payment_type_position: str = ""
    notification_by_print: bool | None = None
    notification_by_email: bool | None = None


class Mandate(maventa.Answer, frozen=True, kw_only=True):
    """A payer's consent to direct debit."""

    kid: str | None = None
    account_number: str | None = None
    notification: str | None = None
    status: str | None = None
    reference_nr: str | None = None
    payment_type: str | None = None
    updated_at: maventa.Instant | None = None


class B2cnoStatus(maventa.Answer, frozen=True, kw_only=True):
    status: str  # ACTIVE, FREE, RESERVED, FAULT, ERROR; the list may grow


class B2cseAgreement(maventa.Answer, frozen=True, kw_only=True):
    status: str | None = None  # free text
    fui: str | None = None
    agreement_id: str | None = None
    account_number: str | None = None
    account_type: str | None = None  # PlusGiro, BankGiro
    website: str | None = None


class B2cseTerms(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    account_number: str
    account_type: str
    fui: str = ""
    agreement_id: str = ""
    website: str = ""


class OdpCompany(maventa.Answer, frozen=True, kw_only=True):
    id: int | str
    name: str | None = None
    bid: str | None = None
    state: str | None = None  # CREATED, TRUSTED, DISABLED; the list may grow
    services: list[dict[str, Any]] | None = None


class ConsumerRoute(maventa.Answer, frozen=True, kw_only=True):
    status: str | None = None  # RECEIVING, NOT_RECEIVING, NOT_AVAILABLE, TEMPORARY_UNAVAILABLE; the list may grow
    details: str | None = None
    efaktura_identifier: str | None = None


class Consumer(maventa.Answer, frozen=True, kw_only=True):
    reference_id: str | None = None
    routes: dict[str, Any] | None = None  # dpi, yes2all; others have come and gone

    def named_routes(self) -> dict[str, ConsumerRoute]:
        """
        Return the routes by name, without what is no route.

        :raises maventa.UnexpectedResponseError: a route is not what the contract promises
        """
        given = (self.routes or {}).items()
        try:
            return {name: msgspec.convert(route, ConsumerRoute) for name, route in given if isinstance(route, dict)}
        except msgspec.ValidationError as exc:
            raise maventa.UnexpectedResponseError(str(exc), "$.routes") from None


class NationalService:
    """National services of the company that the client speaks for."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def atg_agreements(self) -> list[AtgAgreement]:
        """Source: getV1ServicesAtg."""
        return self._client.call(Api.AX, "GET", _ATG, answer=list[AtgAgreement], scope=scopes.COMPANY)

    def atg_agreement(self, account_number: str) -> AtgAgreement:
        """Source: getV1ServicesAtgAccountNumber."""
        return self._client.call(
            Api.AX,
            "GET",
            f"{_ATG}/{{account_number}}",
            answer=AtgAgreement,
            scope=scopes.COMPANY,
            account_number=account_number,
        )

    def agree_atg(self, account_number: str, terms: AtgTerms) -> AtgAgreement:
        """Ask for an agreement on one bank account; its signer gets an e-mail. Source: postV1ServicesAtg."""
        body = {"account_number": account_number, **msgspec.to_builtins(terms)}
        return self._client.call(Api.AX, "POST", _ATG, answer=AtgAgreement, scope=scopes.COMPANY, json=body)

    def change_atg(self, account_number: str, terms: AtgTerms) -> None:
        """Source: patchV1ServicesAtgAccountNumber."""
        self._client.call(
            Api.AX,
            "PATCH",
            f"{_ATG}/{{account_number}}",
            scope=scopes.COMPANY,
            json=msgspec.to_builtins(terms),
            account_number=account_number,
        )

    def mandates(self, *, query: str = "", status: str = "") -> Iterator[list[Mandate]]:
        """Yield the payers' consents, page by page. Source: getV1ServicesAtgMandates."""
        asked = {"query": query or None, "status": status or None}
        return self._client.pages(Api.AX, f"{_ATG}/mandates", item=Mandate, scope=scopes.COMPANY, params=asked)

    def b2cno(self) -> B2cnoStatus:
        """Return whether invoices reach Norwegian consumers. Source: getV1ServicesB2cno."""
        return self._client.call(Api.AX, "GET", "/v1/services/b2cno", answer=B2cnoStatus, scope=scopes.COMPANY)

    def b2cse(self) -> B2cseAgreement:
        """Return the agreement for Swedish consumers; 404 without one. Source: getV1ServicesB2cseAgreement."""
        return self._client.call(Api.AX, "GET", _B2CSE, answer=B2cseAgreement, scope=scopes.COMPANY)

    def agree_b2cse(self, terms: B2cseTerms) -> None:
        """Make or change the agreement for Swedish consumers. Source: postV1ServicesB2cseAgreement."""
        self._client.call(Api.AX, "POST", _B2CSE, scope=scopes.COMPANY, json=msgspec.to_builtins(terms))

    def odp(self, number: int) -> OdpCompany:
        """Return a company by its number there, which is none of AutoInvoice's ids. Source: getOdpCompaniesId."""
        return self._client.call(Api.AX, "GET", _ODP, answer=OdpCompany, scope="global", id=number)

    def trust_odp(self, number: int, *, trusted: bool) -> None:
        """Source: patchOdpCompaniesId."""
        self._client.call(Api.AX, "PATCH", _ODP, scope="global", form={"trusted": trusted}, multipart=True, id=number)


class ConsumerService:
    """How Norwegian consumers receive. The client speaks for the company that wants to know."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def look_up(self, **asked: str) -> Consumer:
        """Return the routes to one consumer; `asked` are the contract's parameters. Source: getV1LookupConsumers."""
        given = {name: value for name, value in asked.items() if value}
        return self._client.call(Api.AX, "GET", "/v1/lookup/consumers", answer=Consumer, scope="lookup", params=given)
