"""Electronic addresses: derived from country and business id, checked by form and check digit, and whose they are."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from stdnum import luhn
from stdnum.fi import ytunnus
from stdnum.no import orgnr

from portal import contract

INTERNAL_SCHEME = str(contract.networks()["internal_scheme"]["shown"])
FINNISH_PREFIX = "0037"

# Where the code list gives no pattern, or one that real numbers don't keep (KVK numbers have 8 digits).
PATTERNS = {
    "0216": r"0037\d{8}[0-9A-Z]{0,5}",
    INTERNAL_SCHEME: r"0037\d{8}[0-9A-Z]{0,5}",
    "0106": r"\d{8}",
    "9930": r"DE\d{9}",
    "9944": r"NL\d{9}B\d{2}",
    "9945": r"PL\d{10}",
}
# The suffix of a Finnish address is the company's own choice; it never follows from the business id.
DERIVED = {"0216": r"0037\d{8}"}
# On the internal network a company of these countries has an address too, though Peppol needs one given by hand.
INTERNAL_ONLY = {"EE": "0191", "BE": "0208", "IT": "0211", "LV": "0218", "PL": "9945"}
CHECK_DIGITS: dict[str, Callable[[str], bool]] = {
    "0216": lambda text: ytunnus.is_valid(text.removeprefix(FINNISH_PREFIX)[:8]),
    "0007": luhn.is_valid,
    "0192": orgnr.is_valid,
}
HOLDS_BID = ("0216", INTERNAL_SCHEME, "0007", "0192", "0184", "0106", "0208", "0191", "0218")


@dataclass(frozen=True, slots=True)
class Endpoint:
    scheme: str
    endpoint_id: str


def derive(country: str, bid_key: str, network: str) -> Endpoint | None:
    """The address of a company without asking it; None if none follows from country and business id."""
    schemes = [str(item["icd"]) for item in contract.networks()["schemes"].get(country, [])]
    if network == "VISMA":
        internal = {"FI": INTERNAL_SCHEME} | INTERNAL_ONLY
        schemes = [internal[country]] if country in internal else schemes
    found = [Endpoint(scheme, _text(scheme, bid_key)) for scheme in schemes]
    fitting = [
        item for item in found if re.fullmatch(DERIVED.get(item.scheme) or pattern(item.scheme), item.endpoint_id)
    ]
    if network == "VISMA":  # takes malformed numbers too
        fitting += found
    return next(iter(fitting), None)


def pattern(scheme: str) -> str:
    row = _row(scheme)
    return PATTERNS.get(scheme) or (row["pattern_hint"] if row else "") or r".{1,135}"


def fault(endpoint: Endpoint) -> str | None:
    """Why a registry refuses the address; None if it takes it."""
    row = _row(endpoint.scheme)
    if row is None and endpoint.scheme != INTERNAL_SCHEME:
        return f"scheme {endpoint.scheme} is not in the code list"
    if row is not None and row["state"] == "removed":
        return f"scheme {endpoint.scheme} was removed from the code list"
    if not re.fullmatch(pattern(endpoint.scheme), endpoint.endpoint_id):
        return f"{endpoint.endpoint_id} has not the form of scheme {endpoint.scheme}"
    valid = CHECK_DIGITS.get(endpoint.scheme)
    if valid and not valid(endpoint.endpoint_id):
        return f"check digit of {endpoint.endpoint_id} is wrong"
    return None


def is_of_other(endpoint: Endpoint, bid_key: str) -> bool:
    """Whether the address holds the business id of somebody else (GLN and the like hold none)."""
    if endpoint.scheme not in HOLDS_BID:
        return False
    return re.sub(r"\D", "", bid_key) not in endpoint.endpoint_id


def scheme_name(scheme: str) -> str:
    """The name in the code list, such as FI:OVT2; the number itself if it isn't listed."""
    row = _row(scheme)
    return row["schemeid"] if row else scheme


def _text(scheme: str, bid_key: str) -> str:
    if scheme in ("0216", INTERNAL_SCHEME):
        return FINNISH_PREFIX + bid_key
    prefix = {"9930": "DE", "9944": "NL", "9945": "PL", "0211": "IT"}.get(scheme, "")
    return prefix + bid_key


def _row(scheme: str) -> dict[str, str] | None:
    return next((row for row in contract.schemes() if row["iso6523"] == scheme), None)
