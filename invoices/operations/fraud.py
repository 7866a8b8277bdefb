"""Reporting fraud on a received invoice, and withdrawing the report."""

from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoices.detect import mirror as detecting
from invoices.enums import Direction
from invoices.models import FraudReport, Invoice
from invoices.services import FraudReportService, Report
from portal import maventa
from portal.operations import queueing, registry
from portal.operations.enums import Weight
from portal.operations.handlers import (
    Calls,
    Found,
    Handler,
    NotQueueableError,
    NotThere,
    Remedy,
    Verdict,
)
from portal.operations.models import Operation


class ReportParameters(msgspec.Struct, frozen=True, kw_only=True):
    reasons: list[str]
    contact_email: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class ReportRequest:
    company: UUID
    invoice: UUID
    reasons: tuple[str, ...]
    contact_email: str
    description: str


@registry.register
class ReportFraud(Handler[ReportRequest, Report | None]):
    """Tell AutoInvoice that a received invoice looks like fraud: other receivers of this sender are warned."""

    kind = "invoices.report_fraud"
    label = _("Report fraud")
    verb = _("Send the report")
    target = "invoices.Invoice"
    permission = "invoices.report_fraud"
    weight = Weight.COSTLY
    Parameters = ReportParameters
    related = ("company",)

    def check(self, target: Invoice, parameters: ReportParameters) -> None:
        if target.direction != Direction.RECEIVED:
            raise NotQueueableError(_("Only received invoices can be reported."))
        if not parameters.reasons or not parameters.contact_email:
            raise NotQueueableError(_("A report needs a reason and a contact e-mail."))
        if FraudReport.objects.filter(invoice=target, withdrawn_at=None).exists():
            raise NotQueueableError(
                _("This invoice is reported already: one report an invoice."),
                _("To change the report, withdraw it and send another."),
            )

    def prepare(self, members: list[Operation]) -> ReportRequest:
        invoice, wanted = cast("Any", members[0].target), self.parameters_of(members[0])
        return ReportRequest(
            invoice.company.uuid, invoice.uuid, tuple(wanted.reasons), wanted.contact_email, wanted.description
        )

    def send(self, request: ReportRequest, calls: Calls) -> Report | None:
        service = FraudReportService(calls(request.company))
        service.create(request.invoice, request.reasons, request.contact_email, request.description)
        try:
            return _listed(service, request.invoice)
        except maventa.MaventaError:
            return None  # it is made; its id is looked up when somebody needs it

    def settle(self, operation: Operation, sent: Report | None) -> dict[str, Any]:
        wanted = self.parameters_of(operation)
        _write(cast("Any", operation.target), sent, wanted, operation.actor_id)
        return {"report": sent.id if sent else ""}

    def resolve(
        self, request: ReportRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[Report | None]:
        found = FraudReportService(calls(request.company)).of_invoice(request.invoice)
        return Found(found[0]) if found else NotThere()

    def on_refused(self, operation: Operation, error: maventa.RejectedError) -> None:
        if error.status == 409:
            row = queueing.Row(cast("Any", operation.target), {}, company_uuid=operation.company_uuid)
            queueing.queue_many(LookUpReport.kind, [row], account=operation.account)

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        if error.status == 409:
            return Remedy(
                _(
                    "The invoice was reported before, by somebody in the company's own account: one report an "
                    "invoice. The page shows it in a moment; it can be withdrawn there."
                )
            )
        return None


@dataclass(frozen=True, slots=True)
class WithdrawRequest:
    company: UUID
    invoice: UUID
    report: str


@registry.register
class WithdrawReport(Handler[WithdrawRequest, None]):
    """Take a report of fraud back: the sender is no longer warned of because of it."""

    kind = "invoices.withdraw_report"
    label = _("Withdraw report of fraud")
    verb = _("Withdraw the report")
    target = "invoices.FraudReport"
    permission = "invoices.report_fraud"
    weight = Weight.OUTWARD
    related = ("invoice__company",)

    def check(self, target: FraudReport, parameters: Any) -> None:
        if target.withdrawn_at:
            raise NotQueueableError(_("It is withdrawn already."))

    def prepare(self, members: list[Operation]) -> WithdrawRequest:
        report = cast("Any", members[0].target)
        return WithdrawRequest(report.invoice.company.uuid, report.invoice.uuid, report.remote_id)

    def send(self, request: WithdrawRequest, calls: Calls) -> None:
        service = FraudReportService(calls(request.company))
        report = request.report or next((one.id for one in service.of_invoice(request.invoice)), "")
        if not report:
            return
        try:
            service.delete(request.invoice, report)
        except maventa.RejectedError as error:
            if error.status != 404:  # somebody else was faster
                raise

    def settle(self, operation: Operation, sent: None) -> dict[str, Any]:
        FraudReport.objects.filter(pk=operation.target_id, withdrawn_at=None).update(withdrawn_at=timezone.now())
        return {}

    def resolve(
        self, request: WithdrawRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[None]:
        left = FraudReportService(calls(request.company)).of_invoice(request.invoice)
        return NotThere() if any(one.id == request.report or not request.report for one in left) else Found(None)


@dataclass(frozen=True, slots=True)
class LookUpRequest:
    company: UUID
    invoice: UUID


@registry.register
class LookUpReport(Handler[LookUpRequest, Report | None]):
    """Ask whether an invoice is reported, by whomever."""

    kind = "invoices.look_up_report"
    label = _("Look up report of fraud")
    verb = _("Look up")
    target = "invoices.Invoice"
    permission = "invoices.report_fraud"
    weight = Weight.INWARD
    related = ("company",)

    def prepare(self, members: list[Operation]) -> LookUpRequest:
        invoice = cast("Any", members[0].target)
        return LookUpRequest(invoice.company.uuid, invoice.uuid)

    def send(self, request: LookUpRequest, calls: Calls) -> Report | None:
        return _listed(FraudReportService(calls(request.company)), request.invoice)

    def settle(self, operation: Operation, sent: Report | None) -> dict[str, Any]:
        invoice = cast("Any", operation.target)
        if sent is None:
            FraudReport.objects.filter(invoice=invoice, withdrawn_at=None).update(withdrawn_at=timezone.now())
        else:
            _write(invoice, sent, None, None)
        return {"report": sent.id if sent else ""}

    def resolve(
        self, request: LookUpRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[Report | None]:
        return NotThere()


def _listed(service: FraudReportService, invoice: UUID) -> Report | None:
    """Return the report as it is listed."""
    found = service.of_invoice(invoice)
    return found[0] if found else None


def _write(invoice: Invoice, sent: Report | None, wanted: ReportParameters | None, actor_id: int | None) -> None:
    known = FraudReport.objects.filter(invoice=invoice, withdrawn_at=None).first()
    reasons = [reason.name for reason in sent.reasons or [] if reason.name] if sent else []
    told = {
        "account_id": invoice.account_id,
        "remote_id": sent.id[:100] if sent else "",
        "reasons": reasons or (wanted.reasons if wanted else []),
        "names": {
            reason.name or "": detecting.by_language(reason.friendly_names, reason.friendly_name)
            for reason in (sent.reasons or [] if sent else [])
        },
        "contact_email": (sent.reporter_contact_email if sent else "") or (wanted.contact_email if wanted else ""),
        "explanation": (sent.additional_explanation if sent else "") or (wanted.description if wanted else ""),
        "reported_at": (sent.report_date if sent else None) or timezone.now(),
        "withdrawn_at": None,
    }
    if actor_id is not None or known is None:
        told["reported_by_id"] = actor_id
    FraudReport.objects.update_or_create(invoice=invoice, defaults=told)
