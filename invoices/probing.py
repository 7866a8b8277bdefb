"""Test invoices that prove that a company receives: one of zero from the partner's own company, followed to its end."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any, BinaryIO
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from companies.enums import ProofState, ProofWay
from companies.models import ProofOfReception
from companies.networks import proof as proofs
from invoices import remedies
from invoices.documents import probe
from invoices.enums import Direction, Status, status_of
from invoices.models import Invoice
from invoices.services import Action, InvoiceEntity, InvoiceService, SendingOptions
from portal import maventa
from portal.operations import registry
from portal.operations.handlers import Calls, Found, Handler, NotQueueableError, NotThere, Verdict
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount
from portal.sync import nudging, paces
from portal.sync import registry as sync_registry
from portal.sync.feeds import Look, Watch

_FIRST_LOOK = timedelta(seconds=2)
_MARK = "TEST-"
_PATIENCE = timedelta(hours=24)  # what is delivered but has not arrived by then has stopped


@dataclass(frozen=True, slots=True)
class Probe:
    """A test invoice before it knows its sender, which AutoInvoice tells."""

    uuid: UUID
    number: str
    buyer: probe.Party
    options: SendingOptions


@dataclass(frozen=True, slots=True)
class Sent:
    entity: InvoiceEntity
    at: datetime


@dataclass(frozen=True, slots=True)
class Seen:
    entity: InvoiceEntity | None  # None: AutoInvoice knows nothing of it
    actions: list[Action]


@sync_registry.register
class ProofWatch(Watch[ProofOfReception, Seen]):
    """Test invoices on their way."""

    name = "invoices.proofs"
    label = gettext_lazy("Test invoices on their way")

    def due(self, account: PartnerAccount, limit: int) -> Sequence[ProofOfReception]:
        due = ProofOfReception.objects.filter(account=account, next_check_at__lte=timezone.now(), way=ProofWay.INVOICE)
        return list(due.select_related("company").order_by("next_check_at")[:limit])

    def company_of(self, row: ProofOfReception) -> UUID | None:
        return None  # the partner company sent it

    def look(self, client: maventa.Client, row: ProofOfReception) -> Seen:
        service = InvoiceService(client)
        entity = service.find(row.uuid)
        failed = entity is not None and status_of(entity.status) == Status.FAILED
        return Seen(entity, service.actions(row.uuid) if failed else [])

    def write(self, account: PartnerAccount, looks: list[Look[ProofOfReception, Seen]]) -> int:
        return sum(_follow(look.row, look.seen) for look in looks)

    def next_check(self, look: Look[ProofOfReception, Seen]) -> datetime | None:
        look.row.refresh_from_db(fields=["state"])
        if look.row.state != ProofState.RUNNING:
            return None
        return paces.by_age(look.row.asked_at, shortest=_FIRST_LOOK)


@registry.register
class SendProbe(Handler[Probe, Sent]):
    """A test invoice of zero goes from the partner's own company to a customer's address, under the proof's uuid."""

    kind = "invoices.send_probe"
    label = gettext_lazy("Send test invoice")
    verb = gettext_lazy("Send test invoice")
    target = "companies.ProofOfReception"
    permission = "companies.prove_reception"
    related = ("account", "company__profiles")
    repeatable = True

    def prepare(self, members: list[Operation]) -> Probe:
        row = _proof(members[0])
        if row.state != ProofState.RUNNING:
            raise NotQueueableError(_("This test has ended."))
        company = row.company
        way = next((way for way in proofs.routes(company) if way.network == row.network), None)
        if way is None:
            raise NotQueueableError(_("The company has left the network meanwhile."))
        scheme, endpoint_id = way.endpoint.scheme, way.endpoint.endpoint_id
        buyer = probe.Party(str(company), company.country, company.real_business_id, scheme, endpoint_id)
        address = f"{scheme}:{endpoint_id}" if scheme.isdigit() else endpoint_id
        # By post or e-mail it would prove nothing.
        options = SendingOptions(recipient_eia=address, disabled_routes=("print", "email"))
        return Probe(row.uuid, number_of(row), buyer, options)

    def send(self, request: Probe, calls: Calls) -> Sent:
        client, at = calls(None), timezone.now()
        service = InvoiceService(client)
        content = probe.invoice(request.number, probe.sender(client), request.buyer, timezone.localdate())
        file = maventa.FilePart("file", f"{request.number}.xml", lambda: _opened(content))
        try:
            return Sent(service.create(file, request.uuid, request.options), at)
        except maventa.RejectedError as refusal:
            known = None if refusal.status == 401 else service.find(request.uuid)
            if known is None:
                raise
            return Sent(known, at)

    def settle(self, operation: Operation, sent: Sent) -> dict[str, Any]:
        row = _proof(operation)
        running = ProofOfReception.objects.filter(pk=row.pk, state=ProofState.RUNNING)
        running.update(stage="sent", reference=number_of(row), next_check_at=timezone.now() + _FIRST_LOOK)
        return {"invoice": str(row.uuid), "number": number_of(row)}

    def resolve(self, request: Probe, operation_uuid: UUID, calls: Calls, before: dict[str, Any]) -> Verdict[Sent]:
        at = timezone.now()
        known = InvoiceService(calls(None)).find(request.uuid)
        return Found(Sent(known, at)) if known else NotThere()

    def on_refused(self, operation: Operation, error: maventa.RejectedError) -> None:
        proofs.end(_proof(operation), ProofState.STOPPED, f"{error.staff_text}", stage="refused")


