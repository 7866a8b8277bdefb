"""What the pages about one company share: finding it for this viewer, and the way back to its tab."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from companies.models import Company
from portal.operations import pills
from portal.operations.enums import OPEN_STATES, TROUBLED_STATES
from portal.operations.kinds import label_of
from portal.operations.models import Operation

_LOOKED_AT, _SHOWN = 20, 5


def company_or_404(request: HttpRequest, pk: str | int) -> Company:
    """Return a company of one of the viewer's accounts, with its account."""
    if not str(pk).isdigit():
        raise Http404
    visible = Company.objects.visible_to(request.user).select_related("account")
    return get_object_or_404(visible, pk=pk)


def on_tab(company: Company, tab: str) -> str:
    """Return the address of a part of the company's page."""
    return f"{reverse('admin:companies_company_change', args=[company.pk])}?tab={tab}"


def under_way(company: Company, kinds: Sequence[str]) -> list[dict[str, Any]]:
    """Return acts of these kinds that are on their way, and the latest that AutoInvoice or a policy refused."""
    found = Operation.objects.filter(company_uuid=company.uuid, account=company.account_id, kind__in=kinds)
    latest = list(found.order_by("-id")[:_LOOKED_AT])
    seen: set[str] = set()
    shown = []
    for operation in latest:
        is_first = operation.kind not in seen
        seen.add(operation.kind)
        if operation.state in OPEN_STATES or (is_first and operation.state in TROUBLED_STATES):
            shown.append(operation)
    return [
        {"operation": operation, "label": label_of(operation.kind), "pill": pills.of_operation(operation)}
        for operation in shown[:_SHOWN]
    ]
