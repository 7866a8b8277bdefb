"""The /v1/companies resource: registering companies, and finding those that our user may act in."""

from uuid import UUID

import msgspec

from portal import maventa
from portal.maventa import Api, scopes


class CompanyForm(msgspec.Struct, frozen=True, kw_only=True):
    """What registers a company; field names as in the contract."""

    name: str
    bid: str
    no_vat: bool  # True: `bid` is no VAT number, its check is left out
    address1: str
    address2: str = ""
    post_code: str
    post_office: str
    city: str
    state: str = ""
    country: str
    email: str


class CreatedCompany(maventa.Answer, frozen=True, kw_only=True):
    id: UUID


class ListedCompany(maventa.Answer, frozen=True, kw_only=True):
    id: UUID
    name: str | None = None
    bid: str | None = None


class CompanyService:
    """Companies of the account's user. The client speaks for the partner company."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    @property
    def own(self) -> UUID | None:
        """The partner's own company, which is in its list of companies and nobody's customer."""
        return self._client.company

    def register(self, company: CompanyForm) -> CreatedCompany:
        """
        Register a company; the account's vendor key is linked and its user becomes admin. Source: postV1Companies.

        :raises maventa.RejectedError: 422 with "BID ALREADY TAKEN", 400 for wrong input
        """
        form = {name: value for name, value in msgspec.structs.asdict(company).items() if value != ""}
        keys = {"vendor_api_key": maventa.VENDOR_KEY, "user_api_key": maventa.USER_KEY}
        return self._client.call(
            Api.AX, "POST", "/v1/companies", answer=CreatedCompany, form={**keys, **form}, multipart=True
        )

    def listed(self, *, bid: str = "", country: str = "") -> list[ListedCompany]:
        """Return the companies that the user may act in, all on one page. Source: getV1Companies."""
        return self._client.call(
            Api.AX,
            "GET",
            "/v1/companies",
            answer=list[ListedCompany],
            scope=scopes.COMPANY,
            params={"bid": bid or None, "country": country or None},
        )

    def keep_active(self) -> None:
        """Start the count of idle months anew, for the client's company. Source: postV1CompanyKeepActive."""
        self._client.call(Api.AX, "POST", "/v1/company/keep_active", scope=scopes.COMPANY)
