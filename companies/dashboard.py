"""What this app shows on the dashboard: counts that lead to their lists, whose move it is, and how onboarding goes."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from companies import cases, moves
from companies.enums import USABLE_STATES, Mover, OnboardingState, ProfileStatus
from companies.life import activity
from companies.models import Case, Company, Onboarding
from companies.planning import rates
from portal import dashboard
from portal.counters import declared
from portal.counters import figures as counters
from portal.dashboard import Accounts, Bar, Card, Chart, Move

declared.register("companies", "companies.Company", "state")
_DAYS = 14
_TRUSTED = 90  # percent of predictions that came true
_TONES = (
    (OnboardingState.REGISTERED, "good"),
    (OnboardingState.SUBMITTED, "info"),
    (OnboardingState.REFUSED, "bad"),
)


def _companies(**filters: str) -> str:
    return _list("companies_company", filters)


def _list(name: str, filters: dict[str, str]) -> str:
    url = reverse(f"admin:{name}_changelist")
    return f"{url}?{urlencode(filters)}" if filters else url


def cards(accounts: Accounts) -> Iterable[Card]:
    by_state = counters.totals("companies", accounts)
    signatures, refused = moves.waiting(accounts).count(), moves.refused(accounts).count()
    expired, failed = moves.expired(accounts).count(), moves.failed_networks(accounts).count()
    verified = sum(by_state.get((state,), 0) for state in USABLE_STATES)
    yield Card(_("Companies"), sum(by_state.values()), _companies(), icon="domain", order=10)
    yield Card(_("Verified"), verified, _companies(standing="verified"), "good", "verified", order=11)
    yield Card(
        _("Waiting for signature"),
        signatures,
        _companies(standing="waiting"),
        "warn" if signatures else "neutral",
        "draw",
        order=12,
    )
    yield Card(
        _("Signature expired"),
        expired,
        _companies(standing="expired"),
        "bad" if expired else "neutral",
        "timer_off",
        order=13,
    )
    yield Card(
        _("Registration refused"),
        refused,
        _list("companies_onboarding", {"state__exact": OnboardingState.REFUSED}),
        "bad" if refused else "neutral",
        "block",
        order=14,
    )
    yield Card(
        _("Networks with errors"),
        failed,
        _list("companies_networkprofile", {"status": ProfileStatus.ERROR}),
        "bad" if failed else "neutral",
        "hub",
        order=15,
    )
    waiting = cases.open_cases(accounts).count()
    yield Card(
        _("Open cases"),
        waiting,
        _list("companies_case", {"state": "open"}),
        "warn" if waiting else "neutral",
        "support",
        order=16,
    )


def moves_of(accounts: Accounts, most: int) -> Iterable[Move]:
    for row in moves.stand_stills(accounts, most):
        if row.company is not None:
            url = reverse("admin:companies_company_change", args=[row.company.pk])
        else:
            url = reverse("admin:companies_onboarding_change", args=[row.onboarding.pk if row.onboarding else 0])
        yield Move(row.what, row.whose.label, row.title, url, row.since, row.tone, row.action)
    for case in cases.open_cases(accounts).select_related("company")[:most]:
        yield _move_of(case)


def _move_of(case: Case) -> Move:
    step, kind = cases.step_of(case), cases.kind_of(case)
    label, url = kind.label if kind else case.kind, reverse("admin:companies_case_change", args=[case.pk])
    title = str(case.company or case.subject)
    return Move(label, Mover(case.whose).label, title, url, case.opened_at, step.tone, _("Open the case"))


def chart(accounts: Accounts) -> Chart:
    """Onboardings of the last two weeks by the day they were submitted, and what became of them."""
    today = timezone.localdate()
    first = today - timedelta(days=_DAYS - 1)
    since = timezone.make_aware(datetime.combine(first, datetime.min.time()))
    rows = Onboarding.objects.filter(account__in=accounts, submitted_at__gte=since)
    counted = rows.annotate(day=TruncDate("submitted_at")).values_list("day", "state").annotate(n=Count("pk"))
    by_day = {(day, state): n for day, state, n in counted.order_by()}
    days = [first + timedelta(days=number) for number in range(_DAYS)]
    bars = tuple(
        Bar(
            date_format(day, "j M"),
            _list(
                "companies_onboarding",
                {"submitted_at__gte": f"{day} 00:00:00", "submitted_at__lt": f"{day + timedelta(days=1)} 00:00:00"},
            ),
            tuple((tone, by_day.get((day, state.value), 0), state.label) for state, tone in _TONES),
        )
        for day in days
    )
    return Chart(_("Companies submitted a day"), bars, order=10)


def predictions(accounts: Accounts) -> Iterable[Card]:
    """How far the plans of files can be trusted: the hit rate of all predictions that could be told."""
    hits, told = rates.total(rates.over_all(accounts))
    if told:
        percent = 100 * hits // told
        yield Card(
            _("% of predictions came true"),
            percent,
            reverse("admin:import_rates"),
            "good" if percent >= _TRUSTED else "warn",
            "fact_check",
            _("%(hits)d of %(told)d, over all files") % {"hits": hits, "told": told},
            order=19,
        )


def quiet_companies(accounts: Accounts) -> Iterable[Card]:
    """Count the quiet companies; those that nobody knows about are in the list, not in the count."""
    count = activity.quiet(Company.objects.filter(account__in=accounts)).count()
    url = _list("companies_quietcompany", {"quiet": "quiet"})
    hint = _("Closed after 13 months without an invoice")
    yield Card(_("Quiet companies"), count, url, "warn" if count else "neutral", "bedtime", hint=hint, order=18)


dashboard.register_cards(cards)
dashboard.register_cards(predictions)
dashboard.register_cards(quiet_companies)
dashboard.register_moves(moves_of)
dashboard.register_chart(chart)
