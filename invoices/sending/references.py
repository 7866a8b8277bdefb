"""Check digits of payment references, where a country's banks demand them."""

from collections.abc import Callable

from stdnum import iso11649, luhn

_FINNISH_WEIGHTS = (7, 3, 1)
_KID_WEIGHTS = (2, 3, 4, 5, 6, 7)
_MOST_DIGITS = {"FI": 20, "NO": 25}
_LEAST_DIGITS = {"FI": 4, "NO": 2}


def is_wrong(reference: str, country: str) -> bool:
    """Tell whether a reference breaks its check digit; what is no structured reference breaks none."""
    compact = reference.replace(" ", "").upper()
    if compact.startswith("RF") and compact[2:4].isdigit():
        return not iso11649.is_valid(compact)
    check = _BY_COUNTRY.get(country)
    if check is None or not compact.isascii() or not compact.isdigit():
        return False
    if not _LEAST_DIGITS[country] <= len(compact) <= _MOST_DIGITS[country]:
        return True
    return not check(compact)


def _is_finnish(digits: str) -> bool:
    total = sum(int(digit) * _FINNISH_WEIGHTS[place % 3] for place, digit in enumerate(reversed(digits[:-1])))
    return int(digits[-1]) == -total % 10


def _is_kid(digits: str) -> bool:
    """Norwegian KID: modulus 10 or modulus 11, as the biller has agreed with its bank."""
    total = sum(int(digit) * _KID_WEIGHTS[place % 6] for place, digit in enumerate(reversed(digits[:-1])))
    by_eleven = -total % 11
    return luhn.is_valid(digits) or (by_eleven < 10 and int(digits[-1]) == by_eleven)


_BY_COUNTRY: dict[str, Callable[[str], bool]] = {"FI": _is_finnish, "NO": _is_kid}
