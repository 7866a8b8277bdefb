"""
Business ids of the countries where AutoInvoice takes companies: how they are written, checked and told apart.

The value sent to AutoInvoice is the compact form in capitals. `identity` is the same for all ways of writing one
company's id (with or without VAT prefix), so that it is what duplicates and look-ups go by. Source: domain.md 5.1
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType

import stdnum.be.vat
import stdnum.de.vat
import stdnum.dk.cvr
import stdnum.ee.kmkr
import stdnum.ee.registrikood
import stdnum.fi.ytunnus
import stdnum.it.codicefiscale
import stdnum.it.iva
import stdnum.lv.pvn
import stdnum.nl.btw
import stdnum.no.orgnr
import stdnum.pl.nip
import stdnum.se.orgnr
from django.utils.translation import gettext as _
from stdnum.exceptions import InvalidChecksum, InvalidFormat, ValidationError

from portal.partners import concealed
from portal.partners.concealed import Concealed


class InvalidBusinessIdError(ValueError):
    """The text is no business id of that country; says what to do, in staff words."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


@dataclass(frozen=True, slots=True)
class BusinessId:
    country: str
    value: str  # as sent to AutoInvoice: "12345671", "FI12345671"
    kind: str  # AutoInvoice's word: "ORGNR", "VAT", "CVR" …
    identity: str  # equal for all ways of writing it
    is_personal: bool  # a person's own number: masked and encrypted
    vat: bool  # False: `no_vat` goes with the registration


@dataclass(frozen=True, slots=True)
class _Kind:
    name: str
    example: str
    validate: Callable[[str], str]  # compact text → number; raises stdnum's errors
    vat: bool = False
    identity: Callable[[str], str] = lambda number: number


@lru_cache(maxsize=4096)  # a row of a file is asked about several times in a moment
def parse(country: str, text: str) -> BusinessId:
    """
    Return the business id behind what staff typed: blanks, hyphens, dots and case do not matter.

    :raises InvalidBusinessIdError: unknown country, wrong form or check digit
    """
    country = country.strip().upper()
    if country not in _KINDS:
        raise InvalidBusinessIdError(
            _("AutoInvoice takes no companies of this country. Use one of %(known)s.") % {"known": ", ".join(COUNTRIES)}
        )
    compact = concealed.normalise(text)
    if not compact:
        raise InvalidBusinessIdError(
            _("The business id is missing. It looks like %(example)s.") % {"example": _example(country)}
        )
    checksum = False
    for kind in _KINDS[country]:
        try:
            value = kind.validate(compact)
        except ValidationError as error:
            checksum = checksum or isinstance(error, InvalidChecksum)
            continue
        identity = kind.identity(value)
        return BusinessId(country, value, kind.name, identity, concealed.is_personal(country, identity), kind.vat)
    raise InvalidBusinessIdError(_why(country, wrong_digit=checksum))


@lru_cache(maxsize=8192)  # a list of invoices names the same customers again and again
def conceal(country: str, text: str) -> Concealed:
    """Return how a business id is stored; one that breaks its country's rules is kept as it came."""
    if not text.strip():
        return Concealed(shown="", digest="", secret="")
    try:
        business_id = parse(country, text)
    except InvalidBusinessIdError:
        return concealed.conceal(country, text.strip())
    return conceal_parsed(business_id)


def conceal_parsed(business_id: BusinessId) -> Concealed:
    """Return how a business id that was parsed already is stored."""
    stored = concealed.conceal(business_id.country, business_id.identity)
    if stored.secret:
        return Concealed(shown=stored.shown, digest=stored.digest, secret=business_id.value)
    return Concealed(shown=business_id.value, digest=stored.digest, secret="")


def digest(country: str, text: str) -> str:
    """Return what rows with this business id are found by, however it is written."""
    return conceal(country, text).digest


def same(country: str, one: str, other: str) -> bool:
    """Tell whether two texts name one company."""
    return _identity(country, one) == _identity(country, other)


def example(country: str) -> str:
    """Return what a business id of this country looks like, for hints beside fields."""
    return _example(country.upper()) if country.upper() in _KINDS else ""


def _identity(country: str, text: str) -> str:
    try:
        return parse(country, text).identity
    except InvalidBusinessIdError:
        return concealed.normalise(text)


def _example(country: str) -> str:
    return _(" or ").join(f"{kind.example} ({kind.name})" for kind in _KINDS[country])


