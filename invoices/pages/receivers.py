"""Look-ups beside the fields of sending: receivers in the networks, and operators by name."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from companies import clients
from companies.models import Company
from companies.services import LookupService
from companies.services.lookups import Receiver
from portal import maventa
from portal.partners.models import PartnerAccount

_NETWORKS = ("VISMA", "PEPPOL", "FINVOICE", "BANK")
_SHORTEST, _MOST = 3, 10
_PATIENCE = 8.0  # seconds; somebody waits for the answer
_KEPT = 24 * 3600  # seconds; operators change seldom
_may_send = permission_required("invoices.send_invoice", raise_exception=True)


@dataclass(frozen=True, slots=True)
class Shown:
    name: str
    about: str
    eia: str
    operator: str
    operator_name: str


@_may_send
@require_safe
def find(request: HttpRequest, company_pk: int) -> HttpResponse:
    """Receivers that a text names, for the page of one company's files: a fragment beneath the field."""
    company = get_object_or_404(Company.objects.visible_to(request.user).select_related("account"), pk=company_pk)
    text = request.GET.get("find", "").strip()
    context: dict[str, Any] = {"asked": text, "short": len(text) < _SHORTEST}
    if not context["short"]:
        try:
            context["receivers"] = _found(company, text)
        except maventa.MaventaError:
            context["problem"] = _("AutoInvoice did not answer. Type the address by hand, or try again.")
    return render(request, "invoices/_receivers.html", context)


def _found(company: Company, text: str) -> list[Shown]:
    service = _service(company)
    names = operator_names(company.account, service)
    known: dict[tuple[str, str], Shown] = {}
    for way in _ways(text):
        for receiver in service.receivers(_NETWORKS, **way):
            shown = _shown(receiver, names)
            if shown.eia:
                known.setdefault((shown.eia, shown.operator), shown)
    return list(known.values())[:_MOST]


def _service(company: Company) -> LookupService:
    client = clients.for_company(company)
    client.deadline = _PATIENCE
    return LookupService(client)


def _ways(text: str) -> list[dict[str, str]]:
    """Return what a text may be: an address or a business id if it holds digits, else a name."""
    if any(letter.isdigit() for letter in text):
        return [{"eia": text}, {"bid": text}]
    return [{"name": text}]


def _shown(receiver: Receiver, names: dict[str, str]) -> Shown:
    participant, operator = receiver.participant, receiver.operator or ""
    about = [participant.country, participant.bid] if participant else []
    return Shown(
        name=(participant.name if participant else "") or receiver.eia or "",
        about=" · ".join(part for part in (*about, receiver.network) if part),
        eia=receiver.eia or (receiver.identifier.endpoint_id if receiver.identifier else "") or "",
        operator=operator,
        operator_name=names.get(operator, ""),
    )


def operator_names(account: PartnerAccount, service: LookupService) -> dict[str, str]:
    """Return the operators' names by code; asked once a day."""
    key = f"invoices.operators.{account.pk}"
    names: dict[str, str] | None = cache.get(key)
    if names is None:
        names = {found.operator_id: found.name or found.operator_id for found in service.operators()}
        cache.set(key, names, _KEPT)
    return names


@_may_send
@require_safe
def operators(request: HttpRequest, company_pk: int) -> HttpResponse:
    """The operators as suggestions of the field."""
    company = get_object_or_404(Company.objects.visible_to(request.user).select_related("account"), pk=company_pk)
    try:
        names = operator_names(company.account, _service(company))
    except maventa.MaventaError:
        names = {}  # the field takes what is typed
    return render(request, "invoices/_operators.html", {"operators": sorted(names.items(), key=lambda one: one[1])})
