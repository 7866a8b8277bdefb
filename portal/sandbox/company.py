"""An account of a company, and the writings of its business id."""

import re
from dataclasses import dataclass

VAT_FORMS = {
    "FI": r"FI\d{8}",
    "SE": r"SE\d{12}",
    "NO": r"(NO)?\d{9}MVA",
    "DK": r"DK\d{8}",
    "NL": r"NL\d{9}B\d{2}",
    "EE": r"EE\d{9}",
    "BE": r"BE\d{9,10}",
    "DE": r"DE\d{9}",
    "IT": r"IT\d{11}",
    "LV": r"LV\d{11}",
    "PL": r"PL\d{10}",
}


@dataclass(frozen=True, slots=True)
class Company:
    """One account. `bid` is as it was registered, `bid_key` without prefix, blanks and hyphens."""

    id: str
    bid: str
    bid_key: str
    country: str
    name: str
    address1: str | None
    address2: str | None
    post_code: str | None
    post_office: str | None
    city: str | None
    email: str | None
    company_state: str
    auth_state: str
    auth_email: str | None
    is_partner: bool
    own_kyc: bool
    disabled: bool
    withheld_scopes: tuple[str, ...]
    created_at: str
    active_at: str

    @property
    def verified(self) -> bool:
        """UNKNOWN is an older account that works as verified."""
        return self.company_state != "UNVERIFIED"

    @property
    def vat(self) -> str | None:
        """The VAT number, if the account was registered with one."""
        text = compact(self.bid)
        return text if is_vat(self.country, text) else None

    @property
    def digits(self) -> str:
        """The digits of the business id."""
        return re.sub(r"\D", "", self.bid_key)


def compact(bid: str) -> str:
    return re.sub(r"[^0-9A-Z]", "", bid.upper())


def is_vat(country: str, compacted: str) -> bool:
    return re.fullmatch(VAT_FORMS.get(country, r"[A-Z]{2}\w+"), compacted) is not None


def bid_key(bid: str, country: str | None) -> str:
    """A business id without prefix, suffix and punctuation, so that all its writings are one."""
    text = compact(bid)
    if country and text.startswith(country):
        text = text.removeprefix(country)
    if country == "NO":
        return text.removesuffix("MVA")
    if country == "SE" and len(text) == 12 and text.endswith("01") and compact(bid).startswith("SE"):
        return text[:10]
    if country == "SE" and len(text) == 12 and text[:2] in ("16", "19", "20"):
        return text[2:]
    if country == "FI" and text.isdigit():
        return text.zfill(8)
    return text.zfill(10) if country == "BE" else text


def country_of(bid: str) -> str | None:
    head = compact(bid)[:2]
    return head if head.isalpha() else None
