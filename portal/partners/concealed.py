"""
Business ids that are a person's own number (sole traders in Sweden, Italy and Latvia, consumers who are billed):
encrypted, masked, and found by a keyed digest.

Every model that stores a business id has three columns: the text shown, a digest to find it by, and the secret.
"""

import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from stdnum.dk import cpr
from stdnum.fi import hetu
from stdnum.no import fodselsnummer

_SEPARATORS = re.compile(r"[\s.\-+/]")
# A personal number's third digit is 0 or 1 (the month's first digit); organisations have 2 or more there.
_SWEDISH = re.compile(r"(?:\d{2})?(\d{2}[01]\d[0-9]\d)\d{4}")
_ITALIAN = re.compile(r"([A-Z]{6})\w{10}")  # codice fiscale of a person: letters of the name, then birth and check
_LATVIAN = re.compile(r"([0-3]\d{5})\d{5}")  # personal code: a day of birth, or 32 for the newer ones
_FINNISH = re.compile(r"(\d{6})[A-FU-Y]?\d{3}[0-9A-FHJ-NPR-Y]")
_NORWEGIAN = re.compile(r"(\d{6})\d{5}")
_DANISH = re.compile(r"(\d{6})\d{4}")
_PERSONAL = {
    "SE": _SWEDISH, "IT": _ITALIAN, "LV": _LATVIAN, "FI": _FINNISH, "NO": _NORWEGIAN, "DK": _DANISH,
}  # fmt: skip

NORDIC = ("SE", "FI", "NO", "DK")  # whose persons' numbers can be told from other ids where no country is said
NOBODYS = "-"
# Whose ids an e-invoice address holds, where its scheme says it. Danish places have the form of persons' numbers.
_OWNERS = {"0007": "SE", "0096": NOBODYS, "DK:P": NOBODYS}


@dataclass(frozen=True, slots=True)
class Concealed:
    """One business id as it is stored."""

    shown: str  # the id, or its masked form
    digest: str  # 64 hex digits, for exact matches
    secret: str  # the id when it is personal, else ""


def normalise(business_id: str) -> str:
    """Return the id in capitals without blanks, hyphens, dots, plus signs and slashes."""
    return _SEPARATORS.sub("", business_id).upper()


def owner(scheme: str, country: str) -> str:
    """Return the country whose ids the addresses of a scheme are: the party's own where the scheme does not say it."""
    return _OWNERS.get(scheme, country.upper())


def is_personal(country: str, business_id: str) -> bool:
    """Tell whether the id is a person's own number."""
    return _personal(country, business_id) is not None


def _personal(country: str, business_id: str) -> re.Match[str] | None:
    country = country.upper()
    pattern, check = _PERSONAL.get(country), _CHECKS.get(country)
    found = pattern.fullmatch(normalise(business_id)) if pattern else None
    return found if found and (check is None or check(found[0])) else None


def _is_finnish(number: str) -> bool:
    sign = number[6] if len(number) == 11 else "-"  # which was taken out
    return bool(hetu.is_valid(f"{number[:6]}{sign}{number[-4:]}", allow_temporary=True))


def _is_danish(number: str) -> bool:
    # Some of the newer numbers have no check digit; customer numbers have their form too.
    return bool(cpr.is_valid(number) and cpr.checksum(number) == 0)


# Where no business id has such a form, but numbers of another kind may: their check digits count too.
_CHECKS: dict[str, Callable[[str], bool]] = {"FI": _is_finnish, "NO": fodselsnummer.is_valid, "DK": _is_danish}


def digest(country: str, business_id: str) -> str:
    """Return the keyed digest of a business id, the same for all ways of writing it."""
    if not settings.DIGEST_KEY:
        raise ImproperlyConfigured("DIGEST_KEY is empty: business ids cannot be stored or found. See .env.example.")
    text = f"{country.upper()}:{normalise(business_id)}"
    return hmac.new(settings.DIGEST_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def conceal(country: str, business_id: str) -> Concealed:
    """Return how a business id is stored: as it is, or masked with its secret beside it."""
    shown = masked(country, business_id)
    secret = "" if shown == business_id else business_id
    return Concealed(shown=shown, digest=digest(country, business_id), secret=secret)


def masked(country: str, business_id: str) -> str:
    """Return a business id as it may be shown."""
    personal = _personal(country, business_id)
    return f"{personal[1]}-••••" if personal else business_id
