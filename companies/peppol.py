"""The Peppol address a company should have, and schemes on offer. Source: networks.json, peppol_schemes.csv."""

from dataclasses import dataclass
from functools import cache

from companies import business_ids
from portal import contract

# Schemes whose address is the VAT number with its country prefix. Source: domain.md section 10
_VAT_SCHEMES = frozenset({"9925", "9930", "9931", "9938", "9939", "9944", "9957"})
_FINNISH_PREFIX = "0037"


@dataclass(frozen=True, slots=True)
class Scheme:
    code: str  # "0192"
    name: str  # "NO:ORG"
    country: str  # "" for international ones


@dataclass(frozen=True, slots=True)
class Endpoint:
    scheme: str
    endpoint_id: str


@cache
def active_schemes() -> tuple[Scheme, ...]:
    """Return the schemes that new addresses may use; removed and deprecated ones are left out."""
    return tuple(
        Scheme(row["iso6523"], row["schemeid"], row["country"] if len(row["country"]) == 2 else "")
        for row in contract.schemes()
        if row["state"] == "active"
    )


def schemes_of(country: str) -> tuple[str, ...]:
    """Return the usual schemes of a country, the first derived automatically by AutoInvoice."""
    return tuple(scheme["icd"] for scheme in contract.networks()["schemes"].get(country.upper(), ()))


def expected_endpoint(country: str, business_id: str) -> Endpoint | None:
    """Return the address that AutoInvoice derives for a company; None: staff have to give scheme and address."""
    schemes = schemes_of(country)
    if not schemes:
        return None
    try:
        parsed = business_ids.parse(country, business_id)
    except business_ids.InvalidBusinessIdError:
        return None
    for scheme in schemes:
        address = _address(scheme, parsed)
        if address:
            return Endpoint(scheme, address)
    return None


def profile_version(country: str) -> str:
    """Return the document version for profiles that need one: national where there is one, else Peppol BIS 3."""
    return str(contract.networks()["version_preference"].get(country.upper(), "PEPPOLBIS30"))


def _address(scheme: str, business_id: business_ids.BusinessId) -> str:
    if scheme in _VAT_SCHEMES:
        return business_id.value if business_id.vat else ""
    if scheme == "0216":
        return _FINNISH_PREFIX + business_id.identity
    return "" if business_id.vat and business_id.identity == business_id.value else business_id.identity
