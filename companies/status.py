"""This app's figures in `manage.py status`."""

from typing import Any

from companies.enums import ProfileStatus
from companies.models import Case, Company, NetworkProfile
from portal import status
from portal.partners.models import PartnerAccountQuerySet


def section(accounts: PartnerAccountQuerySet) -> dict[str, Any]:
    """Return total, verified (may send and receive), active network registrations by network, and open cases."""
    companies = Company.objects.filter(account__in=accounts)
    active = NetworkProfile.objects.filter(account__in=accounts, status=ProfileStatus.ACTIVE)
    return {
        "total": companies.count(),
        "verified": companies.usable().count(),
        "active_profiles": status.counts(active, "network"),
        "open_cases": Case.objects.open().filter(account__in=accounts).count(),
    }


status.register_section("companies", section)
