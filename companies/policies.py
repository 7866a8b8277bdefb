"""What may be done with a company now, and if not: why, and what to do instead."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import business_ids, services
from companies.enums import AuthorizationState, OnboardingState, ProfileStatus
from companies.models import Authorization, Company, CompanyUser, NetworkProfile, Onboarding
from companies.networks import catalogue, joining
from portal import contract
from portal.operations.handlers import NotQueueableError, Text
from portal.partners.models import Method, PartnerAccount

Target = Company | Onboarding

REQUIRED = {
    "name": _("name"),
    "country": _("country"),
    "business_id": _("business id"),
    "address1": _("street address"),
    "post_code": _("post code"),
    "post_office": _("post office"),
    "city": _("city"),
    "email": _("company's e-mail"),
}


def check_can_register(onboarding: Onboarding) -> None:
    """:raises NotQueueableError: something is missing, or the company is here already"""
    if onboarding.company_id is not None:
        raise NotQueueableError(_("This company is registered already."), _("Open the company's page."))
    missing = [str(label) for field, label in REQUIRED.items() if not getattr(onboarding, field)]
    if missing:
        raise NotQueueableError(
            _("Missing: %(fields)s.") % {"fields": ", ".join(missing)}, _("Fill it in and submit again.")
        )
    if len(onboarding.name) < 3:
        raise NotQueueableError(_("The name is shorter than 3 characters."), _("Give the full registered name."))
    try:
        business_ids.parse(onboarding.country, onboarding.real_business_id)
    except business_ids.InvalidBusinessIdError as exc:
        raise NotQueueableError(exc.text, _("Correct the business id and submit again.")) from None


def needs_support(country: str, method: str) -> bool:
    """Tell whether only AutoInvoice's support can verify companies of this country in this way."""
    return method != Method.OWN and country not in contract.networks()["authorization"]["visma_sign"]["countries"]


def locales() -> tuple[str, ...]:
    """Return the languages in which a document can be signed."""
    return tuple(contract.networks()["locales"]["authorization_rest"]["values"])


def default_locale(country: str) -> str:
    """Return the usual language of a country's documents."""
    by_country = contract.networks()["locales"]["by_country"]
    return str(by_country.get(country, by_country["*"]))


def check_can_authorize(target: Target, *, method: str, email: str, locale: str, authorization_id: str) -> None:
    """:raises NotQueueableError: nothing to authorize, or not in this way"""
    _check_way(target.account, target.country, method, authorization_id)
    if not email:
        raise NotQueueableError(_("The signer's e-mail is missing."), _("Ask the customer who signs, and fill it in."))
    if locale not in locales():
        raise NotQueueableError(
            _("The language %(locale)s is not known.") % {"locale": locale},
            _("Use %(known)s.") % {"known": ", ".join(locales())},
        )
    company = company_of(target)
    if company is not None:
        _check_no_other_way(company, method, email, locale)


def _check_way(account: PartnerAccount, country: str, method: str, authorization_id: str) -> None:
    if method == Method.OWN and not account.own_kyc:
        raise NotQueueableError(
            _("This partner account may not verify customers itself."),
            _("Choose Visma Sign, or have AutoInvoice approve your process and the account's own process switched on."),
        )
    if method == Method.OWN and not authorization_id:
        raise NotQueueableError(
            _("The id in our own process is missing."), _("Give the id under which the proof is kept.")
        )
    problem = problem_of_traceable_id(authorization_id) if method == Method.OWN else ""
    if problem:
        raise NotQueueableError(problem, _("Give the id as it stands in your own records."))
    if needs_support(country, method):
        raise NotQueueableError(
            _("Visma Sign does not work for companies of %(country)s.") % {"country": country or "?"},
            _("Ask AutoInvoice support to verify the company."),
        )


def problem_of_traceable_id(text: str) -> Text:
    """
    Return why a text is no id under which a proof can be found again; "": it is one.

    The contract takes any text; one that nobody can read back would be no trace.
    """
    if not text.isprintable():
        return _("The id in our own process holds line ends or control characters.")
    if len(text) > 200 or not any(letter.isalnum() for letter in text):
        return _("The id in our own process must have a letter or digit, and at most 200 characters.")
    return ""


