"""The /v1/company/vendors resource: whether our software is linked to a company (webhooks, billing, support)."""

from portal import maventa
from portal.maventa import Api, scopes


class VendorState(maventa.Answer, frozen=True, kw_only=True):
    state: str  # free text


class VendorService:
    """The link of our vendor key to the company that the client speaks for."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def state(self) -> VendorState:
        """Source: getV1CompanyVendors."""
        return self._client.call(Api.AX, "GET", "/v1/company/vendors", answer=VendorState, scope=scopes.COMPANY)

    def link(self) -> VendorState:
        """Source: postV1CompanyVendors."""
        return self._client.call(Api.AX, "POST", "/v1/company/vendors", answer=VendorState, scope=scopes.COMPANY)

    def unlink(self) -> None:
        """Vendor webhooks and billing no longer cover the company. Source: deleteV1CompanyVendors."""
        self._client.call(Api.AX, "DELETE", "/v1/company/vendors", scope=scopes.COMPANY)
