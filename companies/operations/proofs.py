"""Asking the world whether it sees a company, and sending it a test invoice."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import services
from companies.models import Company
from companies.networks import proof
from companies.operations.targets import company_of
from portal.operations import registry
from portal.operations.handlers import Calls, Handler, NotQueueableError, NotThere, Verdict
from portal.operations.models import Operation


class ProveParameters(msgspec.Struct, frozen=True):
    with_invoice: bool = False


class Question(msgspec.Struct, frozen=True):
    networks: list[str]
    addresses: list[str]


class Answers(msgspec.Struct, frozen=True):
    receivers: list[services.Receiver]
    at: datetime


@registry.register
class ProveReception(Handler[Question, Answers]):
    """The receiver look-up is asked for the company in each network; with it goes a test invoice, if staff want one."""

    kind = "companies.prove_reception"
    label = _("Prove reception")
    verb = _("Prove")
    target = "companies.Company"
    permission = "companies.prove_reception"
    Parameters = ProveParameters
    related = ("account", "profiles")

    def check(self, target: Company, parameters: ProveParameters) -> None:
        ways = proof.routes(target)
        if not ways:
            raise NotQueueableError(
                _("The company has no address in Peppol or VISMA yet."), _("Activate a network first.")
            )
        if parameters.with_invoice and not any(way.is_open for way in ways):
            raise NotQueueableError(
                _("No network of the company is active yet, so an invoice could not arrive."),
                _("Prove it without a test invoice, or wait until a network is active."),
            )

    def prepare(self, members: list[Operation]) -> Question:
        ways = proof.routes(company_of(members[0]))
        addresses = dict.fromkeys(way.endpoint.endpoint_id for way in ways)
        return Question([way.network for way in ways], list(addresses))

    def send(self, request: Question, calls: Calls) -> Answers:
        service, at = services.LookupService(calls(None)), timezone.now()
        found = [answer for address in request.addresses for answer in service.receivers(request.networks, eia=address)]
        return Answers(found, at)

    def settle(self, operation: Operation, sent: Answers) -> dict[str, Any]:
        company = company_of(operation)
        company.account = operation.account
        ways = proof.routes(company)
        rows = proof.write_lookups(company, ways, sent.receivers, operation=operation, at=sent.at)
        result: dict[str, Any] = {row.network: row.state for row in rows}
        open_way = next((way for way in ways if way.is_open), None)
        if self.parameters_of(operation).with_invoice and open_way is not None:
            test = proof.begin_test(company, open_way, operation=operation)
            result["test"] = test.pk if test else None
        return result

    def resolve(
        self, request: Question, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[Answers]:
        return NotThere()  # asking again costs nothing
