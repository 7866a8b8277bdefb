"""The /v1/company/settings resource."""

from collections.abc import Mapping, Sequence
from typing import Any

from portal import maventa
from portal.maventa import Api, scopes

# The blocks as the contract names them. Source: getV1CompanySettings
BLOCKS = (
    "details",
    "address",
    "invoice_notifications",
    "send_invoice_email",
    "send_invoice_print",
    "send_invoice_general",
    "logos",
    "email_reports",
    "billing_details",
)
# An older contract demanded these three in every change; sending them always is safe under both. Source: WIRE.md
ALWAYS_SENT = ("details", "address", "invoice_notifications")


class SettingsService:
    """Settings of the company that the client speaks for; blocks are passed through, for they grow."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def get(self, blocks: Sequence[str] = ()) -> dict[str, dict[str, Any] | None]:
        """Return the asked blocks, or all. Source: getV1CompanySettings."""
        return self._client.call(
            Api.AX,
            "GET",
            "/v1/company/settings",
            answer=dict[str, dict[str, Any] | None],
            scope=scopes.COMPANY,
            params={"fields": list(blocks) or None},
        )

    def change(self, blocks: Mapping[str, Mapping[str, Any]]) -> None:
        """Write whole blocks. Source: patchV1CompanySettings."""
        self._client.call(Api.AX, "PATCH", "/v1/company/settings", scope=scopes.COMPANY, json=dict(blocks))
