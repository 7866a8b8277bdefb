"""Detect: switching a company's checks on and off, looking them up, and running checks on an invoice again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from companies.operations.targets import company_of
from invoices.detect import mirror as detecting
from invoices.detect import words as detect_words
from invoices.enums import Direction
from invoices.models import DetectAcceptance, DetectSetting, Invoice
from invoices.services import DetectService, Run
from portal import maventa
from portal.operations import registry
from portal.operations.enums import Weight
from portal.operations.handlers import Calls, Found, Handler, NotQueueableError, NotThere, Remedy, Verdict
from portal.operations.models import Operation

DISCLAIMER = _(
    "Detect compares an invoice with registers and with earlier invoices. It is help for a decision, not a guarantee: "
    "a check may miss a fraud or warn of an honest invoice, and whoever pays stays responsible. Invoices reach the "
    "inbox only after the checks have run. The customer has read and accepted AutoInvoice's General service disclaimer."
)


class DetectParameters(msgspec.Struct, frozen=True, kw_only=True):
    checks: list[str] = []  # in place of all others; none: off
    accepted: bool = False
    accepted_by: str = ""  # at the customer
    text: str = ""  # the disclaimer that was shown


@dataclass(frozen=True, slots=True)
class SettingRequest:
    company: UUID
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Told:
    checks: tuple[str, ...]
    at: datetime


@registry.register
class SetDetectChecks(Handler[SettingRequest, Told]):
    """The named checks run on invoices that are received from now on; all others are off."""

    kind = "invoices.set_detect_checks"
    label = _("Set Detect checks")
    verb = _("Set Detect checks")
    target = "companies.Company"
    permission = "invoices.manage_detect"
    Parameters = DetectParameters
    related = ("account",)

    def check(self, target: Company, parameters: DetectParameters) -> None:
        if not parameters.checks:
            return
        if not (parameters.accepted and parameters.accepted_by.strip()):
            raise NotQueueableError(
                _("The disclaimer has not been accepted."), _("Have the customer accept it, and say who did.")
            )
        if not target.is_usable:
            raise NotQueueableError(_("The company is not verified."), _("Get its authorization signed first."))
        known = DetectSetting.objects.filter(company=target).first()
        if known and sorted(known.checks) == sorted(parameters.checks):
            raise NotQueueableError(_("These checks are on already."))

    def prepare(self, members: list[Operation]) -> SettingRequest:
        wanted = self.parameters_of(members[0])
        return SettingRequest(company_of(members[0]).uuid, tuple(wanted.checks))

    def send(self, request: SettingRequest, calls: Calls) -> Told:
        DetectService(calls(request.company)).set_checks(list(request.checks))
        return Told(request.checks, timezone.now())

    def settle(self, operation: Operation, sent: Told) -> dict[str, Any]:
        company, wanted = company_of(operation), self.parameters_of(operation)
        detecting.write_setting(company, sent.checks, sent.at)
        if sent.checks:
            DetectAcceptance.objects.create(
                account_id=company.account_id,
                company=company,
                checks=list(sent.checks),
                accepted_by=wanted.accepted_by[:200],
                text=wanted.text,
                noted_by_id=operation.actor_id,
                accepted_at=operation.created_at,
            )
        return {"checks": list(sent.checks)}

    def resolve(
        self, request: SettingRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[Told]:
        at = timezone.now()
        now = DetectService(calls(request.company)).checks()
        return Found(Told(request.checks, at)) if sorted(now) == sorted(request.checks) else NotThere()


@registry.register
class ReadDetectChecks(Handler[UUID, Told]):
    """Ask AutoInvoice which checks are on; nothing is changed."""

    kind = "invoices.read_detect_checks"
    label = _("Look up Detect checks")
    verb = _("Look up Detect checks")
    target = "companies.Company"
    permission = "companies.refresh_company"
    weight = Weight.INWARD
    related = ("account",)

    def prepare(self, members: list[Operation]) -> UUID:
        return company_of(members[0]).uuid

    def send(self, request: UUID, calls: Calls) -> Told:
        at = timezone.now()
        return Told(tuple(DetectService(calls(request)).checks()), at)

    def settle(self, operation: Operation, sent: Told) -> dict[str, Any]:
        detecting.write_setting(company_of(operation), sent.checks, sent.at)
        return {"checks": list(sent.checks)}

    def resolve(self, request: UUID, operation_uuid: UUID, calls: Calls, before: dict[str, Any]) -> Verdict[Told]:
        return NotThere()


class RerunParameters(msgspec.Struct, frozen=True, kw_only=True):
    checks: list[str] = []  # none: those of the company, or all


@dataclass(frozen=True, slots=True)
class RerunRequest:
    company: UUID
    invoice: UUID
    checks: tuple[str, ...]


@registry.register
class RerunDetect(Handler[RerunRequest, list[Run]]):
    """Run checks on a received invoice once more; what they find replaces what they found."""

    kind = "invoices.rerun_detect"
    label = _("Run Detect checks again")
    verb = _("Run checks again")
    target = "invoices.Invoice"
    permission = "invoices.rerun_detect"
    weight = Weight.INWARD
    Parameters = RerunParameters
    related = ("company__detect",)
    repeatable = True  # a check that runs twice finds the same

    def check(self, target: Invoice, parameters: RerunParameters) -> None:
        if target.direction != Direction.RECEIVED:
            raise NotQueueableError(_("Only received invoices are checked."))
        setting = getattr(target.company, "detect", None)
        if not parameters.checks and setting is not None and not setting.checks:
            raise NotQueueableError(
                _("Detect is off for this company."), _("Switch checks on first, on the company's page.")
            )

    def prepare(self, members: list[Operation]) -> RerunRequest:
        invoice = cast("Any", members[0].target)
        wanted = self.parameters_of(members[0]).checks
        setting = getattr(invoice.company, "detect", None)
        checks = wanted or (setting.checks if setting else None) or list(detect_words.CHECKS)
        return RerunRequest(invoice.company.uuid, invoice.uuid, tuple(checks))

    def send(self, request: RerunRequest, calls: Calls) -> list[Run]:
        return DetectService(calls(request.company)).run_again(request.invoice, list(request.checks))

    def settle(self, operation: Operation, sent: list[Run]) -> dict[str, Any]:
        detecting.look_again(cast("Any", operation.target))
        return {"checks": [run.analysis_type for run in sent]}

    def resolve(
        self, request: RerunRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[list[Run]]:
        return NotThere()  # running once more does no harm, and costs less than guessing which run was ours

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        if error.status == 404:
            return Remedy(_now("AutoInvoice does not know the invoice any more, or Detect is off for the company."))
        return None
