"""When a month of the billing reports is closed, and until when it can be read. Source: `x-window` of the contract."""

from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from portal import contract

_PATH = "/api/billing/v2/reports/billing_company_transactions"
_WINDOW = contract.load("billing")["paths"][_PATH]["get"]["x-window"]
LAST_DAY = int(_WINDOW["kept_until"]["day"])  # of the first month after the quarter
_CLOSES = time(12, 0, tzinfo=UTC)  # 14:00 EET; in summer that is an hour after 14:00 there
_MARGIN = timedelta(minutes=10)  # AutoInvoice's clock and ours
_FIXED_HOLIDAYS = frozenset({(1, 1), (1, 6), (5, 1), (12, 6)})  # those of Finland that can be a first working day


def first_of(day: date) -> date:
    return day.replace(day=1)


def after(month: date) -> date:
    """Return the first day of the next month."""
    return (month + timedelta(days=32)).replace(day=1)


def before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def closes_at(month: date) -> datetime:
    """Return when a month surely changes no more: the next one's first working day, 14:00 EET."""
    day = after(month)
    while day.weekday() >= 5 or (day.month, day.day) in _FIXED_HOLIDAYS or day in _easter(day.year):
        day += timedelta(days=1)
    return datetime.combine(day, _CLOSES) + _MARGIN


def kept_until(month: date) -> date:
    """Return the last day on which a month can be read."""
    quarter_ends = month.replace(month=(month.month - 1) // 3 * 3 + 3)
    return after(quarter_ends).replace(day=LAST_DAY)


def readable(now: datetime) -> list[date]:
    """Return the months that can be read now, the oldest first: those of the quarter, or of the last one too."""
    today = timezone.localdate(now)
    month, found = first_of(today), []
    while kept_until(month) >= today:
        found.append(month)
        month = before(month)
    return found[::-1]


def last_months(now: datetime, count: int) -> list[date]:
    """Return the newest months, the current one last."""
    months = [first_of(timezone.localdate(now))]
    while len(months) < count:
        months.append(before(months[-1]))
    return months[::-1]


def _easter(year: int) -> frozenset[date]:
    """Return Good Friday and Easter Monday (the anonymous Gregorian reckoning)."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    sunday = date(year, f // 31, f % 31 + 1)
    return frozenset({sunday - timedelta(days=2), sunday + timedelta(days=1)})
