"""
Which companies are quiet: AutoInvoice warns after twelve months without a transaction and closes after thirteen.

It tells nobody when a company was last active, so the portal works it out from what it knows: the latest invoice, our
own telling that the company is in use, and its registration. Apps that know of more register a source.
"""

import calendar
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import chain

from django.db.models import Case, DateTimeField, F, Max, Q, QuerySet, Value, When
from django.utils import timezone

from companies.models import Company, Onboarding
from portal import contract
from portal.partners.models import PartnerAccount

Accounts = Iterable[PartnerAccount]
# The latest activity of each of these companies, by primary key; those it knows nothing of are left out.
Source = Callable[[Sequence[int]], Mapping[int, datetime]]

CHUNK = 500
KEPT_AT_ONCE = 500  # companies an hour and account: an option switched on must not crowd out other work
_LIMITS = contract.networks()["limits"]["inactivity"]
WARNED, CLOSED = int(_LIMITS["warn_months"]), int(_LIMITS["disable_months"])
LISTED = WARNED - 1  # a month before AutoInvoice writes to the customer
_WORKED_OUT = timedelta(days=1)
_LOOKED_AT = LISTED - 1  # younger ones cannot become quiet before the next round
_sources: list[Source] = []


def register_source(source: Source) -> None:
    """Add what another app knows of companies' activity."""
    if source not in _sources:
        _sources.append(source)


def months_from(moment: datetime, months: int) -> datetime:
    """Return the same day of a month before (negative) or after; the last day where the month is shorter."""
    place = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(place, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)


def closes_at(company: Company) -> datetime | None:
    """Return when AutoInvoice closes the company if nothing happens; None: nobody knows."""
    return months_from(company.active_at, CLOSED) if company.active_at else None


def quiet(companies: QuerySet[Company], now: datetime | None = None) -> QuerySet[Company]:
    """Narrow to companies that are open and were last active eleven months ago or more."""
    return companies.filter(disabled=False, active_at__lte=months_from(now or timezone.now(), -LISTED))


def unknown(companies: QuerySet[Company]) -> QuerySet[Company]:
    """Narrow to companies that are open and of which no activity is known, though there was time to work it out."""
    return companies.filter(nothing_known(), disabled=False)


def nothing_known() -> Q:
    """Return what rows have in common of which no activity is known; new ones are worked out within a day."""
    return Q(active_at=None, created_at__lte=timezone.now() - _WORKED_OUT)


def note(account: PartnerAccount) -> int:
    """
    Work out anew when the companies that could be quiet were last active; returns how many were found to be active.

    What is cheap to know is left alone: a company that was active lately is looked at again when it could be quiet.
    """
    since = months_from(timezone.now(), -_LOOKED_AT)
    candidates = Company.objects.filter(Q(active_at=None) | Q(active_at__lte=since), account=account)
    changed, last = 0, 0
    while ids := list(candidates.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        changed += _write(_latest(ids))
        last = ids[-1]
    return changed


def _latest(ids: Sequence[int]) -> dict[int, datetime]:
    found: dict[int, datetime] = {}
    for source in (_kept, _registered, *_sources):
        for pk, at in source(ids).items():
            found[pk] = max(at, found.get(pk, at))
    return found


def _write(latest: Mapping[int, datetime]) -> int:
    """Write many moments in one statement; an earlier one never replaces a later one."""
    if not latest:
        return 0
    cases = Case(*(When(pk=pk, then=Value(at)) for pk, at in latest.items()), output_field=DateTimeField())
    older = Company.objects.filter(pk__in=latest).annotate(latest=cases)
    return older.filter(Q(active_at=None) | Q(active_at__lt=F("latest"))).update(active_at=cases)


def _kept(ids: Sequence[int]) -> Mapping[int, datetime]:
    told = Company.objects.filter(pk__in=ids, kept_active_at__isnull=False)
    return {pk: at for pk, at in told.values_list("pk", "kept_active_at") if at is not None}


def _registered(ids: Sequence[int]) -> Mapping[int, datetime]:
    """A company that came into being by our own registration is as old as its row; one that was found may be older."""
    ours = Onboarding.objects.filter(company__in=ids, submitted_at__lte=F("company__created_at"))
    return dict(ours.values_list("company").annotate(at=Max("company__created_at")).order_by())


def due_for_keeping(account: PartnerAccount, most: int) -> list[Company]:
    """Return companies that AutoInvoice should be told of: the quietest first, then those nobody knows about."""
    companies = Company.objects.filter(account=account)
    known = quiet(companies).order_by("active_at", "pk")[:most]
    others = unknown(companies).order_by("pk")[:most]
    return list(chain(known, others))[:most]
