"""The company's tab of networks: its registrations, what stands in their way, and what can be done about each."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from companies import cases, pills, policies
from companies.act_forms import FORMS
from companies.enums import ProfileStatus
from companies.models import Case, Company, NetworkProfile
from companies.networks import catalogue, conflicts, peppol, proof
from companies.networks import forms as network_forms
from companies.operations.networks import ActivateNetwork, RemoveNetwork
from companies.operations.profiles import SetExtensions, extensions_of
from companies.operations.proofs import ProveReception
from companies.tabs import Tab, register_tab

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Registered:
    """One registration as the tab shows it."""

    profile: NetworkProfile
    shown: SafeString
    kinds: list[Any]
    version: str
    address: str
    scheme: str
    extensions: list[str]
    can_extend: bool
    what: Text


def context(request: HttpRequest, company: Company) -> dict[str, Any]:
    """Return what the tab shows."""
    profiles = list(company.profiles.order_by("network", "pk"))
    live = [profile for profile in profiles if profile.status != ProfileStatus.DISABLED]
    open_cases = list(company.cases.open().filter(kind=conflicts.KIND).select_related("operation"))
    expected = peppol.expected_endpoint(company.country, company.real_business_id)
    return {
        "registered": [_registered(company, profile) for profile in live],
        "closed": [profile for profile in profiles if profile.status == ProfileStatus.DISABLED],
        "troubles": [_trouble(case) for case in open_cases],
        "expected": peppol.shown(expected, company.country) if expected else "",
        "expected_scheme": peppol.scheme_name(expected.scheme) if expected else "",
        "missing": [name for name in catalogue.USUAL if not _is_in(company, name)],
        "may_activate": request.user.has_perm(ActivateNetwork.permission),
        "may_close": request.user.has_perm(RemoveNetwork.permission),
        "proofs": [(row, pills.proof_pill(row)) for row in proof.latest(company)],
        "may_prove": request.user.has_perm(ProveReception.permission) and bool(proof.routes(company)),
        "may_extend": request.user.has_perm(SetExtensions.permission),
    }


def _registered(company: Company, profile: NetworkProfile) -> Registered:
    words = [word for name in profile.profiles for word in extensions_of(profile, name)]
    possible = catalogue.extensions_of(catalogue.INVOICES, company.country)
    carries = catalogue.INVOICES in profile.profiles and profile.network == catalogue.PEPPOL
    return Registered(
        profile=profile,
        shown=pills.profile_pill(profile),
        kinds=[network_forms.profile_name(name) for name in profile.profiles],
        version=network_forms.VERSION_NAMES.get(profile.profile_version, profile.profile_version),
        address=f"{profile.scheme}:{profile.endpoint_id}" if profile.endpoint_id else "",
        scheme=name if (name := peppol.scheme_name(profile.scheme)) != profile.scheme else "",
        extensions=words,
        can_extend=bool(possible or words) and carries,
        what=catalogue.needs_of(profile.network),
    )


def _trouble(case: Case) -> dict[str, Any]:
    return {"case": case, "explained": conflicts.explanation_of(case), "step": cases.step_of(case)}


def _is_in(company: Company, network: str) -> bool:
    return policies.registration_of(company, network, catalogue.usual_profiles(network)) is not None


def register() -> None:
    """Put the tab on the company's page, and this app's forms about networks where acts find them."""
    FORMS.update(network_forms.FORMS)
    register_tab(Tab("networks", gettext_lazy("Networks"), "companies/_tab_networks.html", context, order=20))
