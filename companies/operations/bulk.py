"""What is done to many companies at once and is more than one equal operation for each: chains with a plan."""

from collections.abc import Sequence
from typing import Any

import msgspec
from django.db.models import prefetch_related_objects
from django.utils.text import format_lazy
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from companies import policies
from companies.enums import ProfileStatus
from companies.models import Company, NetworkProfile
from companies.networks import catalogue
from companies.operations.authorization import Authorize
from companies.operations.networks import ActivateNetwork, RemoveNetwork
from companies.operations.reminders import Remind, by_hand
from portal.operations import chains
from portal.operations.chains import Chain, Planned, Step
from portal.operations.enums import Weight
from portal.operations.handlers import Text

OWN_SIGNER, ONE_SIGNER = "own", "one"


class AuthorizeMany(msgspec.Struct, frozen=True, kw_only=True):
    """Who signs for many companies; "" in a field means what fits each of them."""

    signer: str  # OWN_SIGNER or ONE_SIGNER
    email: str = ""  # of the one signer
    signer_name: str = ""
    country: str = ""  # only companies of this one
    locale: str = ""
    method: str = ""
    authorization_id: str = ""  # of our own process; "": each company's own


def plan_authorizations(companies: Sequence[Company], wanted: AuthorizeMany) -> list[Planned]:
    """Ask for each company's authorization; equal signers, countries and options then travel in one call."""
    prefetch_related_objects(companies, "onboardings", "authorizations")
    planned = []
    for company in companies:
        if wanted.country and company.country != wanted.country:
            reason = _now("Not a company of %(country)s.") % {"country": wanted.country}
            planned.append(Planned(company, reason=reason))
        else:
            planned.append(Planned(company, [Step(Authorize.kind, company, authorization_of(company, wanted))]))
    return planned


def authorization_of(company: Company, wanted: AuthorizeMany) -> dict[str, str]:
    """Return one company's parameters: the chosen ones, and its own where nothing was chosen."""
    row = _latest(company.onboardings.all())
    own = own_signer(company) if wanted.signer == OWN_SIGNER else (wanted.email, wanted.signer_name)
    locale = wanted.locale or (row.locale if row else "") or policies.default_locale(company.country)
    return {
        "email": own[0],
        "signer_name": own[1],
        "locale": locale,
        "method": wanted.method or str(row.effective_method if row else company.account.default_method),
        "authorization_id": wanted.authorization_id or (row.authorization_id if row else ""),
    }


def own_signer(company: Company) -> tuple[str, str]:
    """Return e-mail and name of a company's signer: as brought in, else as asked last; ("", ""): nobody is known."""
    row = _latest(company.onboardings.all())
    if row is not None and row.auth_email:
        return row.auth_email, row.signer_name
    asked = _latest(company.authorizations.all())
    return (asked.email, asked.signer_name) if asked else (company.auth_email, "")


def _latest(rows: Any) -> Any:
    """Return the row with the highest id of a relation that is in hand; None: there is none."""
    return max(rows, key=lambda row: row.pk, default=None)


class JoinMany(msgspec.Struct, frozen=True, kw_only=True):
    networks: list[str]


def plan_joining(companies: Sequence[Company], wanted: JoinMany) -> list[Planned]:
    """Join the networks; VISMA comes first where it is missing, and the others wait for it."""
    prefetch_related_objects(companies, "profiles")
    return [Planned(company, _joining(company, wanted.networks)) for company in companies]


def _joining(company: Company, names: list[str]) -> list[Step]:
    needs_visma = any(name in catalogue.offered(company.country) for name in names) and not _is_in(company)
    wanted = catalogue.in_order([catalogue.VISMA, *names] if needs_visma else names)
    return [Step(ActivateNetwork.kind, company, _joined(name)) for name in wanted]


def _joined(name: str) -> dict[str, Any]:
    return {"network": name, "profiles": catalogue.usual_profiles(name)}


def _is_in(company: Company) -> bool:
    usual = catalogue.usual_profiles(catalogue.VISMA)
    return policies.registration_of(company, catalogue.VISMA, usual) is not None


class LeaveMany(msgspec.Struct, frozen=True, kw_only=True):
    networks: list[str]


def plan_leaving(companies: Sequence[Company], wanted: LeaveMany) -> list[Planned]:
    """Close all live registrations in the networks; VISMA goes only where no other one is left."""
    prefetch_related_objects(companies, "profiles")
    return [_leaving(company, wanted.networks) for company in companies]


def _leaving(company: Company, names: list[str]) -> Planned:
    live = [profile for profile in company.profiles.all() if profile.status != ProfileStatus.DISABLED]
    chosen = sorted((profile for profile in live if profile.network in names), key=lambda profile: profile.pk)
    if not chosen:
        return Planned(company, reason=_("The company is in none of these networks."))
    return Planned(company, [Step(RemoveNetwork.kind, company, {"profile": profile.remote_id}) for profile in chosen])


def plan_closing(profiles: Sequence[NetworkProfile], wanted: Any) -> list[Planned]:
    """Close the chosen registrations themselves."""
    prefetch_related_objects(profiles, "company")
    return [
        Planned(profile, [Step(RemoveNetwork.kind, profile.company, {"profile": profile.remote_id})])
        for profile in profiles
    ]


def plan_reminders(companies: Sequence[Company], wanted: Any) -> list[Planned]:
    """Remind whoever can still sign for a company; one mail carries all companies of one signer."""
    prefetch_related_objects(companies, "authorizations")
    return [_reminding(company) for company in companies]


def _reminding(company: Company) -> Planned:
    request = policies.open_request(company)
    if request is None:
        return Planned(company, reason=_("No request of this company can be signed."), remedy=_("Send a new one."))
    request.company = company
    return Planned(company, [Step(Remind.kind, request, by_hand(request))])


def _joining_words(wanted: Any) -> Text:
    return format_lazy("{verb} {names}", verb=_("Activate"), names=", ".join(wanted.networks))


def _leaving_words(wanted: Any) -> Text:
    return format_lazy("{verb} {names}", verb=_("Close"), names=", ".join(wanted.networks))


AUTHORIZE = chains.register(
    Chain(
        name="companies.authorize_many",
        label=_("Request authorization"),
        permission=Authorize.permission,
        plan=plan_authorizations,
        verb=_("Request authorization"),
        Parameters=AuthorizeMany,
    )
)
REMIND = chains.register(
    Chain(
        name="companies.remind_companies",
        label=_("Remind signers"),
        permission=Remind.permission,
        plan=plan_reminders,
        verb=_("Remind the signers"),
    )
)
JOIN = chains.register(
    Chain(
        name="companies.join_networks",
        label=_("Activate networks"),
        permission=ActivateNetwork.permission,
        plan=plan_joining,
        phrase=_joining_words,
        Parameters=JoinMany,
    )
)
LEAVE = chains.register(
    Chain(
        name="companies.leave_networks",
        label=_("Remove networks"),
        permission=RemoveNetwork.permission,
        plan=plan_leaving,
        phrase=_leaving_words,
        weight=Weight.COSTLY,
        Parameters=LeaveMany,
    )
)
CLOSE = chains.register(
    Chain(
        name="companies.close_profiles",
        label=_("Close these registrations"),
        permission=RemoveNetwork.permission,
        plan=plan_closing,
        verb=_("Close"),
        weight=Weight.COSTLY,
    )
)
