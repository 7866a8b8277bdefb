"""Networks that a company can join, and what joining one needs. Source: networks.json."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal import contract

Text = str | Promise

VISMA = "VISMA"
PEPPOL = "PEPPOL"
BANK = "BANK"
SCAN = "SCAN"
AUTOSCAN = "AUTOSCAN"
SCAN_DOCUMENTS = "SCAN_DOCUMENTS"
NEMHANDEL = "NEMHANDEL"
INEXCHANGE = "INEXCHANGE"
AISPROOM = "AISPROOM"
INVOICES = "INVOICE_AND_CREDIT_NOTE"
# What a company is brought into unless staff choose otherwise.
USUAL = (VISMA, PEPPOL)
# The scan network's markets; networks.json does not name them. Source: domain.md 4.3
_MARKETS = {SCAN: ("FI", "SE", "NO", "DK", "NL", "BE")}
# Columns of the matrix, in this order; others follow as they come.
SHOWN = (VISMA, PEPPOL, BANK, SCAN, AUTOSCAN, SCAN_DOCUMENTS, NEMHANDEL, INEXCHANGE, AISPROOM)

_NEEDS: dict[str, Text] = {
    VISMA: _("Receiving at all, and from other companies at AutoInvoice. The others wait for it."),
    PEPPOL: _("Receiving from the Peppol network. Needs VISMA; the address follows from the business id."),
    BANK: _("Finnish bank network, both ways. AutoInvoice asks the bank by itself; it opens in 1 to 3 days."),
    SCAN: _("Scanning of paper and PDF invoices by AutoInvoice. Needs VISMA, and a return address."),
    SCAN_DOCUMENTS: _("Other documents from scan applications, such as vouchers."),
    NEMHANDEL: _("The Danish public network. Only after an agreement with AutoInvoice."),
    INEXCHANGE: _("Receiving from InExchange. Only after an agreement with AutoInvoice."),
    AUTOSCAN: _("Machine scanning of mailed PDF files. It is switched on as a service, with its return e-mail."),
    AISPROOM: _("Used inside AutoInvoice; nobody activates it by hand."),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of profile: where and in which versions it is registered."""

    profile: str
    versions: tuple[str, ...]
    markets: tuple[str, ...] | None  # None: all
    version_required: bool
    networks: tuple[str, ...]  # () for all but those that name their own profiles

    def fits(self, country: str) -> bool:
        return self.markets is None or country in self.markets


@cache
def rules() -> dict[str, Rule]:
    """Return the kinds of profile that can be registered, by name; deprecated ones are left out."""
    return {
        item["profile"]: Rule(
            profile=item["profile"],
            versions=tuple(item.get("versions", ())),
            markets=None if item["markets"] is None else tuple(item["markets"]),
            version_required=bool(item.get("version_required")),
            networks=tuple(item.get("networks", ())),
        )
        for item in contract.networks()["profiles"]
        if not item.get("deprecated")
    }


@cache
def names() -> tuple[str, ...]:
    """Return all networks by name, aliases included."""
    listed = contract.networks()["networks"]
    return tuple(name for network in listed for name in (network["network"], *network.get("aliases", ())))


@cache
def activatable() -> tuple[str, ...]:
    """Return the networks that a registration call opens; others are deprecated or opened in another way."""
    return tuple(
        network["network"]
        for network in contract.networks()["networks"]
        if not network.get("deprecated") and not network.get("activated_by") and network.get("usage") != "internal only"
    )


def offered(country: str) -> tuple[str, ...]:
    """Return the networks that a company of this country ("": any) can join by a call, VISMA first."""
    return tuple(
        name for name in activatable() if not country or not countries_of(name) or country.upper() in countries_of(name)
    )


def is_agreed_separately(network: str) -> bool:
    """Tell whether AutoInvoice opens it only after an agreement with the customer."""
    return _entry(network).get("usage") == "agreed separately"


def needs_of(network: str) -> Text:
    """Return in staff words what a network is for and what joining needs; "" for one that is not known."""
    return _NEEDS.get(canonical(network), "")


@cache
def canonical(network: str) -> str:
    """Return a network's own name where a second one is in use (VISMASCANNER)."""
    for entry in contract.networks()["networks"]:
        if network in entry.get("aliases", ()):
            return str(entry["network"])
    return network


def needs_visma(network: str) -> bool:
    """Tell whether VISMA must be active first: AutoInvoice demands it for some, and advises it for all."""
    return network != VISMA


@cache
def countries_of(network: str) -> tuple[str, ...]:
    """Return the countries where a network exists; () for all."""
    return tuple(_entry(network).get("countries", ())) or _MARKETS.get(network, ())


@cache
def profiles_of(network: str, country: str = "") -> tuple[str, ...]:
    """Return the kinds of profile that a network takes from companies of a country ("": any)."""
    own = _entry(network).get("profiles")
    if own:
        return tuple(own)
    if network != PEPPOL:
        return (INVOICES,)
    return tuple(name for name, rule in rules().items() if not rule.networks and (not country or rule.fits(country)))


def usual_profiles(network: str) -> list[str]:
    """Return what a company registers in a network unless somebody chose otherwise."""
    return [profiles_of(network)[0]]


def versions_of(profile: str, country: str = "") -> tuple[str, ...]:
    """Return the versions of a kind of profile in a country, the usual one first; () when it has none."""
    rule = rules().get(profile)
    if rule is None:
        return ()
    national = contract.networks()["versions"]
    fitting = [name for name in rule.versions if not country or national[name].get("national", country) == country]
    usual = usual_version(country)
    return tuple(sorted(fitting, key=lambda name: name != usual))


def usual_version(country: str) -> str:
    """Return the document version for profiles that need one: national where there is one, else Peppol BIS 3."""
    return str(contract.networks()["version_preference"].get(country.upper(), "PEPPOLBIS30"))


def needs_version(network: str, profiles: list[str]) -> bool:
    """Tell whether a registration of these profiles must name its version."""
    return network == PEPPOL and any(name in rules() and rules()[name].version_required for name in profiles)


def extensions_of(profile: str, country: str) -> tuple[str, ...]:
    """Return the extensions that a profile may carry in a country."""
    if profile not in contract.networks()["extension_profiles"]:
        return ()
    markets: dict[str, dict[str, bool]] = contract.networks()["extensions"]
    return tuple(name for name, where in markets.items() if where.get(country))


def extensions() -> tuple[str, ...]:
    """Return all extensions that some market has."""
    return tuple(name for name, where in contract.networks()["extensions"].items() if any(where.values()))


def in_order(networks: list[str]) -> list[str]:
    """Return the networks with VISMA first and each once."""
    wanted = list(dict.fromkeys(networks))
    return sorted(wanted, key=lambda network: network != VISMA)


def _entry(network: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = contract.networks()["networks"]
    return next((entry for entry in found if entry["network"] == canonical(network)), {})
