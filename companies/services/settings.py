"""The /v1/company/settings resource."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

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

# The answer may grow by fields that are no blocks; named blocks may be absent or null.
_Settings = msgspec.defstruct("_Settings", [(name, dict[str, Any] | None, None) for name in BLOCKS], frozen=True)


class SettingsService:
    """Settings of the company that the client speaks for; what is in a block is passed through, for it grows."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def get(self, blocks: Sequence[str] = ()) -> dict[str, dict[str, Any]]:
        """Return the asked blocks, or all, without those that AutoInvoice has not. Source: getV1CompanySettings."""
        answer = self._client.call(
            Api.AX,
            "GET",
            "/v1/company/settings",
            answer=_Settings,
            scope=scopes.COMPANY,
            params={"fields": list(blocks) or None},
        )
        return {name: block for name, block in msgspec.structs.asdict(answer).items() if block is not None}

    def change(self, blocks: Mapping[str, Mapping[str, Any]]) -> None:
        """Write whole blocks; what was read as null is left out. Source: patchV1CompanySettings."""
        self._client.call(Api.AX, "PATCH", "/v1/company/settings", scope=scopes.COMPANY, json=_without_nulls(blocks))


def _without_nulls(values: Mapping[str, Any]) -> dict[str, Any]:
    """Answers may hold null for "not set"; the contract lets no field of a change be null."""
    return {
        name: _without_nulls(value) if isinstance(value, Mapping) else value
        for name, value in values.items()
        if value is not None
    }
