"""What may be done with a company's services now, and if not: why, and what to do instead."""

from django.utils.translation import gettext_lazy as _

from companies import facts
from companies.models import Company, ServiceState
from companies.networks import catalogue as networks
from companies.side_services import catalogue
from portal.operations.handlers import NotQueueableError


def check_fits(company: Company, name: str) -> None:
    """:raises NotQueueableError: the service does not exist in the company's country"""
    service = catalogue.service(name)
    if not service.fits(company.country):
        raise NotQueueableError(
            _("%(service)s is only for companies of %(countries)s.")
            % {"service": service.title, "countries": ", ".join(service.countries)}
        )


def check_off(company: Company, name: str, key: str = "") -> None:
    """:raises NotQueueableError: it is on already, or about to be"""
    found = state_of(company, name, key)
    if found and found.status in (*catalogue.LIVE, *catalogue.COMING):
        raise NotQueueableError(
            _("%(service)s is on already.") % {"service": catalogue.service(name).title},
            _("Change it on the company's page, under Services."),
        )


def check_on(company: Company, name: str, key: str = "") -> None:
    """:raises NotQueueableError: as far as we know there is nothing to change or close"""
    found = state_of(company, name, key)
    if found is None or found.status in catalogue.OFF:
        raise NotQueueableError(
            _("%(service)s is not on.") % {"service": catalogue.service(name).title},
            _("Look the services up if you think it is, or activate it."),
        )


def missing_for(company: Company, name: str) -> set[str]:
    """Return the facts that a service still waits for: a verified company, and VISMA where it is read from."""
    missing = set() if facts.is_verified(company) else {facts.verified(company.uuid)}
    if catalogue.service(name).needs_visma and not facts.is_active(company, networks.VISMA):
        missing.add(facts.active(networks.VISMA, company.uuid))
    return missing


def state_of(company: Company, name: str, key: str = "") -> ServiceState | None:
    return ServiceState.objects.filter(company=company, service=name, key=key).first()
