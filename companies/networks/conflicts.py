"""
Registrations that a network refused, as cases: which address, who probably holds it, what to do, and until when.

A case is opened when AutoInvoice refuses a registration or a registry ends it as an error, and closes by itself when
the company is active where it wanted to be.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from companies import cases
from companies.enums import Mover, ProfileStatus
from companies.models import Case, Company, NetworkProfile
from companies.networks import catalogue, peppol
from companies.networks.peppol import Endpoint
from portal import maventa
from portal.operations.handlers import Text
from portal.operations.models import Operation

KIND = "network_conflict"
FOUND, CUSTOMER_ASKED, SUPPORT_ASKED, FREE, RETRIED = "found", "customer_asked", "support_asked", "free", "retried"
RESOLVED, GIVEN_UP = "resolved", "given_up"
TAKEN, OTHER_ID, SAME, UNFIT = (
    "profile_eia_conflict", "profile_eia_bid_conflict", "profile_name_conflict", "profile_not_supported",
)  # fmt: skip
REGISTRY = "registry"  # ours: it was taken, and ended as an error afterwards
# Staff mend these by waiting for something else, not by talking to anybody.
_NO_CASE = ("VISMA NETWORK MUST BE ENABLED FIRST",)


@dataclass(frozen=True, slots=True)
class Explanation:
    cause: Text
    steps: tuple[Text, ...]
    whose: Mover
    asks_holder: bool = False  # somebody holds the address: worth looking up who


_EXPLANATIONS: dict[str, Explanation] = {
    TAKEN: Explanation(
        _("The address is registered in this network already, by somebody else than this account."),
        (
            _("See above who holds it: usually the company's former operator."),
            _("Ask the customer to end that service there. The other operator has to let the address go."),
            _("When nobody holds it any more, try again; the case closes when the network is active."),
        ),
        Mover.CUSTOMER,
        asks_holder=True,
    ),
    OTHER_ID: Explanation(
        _("AutoInvoice knows the address as that of another business id."),
        (
            _("Compare scheme and address with the company's papers; register again with the right ones."),
            _(
                "Is the address right, ask AutoInvoice support whose it is: a merged or renamed company may "
                "have left it."
            ),
        ),
        Mover.STAFF,
        asks_holder=True,
    ),
    SAME: Explanation(
        _("The company has these profiles in this network already, at another address or in another version."),
        (
            _("Look the company up: the registration may have been made outside the portal."),
            _("Close the old registration and try again, or leave it as it is and close this case."),
            _("A further address such as a GLN is given by AutoInvoice on request: ask support."),
        ),
        Mover.STAFF,
    ),
    UNFIT: Explanation(
        _("The network does not take this profile, version or address from this company."),
        (
            _("Check the business id's digits; where no address follows from it, give scheme and address."),
            _("Check profile and version against the company's country."),
        ),
        Mover.STAFF,
    ),
    REGISTRY: Explanation(
        _("The registration was taken, and the registry refused it afterwards."),
        (
            _("Read what the registry said. Mend it: most often a digit of the business id is wrong."),
            _("Close the failed registration and activate again with the right address."),
        ),
        Mover.STAFF,
        asks_holder=True,
    ),
}
_UNKNOWN = Explanation(
    _("AutoInvoice refused the registration for a reason that the portal does not know."),
    (_("Read its own words below, and ask AutoInvoice support."),),
    Mover.SUPPORT,
)


def is_conflict(error: maventa.RejectedError) -> bool:
    """Tell whether a refusal is a matter for people: one that trying again does not mend."""
    words = " ".join((error.text, *error.details)).upper()
    return error.status == 422 and not any(text in words for text in _NO_CASE)


def explanation_of(case: Case) -> Explanation:
    return _EXPLANATIONS.get(str(case.facts.get("code")), _UNKNOWN)


def open_for(
    operation: Operation, company: Company, network: str, profiles: list[str], code: str, endpoint: Endpoint | None
) -> Case:
    """Open the case of a registration that was refused; the same once more is noted in the open one."""
    wanted = endpoint or expected(company, network)
    return _open(company, network, profiles, code, wanted, operation=operation, given=endpoint is not None)


def open_for_error(profile: NetworkProfile) -> Case:
    """Open the case of a registration that ended as an error."""
    endpoint = Endpoint(profile.scheme, profile.real_endpoint_id) if profile.endpoint_id else None
    return _open(profile.company, profile.network, profile.profiles, REGISTRY, endpoint, remote_id=profile.remote_id)


def expected(company: Company, network: str) -> Endpoint | None:
    """Return the address that AutoInvoice derives for a company in a network."""
    if network not in (catalogue.PEPPOL, catalogue.VISMA):
        return None
    return peppol.expected_endpoint(company.country, company.real_business_id)


def endpoint_of(case: Case) -> Endpoint | None:
    """Return the address that a case is about, the real one."""
    parameters = case.operation.parameters if case.operation else {}
    if case.facts.get("given") and parameters.get("endpoint_id"):
        return Endpoint(str(parameters.get("scheme", "")), str(parameters["endpoint_id"]))
    if case.company is None:
        return None
    failed = case.company.profiles.filter(remote_id=case.facts.get("remote_id") or "-").first()
    if failed is not None and failed.endpoint_id:
        return Endpoint(failed.scheme, failed.real_endpoint_id)
    return expected(case.company, str(case.facts.get("network", "")))


def close_resolved(company: Company) -> int:
    """End the cases of a company whose registrations are active now; returns how many."""
    found = list(Case.objects.open().filter(company=company, kind=KIND).select_related("operation"))
    if not found:
        return 0
    active = list(company.profiles.filter(status=ProfileStatus.ACTIVE))
    closed = 0
    for case in found:
        case.company = company
        if any(_answers(case, profile) for profile in active):
            closed += cases.close(case, RESOLVED)
    return closed


def follow(profiles: Sequence[NetworkProfile]) -> None:
    """Do what follows from registrations that changed: active ones end their cases, failed ones open one."""
    active = {profile.company_id: profile.company for profile in profiles if profile.status == ProfileStatus.ACTIVE}
    cases_of = Case.objects.open().filter(company__in=active, kind=KIND) if active else Case.objects.none()
    for company_id in set(cases_of.values_list("company_id", flat=True)):
        close_resolved(active[company_id])
    for profile in profiles:
        if profile.status == ProfileStatus.ERROR:
            open_for_error(profile)


def _answers(case: Case, profile: NetworkProfile) -> bool:
    """Tell whether an active registration is the one that a case wanted."""
    facts = case.facts
    if profile.network != facts.get("network") or not set(facts.get("profiles", [])) <= set(profile.profiles):
        return False
    endpoint = endpoint_of(case) if facts.get("given") else None
    return endpoint is None or endpoint.endpoint_id == profile.real_endpoint_id


def _open(
    company: Company,
    network: str,
    profiles: list[str],
    code: str,
    endpoint: Endpoint | None,
    *,
    operation: Operation | None = None,
    given: bool = False,
    remote_id: str = "",
) -> Case:
    address = peppol.shown(endpoint, company.country) if endpoint else ""
    facts: dict[str, Any] = {
        "network": network, "profiles": sorted(profiles), "code": code, "address": address, "given": given,
        "remote_id": remote_id,
    }  # fmt: skip
    return cases.open_case(
        KIND,
        ":".join([str(company.pk), network, *sorted(profiles), address if given else ""]),
        account=company.account,
        company=company,
        operation=operation,
        subject=f"{network} {address}".strip(),
        facts=facts,
        text=str(_("AutoInvoice says: %(code)s") % {"code": code}) if code != REGISTRY else "",
    )


_STEPS = {
    FOUND: cases.Step(_("Nobody is at it yet"), Mover.STAFF, "bad", by_hand=False),
    CUSTOMER_ASKED: cases.Step(_("Customer asked"), Mover.CUSTOMER),
    SUPPORT_ASKED: cases.Step(_("AutoInvoice support asked"), Mover.SUPPORT),
    FREE: cases.Step(_("Address is free now"), Mover.STAFF, "info", by_hand=False),
    RETRIED: cases.Step(_("Tried again"), Mover.AUTOINVOICE, "info", by_hand=False),
}
cases.register(
    cases.Kind(
        KIND,
        _("Network refused"),
        _STEPS,
        {RESOLVED: _("Active now"), GIVEN_UP: _("Given up")},
        by_hand=(GIVEN_UP,),
    )
)
