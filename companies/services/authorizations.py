"""Authorization: requests for a signature or our own proof, and how a company stands."""

import json
from collections.abc import Sequence
from uuid import UUID

from portal import maventa
from portal.maventa import Api, scopes


class AuthorizationAnswer(maventa.Answer, frozen=True, kw_only=True):
    status: str  # free text
    count: int | None = None


class CompanyStatus(maventa.Answer, frozen=True, kw_only=True):
    auth_state: str  # PENDING, SENT, SIGNED, CANCELED, NONE; the list may grow
    auth_email: str | None = None
    company_state: str  # VERIFIED, UNVERIFIED, UNKNOWN


def own_process(authorization_id: str) -> str:
    """Return `options` for a company that the partner has verified itself: a JSON object written as text."""
    return json.dumps({"authorization_method": authorization_id}, ensure_ascii=False)


class AuthorizationService:
    """Authorization requests. The client speaks for the partner company."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def request(
        self, companies: Sequence[UUID], *, email: str, locale: str, authorization_id: str = ""
    ) -> AuthorizationAnswer:
        """
        Ask one person to sign for up to 50 companies of one country. Source: postV1CompaniesAuthorizations.

        :param authorization_id: traceable id of the partner's own process: verified at once, nothing to sign
        """
        body = {"company_ids": [str(company) for company in companies], "auth_email": email, "locale": locale}
        if authorization_id:
            body["options"] = own_process(authorization_id)
        return self._client.call(
            Api.AX,
            "POST",
            "/v1/companies/authorizations",
            answer=AuthorizationAnswer,
            scope=scopes.COMPANY,
            json=body,
        )

    def status(self, company: UUID) -> CompanyStatus:
        """Return how a company stands; in test environments this refreshes it. Source: getV1CompaniesIdStatus."""
        return self._client.call(
            Api.AX, "GET", "/v1/companies/{id}/status", answer=CompanyStatus, scope=scopes.COMPANY, id=company
        )
