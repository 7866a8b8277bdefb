"""
The figures of `manage.py status`: each app says its own, the names are fixed.

`companies` {total, verified, active_profiles {network: n}}, `invoices` {by_status, failed_without_remedy},
`operations` {by_state}, `deliveries` {by_state}, `accounts` [{name, environment, active}].
"""

from collections.abc import Callable
from typing import Any

from django.db.models import Count, QuerySet

from portal.partners.models import PartnerAccountQuerySet

Section = Callable[[PartnerAccountQuerySet], Any]

_sections: dict[str, Section] = {}


def register_section(name: str, section: Section) -> None:
    """Add a section: `section(accounts)` returns what JSON can hold, for the given accounts only."""
    _sections[name] = section


def report(accounts: PartnerAccountQuerySet) -> dict[str, Any]:
    """Return all sections, by name."""
    return {name: section(accounts) for name, section in sorted(_sections.items())}


def counts(rows: QuerySet[Any], column: str) -> dict[str, int]:
    """Return how many rows have which value of a column; values without rows are absent."""
    pairs = rows.order_by(column).values_list(column).annotate(n=Count("pk"))
    return {str(value): n for value, n in pairs}


def accounts_section(accounts: PartnerAccountQuerySet) -> list[dict[str, Any]]:
    """Return name, environment and whether it is in use, for each account."""
    return [
        {"name": account.name, "environment": account.environment, "active": account.is_active}
        for account in accounts.only("name", "environment", "is_active").order_by("name")
    ]


register_section("accounts", accounts_section)
