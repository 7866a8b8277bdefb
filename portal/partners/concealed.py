"""
Business ids that are a person's own number (Swedish sole traders): encrypted, masked, and found by a keyed digest.

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
_SWEDISH_PERSONAL = re.compile(r"(?:\d{2})?(\d{2}[01]\d[0-9]\d)\d{4}")


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
    return country.upper() == "SE" and _SWEDISH_PERSONAL.fullmatch(normalise(business_id)) is not None


def digest(country: str, business_id: str) -> str:
    """Return the keyed digest of a business id, the same for all ways of writing it."""
    if not settings.DIGEST_KEY:
        raise ImproperlyConfigured("DIGEST_KEY is empty: business ids cannot be stored or found. See .env.example.")
    text = f"{country.upper()}:{normalise(business_id)}"
    return hmac.new(settings.DIGEST_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def conceal(country: str, business_id: str) -> Concealed:
    """Return how a business id is stored: as it is, or masked with its secret beside it."""
    if not is_personal(country, business_id):
        return Concealed(shown=business_id, digest=digest(country, business_id), secret="")
    birth = normalise(business_id)[-10:-4]
    return Concealed(shown=f"{birth}-••••", digest=digest(country, business_id), secret=business_id)
