"""
Electronic addresses: how one company is named by scheme and value, by OVT, VAT number and business id.

`identity` folds all these spellings into one key, so that receivers are found however the invoice names them.
"""

import re

SCHEME_BY_COUNTRY = {
    "FI": "0216", "SE": "0007", "NO": "0192", "DK": "0184", "NL": "0106",
    "BE": "0208", "EE": "0191", "LV": "0218", "DE": "9930", "IT": "0211", "PL": "9945",
}  # fmt: skip
COUNTRY_BY_SCHEME = {scheme: country for country, scheme in SCHEME_BY_COUNTRY.items()} | {
    "0212": "FI", "0213": "FI", "0096": "DK", "0198": "DK", "9944": "NL",
    "9925": "BE", "9931": "EE", "9939": "LV",
}  # fmt: skip
OVT_SCHEMES = ("", "0216", "0037", "V154")
IBAN_SCHEME = "9918"
GLN_SCHEME = "0088"

_OVT = re.compile(r"0037(\d{8})[0-9A-Z]{0,5}")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}")
_VAT_TAILS = {"SE": "01", "NO": "MVA"}


def compact(value: str) -> str:
    """Upper case without blanks, dots and hyphens: how identifiers are compared."""
    return re.sub(r"[\s.\-]", "", value).upper()


def digits_of(country: str, number: str) -> str:
    """Return a business id or VAT number without country prefix and national tail, so that both spellings meet."""
    bare = compact(number).removeprefix(country)
    tail = _VAT_TAILS.get(country, "")
    if tail and bare.endswith(tail) and len(bare) > 9:
        bare = bare.removesuffix(tail)
    return bare.zfill(8) if country == "FI" and bare.isdigit() else bare


def identity(country: str, number: str) -> str:
    """Return "FI:23456780" for any spelling of a company's number; "" when there is none."""
    bare = digits_of(country, number)
    return f"{country}:{bare}" if bare else ""


def endpoint_identity(scheme: str, value: str) -> str:
    """Return the company's identity behind an electronic address of a national scheme; "" for GLN and the like."""
    address = compact(value)
    if scheme in OVT_SCHEMES:
        ovt = _OVT.fullmatch(address)
        return identity("FI", ovt[1]) if ovt else ""
    country = COUNTRY_BY_SCHEME.get(scheme)
    return identity(country, address) if country else ""


def scheme_of(value: str) -> str:
    """Guess the scheme of an address that names none: OVT, IBAN or GLN; "" when it cannot be told."""
    address = compact(value)
    if _OVT.fullmatch(address):
        return "0216"
    if _IBAN.fullmatch(address):
        return IBAN_SCHEME
    return GLN_SCHEME if re.fullmatch(r"\d{13}", address) else ""


def derived_endpoint(country: str, bid: str, vat: str) -> tuple[str, str]:
    """Return scheme and value that a company of this country has by its numbers; two empty texts when not derivable."""
    scheme = SCHEME_BY_COUNTRY.get(country, "")
    number = vat if scheme.startswith("99") else bid or vat
    bare = digits_of(country, number)
    if not scheme or not bare:
        return "", ""
    if country == "FI":
        return scheme, f"0037{bare}"
    return scheme, f"{country}{bare}" if scheme.startswith("99") or scheme == "0211" else bare
