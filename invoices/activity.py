"""What invoices tell of a company's activity."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Max

from companies.life import activity
from invoices.models import Invoice


def latest(company_ids: Sequence[int]) -> Mapping[int, datetime]:
    """Return when each company sent or received its latest invoice."""
    rows = Invoice.objects.filter(company__in=company_ids).order_by()
    return dict(rows.values_list("company").annotate(at=Max("created_at")))


activity.register_source(latest)
