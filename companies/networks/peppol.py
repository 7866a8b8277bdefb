"""
The Peppol address a company should have, the schemes on offer, and what is wrong with an address.

Source: networks.json, peppol_schemes.csv, domain.md section 10.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import stdnum.be.vat
import stdnum.de.vat
import stdnum.ean
import stdnum.ee.registrikood
import stdnum.fi.ytunnus
import stdnum.it.iva
import stdnum.luhn
import stdnum.no.orgnr
from django.utils.translation import gettext as _

from companies import business_ids
from portal import contract
from portal.partners import concealed

GLN = "0088"
# Schemes whose address is the VAT number with its country prefix. Source: domain.md section 10
_VAT_SCHEMES = frozenset({"9925", "9930", "9931", "9938", "9939", "9944", "9957"})
_FINNISH = "0216"
_FINNISH_PREFIX = "0037"
# Where the code list gives no pattern, or one that real numbers don't keep (KVK numbers have 8 digits).
_PATTERNS = {
    _FINNISH: r"0037\d{8}[0-9A-Z]{0,5}",
    "0106": r"\d{8}",
    "0208": r"[01]\d{9}",
    "9930": r"DE\d{9}",
    "9944": r"NL\d{9}B\d{2}",
}
_CHECKS: dict[str, Callable[[str], bool]] = {
    GLN: stdnum.ean.is_valid,
    "0007": stdnum.luhn.is_valid,
    "0191": stdnum.ee.registrikood.is_valid,
    "0192": stdnum.no.orgnr.is_valid,
    "0208": stdnum.be.vat.is_valid,
    "0211": stdnum.it.iva.is_valid,
    _FINNISH: lambda text: bool(stdnum.fi.ytunnus.is_valid(text[4:12])),
    "9930": stdnum.de.vat.is_valid,
}
# Schemes whose address holds the business id itself: another company's number there is refused by AutoInvoice.
_HOLD_BUSINESS_ID = frozenset({_FINNISH, "0007", "0192", "0184", "0106", "0208", "0191", "0218", "9930"})
# What takes the place of a scheme that was taken from the code list, or never was in it.
_INSTEAD = {
    "0037": _FINNISH, "0212": _FINNISH, "0213": _FINNISH, "0215": _FINNISH, "9902": "0184", "9904": "0198",
    "0182": "0184", "9906": "0211", "9907": "0210", "9921": "0201", "9908": "0192", "9954": "0190", "9955": "0007",
    "9956": "0208", "9958": "0204", "9909": "0192", "0193": "0208",
}  # fmt: skip


class InvalidEndpointError(ValueError):
    """The address cannot be registered; says why and what to do, in staff words."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(field, text)
        self.field, self.text = field, text  # "scheme" or "endpoint_id"


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
        if row["state"] == "active" and row["registrable"] == "True"
    )


def schemes_of(country: str) -> tuple[str, ...]:
    """Return the usual schemes of a country, the first derived automatically by AutoInvoice."""
    return tuple(scheme["icd"] for scheme in contract.networks()["schemes"].get(country.upper(), ()))


def scheme_name(code: str) -> str:
    """Return the scheme's name in the code list; its number when it is not there."""
    return next((row["schemeid"] for row in contract.schemes() if row["iso6523"] == code), code)


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


def read_endpoint(scheme: str, text: str) -> Endpoint:
    """Return what staff typed or pasted as an address: `0088:643…`, with blanks, hyphens or Peppol's own prefix."""
    text = text.strip().removeprefix("iso6523-actorid-upis::")
    head, colon, rest = text.partition(":")
    if colon and re.fullmatch(r"\d{4}", head.strip()) and scheme in ("", head.strip()):
        scheme, text = head.strip(), rest
    bare = re.sub(r"\s", "", text).upper()
    if not re.fullmatch(pattern_of(scheme.strip()), bare):  # in some schemes a hyphen is part of the address
        bare = bare.replace("-", "")
    return Endpoint(scheme.strip(), bare)


