"""
Proof of reception: does the world see the company, and does an invoice that is sent to it arrive?

Look-ups are this app's; how a test invoice is sent and followed is registered by the app of invoices.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from companies.enums import ProfileStatus, ProofState, ProofWay
from companies.models import Company, NetworkProfile, ProofOfReception
from companies.networks import catalogue, peppol
from companies.networks.peppol import Endpoint
from companies.services import Receiver
from portal import contract
from portal.operations import queueing
from portal.operations.models import Operation
from portal.operations.queueing import row_of

# Networks whose receivers the look-up lists, the better way for a test invoice first.
LOOKED_UP = (catalogue.PEPPOL, catalogue.VISMA)
_HANDED_OVER_WITHIN = timedelta(minutes=15)  # a test invoice that is not at AutoInvoice by then never went
_probers: list[str] = []


def register_prober(kind: str) -> None:
    """Name the operation kind that sends a test invoice; its target is a ProofOfReception."""
    _probers[:] = [kind]


@dataclass(frozen=True, slots=True)
class Route:
    """One way to a company: a network and its address there."""

    network: str
    endpoint: Endpoint
    is_open: bool


def routes(company: Company) -> list[Route]:
    """Return the ways on which the world should find a company, one a network."""
    found: dict[str, Route] = {}
    for profile in company.profiles.all():
        endpoint = _endpoint(company, profile) if catalogue.INVOICES in profile.profiles else None
        if profile.network in LOOKED_UP and endpoint is not None and profile.status != ProfileStatus.DISABLED:
            route = Route(profile.network, endpoint, profile.status == ProfileStatus.ACTIVE)
            if profile.network not in found or route.is_open:
                found[profile.network] = route
    return [found[name] for name in LOOKED_UP if name in found]


def write_lookups(
    company: Company, asked: Sequence[Route], seen: Sequence[Receiver], *, operation: Operation, at: datetime
) -> list[ProofOfReception]:
    """Write what the look-ups found, one row a network."""
    rows = [_looked_up(company, route, seen, operation, at) for route in asked]
    return ProofOfReception.objects.bulk_create(rows)


def begin_test(company: Company, route: Route, *, operation: Operation) -> ProofOfReception | None:
    """Queue a test invoice on a way; None: no app sends any."""
    if not _probers:
        return None
    proof = ProofOfReception.objects.create(
        account=company.account,
        company=company,
        way=ProofWay.INVOICE,
        network=route.network,
        address=peppol.shown(route.endpoint, company.country),
        stage="queued",
        asked_by=operation.actor,
        next_check_at=timezone.now() + _HANDED_OVER_WITHIN,
    )
    queueing.queue_many(
        _probers[0], [row_of(proof, {})], account=company.account, actor=operation.actor, batch=operation.batch
    )
    return proof


def end(proof: ProofOfReception, state: ProofState, text: str, stage: str = "") -> bool:
    """Write what came of a test; False: it has ended already."""
    ended = {"state": state, "text": text, "ended_at": timezone.now(), "next_check_at": None}
    if stage:
        ended["stage"] = stage
    running = ProofOfReception.objects.filter(pk=proof.pk, state=ProofState.RUNNING)
    return bool(running.update(**ended))


def latest(company: Company) -> list[ProofOfReception]:
    """Return the newest proof of each way and network, the newest first."""
    found: dict[tuple[str, str], ProofOfReception] = {}
    for row in company.proofs.select_related("asked_by").order_by("-asked_at", "-pk")[:60]:
        found.setdefault((row.way, row.network), row)
    return list(found.values())


def is_proven(proofs: Sequence[ProofOfReception]) -> bool:
    """Tell whether the newest answers say that the company receives: a test invoice counts more than look-ups."""
    tests = [row for row in proofs if row.way == ProofWay.INVOICE]
    decisive = tests or list(proofs)
    return bool(decisive) and all(row.state == ProofState.PROVEN for row in decisive)


def _endpoint(company: Company, profile: NetworkProfile) -> Endpoint | None:
    """Return where the company is registered; an event tells no address, so that it may have to be derived."""
    if profile.endpoint_id:
        return Endpoint(profile.scheme, profile.real_endpoint_id)
    return peppol.expected_endpoint(company.country, company.real_business_id)


def _looked_up(
    company: Company, route: Route, seen: Sequence[Receiver], operation: Operation, at: datetime
) -> ProofOfReception:
    answers = [item for item in seen if (item.network, item.eia) == (route.network, route.endpoint.endpoint_id)]
    state, text = _verdict(company, route, answers)
    return ProofOfReception(
        account=company.account,
        company=company,
        way=ProofWay.LOOKUP,
        network=route.network,
        address=peppol.shown(route.endpoint, company.country),
        state=state,
        text=text,
        asked_by=operation.actor,
        asked_at=at,
        ended_at=at,
    )


def _verdict(company: Company, route: Route, answers: Sequence[Receiver]) -> tuple[ProofState, str]:
    """Return the outcome of a look-up in staff words."""
    if not answers:
        if route.is_open:
            return ProofState.STOPPED, _("Nobody is found at the address: the network has not told others yet.")
        return ProofState.STOPPED, _("Nobody is found at the address: the registration is not active.")
    answer = answers[0]
    own: Any = contract.networks()["operators"]["own"]["operator_id"]
    name = answer.participant.name if answer.participant else ""
    if answer.operator and answer.operator != own:
        return ProofState.STOPPED, _("%(name)s answers, with operator %(operator)s instead of AutoInvoice.") % {
            "name": name or "?",
            "operator": answer.operator,
        }
    words = sorted({str(kind.get("document_type", "")) for kind in answer.document_types or []} - {""})
    return ProofState.PROVEN, _("%(name)s answers at AutoInvoice and takes %(documents)s.") % {
        "name": name or str(company),
        "documents": ", ".join(words) or _("documents that are not named"),
    }
