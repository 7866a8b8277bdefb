"""Service levels of a company's customers (Receivables API, Kassavirta only); names in `receivables.wire`."""

from collections.abc import Iterator

from portal import maventa
from portal.maventa import Api
from receivables import wire

_LEVELS, _LEVEL = "/v1/service_levels", "/v1/service_levels/{customer_bid}"


class LevelService:
    """Levels of the customers of the company that the client speaks for."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def levels(self) -> Iterator[list[wire.ServiceLevel]]:
        """Yield the customers with a special level, page by page. Source: getV1ServiceLevels."""
        return self._client.pages(Api.RECEIVABLES, _LEVELS, item=wire.ServiceLevel, scope=wire.SCOPE)

    def level(self, business_id: str) -> wire.ServiceLevel:
        """Return one customer's level, the default too. Source: getV1ServiceLevelsCustomerBid."""
        return self._client.call(
            Api.RECEIVABLES, "GET", _LEVEL, answer=wire.ServiceLevel, scope=wire.SCOPE, customer_bid=business_id
        )

    def set_level(self, business_id: str, level: str) -> None:
        """Source: patchV1ServiceLevelsCustomerBid."""
        self._client.call(
            Api.RECEIVABLES, "PATCH", _LEVEL, scope=wire.SCOPE, json=wire.level_change(level), customer_bid=business_id
        )
