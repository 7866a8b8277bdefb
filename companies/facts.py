"""The facts about companies that operations wait for: their names, whether they are true, and telling that they are."""

from uuid import UUID

from companies.enums import ProfileStatus
from companies.models import Company, Onboarding
from companies.networks import catalogue
from portal.operations import facts


def registered(onboarding: Onboarding) -> str:
    """Return the key of "this onboarding has its company"."""
    return facts.key("onboarding.registered", onboarding.pk)


def verified(company_uuid: UUID) -> str:
    """Return the key of "this company may send, receive and activate"."""
    return facts.key("company.verified", company_uuid)


def active(network: str, company_uuid: UUID) -> str:
    """Return the key of "this company is active in this network"."""
    return facts.key(f"network.{network}.active", company_uuid)


def is_verified(company: Company) -> bool:
    """Tell whether the company may send, receive and activate. Older accounts (UNKNOWN) may."""
    return company.is_usable


def is_active(company: Company, network: str) -> bool:
    """Tell whether the company is active in the network."""
    found = company.profiles.all()  # a relation that was fetched for many companies at once stays in hand
    return any(profile.network == network and profile.status == ProfileStatus.ACTIVE for profile in found)


def missing_for_network(company: Company, network: str) -> set[str]:
    """Return the facts that joining a network still needs."""
    missing = set() if is_verified(company) else {verified(company.uuid)}
    if catalogue.needs_visma(network) and not is_active(company, catalogue.VISMA):
        missing.add(active(catalogue.VISMA, company.uuid))
    return missing


def announce_registered(*onboardings: Onboarding) -> None:
    facts.announce_many([registered(onboarding) for onboarding in onboardings])


def announce_verified(*company_uuids: UUID) -> None:
    facts.announce_many([verified(uuid) for uuid in company_uuids])


def announce_networks(company_uuid: UUID, names: set[str]) -> None:
    """Say that a company has become active in networks."""
    if names:
        facts.announce_many([active(name, company_uuid) for name in sorted(names)])
