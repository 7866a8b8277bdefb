"""What a company's page and an onboarding's page show alike: the checklist, and what has happened."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.operations import pills as operation_pills
from portal.operations import registry
from portal.operations.models import Operation
from portal.webhooks.models import Delivery

MOST = 40


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the timeline."""

    at: datetime
    what: str | Promise
    state: str | Promise
    tone: str
    icon: str
    text: str = ""
    who: str = ""
    url: str = ""


def timeline(account_id: int, *, company_uuid: UUID | None = None, onboarding_ids: Iterable[int] = ()) -> list[Entry]:
    """Return what we did and what we were told, the latest first."""
    ours = Operation.objects.filter(account_id=account_id, kind__startswith="companies.").select_related("actor")
    about = Q(onboarding_id__in=list(onboarding_ids))
    told: list[Delivery] = []
    if company_uuid:
        about |= Q(company_uuid=company_uuid)
        told = list(
            Delivery.objects.filter(account_id=account_id, company_uuid=company_uuid)
            .exclude(event__startswith="DOCUMENTS.")  # invoices have timelines of their own
            .defer("body")
            .order_by("-id")[:MOST]
        )
    done = list(ours.filter(about).order_by("-id")[:MOST])
    entries = chain(map(_of_operation, done), map(_of_delivery, told))
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:MOST]


_CHANGES = {
    "CREATED": _("Registration in %(network)s begun"),
    "ENABLED": _("%(network)s opened"),
    "DISABLED": _("%(network)s closed"),
}
_AUTHORIZATIONS = {
    "VERIFIED": _("The company is verified"),
    "UNVERIFIED": _("The company is no longer verified"),
    "UNKNOWN": _("The company counts as an older account"),
}


def _told(event: str) -> str | Promise:
    """Return an event in staff words; one that we do not know as it came."""
    category, _dot, rest = event.partition(".")
    subject, _dot, change = rest.partition(".")
    if category == "NETWORKS" and change in _CHANGES:
        return str(_CHANGES[change]) % {"network": subject}
    if category == "COMPANIES":
        return _AUTHORIZATIONS.get(change, event)
    return event


def _of_operation(operation: Operation) -> Entry:
    shown = operation_pills.look_of(operation)
    label: Any = registry.get(operation.kind).label if registry.knows(operation.kind) else operation.kind
    detail = ", ".join(str(value) for value in operation.parameters.values() if isinstance(value, str) and value)
    return Entry(
        at=operation.settled_at or operation.created_at,
        what=f"{label} {detail}".strip() if operation.kind.endswith("_network") else label,
        state=shown.word,
        tone=shown.tone,
        icon=shown.icon,
        text=operation.remedy or operation.error_text,
        who=str(operation.actor or _("the portal")),
        url=reverse("admin:operations_operation_change", args=[operation.pk]),
    )


def _of_delivery(delivery: Delivery) -> Entry:
    return Entry(
        at=delivery.received_at,  # the event's own time is in whole seconds and would jump the queue
        what=_told(delivery.event),
        state=_("AutoInvoice told us"),
        tone="info",
        icon="webhook",
        url=reverse("admin:webhooks_delivery_change", args=[delivery.pk]),
    )
