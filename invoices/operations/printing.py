"""Registering companies for mass printing in Finland, and having letters printed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoices.files import storing
from invoices.letters import words
from invoices.models import PrintAccount, PrintJob
from invoices.services import Letters, PrintingService, Registration
from portal import maventa
from portal.operations import registry
from portal.operations.enums import OPEN_STATES, Weight
from portal.operations.handlers import (
    AlreadyQueuedError,
    Calls,
    CannotTell,
    Found,
    Handler,
    NotQueueableError,
    NotThere,
    Remedy,
    Verdict,
)
from portal.operations.models import Operation

COUNTRY = "FI"
_UNKNOWN = _("The service's own words say why. Ask AutoInvoice support if they do not tell you what to do.")


@dataclass(frozen=True, slots=True)
class Registering:
    wanted: Registration
    is_repeat: bool  # an answer was lost before

    def __repr__(self) -> str:
        return f"<registering {self.wanted.company}>"  # holds a password


@dataclass(frozen=True, slots=True)
class Registered:
    at: datetime
    was_there: bool  # the company had an account before this call


@registry.register
class RegisterPrinting(Handler[Registering, Registered]):
    """
    Open mass printing for a Finnish company.

    The service takes a company once, so a repeat after a lost answer does no harm: it says that the company is there.
    """

    kind = "invoices.register_printing"
    label = _("Register for mass printing")
    verb = _("Register")
    target = "invoices.PrintAccount"
    permission = "invoices.register_printing"
    related = ("company", "account")

    def check(self, target: PrintAccount, parameters: Any) -> None:
        if target.company.country != COUNTRY:
            raise NotQueueableError(_("Mass printing is for companies in Finland only."))
        if target.registered_at:
            raise NotQueueableError(_("The company is registered for mass printing already."))

    def prepare(self, members: list[Operation]) -> Registering:
        found: Any = members[0].target
        wanted = Registration(
            company=found.company.uuid,
            company_name=found.company.name,
            email=found.email,
            password=found.password,
            test_mode=found.test_mode,
            notify=found.notify,
        )
        return Registering(wanted, is_repeat=members[0].attempts > 0)

    def send(self, request: Registering, calls: Calls) -> Registered:
        at = timezone.now()
        try:
            PrintingService(calls(request.wanted.company)).register(request.wanted)
        except maventa.RejectedError as refusal:
            if not words.is_registered_already(refusal.text):
                raise
            return Registered(at, was_there=not request.is_repeat)
        return Registered(at, was_there=False)

    def settle(self, operation: Operation, sent: Registered) -> dict[str, Any]:
        changes: dict[str, Any] = {"registered_at": sent.at, "was_there": sent.was_there}
        if sent.was_there:
            changes["password"] = ""  # that of the account is another one
        PrintAccount.objects.filter(pk=operation.target_id).update(**changes)
        return {"was_there": sent.was_there}

    def resolve(
        self, request: Registering, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[Registered]:
        return NotThere()  # asking once more does no harm, and there is no other way to ask

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        return words.remedy_for(error.text) or Remedy(_UNKNOWN, "support")


@dataclass(frozen=True, slots=True)
class Printing:
    company: UUID
    letters: Letters
    sha256: str


@dataclass(frozen=True, slots=True)
class Taken:
    number: str  # of the service's own; "" when the look-up found the file
    status: str
    at: datetime


@registry.register
class SendLetters(Handler[Printing, Taken]):
    """Have a ZIP of letters printed, under a file name of ours that the service can be asked about."""

    kind = "invoices.send_letters"
    label = _("Print letters")
    verb = _("Print letters")
    target = "invoices.PrintJob"
    permission = "invoices.send_letters"
    weight = Weight.COSTLY
    related = ("company", "account")
    repeatable = True
    deadline = 90.0  # seconds: ZIPs are large

    def check(self, target: PrintJob, parameters: Any) -> None:
        registered = PrintAccount.objects.filter(company=target.company_id).exclude(registered_at=None).exists()
        if not registered:
            raise NotQueueableError(
                _("The company is not registered for mass printing."), _("Register it on its Printing tab first.")
            )
        if target.sent_at:
            raise NotQueueableError(
                _("These letters were sent to be printed already."),
                _("Open the job to see how it stands; there they can be printed once more on purpose."),
            )
        twin = target.operations.filter(kind=self.kind, state__in=OPEN_STATES).first()
        if twin:
            raise AlreadyQueuedError(_("These letters are on their way to be printed already."), twin.pk)

    def prepare(self, members: list[Operation]) -> Printing:
        job: Any = members[0].target
        if not storing.is_there(job.sha256):
            raise NotQueueableError(_("The file is not in the storage any more."), _("Give the letters once more."))
        letters = Letters(
            filename=job.filename,
            document_type=job.document_type,
            letter_class=job.letter_class,
            color_print=job.color_print,
            duplex=job.duplex,
            license_key=job.license_key,
            license_meta=job.license_meta,
        )
        return Printing(job.company.uuid, letters, job.sha256)

    def send(self, request: Printing, calls: Calls) -> Taken:
        service = PrintingService(calls(request.company))
        at = timezone.now()
        try:
            with storing.opened(request.sha256) as zipped:
                return Taken(service.send(request.letters, zipped), "", at)
        except maventa.RejectedError:
            # Whether a name that was used before is refused is not documented: what is there was taken.
            status = service.status(request.letters.filename)
            if words.is_missing(status) or words.tells_nothing(status):
                raise
            return Taken("", status, at)

    def settle(self, operation: Operation, sent: Taken) -> dict[str, Any]:
        job = PrintJob.objects.select_related("company__printing").get(pk=operation.target_id)
        job.sent_at, job.fact_at, job.next_check_at = sent.at, sent.at, timezone.now()
        job.number, job.status_text = sent.number[:60], sent.status[:500]
        job.test_mode = job.company.printing.test_mode
        job.save(update_fields=["sent_at", "fact_at", "next_check_at", "number", "status_text", "test_mode"])
        return {"number": job.number, "letters": job.letters, "test_mode": job.test_mode}

    def resolve(self, request: Printing, operation_uuid: UUID, calls: Calls, before: dict[str, Any]) -> Verdict[Taken]:
        at = timezone.now()
        status = PrintingService(calls(request.company)).status(request.letters.filename)
        if words.is_missing(status):
            return NotThere()
        return CannotTell(status) if words.tells_nothing(status) else Found(Taken("", status, at))

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        return words.remedy_for(error.text) or Remedy(_UNKNOWN, "support")
