"""
The signature desk: the newest request of every company that may not act yet, in tabs, a page at a time.

All is read by the desk's own indexes: a page costs the same number of statements whatever stands on the desk.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import finding
from companies.enums import AuthorizationState, Problem
from companies.models import Authorization, Company
from companies.operations.authorization import VALID
from portal.lists.text import containing
from portal.partners.models import Method, PartnerAccount

PAGE = 50
SOON = timedelta(hours=48)


class Tab(TextChoices):
    OPEN = "open", _("All open")
    SOON = "soon", _("Expires within 48 hours")
    EXPIRED = "expired", _("Expired")
    DECLINED = "declined", _("Canceled or declined")
    BOUNCED = "bounced", _("Our reminder bounced")
    WRONG = "wrong", _("Wrong person")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a viewer wants to see of one account's desk."""

    account: PartnerAccount
    tab: Tab = Tab.OPEN
    country: str = ""
    locale: str = ""
    text: str = ""  # a company's name or id, a signer's name or address
    signer: str = ""  # one signer's address in lower case


@dataclass(slots=True)
class Shown:
    """One page: requests in order, those of one signer gathered, and the key of the next page ("": the last one)."""

    groups: list["Group"] = field(default_factory=list)
    after: str = ""


@dataclass(slots=True)
class Group:
    """Requests of one signer that stand on the same page."""

    signer_key: str
    requests: list[Authorization]
    in_all: int  # how many of this tab have this signer

    @property
    def first(self) -> Authorization:
        return self.requests[0]

    @property
    def is_many(self) -> bool:
        return self.in_all > 1


def on_desk(account: PartnerAccount) -> QuerySet[Authorization]:
    return Authorization.objects.filter(account=account, on_desk=True)


def requests(wanted: Wanted) -> QuerySet[Authorization]:
    """Return all requests that the viewer wants to see, unordered."""
    rows = _IN_TAB[wanted.tab](on_desk(wanted.account))
    if wanted.signer:
        rows = rows.filter(signer_key=wanted.signer)
    if wanted.country:
        rows = rows.filter(company__country=wanted.country)
    if wanted.locale:
        rows = rows.filter(locale=wanted.locale)
    return rows.filter(_matching(wanted)) if wanted.text else rows


def page(wanted: Wanted, after: str = "") -> Shown:
    """
    Return one page, the oldest request first.

    :param after: the key that the page before gave
    """
    rows = requests(wanted).select_related("company", "requested_by").prefetch_related("reminders")
    rows = rows.order_by("requested_at", "id")
    found = list(rows.filter(_beyond(after))[: PAGE + 1])
    key = _key(found[PAGE - 1]) if len(found) > PAGE else ""
    return Shown(_gathered(wanted, found[:PAGE]), key)


def counts(account: PartnerAccount) -> dict[Tab, int]:
    """Return how many requests each tab holds: two statements over indexes."""
    states = on_desk(account).aggregate(
        open=Count("pk", filter=Q(state=AuthorizationState.OPEN)),
        soon=Count("pk", filter=_soon()),
        expired=Count("pk", filter=Q(state=AuthorizationState.EXPIRED)),
        declined=Count("pk", filter=Q(state=AuthorizationState.DECLINED)),
    )
    problems = on_desk(account).exclude(problem="").order_by().values_list("problem").annotate(n=Count("pk"))
    by_problem = dict(problems)
    return {
        Tab.OPEN: states["open"],
        Tab.SOON: states["soon"],
        Tab.EXPIRED: states["expired"],
        Tab.DECLINED: states["declined"],
        Tab.BOUNCED: by_problem.get(Problem.BOUNCED, 0),
        Tab.WRONG: by_problem.get(Problem.WRONG_PERSON, 0),
    }


def _last_soon() -> datetime:
    """Return when the last request was sent that expires within 48 hours: the index goes by that time."""
    return timezone.now() + SOON - VALID


def _soon() -> Q:
    return Q(state=AuthorizationState.OPEN, method=Method.VISMA_SIGN, requested_at__lte=_last_soon())


_IN_TAB: Mapping[Tab, Callable[[QuerySet[Authorization]], QuerySet[Authorization]]] = {
    Tab.OPEN: lambda rows: rows.filter(state=AuthorizationState.OPEN),
    Tab.SOON: lambda rows: rows.filter(_soon()),
    Tab.EXPIRED: lambda rows: rows.filter(state=AuthorizationState.EXPIRED),
    Tab.DECLINED: lambda rows: rows.filter(state=AuthorizationState.DECLINED),
    Tab.BOUNCED: lambda rows: rows.filter(problem=Problem.BOUNCED),
    Tab.WRONG: lambda rows: rows.filter(problem=Problem.WRONG_PERSON),
}


def _matching(wanted: Wanted) -> Q:
    companies = Company.objects.filter(finding.matching(wanted.text), account=wanted.account)
    by_signer = containing(Authorization, "signer_key", wanted.text) | containing(
        Authorization, "signer_name", wanted.text
    )
    return by_signer | Q(company__in=companies)


def _beyond(after: str) -> Q:
    moment, _bar, pk = after.partition("|")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return Q()
    return Q(requested_at__gt=at) | Q(requested_at=at, pk__gt=int(pk)) if pk.isdecimal() else Q()


def _key(request: Authorization) -> str:
    return f"{request.requested_at.isoformat()}|{request.pk}"


def _gathered(wanted: Wanted, found: Sequence[Authorization]) -> list[Group]:
    """Put requests of one signer together, at the place of the first of them."""
    keys = {request.signer_key for request in found}
    in_tab = _IN_TAB[wanted.tab](on_desk(wanted.account)).filter(signer_key__in=keys)
    counted = dict(in_tab.order_by().values_list("signer_key").annotate(n=Count("pk"))) if keys else {}
    groups: dict[str, Group] = {}
    for request in found:
        request.account = wanted.account
        group = groups.setdefault(request.signer_key, Group(request.signer_key, [], counted[request.signer_key]))
        group.requests.append(request)
    return list(groups.values())
