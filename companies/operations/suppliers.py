"""A company's suppliers: asking who could send e-invoices, and having them written to."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import facts, remedies, services
from companies.enums import Mover
from companies.models import Company, Supplier
from companies.operations.targets import company_of
from companies.side_services import supplier_mirror
from portal import maventa
from portal.operations import registry
from portal.operations.enums import Weight
from portal.operations.handlers import Calls, Handler, NotQueueableError, NotThere, Remedy, Verdict
from portal.operations.models import Operation

LANGUAGES = ("en", "se", "fi", "nl")
MOST_DAYS = 31  # AutoInvoice looks back a month at most
MOST_AT_ONCE = 100


class QueryParameters(msgspec.Struct, frozen=True):
    days: int = 30  # how far back


class QueryRequest(msgspec.Struct, frozen=True):
    company: UUID
    oldest: datetime


class Answered(msgspec.Struct, frozen=True):
    answer: services.SupplierAnswer
    oldest: datetime
    at: datetime


@registry.register
class QuerySuppliers(Handler[QueryRequest, Answered]):
    """AutoInvoice goes through the company's scanned invoices; nothing is sent to anybody."""

    kind = "companies.query_suppliers"
    label = _("Ask for suppliers")
    verb = _("Ask AutoInvoice")
    target = "companies.Company"
    permission = "companies.refresh_company"
    weight = Weight.INWARD
    Parameters = QueryParameters
    related = ("account",)

    def check(self, target: Company, parameters: QueryParameters) -> None:
        if not 1 <= parameters.days <= MOST_DAYS:
            raise NotQueueableError(_("AutoInvoice looks back a month at most."), _("Ask for 1 to 31 days."))

    def missing(self, operation: Operation) -> set[str]:
        company = company_of(operation)
        return set() if facts.is_verified(company) else {facts.verified(company.uuid)}

    def prepare(self, members: list[Operation]) -> QueryRequest:
        days = self.parameters_of(members[0]).days
        oldest = (members[0].created_at - timedelta(days=days)).replace(microsecond=0)
        return QueryRequest(company_of(members[0]).uuid, oldest)

    def send(self, request: QueryRequest, calls: Calls) -> Answered:
        at = timezone.now()
        answer = services.SupplierService(calls(request.company)).query(request.oldest)
        return Answered(answer, request.oldest, at)

    def settle(self, operation: Operation, sent: Answered) -> dict[str, Any]:
        company = company_of(operation)
        query = supplier_mirror.start(company, sent.oldest, sent.at, asked_by=operation.actor)
        supplier_mirror.write_answer(query, company, sent.answer, sent.at)
        return {"status": sent.answer.status, "found": query.found}

    def resolve(
        self, request: QueryRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[Answered]:
        return NotThere()  # asking again costs nothing


class NotifyParameters(msgspec.Struct, frozen=True, kw_only=True):
    suppliers: list[services.Addressee]
    again: bool = False  # also those who were written to before


class NotifyRequest(msgspec.Struct, frozen=True):
    company: UUID
    suppliers: list[services.Addressee]


@registry.register
class NotifySuppliers(Handler[NotifyRequest, services.NotificationAnswer]):
    """AutoInvoice mails the suppliers in the company's name and asks them to send e-invoices."""

    kind = "companies.notify_suppliers"
    label = _("Write to suppliers")
    verb = _("Write to suppliers")
    target = "companies.Company"
    permission = "companies.notify_suppliers"
    weight = Weight.COSTLY
    Parameters = NotifyParameters
    related = ("account",)
    resolvable = False
    named_case = _(
        "The answer was lost: nobody knows whether AutoInvoice wrote to the suppliers. Ask one of them, or its support."
    )

    def check(self, target: Company, parameters: NotifyParameters) -> None:
        check_addressees(parameters.suppliers)
        emails = [addressee.email_address for addressee in parameters.suppliers]
        written = Supplier.objects.filter(company=target, email__in=emails, notified_at__isnull=False)
        if not parameters.again and (names := list(written.values_list("name", flat=True)[:5])):
            raise NotQueueableError(
                _("Already written to: %(names)s.") % {"names": ", ".join(names)},
                _("Leave them out, or say that they are to be written to again."),
            )

    def missing(self, operation: Operation) -> set[str]:
        company = company_of(operation)
        return set() if facts.is_verified(company) else {facts.verified(company.uuid)}

    def prepare(self, members: list[Operation]) -> NotifyRequest:
        return NotifyRequest(company_of(members[0]).uuid, self.parameters_of(members[0]).suppliers)

    def send(self, request: NotifyRequest, calls: Calls) -> services.NotificationAnswer:
        return services.SupplierService(calls(request.company)).notify(request.suppliers)

    def settle(self, operation: Operation, sent: services.NotificationAnswer) -> dict[str, Any]:
        failures = {failure.email or "": failure.reason or "" for failure in sent.failures or []}
        self._write(operation, failures)
        return {"failures": failures}

    def on_confirmed(self, operation: Operation) -> dict[str, Any]:
        self._write(operation, {})
        return {}

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        if error.status == 409:
            text = _("The company lacks data for the mail: complete its name, address and e-mail in its settings.")
            return Remedy(text, Mover.STAFF)
        return remedies.remedy_for(error)

    def _write(self, operation: Operation, failures: dict[str, str]) -> None:
        emails = [addressee.email_address for addressee in self.parameters_of(operation).suppliers]
        supplier_mirror.write_notified(company_of(operation), emails, failures, timezone.now())


def check_addressees(suppliers: list[services.Addressee]) -> None:
    """:raises NotQueueableError: nobody to write to, too many, one without address, or an unknown language"""
    if not suppliers:
        raise NotQueueableError(_("Nobody was chosen."), _("Choose at least one supplier."))
    if len(suppliers) > MOST_AT_ONCE:
        raise NotQueueableError(_("Too many at once."), _("Choose 100 at most."))
    if any("@" not in addressee.email_address for addressee in suppliers):
        raise NotQueueableError(_("A supplier has no e-mail address."), _("Fill it in, or leave the supplier out."))
    if any(addressee.language not in LANGUAGES for addressee in suppliers):
        raise NotQueueableError(_("AutoInvoice does not write in this language."), _("Choose another one."))
