"""The figures of invoices in `manage.py status`."""

from typing import Any

from django.db.models import Q

from invoices.enums import Direction, Status
from invoices.models import Invoice
from portal import status
from portal.partners.models import PartnerAccountQuerySet


def section(accounts: PartnerAccountQuerySet) -> dict[str, Any]:
    """Return the sent invoices by status, the received ones, and failures for which we know no remedy."""
    sent = Invoice.objects.sent().filter(account__in=accounts)
    return {
        "by_status": status.counts(sent, "status"),
        "received": Invoice.objects.filter(account__in=accounts, direction=Direction.RECEIVED).count(),
        "failed_without_remedy": sent.filter(
            Q(remedy_key="") | Q(remedy_key__startswith="unknown:"), status=Status.FAILED
        ).count(),
    }


status.register_section("invoices", section)