def _check_no_other_way(company: Company, method: str, email: str, locale: str) -> None:
    if company.is_usable:
        raise NotQueueableError(_("The company is verified already."))
    waiting = open_request(company)
    if waiting and method == Method.VISMA_SIGN and (waiting.email, waiting.locale) == (email, locale):
        raise NotQueueableError(
            _("The request to %(email)s is still open.") % {"email": email},
            _("Ask the signer to look for it. It can be sent anew when it has expired, or to another address now."),
        )


def open_request(company: Company) -> Authorization | None:
    """Return the request that can still be signed."""
    found = company.authorizations.all()  # a relation that was fetched for many companies at once stays in hand
    request = next((request for request in found if request.state == AuthorizationState.OPEN), None)
    return None if request is None or request.has_run_out(timezone.now()) else request


def check_can_activate(target: Target, wanted: services.ProfileRequest) -> None:
    """:raises NotQueueableError: no such network here, or the company is in it already"""
    joining.check(wanted, target.country, target.real_business_id)
    company = company_of(target)
    if company is None:
        return
    there = registration_of(company, wanted.network, wanted.profiles, wanted.endpoint_id or "")
    if there is not None:
        raise NotQueueableError(_("The company is in this network already, or about to be."))


def registration_of(
    company: Company, network: str, profiles: list[str], endpoint_id: str = ""
) -> NetworkProfile | None:
    """
    Return the live registration that covers these profiles.

    :param endpoint_id: with it, only one at this address counts: a company may have several, such as GLNs
    """
    for profile in company.profiles.all():
        is_live = profile.status in (ProfileStatus.ACTIVE, ProfileStatus.PENDING) and profile.network == network
        if is_live and set(profiles) <= set(profile.profiles) and endpoint_id in ("", profile.real_endpoint_id):
            return profile
    return None


def chosen_profile(company: Company, remote_id: str, network: str = "") -> NetworkProfile:
    """
    Return the registration that staff mean: one by its id, or the only live one in a network.

    :raises NotQueueableError: there is none, or several
    """
    if not remote_id and not network:
        raise NotQueueableError(_("Say which registration."))
    live = [row for row in company.profiles.all() if row.status != ProfileStatus.DISABLED]
    if remote_id:
        found = [row for row in company.profiles.all() if row.remote_id == remote_id]
    else:
        found = [row for row in live if row.network == network]
    if not found:
        raise NotQueueableError(_("This company has no such registration."), _("Look the company up first."))
    if len(found) > 1:
        raise NotQueueableError(
            _("This company has several registrations in %(network)s.") % {"network": network},
            _("Choose one of them on the company's page."),
        )
    return found[0]


def check_can_leave(profile: NetworkProfile) -> None:
    """:raises NotQueueableError: gone already, or others need it"""
    if profile.status == ProfileStatus.DISABLED:
        raise NotQueueableError(_("This registration is closed already."))
    if profile.network != catalogue.VISMA:
        return
    others = profile.company.profiles.filter(status__in=(ProfileStatus.ACTIVE, ProfileStatus.PENDING))
    if others.exclude(network=catalogue.VISMA).exists():
        raise NotQueueableError(_("Other networks of this company need VISMA."), _("Close the others first."))


def check_can_remove_user(user: CompanyUser) -> None:
    """:raises NotQueueableError: gone already, the last admin, or one whose key is in use"""
    if user.removed_at is not None:
        raise NotQueueableError(_("This user has been removed already."))
    check_can_demote_user(user)


def check_can_demote_user(user: CompanyUser) -> None:
    """:raises NotQueueableError: the last admin, or the one whose key the portal works with"""
    if user.remote_id and user.remote_id == user.account.user_remote_id:
        raise NotQueueableError(
            _("This user's key is the one that the portal works with."),
            _("Change the key of the partner account step by step first: the last step removes the user."),
        )
    admins = CompanyUser.objects.filter(company_id=user.company_id, role="ADMIN", removed_at=None)
    if user.role == "ADMIN" and not admins.exclude(pk=user.pk).exists():
        raise NotQueueableError(_("At least one admin must remain."), _("Add another admin first."))


def company_of(target: Target) -> Company | None:
    """Return the company that a target is, or has become."""
    if isinstance(target, Company):
        return target
    return None if target.company_id is None else target.company


def is_refused(target: Target) -> bool:
    """Tell whether the target is an onboarding that got no company."""
    return isinstance(target, Onboarding) and target.state == OnboardingState.REFUSED
