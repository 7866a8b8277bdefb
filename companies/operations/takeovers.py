"""Takeovers: requested, completed, given back. There is no look-up for them: what is lost is a person's to find."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from companies import cases, facts, mirrors, remedies, services
from companies.enums import Mover, OnboardingState
from companies.life import takeovers
from companies.models import Company, Onboarding, Takeover
from companies.operations.refresh import Refresh
from portal import maventa
from portal.operations import queueing, registry
from portal.operations.enums import Weight
from portal.operations.handlers import Calls, Handler, NotQueueableError, Remedy
from portal.operations.models import Operation
from portal.webhooks import draining


class _Takeover(Handler[Any, Any]):
    target = "companies.Takeover"
    permission = "companies.take_over_company"
    weight = Weight.COSTLY
    related = ("account", "case", "case__onboarding")
    resolvable = False

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        if error.status == 401:
            text = _("Our account may not take over others. Ask AutoInvoice support for the right partner:takeovers.")
            return Remedy(text, Mover.SUPPORT)
        if error.status == 404:
            return Remedy(_("AutoInvoice knows no such account or takeover. Check the id with the customer."))
        if error.status == 409:
            text = _("AutoInvoice is not ready for it: usually documents are missing. Ask its support how it stands.")
            return Remedy(text, Mover.SUPPORT)
        return remedies.remedy_for(error)


def takeover_of(operation: Operation) -> Takeover:
    """Return the takeover that an operation is about."""
    if not isinstance(operation.target, Takeover):
        raise TypeError(f"operation {operation.pk} is not about a takeover")
    return operation.target


@registry.register
class RequestTakeover(_Takeover):
    """AutoInvoice is asked for the account; it wants documents from the customer."""

    kind = takeovers.REQUEST
    label = _("Request takeover")
    verb = _("Request the takeover")
    named_case = _(
        "The answer was lost. Ask AutoInvoice support whether the takeover was requested, and for its id; then note "
        "the id on the takeover's page."
    )

    def check(self, target: Takeover, parameters: Any) -> None:
        if target.case.step != takeovers.PREPARED:
            raise NotQueueableError(_("This takeover has been requested already."))

    def prepare(self, members: list[Operation]) -> UUID:
        return takeover_of(members[0]).company_uuid

    def send(self, request: UUID, calls: Calls) -> services.RequestedTakeover:
        return services.TakeoverService(calls(None)).request(request)

    def settle(self, operation: Operation, sent: services.RequestedTakeover) -> dict[str, Any]:
        takeover = takeover_of(operation)
        takeover.remote_id = sent.id or ""
        takeover.save(update_fields=["remote_id"])
        cases.move(takeover.case, takeovers.REQUESTED, actor=operation.actor)
        return {"takeover": takeover.remote_id}

    def on_refused(self, operation: Operation, error: maventa.RejectedError) -> None:
        takeovers.end(takeover_of(operation), takeovers.REFUSED, text=error.staff_text)

    def on_confirmed(self, operation: Operation) -> dict[str, Any]:
        cases.move(takeover_of(operation).case, takeovers.REQUESTED, actor=operation.actor)
        return {}


class _Later(_Takeover):
    """An act on a takeover whose id is known."""

    def check(self, target: Takeover, parameters: Any) -> None:
        if not target.remote_id:
            raise NotQueueableError(
                _("AutoInvoice's id of this takeover is not known."),
                _("Ask its support for the id and note it on the takeover's page."),
            )

    def prepare(self, members: list[Operation]) -> str:
        takeover = takeover_of(members[0])
        self.check(takeover, None)
        return takeover.remote_id


@registry.register
class CompleteTakeover(_Later):
    """The account becomes ours: its former holder loses it, and what it had opened in networks ends."""

    kind = takeovers.COMPLETE
    label = _("Complete takeover")
    verb = _("Complete the takeover")
    named_case = _(
        "The answer was lost. Look whether the company is in the list of companies now; if it is not, ask AutoInvoice "
        "support before it is sent again."
    )

    def check(self, target: Takeover, parameters: Any) -> None:
        super().check(target, parameters)
        if not target.case.is_open:
            raise NotQueueableError(_("This takeover has ended already."))

    def send(self, request: str, calls: Calls) -> None:
        services.TakeoverService(calls(None)).complete(request)

    def settle(self, operation: Operation, sent: None) -> dict[str, Any]:
        company = _take_in(takeover_of(operation), operation)
        return {"company": str(company.uuid)}

    def on_confirmed(self, operation: Operation) -> dict[str, Any]:
        return self.settle(operation, None)


@registry.register
class RevertTakeover(_Later):
    """The takeover is called off, or a completed one is given back to the former holder."""

    kind = takeovers.REVERT
    label = _("Revert takeover")
    verb = _("Give it back")
    named_case = _("The answer was lost. Ask AutoInvoice support whether the takeover was reverted.")

    def check(self, target: Takeover, parameters: Any) -> None:
        super().check(target, parameters)
        if target.case.outcome in (takeovers.REVERTED, takeovers.REFUSED):
            raise NotQueueableError(_("This takeover has ended already."))

    def send(self, request: str, calls: Calls) -> None:
        try:
            services.TakeoverService(calls(None)).revert(request)
        except maventa.RejectedError as error:
            if error.status != 404:  # gone is what was wanted
                raise

    def settle(self, operation: Operation, sent: None) -> dict[str, Any]:
        takeovers.end(takeover_of(operation), takeovers.REVERTED, actor=operation.actor)
        return {}

    def on_confirmed(self, operation: Operation) -> dict[str, Any]:
        return self.settle(operation, None)


def _take_in(takeover: Takeover, operation: Operation) -> Company:
    """Write that the account is ours: its company, the onboarding that waited for it, and the end of the case."""
    company, _is_new = Company.objects.get_or_create(
        account_id=takeover.account_id,
        uuid=takeover.company_uuid,
        defaults={
            "name": takeover.name,
            "country": takeover.country,
            "business_id": takeover.business_id,
            "business_id_digest": takeover.business_id_digest,
            "business_id_secret": takeover.business_id_secret,
        },
    )
    company.account = operation.account
    takeover.company = company
    takeover.save(update_fields=["company"])
    case = takeover.case
    type(case).objects.filter(pk=case.pk).update(company=company)
    _hand_over(case.onboarding, company)
    takeovers.end(takeover, takeovers.COMPLETED, actor=operation.actor)
    mirrors.look_soon(company, after=timedelta(0))
    queueing.queue_many(Refresh.kind, [queueing.row_of(company, {})], account=operation.account)
    draining.wake(takeover.account_id, [company.uuid])  # what AutoInvoice told of it before we knew it
    return company


def _hand_over(onboarding: Onboarding | None, company: Company) -> None:
    if onboarding is None or onboarding.company_id is not None:
        return
    onboarding.company, onboarding.state = company, OnboardingState.REGISTERED
    onboarding.problem_code = onboarding.problem_text = ""
    onboarding.save(update_fields=["company", "state", "problem_code", "problem_text", "updated_at"])
    facts.announce_registered(onboarding)
