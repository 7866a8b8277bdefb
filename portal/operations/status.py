"""What `manage.py status` says about operations."""

from typing import Any

from portal import status
from portal.operations.models import Operation
from portal.partners.models import PartnerAccountQuerySet


def section(accounts: PartnerAccountQuerySet) -> dict[str, Any]:
    """Return how many operations are in which state, and how many of them a person has to decide."""
    operations = Operation.objects.filter(account__in=accounts)
    return {"by_state": status.counts(operations, "state"), "named_cases": operations.named_cases().count()}


status.register_section("operations", section)
