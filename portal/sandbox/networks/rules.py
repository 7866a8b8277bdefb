"""Which profiles a network takes, in which market and version: `networks.json`, asked as rules."""

from typing import Any

from portal import contract

DEFAULT_NETWORK = str(contract.networks()["networks_default"]["value"])
ALIASES = {alias: item["network"] for item in contract.networks()["networks"] for alias in item.get("aliases", [])}


def canonical(network: str) -> str:
    """The network's own name where a second one is in use."""
    return str(ALIASES.get(network, network))


def default_profiles(network: str) -> list[str]:
    return list(_network(network).get("profiles", ["INVOICE_AND_CREDIT_NOTE"]))


def market_refusal(network: str, profile: str, country: str) -> str | None:
    """Why a profile is not taken there; None if it is."""
    rule = _profile(profile)
    countries = _network(network).get("countries")
    if countries and country not in countries:
        return f"{network} is not for {country}"
    if rule is None:
        return f"profile {profile} is not known"
    if network not in rule.get("networks", [network]) or profile not in _network(network).get("profiles", [profile]):
        return f"{profile} does not belong to {network}"
    if rule["markets"] is not None and country not in rule["markets"]:
        return f"{profile} is not for {country}" if rule["markets"] else f"{profile} is no longer registered"
    return None


def version_refusal(profile: str, version: str | None, country: str) -> str | None:
    """Why a profile is not taken in that version; None if it is, or if no version was given."""
    known = contract.networks()["versions"]
    if version is None:
        return None
    if version not in known:
        return f"profile_version {version} is not known"
    national = known[version].get("national")
    versions = (_profile(profile) or {}).get("versions", [])
    if (national and national != country) or (versions and version not in versions):
        return f"{profile} in {version} is not for {country}"
    return None


def needs_version(network: str, profile: str) -> bool:
    rule = _profile(profile)
    return network == "PEPPOL" and rule is not None and bool(rule.get("version_required"))


def needs_visma(network: str, profiles: list[str]) -> bool:
    """Whether the internal network must be open first."""
    before = _network("VISMA")["needed_before"]
    return network in before and any((_profile(name) or {}).get("needs_network") == "VISMA" for name in profiles)


def extension_refusal(profile: str, extension: str, country: str) -> str | None:
    markets: dict[str, bool] = contract.networks()["extensions"].get(extension, {})
    if profile not in contract.networks()["extension_profiles"]:
        return f"{profile} takes no extensions"
    return None if markets.get(country) else f"{extension} is not for {country}"


def _network(network: str) -> dict[str, Any]:
    items: list[dict[str, Any]] = contract.networks()["networks"]
    return next((item for item in items if item["network"] == canonical(network)), {})


def _profile(profile: str) -> dict[str, Any] | None:
    items: list[dict[str, Any]] = contract.networks()["profiles"]
    return next((item for item in items if item["profile"] == profile), None)
