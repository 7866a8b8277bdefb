"""
The matrix of companies and networks: one page of companies by name, each with how it stands in every network.

A page costs the same few statements whatever the number of companies: it goes on after the last company that was
shown (by name and id, an index of the account), never by counting.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from companies import finding
from companies.enums import ProfileStatus
from companies.models import Case, Company, NetworkProfile, ServiceState
from companies.networks import catalogue as networks
from companies.networks import conflicts
from companies.onboarding import ACTIVATE
from companies.side_services import catalogue
from portal.operations.handlers import Text
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount

SIZE = 50
ERROR, PENDING, ACTIVE, MISSING, OTHER = "error", "pending", "active", "missing", "other"
STATES: dict[str, Text] = {
    MISSING: _("Not there"),
    ERROR: _("Error"),
    PENDING: _("Pending"),
    ACTIVE: _("Active"),
    OTHER: _("Another word"),
}
_KNOWN = (ProfileStatus.ACTIVE, ProfileStatus.PENDING, ProfileStatus.ERROR, ProfileStatus.DISABLED)
_LIVE = (ProfileStatus.ACTIVE, ProfileStatus.PENDING)
_LOOK: dict[str, tuple[Text, str, str]] = {
    ProfileStatus.ACTIVE: (_("Active"), "good", "check_circle"),
    ProfileStatus.PENDING: (_("Pending"), "info", "hourglass_top"),
    ProfileStatus.ERROR: (_("Error"), "bad", "error"),
}
_RANK = {ProfileStatus.ACTIVE.value: 0, ProfileStatus.PENDING.value: 1, ProfileStatus.ERROR.value: 2}


@dataclass(frozen=True, slots=True)
class Filters:
    """What staff chose above the matrix; "" is all."""

    account: PartnerAccount
    country: str = ""
    network: str = ""
    state: str = ""
    search: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """How one company stands in one network."""

    network: str
    word: Text = ""  # "": nothing there
    tone: str = "neutral"
    icon: str = ""
    can_join: bool = False  # a click would activate it
    case: int = 0  # id of the open case about it
    is_for_country: bool = True

    @property
    def is_quiet(self) -> bool:
        """Tell whether nothing is there, and nobody expects it to be."""
        return not self.word and self.network not in networks.USUAL


@dataclass(frozen=True, slots=True)
class Line:
    company: Company
    cells: list[Cell]

    @property
    def missing(self) -> list[str]:
        """Return the usual networks that one click would activate."""
        return [cell.network for cell in self.cells if cell.can_join and cell.network in networks.USUAL]


@dataclass(slots=True)
class Matrix:
    columns: list[str]
    lines: list[Line]
    after: str  # where the next page begins; "": this is the last


@dataclass(slots=True)
class _Here:
    """What is known about the companies of one page."""

    profiles: dict[int, list[NetworkProfile]] = field(default_factory=lambda: defaultdict(list))
    services: dict[tuple[int, str], str] = field(default_factory=dict)
    queued: set[tuple[object, str]] = field(default_factory=set)  # company's AutoInvoice id, network
    cases: dict[tuple[int, str], int] = field(default_factory=dict)


def matching(filters: Filters) -> QuerySet[Company]:
    """Return the companies that the filters let through, in no order."""
    found = Company.objects.filter(account=filters.account)
    if filters.country:
        found = found.filter(country=filters.country)
    if filters.search:
        found = found.filter(finding.matching(filters.search))
    if filters.state == MISSING:
        return found.filter(_lacks(filters))
    if filters.state:
        return found.filter(pk__in=_profiles(filters).values("company"))
    return found.filter(Exists(_of_company(filters).filter(status__in=_LIVE))) if filters.network else found


def page(filters: Filters, after: str = "", size: int = SIZE) -> Matrix:
    """Return one page, beginning after the company with the id `after`."""
    rows = matching(filters).order_by("name", "pk").defer("settings", "business_id_secret")
    last = Company.objects.filter(account=filters.account, pk=after).first() if after.isdecimal() else None
    if last is not None:  # the first condition is what an index can serve
        rows = rows.filter(name__gte=last.name).filter(Q(name__gt=last.name) | Q(pk__gt=last.pk))
    companies = list(rows[: size + 1])
    shown = companies[:size]
    here = _read(filters.account, shown)
    columns = _columns(here)
    lines = [Line(company, [_cell(company, name, here) for name in columns]) for company in shown]
    return Matrix(columns, lines, str(shown[-1].pk) if len(companies) > size else "")


def _lacks(filters: Filters) -> Q:
    """Return the condition for companies that are not in a network; without one, in VISMA or PEPPOL."""
    wanted = [filters.network] if filters.network else list(networks.USUAL)
    lacking: Any = Q()
    for name in wanted:
        live = NetworkProfile.objects.filter(company=OuterRef("pk"), network=name, status__in=(*_LIVE, ERROR))
        lacking |= ~Exists(live)
    countries = networks.countries_of(filters.network) if filters.network else ()
    return Q(lacking, country__in=countries) if countries else Q(lacking)


def _profiles(filters: Filters) -> QuerySet[NetworkProfile]:
    """Return the registrations that stand as the filter says."""
    found = NetworkProfile.objects.filter(account=filters.account)
    if filters.network:
        found = found.filter(network=filters.network)
    return found.exclude(status__in=_KNOWN) if filters.state == OTHER else found.filter(status=filters.state)


def _of_company(filters: Filters) -> QuerySet[NetworkProfile]:
    return NetworkProfile.objects.filter(company=OuterRef("pk"), network=filters.network)


def _read(account: PartnerAccount, companies: Sequence[Company]) -> _Here:
    here = _Here()
    profiles = NetworkProfile.objects.filter(company__in=companies).exclude(status=ProfileStatus.DISABLED)
    for profile in profiles.only("company_id", "network", "status"):
        here.profiles[profile.company_id].append(profile)
    services = ServiceState.objects.filter(company__in=companies, service__in=(catalogue.SCAN, catalogue.AUTOSCAN))
    here.services = {(pk, name): status for pk, name, status in services.values_list("company_id", "service", "status")}
    uuids = [company.uuid for company in companies]
    waiting = Operation.objects.open().filter(account=account, kind=ACTIVATE, company_uuid__in=uuids)
    for uuid, parameters in waiting.values_list("company_uuid", "parameters"):
        here.queued.add((uuid, str(parameters.get("network", ""))))
    troubled = Case.objects.open().filter(company__in=companies, kind=conflicts.KIND)
    for pk, company_id, facts in troubled.values_list("pk", "company_id", "facts"):
        here.cases[company_id, str(facts.get("network", ""))] = pk
    return here


def _columns(here: _Here) -> list[str]:
    """Return the networks to show: the known ones, and whatever else these companies are in."""
    present = {profile.network for profiles in here.profiles.values() for profile in profiles}
    others = sorted({networks.canonical(name) for name in present} - set(networks.SHOWN) - {""})
    return [*networks.SHOWN, *others]


def _cell(company: Company, network: str, here: _Here) -> Cell:
    case = here.cases.get((company.pk, network), 0)
    mine = [row for row in here.profiles[company.pk] if networks.canonical(row.network) == network]
    best = min(mine, key=lambda row: _RANK.get(row.status, len(_RANK)), default=None)
    if best is not None:
        word, tone, icon = _LOOK.get(best.status, (best.status, "neutral", "help"))
        return Cell(network, word, tone, icon, case=case)
    status = here.services.get((company.pk, network), "")
    if status and status not in catalogue.OFF:
        return Cell(network, *_service_look(status), case=case)
    if case:
        return Cell(network, _("Refused"), "bad", "block", case=case)
    if (company.uuid, network) in here.queued:
        return Cell(network, _("On its way"), "info", "outgoing_mail")
    countries = networks.countries_of(network)
    fits = not countries or company.country in countries
    can_join = fits and network in networks.activatable() and not networks.is_agreed_separately(network)
    return Cell(network, can_join=can_join, is_for_country=fits)


def _service_look(status: str) -> tuple[Text, str, str]:
    if status in catalogue.LIVE:
        return _LOOK[ProfileStatus.ACTIVE]
    if status in catalogue.COMING:
        return _LOOK[ProfileStatus.PENDING]
    return _LOOK[ProfileStatus.ERROR] if status in catalogue.BROKEN else (status, "neutral", "help")
