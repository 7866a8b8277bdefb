"""Networks that a company can join, and what joining one needs. Source: networks.json."""

from functools import cache

from portal import contract

VISMA = "VISMA"
PEPPOL = "PEPPOL"
BANK = "BANK"
INVOICES = "INVOICE_AND_CREDIT_NOTE"
# Staff choose among these when a company is brought in; AutoInvoice, other calls or an agreement open the rest.
OFFERED = (VISMA, PEPPOL)


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


def needs_visma(network: str) -> bool:
    """Tell whether VISMA must be active first: AutoInvoice demands it for some, and advises it for all."""
    return network != VISMA


def countries_of(network: str) -> tuple[str, ...]:
    """Return the countries where a network exists; () for all."""
    for entry in contract.networks()["networks"]:
        if entry["network"] == network:
            return tuple(entry.get("countries", ()))
    return ()


def in_order(networks: list[str]) -> list[str]:
    """Return the networks with VISMA first and each once."""
    wanted = list(dict.fromkeys(networks))
    return sorted(wanted, key=lambda network: network != VISMA)
