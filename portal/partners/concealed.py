"""
Business ids that are a person's own number (sole traders in Sweden, Italy, Latvia): encrypted, masked, and found by a
keyed digest.

Every model that stores a business id has three columns: the text shown, a digest to find it by, and the secret.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_SEPARATORS = re.compile(r"[\s.\-+/]")
# A personal number's third digit is 0 or 1 (the month's first digit); organisations have 2 or more there.
_SWEDISH = re.compile(r"(?:\d{2})?(\d{2}[01]\d[0-9]\d)\d{4}")
_ITALIAN = re.compile(r"([A-Z]{6})\w{10}")  # codice fiscale of a person: letters of the name, then birth and check
_LATVIAN = re.compile(r"([0-3]\d{5})\d{5}")  # personal code: a day of birth, or 32 for the newer ones
_PERSONAL = {"SE": _SWEDISH, "IT": _ITALIAN, "LV": _LATVIAN}


@dataclass(frozen=True, slots=True)
class Concealed:
    """One business id as it is stored."""

    shown: str  # the id, or its masked form
    digest: str  # 64 hex digits, for exact matches
    secret: str  # the id when it is personal, else ""


def normalise(business_id: str) -> str:
    """Return the id in capitals without blanks, hyphens, dots, plus signs and slashes."""
    return _SEPARATORS.sub("", business_id).upper()


def is_personal(country: str, business_id: str) -> bool:
    """Tell whether the id is a person's own number."""
    return _personal(country, business_id) is not None


def _personal(country: str, business_id: str) -> re.Match[str] | None:
    pattern = _PERSONAL.get(country.upper())
    return pattern.fullmatch(normalise(business_id)) if pattern else None


def digest(country: str, business_id: str) -> str:
    """Return the keyed digest of a business id, the same for all ways of writing it."""
    if not settings.DIGEST_KEY:
        raise ImproperlyConfigured("DIGEST_KEY is empty: business ids cannot be stored or found. See .env.example.")
    text = f"{country.upper()}:{normalise(business_id)}"
    return hmac.new(settings.DIGEST_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def conceal(country: str, business_id: str) -> Concealed:
    """Return how a business id is stored: as it is, or masked with its secret beside it."""
    personal = _personal(country, business_id)
    if personal is None:
        return Concealed(shown=business_id, digest=digest(country, business_id), secret="")
    return Concealed(shown=f"{personal[1]}-••••", digest=digest(country, business_id), secret=business_id)
