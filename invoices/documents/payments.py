"""What kind of account a number belongs to, where the format does not say it."""

import re
from functools import lru_cache

from stdnum import iban

_GIROS = {
    "BGABSESS": "BGABSESS", "SE:BANKGIRO": "BGABSESS", "9900": "BGABSESS",
    "PGSISESS": "PGSISESS", "SE:PLUSGIRO": "PGSISESS", "9500": "PGSISESS",
}  # fmt: skip
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{6,30}")
_REMEMBERED = 4096  # a sender's invoices are paid to the same few accounts


def account_scheme(number: str, bic: str) -> str:
    """Return IBAN, BGABSESS (bankgiro), PGSISESS (plusgiro), or "" for what cannot be told."""
    if found := _GIROS.get(bic.upper().strip()):
        return found
    compact = number.replace(" ", "").upper()
    return "IBAN" if _IBAN.fullmatch(compact) and is_iban(compact) else ""


@lru_cache(maxsize=_REMEMBERED)
def is_iban(compact: str) -> bool:
    """Tell whether a number without spaces is an IBAN of its country's length, with the right check digits."""
    return bool(iban.is_valid(compact))