def number_of(row: ProofOfReception) -> str:
    """Return the number of a test invoice, by which it is recognised where it arrives."""
    return f"{_MARK}{row.uuid.hex[:10].upper()}"


def look_now(account: PartnerAccount, uuid: UUID) -> bool:
    """Have a test invoice looked at at once, for AutoInvoice told of it; False: it is none of ours."""
    running = ProofOfReception.objects.filter(account=account, uuid=uuid, state=ProofState.RUNNING)
    nudging.look_at_once("invoices.proofs", account.pk)
    return bool(running.update(next_check_at=timezone.now()))


def note_arrival(invoice: Invoice) -> None:
    """Have the test invoice looked at whose number an invoice bears that has arrived."""
    if invoice.direction == Direction.RECEIVED and invoice.number.startswith(_MARK):
        running = ProofOfReception.objects.filter(company=invoice.company_id, state=ProofState.RUNNING)
        running.filter(way=ProofWay.INVOICE).update(next_check_at=timezone.now())
        nudging.look_at_once("invoices.proofs", invoice.account_id)


def _follow(row: ProofOfReception, seen: Seen) -> bool:
    """Write what a look at a test invoice brought; False: it is on its way as before."""
    if seen.entity is None:
        return proofs.end(
            row, ProofState.STOPPED, _("The test invoice was never handed over to AutoInvoice."), "queued"
        )
    status = status_of(seen.entity.status)
    if status == Status.FAILED:
        return proofs.end(row, ProofState.STOPPED, _why(seen.actions), stage="failed")
    arrived = _arrived(row)
    if arrived is not None:
        text = _("The test invoice %(number)s has arrived at the company.") % {"number": number_of(row)}
        return proofs.end(row, ProofState.PROVEN, text, stage="received")
    if timezone.now() - row.asked_at > _PATIENCE:
        text = _("AutoInvoice has it as %(status)s, but it has not arrived at the company within a day.")
        return proofs.end(row, ProofState.STOPPED, text % {"status": seen.entity.status}, stage="delivered")
    stage = "delivered" if status == Status.DELIVERED else "sent"
    return bool(ProofOfReception.objects.filter(pk=row.pk).exclude(stage=stage).update(stage=stage))


def _arrived(row: ProofOfReception) -> Invoice | None:
    received = Invoice.objects.filter(company=row.company_id, number=number_of(row), direction=Direction.RECEIVED)
    return received.first()


def _why(actions: list[Action]) -> str:
    """Say why it failed: the last step's own words, and what to do about it."""
    last = max(actions, key=lambda action: action.happened_at, default=None)
    if last is None:
        return _("AutoInvoice could not deliver it, and does not say why.")
    found = remedies.find(last.key or "", last.message or "")
    advice = f" {found.cause} {found.remedy}" if found else ""
    return f"{last.message or last.key or last.type}{advice}"


def _opened(content: bytes) -> BinaryIO:
    return BytesIO(content)


def _proof(operation: Operation) -> ProofOfReception:
    target = operation.target
    if not isinstance(target, ProofOfReception):
        raise TypeError(f"operation {operation.pk} is about {type(target).__name__}")
    return target


proofs.register_prober(SendProbe.kind)
