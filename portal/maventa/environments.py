"""Where the APIs of AutoInvoice live: three environments, five APIs, and nothing else can be reached."""

import ipaddress
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import urlsplit

from portal.maventa.errors import ConfigurationError

_DEFAULT_PORTS = {"http": 80, "https": 443}


class Environment(StrEnum):
    SANDBOX = "SANDBOX"
    STAGE = "STAGE"
    PRODUCTION = "PRODUCTION"


class Api(StrEnum):
    AX = "AX"
    RECEIVABLES = "RECEIVABLES"
    VALIDATOR = "VALIDATOR"
    PAYSLIP = "PAYSLIP"
    BILLING = "BILLING"


# Source: the getting started page, "Endpoints" (domain.md section 0)
_STAGE: Mapping[Api, str] = MappingProxyType(
    {
        Api.AX: "https://ax-stage.maventa.com",
        Api.RECEIVABLES: "https://receivables-stage.maventa.com",
        Api.VALIDATOR: "https://validator-stage.maventa.com",
        Api.PAYSLIP: "https://payslip-stage.maventa.com",
        Api.BILLING: "https://bling-stage.maventa.com",
    }
)
_PRODUCTION: Mapping[Api, str] = MappingProxyType(
    {
        Api.AX: "https://ax.maventa.com",
        Api.RECEIVABLES: "https://receivables.maventa.com",
        Api.VALIDATOR: "https://validator.maventa.com",
        Api.PAYSLIP: "https://payslip.maventa.com",
        Api.BILLING: "https://bling.maventa.com",
    }
)


def hosts(environment: str, sandbox_urls: Mapping[str, str] | None = None) -> Mapping[Api, str]:
    """
    Return the base address of each API, without a final slash.

    :param sandbox_urls: API name (any case, "AX" or "ax_url") to address; only for the sandbox, only on loopback
    :raises ConfigurationError: an address is missing, malformed or not on this machine
    """
    environment = Environment(environment)
    if environment is Environment.STAGE:
        return _STAGE
    if environment is Environment.PRODUCTION:
        return _PRODUCTION
    return _sandbox(frozenset((sandbox_urls or {}).items()))


@lru_cache(maxsize=64)
def _sandbox(addresses: frozenset[tuple[str, str]]) -> Mapping[Api, str]:
    """Return the checked addresses of a simulator; each operation asks for them anew."""
    given = {key.upper().removesuffix("_URL"): url for key, url in addresses}
    urls = {api: _loopback(given[api]) for api in Api if given.get(api)}
    if Api.AX not in urls:
        raise ConfigurationError("The sandbox has no address for the AX API (ax_url).")
    return MappingProxyType(urls)


def origin(url: str) -> str:
    """
    Return scheme://host:port of an address, with the port always named.

    :raises ConfigurationError: no http(s) address, or one that carries a user name
    """
    try:
        parts = urlsplit(url)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError as exc:
        raise ConfigurationError("An address of an API is malformed.") from exc
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname or "@" in parts.netloc:
        raise ConfigurationError("An address of an API is malformed.")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port}"


def environment_of(url: str) -> Environment | None:
    """Tell which environment an address belongs to; None: none of them."""
    try:
        wanted = origin(url)
    except ConfigurationError:
        return None
    for environment, table in ((Environment.STAGE, _STAGE), (Environment.PRODUCTION, _PRODUCTION)):
        if wanted in map(origin, table.values()):
            return environment
    return Environment.SANDBOX if _is_loopback(urlsplit(url).hostname or "") else None


def _loopback(url: str) -> str:
    origin(url)
    parts = urlsplit(url)
    if not _is_loopback(parts.hostname or ""):
        raise ConfigurationError("A sandbox address must be on this machine (127.0.0.1, ::1 or localhost).")
    if parts.query or parts.fragment:
        raise ConfigurationError("A sandbox address ends with its path: no query, no fragment.")
    return url.rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
