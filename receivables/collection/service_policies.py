"""What may be done with a company's agencies now, and if not: why, and what to do instead."""

from django.utils.translation import gettext_lazy as _

from companies.models import Company
from portal.operations.handlers import NotQueueableError
from receivables.collection.agencies import AGENCIES, AgencyFacts
from receivables.enums import ServiceStatus
from receivables.models import CollectionService

ON = (ServiceStatus.ACTIVE, ServiceStatus.PENDING)


def state_of(company: Company, agency: str) -> CollectionService | None:
    # A relation that was fetched for many companies at once stays in hand.
    return next((row for row in company.collection_services.all() if row.agency == agency), None)


def is_active(company: Company, agency: str) -> bool:
    found = state_of(company, agency)
    return found is not None and found.status == ServiceStatus.ACTIVE


def check_fits(company: Company, agency: str) -> AgencyFacts:
    """:raises NotQueueableError: the agency does not work in the company's country"""
    facts = AGENCIES[agency]
    if not facts.fits(company.country):
        text = _("%(agency)s collects for companies of %(countries)s only.")
        others = [item.title for item in AGENCIES.values() if item.fits(company.country)]
        remedy = _("For this company there is %(others)s.") % {"others": ", ".join(others)} if others else ""
        raise NotQueueableError(text % {"agency": facts.title, "countries": ", ".join(facts.currencies)}, remedy)
    return facts


def check_off(company: Company, agency: str) -> None:
    """:raises NotQueueableError: it is on already, or about to be"""
    found = state_of(company, agency)
    if found is None or found.status not in ON:
        return
    if found.status == ServiceStatus.ACTIVE:
        text, remedy = _("%(agency)s is active already."), _("Change it on the company's page, under Collection.")
    else:
        text, remedy = _("%(agency)s waits for the agreement already."), _("Forward the activation link.")
    raise NotQueueableError(text % {"agency": AGENCIES[agency].title}, remedy)


def check_on(company: Company, agency: str) -> CollectionService:
    """:raises NotQueueableError: as far as we know there is nothing to change or close"""
    found = state_of(company, agency)
    if found is None or found.status not in ON:
        raise NotQueueableError(
            _("%(agency)s is not active.") % {"agency": AGENCIES[agency].title},
            _("Look the services up if you think it is, or activate it."),
        )
    return found