def check_endpoint(endpoint: Endpoint, country: str = "", business_id: str = "") -> None:
    """
    Say what is wrong with an address before AutoInvoice does.

    :param business_id: of the company that would have it; "": not known yet
    :raises InvalidEndpointError: unknown or removed scheme, wrong form or check digit, another company's number
    """
    _check_scheme(endpoint.scheme)
    if not re.fullmatch(pattern_of(endpoint.scheme), endpoint.endpoint_id):
        raise InvalidEndpointError("endpoint_id", _wrong_form(endpoint))
    valid = _CHECKS.get(endpoint.scheme)
    if valid and not valid(endpoint.endpoint_id):
        text = _("The check digit of %(address)s is wrong: a digit is wrong or two are swapped.")
        raise InvalidEndpointError("endpoint_id", text % {"address": shown(endpoint, country)})
    if business_id and endpoint.scheme in _HOLD_BUSINESS_ID and not _holds(endpoint, country, business_id):
        text = _(
            "%(address)s is the address of another business id. A company takes its own number, or a GLN that "
            "was given to it (scheme 0088)."
        )
        raise InvalidEndpointError("endpoint_id", text % {"address": shown(endpoint, country)})


def shown(endpoint: Endpoint, country: str = "") -> str:
    """Return an address for the page; a personal number in it is masked."""
    owner = concealed.owner(endpoint.scheme, country or "SE")
    return f"{endpoint.scheme}:{concealed.masked(owner, endpoint.endpoint_id)}"


def pattern_of(scheme: str) -> str:
    """Return the form of a scheme's addresses as a regular expression."""
    row = _row(scheme)
    return _PATTERNS.get(scheme) or (row["pattern_hint"] if row else "") or r".{1,135}"


def _check_scheme(code: str) -> None:
    row = _row(code)
    if any(scheme.code == code for scheme in active_schemes()):
        return
    instead = _INSTEAD.get(code)
    words = {"code": code, "name": row["schemeid"] if row else "", "instead": instead or ""}
    words["instead_name"] = scheme_name(instead) if instead else ""
    if row is None and not instead:
        text = _("%(code)s is no Peppol scheme. Choose one of the list.")
    elif row is None:
        text = _(
            "%(code)s is not in the Peppol code list, though a document names it. Use %(instead)s (%(instead_name)s)."
        )
    elif instead:
        text = _("Peppol has taken %(code)s (%(name)s) out of use. Use %(instead)s (%(instead_name)s).")
    else:
        text = _("Peppol has taken %(code)s (%(name)s) out of use. Choose an active scheme.")
    raise InvalidEndpointError("scheme", text % words)


def _wrong_form(endpoint: Endpoint) -> str:
    """Say that the address has another form, and which scheme it looks like."""
    likely = [code for code in _PATTERNS | {GLN: r"\d{13}"} if re.fullmatch(pattern_of(code), endpoint.endpoint_id)]
    likely += [code for code in ("0192", "0007", "0191") if re.fullmatch(pattern_of(code), endpoint.endpoint_id)]
    text = _("This is no address of scheme %(code)s (%(name)s).") % {
        "code": endpoint.scheme,
        "name": scheme_name(endpoint.scheme),
    }
    if not likely:
        return text
    fits = ", ".join(f"{code} ({scheme_name(code)})" for code in dict.fromkeys(likely))
    return text + " " + _("It has the form of %(fits)s.") % {"fits": fits}


def _holds(endpoint: Endpoint, country: str, business_id: str) -> bool:
    try:
        identity = business_ids.parse(country, business_id).identity
    except business_ids.InvalidBusinessIdError:
        identity = concealed.normalise(business_id)
    return re.sub(r"\D", "", identity) in endpoint.endpoint_id


def _address(scheme: str, business_id: business_ids.BusinessId) -> str:
    if scheme in _VAT_SCHEMES:
        return business_id.value if business_id.vat else ""
    if scheme == _FINNISH:
        return _FINNISH_PREFIX + business_id.identity
    return "" if business_id.vat and business_id.identity == business_id.value else business_id.identity


@cache
def _row(code: str) -> dict[str, str] | None:
    return next((row for row in contract.schemes() if row["iso6523"] == code), None)
