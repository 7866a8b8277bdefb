"""Reading counts."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db.models import Sum

from portal.counters import declared
from portal.counters.models import Tally
from portal.partners.models import PartnerAccount

_HOUR = "%Y-%m-%dT%H"
Values = tuple[str, ...]  # in the order of the declaration


def totals(name: str, accounts: Iterable[PartnerAccount]) -> dict[Values, int]:
    """Return how many rows there are, by the values that a declaration counts by; none is 0."""
    counted = declared.get(name)
    rows = Tally.objects.filter(account_id__in=[account.pk for account in accounts], name=name)
    sums = rows.values_list("key").annotate(sum=Sum("amount")).order_by()
    return {counted.split(key): int(amount) for key, amount in sums if amount}


def by_hour(name: str, accounts: Iterable[PartnerAccount], since: datetime) -> dict[tuple[datetime, Values], int]:
    """Return how many rows there are by hour and values, from the hour of a moment on."""
    counted = declared.get(name)
    first = f"{since.astimezone(UTC):{_HOUR}}"
    rows = Tally.objects.filter(account_id__in=[account.pk for account in accounts], name=name, hour__gte=first)
    sums = rows.values_list("hour", "key").annotate(sum=Sum("amount")).order_by()
    found = [(hour, counted.split(key), int(amount)) for hour, key, amount in sums if amount]
    hours = {hour: datetime.fromisoformat(f"{hour}:00+00:00") for hour, _key, _amount in found}
    return {(hours[hour], key): amount for hour, key, amount in found}