def _why(country: str, *, wrong_digit: bool) -> str:
    if wrong_digit:
        return _("The check digit does not match: a digit is wrong or two are swapped. Compare it with the register.")
    return _("This is no business id of %(country)s. It looks like %(example)s.") % {
        "country": country,
        "example": _example(country),
    }


def _by(module: ModuleType, *, prefix: str = "") -> Callable[[str], str]:
    """Return a check by one module of stdnum; `prefix` is demanded and kept in the value."""

    def validate(compact: str) -> str:
        bare = compact.removeprefix(prefix)
        if prefix and bare == compact:
            raise InvalidFormat
        return prefix + str(module.validate(bare))

    return validate


def _strip(prefix: str) -> Callable[[str], str]:
    return lambda value: value.removeprefix(prefix)


def _finnish(compact: str) -> str:
    # Ids given before 1978 have six digits and a check digit; a zero in front is the same number.
    if compact.startswith("FI"):
        raise InvalidFormat  # a VAT number, which is a kind of its own
    padded = compact.zfill(8) if len(compact) == 7 else compact
    return str(stdnum.fi.ytunnus.validate(padded))


def _swedish(compact: str) -> str:
    # A sole trader's number is often written with its century.
    short = compact[2:] if len(compact) == 12 and compact[:2] in ("19", "20") else compact
    return str(stdnum.se.orgnr.validate(short))


def _swedish_vat(compact: str) -> str:
    if not (compact.startswith("SE") and compact.endswith("01") and len(compact) == 14):
        raise InvalidFormat
    return f"SE{stdnum.se.orgnr.validate(compact[2:12])}01"


def _norwegian(compact: str) -> str:
    number = str(stdnum.no.orgnr.validate(compact.removeprefix("NO").removesuffix("MVA")))
    if number[0] not in "89":
        raise InvalidFormat
    return number


def _kvk(compact: str) -> str:
    if not (compact.isascii() and compact.isdigit() and len(compact) == 8):
        raise InvalidFormat
    return compact


def _belgian(compact: str) -> str:
    number = str(stdnum.be.vat.validate(compact.removeprefix("BE")))
    if number[0] not in "01":
        raise InvalidFormat
    return number


def _danish(compact: str) -> str:
    return str(stdnum.dk.cvr.validate(compact.removeprefix("DK")))


# The first kind of a country is the usual one. Source: networks.json business_identifiers, companies-and-settings page
_KINDS: Mapping[str, tuple[_Kind, ...]] = {
    "FI": (
        _Kind("ORGNR", "1234567-1", _finnish),
        _Kind("VAT", "FI12345671", _by(stdnum.fi.ytunnus, prefix="FI"), vat=True, identity=_strip("FI")),
    ),
    "SE": (
        _Kind("ORGNR", "556000-4615", _swedish),
        _Kind("VAT", "SE556000461501", _swedish_vat, vat=True, identity=lambda value: value[2:12]),
    ),
    "NO": (_Kind("ORGNR", "923 609 016", _norwegian),),
    "DK": (_Kind("CVR", "13585628", _danish),),
    "NL": (
        _Kind("KVK", "33031431", _kvk),
        _Kind("VAT", "NL004495445B01", lambda compact: "NL" + stdnum.nl.btw.validate(compact), vat=True),
    ),
    "BE": (_Kind("EN", "0403.019.261", _belgian),),
    "EE": (
        _Kind("CC", "10137025", _by(stdnum.ee.registrikood)),
        _Kind("VAT", "EE100594102", _by(stdnum.ee.kmkr, prefix="EE"), vat=True),
    ),
    "DE": (
        _Kind(
            "VAT",
            "DE136695976",
            lambda compact: "DE" + stdnum.de.vat.validate(compact),
            vat=True,
            identity=_strip("DE"),
        ),
    ),
    "LV": (
        _Kind(
            "VAT",
            "LV40003032949",
            lambda compact: "LV" + stdnum.lv.pvn.validate(compact),
            vat=True,
            identity=_strip("LV"),
        ),
    ),
    "IT": (
        _Kind(
            "IVA",
            "IT00743110157",
            lambda compact: "IT" + stdnum.it.iva.validate(compact),
            vat=True,
            identity=_strip("IT"),
        ),
        _Kind("CFI", "RCCMNL83S18D969H", _by(stdnum.it.codicefiscale)),
    ),
    "PL": (
        _Kind(
            "VAT",
            "PL8567346215",
            lambda compact: "PL" + stdnum.pl.nip.validate(compact.removeprefix("PL")),
            vat=True,
            identity=_strip("PL"),
        ),
    ),
}
COUNTRIES = tuple(_KINDS)
