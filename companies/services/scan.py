"""Scanning: /v1/services/scan (people and machines), /v1/services/autoscan (machines), and Lyanthe for partners."""

from typing import Any
from uuid import UUID

import msgspec

from portal import maventa
from portal.maventa import Api, scopes

_SCAN, _AUTOSCAN, _LYANTHE = "/v1/services/scan", "/v1/services/autoscan", "/v1/partner/scan_service/lyanthe"
_LYANTHE_SCOPE = "partner:lyanthe_scan_service"


class ScanPlace(maventa.Answer, frozen=True, kw_only=True):
    """An address of the service. The answer words a street `address1`, the request `street_name`."""

    name: str | None = None
    address1: str | None = None
    address2: str | None = None
    country_code: str | None = None
    post_code: str | None = None
    city: str | None = None


class ScanAddress(maventa.Answer, frozen=True, kw_only=True):
    email_address: str | None = None
    postal_address: ScanPlace | None = None


class ScanConfiguration(maventa.Answer, frozen=True, kw_only=True):
    status: str | None = None  # active, disabled, pending, error; the list may grow
    error_message: str | None = None
    scan_address: ScanAddress | None = None
    return_address: ScanAddress | None = None
    features: dict[str, Any] | None = None


class AutoScanConfiguration(maventa.Answer, frozen=True, kw_only=True):
    status: str | None = None  # active, inactive; the list may grow
    scan_email_address: str | None = None
    features: dict[str, Any] | None = None
    return_email_address: str | None = None


class LyantheScan(maventa.Answer, frozen=True, kw_only=True):
    scan_address: ScanAddress | None = None


class ReturnAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Where material goes that is no invoice; a postal address is whole or absent."""

    email: str = ""
    street: str = ""
    extra_line: str = ""
    post_code: str = ""
    city: str = ""
    country: str = ""

    def as_form(self) -> dict[str, object]:
        """Return the fields as the request words them."""
        postal = "return_address[postal_address]"
        named: dict[str, object] = {
            "return_address[email_address]": self.email,
            f"{postal}[street_name]": self.street,
            f"{postal}[extra_lines]": [self.extra_line] if self.extra_line else [],
            f"{postal}[city]": self.city,
            f"{postal}[post_code]": self.post_code,
            f"{postal}[country_code]": self.country,
        }
        return {name: value for name, value in named.items() if value}


class ScanService:
    """Scanning for the company that the client speaks for."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def scan(self) -> ScanConfiguration:
        """Return how the scan service stands. Source: getV1ServicesScan."""
        return self._client.call(Api.AX, "GET", _SCAN, answer=ScanConfiguration, scope=scopes.COMPANY)

    def activate_scan(self, back: ReturnAddress) -> ScanConfiguration:
        """Open the scan service. Source: postV1ServicesScan; 401 for a company that is not verified."""
        return self._write_scan("POST", back)

    def change_scan(self, back: ReturnAddress) -> ScanConfiguration:
        """Change where other material goes. Source: putV1ServicesScan."""
        return self._write_scan("PUT", back)

    def close_scan(self) -> None:
        """Close the scan service. Source: deleteV1ServicesScan; 404 when there is none."""
        self._client.call(Api.AX, "DELETE", _SCAN, scope=scopes.COMPANY)

    def autoscan(self) -> AutoScanConfiguration:
        """Return how AutoScan stands. Source: getV1ServicesAutoscan."""
        return self._client.call(Api.AX, "GET", _AUTOSCAN, answer=AutoScanConfiguration, scope=scopes.COMPANY)

    def set_autoscan(self, *, return_email: str, line_scanning: bool) -> AutoScanConfiguration:
        """Open AutoScan, or change it: one call does both. Source: putV1ServicesAutoscan."""
        body = {"features": {"invoice_line_scanning": line_scanning}, "return_email_address": return_email}
        return self._client.call(
            Api.AX, "PUT", _AUTOSCAN, answer=AutoScanConfiguration, scope=scopes.COMPANY, json=body
        )

    def close_autoscan(self) -> None:
        """Close AutoScan. Source: deleteV1ServicesAutoscan."""
        self._client.call(Api.AX, "DELETE", _AUTOSCAN, scope=scopes.COMPANY)

    def _write_scan(self, method: str, back: ReturnAddress) -> ScanConfiguration:
        return self._client.call(
            Api.AX,
            method,
            _SCAN,
            answer=ScanConfiguration,
            scope=scopes.COMPANY,
            form=back.as_form(),
            multipart=True,
        )


class LyantheService:
    """The partner's switch for scanning by Lyanthe. The client speaks for the partner company."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def get(self, company: UUID) -> LyantheScan:
        """Return the address that scans come from; 404 when it is off. Source: getV1PartnerScanServiceLyanthe."""
        return self._client.call(
            Api.AX, "GET", _LYANTHE, answer=LyantheScan, scope=_LYANTHE_SCOPE, params={"company_id": str(company)}
        )

    def activate(self, company: UUID, email: str) -> None:
        """Source: postV1PartnerScanServiceLyanthe."""
        body = {"company_id": str(company), "lyanthe_email_address": email}
        self._client.call(Api.AX, "POST", _LYANTHE, scope=_LYANTHE_SCOPE, json=body)

    def close(self, company: UUID) -> None:
        """Source: deleteV1PartnerScanServiceLyanthe."""
        self._client.call(Api.AX, "DELETE", _LYANTHE, scope=_LYANTHE_SCOPE, params={"company_id": str(company)})
