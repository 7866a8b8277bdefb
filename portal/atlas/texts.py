"""
The atlas's texts by language: `<app>/atlas/<language>.toml`, read once.

The viewer's language decides, as Django knows it for the page: the browser's, unless a cookie says another. What the
atlas has not is shown in English.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

ENGLISH = "en"
LANGUAGES = {"en": "English", "fi": "Suomi", "sv": "Svenska", "no": "Norsk", "da": "Dansk", "nl": "Nederlands"}
_NORWEGIAN = ("nb", "nn")

MOVERS: Mapping[str, Mapping[str, str]] = {
    "staff": {"en": "You", "fi": "Sinä", "sv": "Du", "no": "Du", "da": "Du", "nl": "Jij"},
    "customer": {"en": "Customer", "fi": "Asiakas", "sv": "Kunden", "no": "Kunden", "da": "Kunden", "nl": "Klant"},
    "signer": {
        "en": "Signer", "fi": "Allekirjoittaja", "sv": "Undertecknaren", "no": "Signereren", "da": "Underskriveren",
        "nl": "Ondertekenaar",
    },
    "receiver": {
        "en": "Receiver", "fi": "Vastaanottaja", "sv": "Mottagaren", "no": "Mottakeren", "da": "Modtageren",
        "nl": "Ontvanger",
    },
    "support": {
        "en": "AutoInvoice support", "fi": "AutoInvoicen tuki", "sv": "AutoInvoices support",
        "no": "AutoInvoices support", "da": "AutoInvoices support", "nl": "Support van AutoInvoice",
    },
    "autoinvoice": dict.fromkeys(LANGUAGES, "AutoInvoice"),
}  # fmt: skip
SEVERITIES: Mapping[str, Mapping[str, str]] = {
    "stops": {
        "en": "Stops everything of the company", "fi": "Pysäyttää yritykseltä kaiken",
        "sv": "Stoppar allt för företaget", "no": "Stopper alt for selskapet", "da": "Stopper alt for virksomheden",
        "nl": "Houdt alles van het bedrijf tegen",
    },
    "fails": {
        "en": "Concerns only this one", "fi": "Koskee vain tätä", "sv": "Gäller bara denna", "no": "Gjelder bare denne",
        "da": "Gælder kun denne", "nl": "Geldt alleen deze",
    },
    "passes": {
        "en": "Mostly passes by itself", "fi": "Menee usein ohi itsestään", "sv": "Går oftast över av sig själv",
        "no": "Går oftest over av seg selv", "da": "Går oftest over af sig selv", "nl": "Gaat meestal vanzelf over",
    },
}  # fmt: skip


def language() -> str:
    """Return the viewer's language, one of LANGUAGES."""
    code = (get_language() or ENGLISH).partition("-")[0]
    return "no" if code in _NORWEGIAN else code if code in LANGUAGES else ENGLISH


@cache
def of_area(folder: Path, language: str) -> Mapping[str, Any]:
    """Return an area's texts: `entries` as [name, cause, remedy] by key, `next` by key."""
    with (folder / f"{language}.toml").open("rb") as file:
        return tomllib.load(file)


def mover(by: str, language_code: str = "") -> str:
    """Return who acts, in the viewer's language; an unknown word as it is."""
    return MOVERS.get(by, {}).get(language_code or language(), by)


def severity(word: str, language_code: str = "") -> str:
    """Return how bad it is, in the viewer's language."""
    return SEVERITIES.get(word, {}).get(language_code or language(), word)
