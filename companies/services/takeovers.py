"""The /v1/partner/takeovers resource: accounts that others opened become ours. There is no look-up: keep the id."""

from uuid import UUID

from portal import maventa
from portal.maventa import Api

_PATH, _SCOPE = "/v1/partner/takeovers", "partner:takeovers"


class RequestedTakeover(maventa.Answer, frozen=True, kw_only=True):
    id: str | None = None  # not described; without it nobody can complete or revert


class TakeoverService:
    """Takeovers by the partner company that the client speaks for."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def request(self, company: UUID) -> RequestedTakeover:
        """Source: postV1PartnerTakeovers."""
        return self._client.call(
            Api.AX, "POST", _PATH, answer=RequestedTakeover, scope=_SCOPE, json={"company_id": str(company)}
        )

    def complete(self, takeover: str) -> None:
        """Source: postV1PartnerTakeoversTakeoverIdComplete."""
        self._client.call(Api.AX, "POST", f"{_PATH}/{{takeover_id}}/complete", scope=_SCOPE, takeover_id=takeover)

    def revert(self, takeover: str) -> None:
        """Source: deleteV1PartnerTakeoversTakeoverId."""
        self._client.call(Api.AX, "DELETE", f"{_PATH}/{{takeover_id}}", scope=_SCOPE, takeover_id=takeover)
