"""Registering a company at AutoInvoice."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import business_ids, facts, mirrors, policies, remedies, services
from companies import onboarding as chain
from companies.enums import AuthState, CompanyState, OnboardingState
from companies.models import Company, Onboarding
from companies.operations.targets import onboarding_of
from portal import maventa
from portal.operations import registry
from portal.operations.enums import State
from portal.operations.handlers import Calls, Found, Handler, NotThere, Remedy, Verdict, WillNotHappenError
from portal.operations.models import Operation
from portal.sync import cursors
from portal.webhooks import draining


class Registered(msgspec.Struct, frozen=True):
    """The company is there. `created`: our call made it, it was not found afterwards."""

    company: UUID
    created: bool


@registry.register
class Register(Handler[services.CompanyForm, Registered]):
    """The company gets its account; the link to our software comes with it."""

    kind = "companies.register"
    label = _("Register company")
    verb = _("Register")
    target = "companies.Onboarding"
    permission = "companies.register_company"
    related = ("account", "company")

    def check(self, target: Onboarding, parameters: Any) -> None:
        policies.check_can_register(target)

    def missing(self, operation: Operation) -> set[str]:
        if onboarding_of(operation).company_id is not None:
            raise WillNotHappenError(_("The company is registered already."))
        return set()

    def prepare(self, members: list[Operation]) -> services.CompanyForm:
        onboarding = onboarding_of(members[0])
        business_id = business_ids.parse(onboarding.country, onboarding.real_business_id)
        return services.CompanyForm(
            name=onboarding.name,
            bid=business_id.value,
            no_vat=not business_id.vat,
            address1=onboarding.address1,
            address2=onboarding.address2,
            post_code=onboarding.post_code,
            post_office=onboarding.post_office,
            city=onboarding.city,
            state=onboarding.region,
            country=onboarding.country,
            email=onboarding.email,
        )

    def send(self, request: services.CompanyForm, calls: Calls) -> Registered:
        service = services.CompanyService(calls(None))
        try:
            return Registered(service.register(request).id, created=True)
        except maventa.RejectedError as error:
            # Taken by ourselves: an earlier registration whose answer never came, or one made outside the portal.
            ours = find(service, request) if remedies.is_bid_taken(error) else None
            if ours is None:
                raise
            return Registered(ours, created=False)

    def settle(self, operation: Operation, sent: Registered) -> dict[str, Any]:
        onboarding = onboarding_of(operation)
        at = operation.attempt.started_at if operation.attempt else timezone.now()
        company, was_refused = _write_company(onboarding, sent, at), onboarding.state == OnboardingState.REFUSED
        onboarding.company, onboarding.state = company, OnboardingState.REGISTERED
        onboarding.problem_code = onboarding.problem_text = ""
        onboarding.save(update_fields=["company", "state", "problem_code", "problem_text", "updated_at"])
        operation.company_uuid = company.uuid
        Operation.objects.filter(onboarding_id=onboarding.pk, company_uuid=None).update(company_uuid=company.uuid)
        _hand_over(onboarding, company)
        facts.announce_registered(onboarding)
        draining.wake(onboarding.account_id, [company.uuid])  # what AutoInvoice told of it before we knew it
        if was_refused:  # tried again by itself: what was to follow had been skipped
            chain.submit_many([onboarding], account=operation.account, actor=operation.actor, batch=operation.batch)
        return {"company": str(company.uuid), "found": not sent.created}

    def resolve(
        self, request: services.CompanyForm, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[Registered]:
        ours = find(services.CompanyService(calls(None)), request)
        # Reserved but not ours is no doubt: sent again, it is refused in words.
        return NotThere() if ours is None else Found(Registered(ours, created=True))

    def on_refused(self, operation: Operation, error: maventa.RejectedError) -> None:
        onboarding = onboarding_of(operation)
        remedy = remedies.remedy_for(error)
        code = remedies.BID_TAKEN if remedies.is_bid_taken(error) else error.code or str(error.status)
        onboarding.state, onboarding.problem_code = OnboardingState.REFUSED, code[:80]
        onboarding.problem_text = str(remedy.text) if remedy else error.staff_text
        onboarding.save(update_fields=["state", "problem_code", "problem_text", "updated_at"])
        facts.announce_registered(onboarding)

    def on_confirmed(self, operation: Operation) -> dict[str, Any]:
        cursors.hurry("companies.list", operation.account)  # it knows the company's id and links the onboarding
        return {}

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        return remedies.remedy_for(error)


def find(service: services.CompanyService, wanted: services.CompanyForm) -> UUID | None:
    """Return our company with this business id, however AutoInvoice writes it."""
    for company in service.listed(bid=wanted.bid, country=wanted.country):
        if business_ids.same(wanted.country, company.bid or "", wanted.bid):
            return company.id
    return None


def _write_company(onboarding: Onboarding, sent: Registered, at: datetime) -> Company:
    company, is_new = Company.objects.get_or_create(
        account_id=onboarding.account_id,
        uuid=sent.company,
        defaults={
            "name": onboarding.name,
            "country": onboarding.country,
            "business_id": onboarding.business_id,
            "business_id_digest": onboarding.business_id_digest,
            "business_id_secret": onboarding.business_id_secret,
        },
    )
    company.account = onboarding.account
    if not company.country:  # known from the list, which tells no country
        company.country, company.name = onboarding.country, company.name or onboarding.name
        company.set_business_id(onboarding.country, onboarding.real_business_id)
        company.save(update_fields=["country", "name", "business_id", "business_id_digest", "business_id_secret"])
    if sent.created and is_new:  # documented effect of a registration: nothing is verified, nothing requested
        status = services.CompanyStatus(auth_state=AuthState.NONE, company_state=CompanyState.UNVERIFIED)
        mirrors.write_status(company, status, at)
        mirrors.look_soon(company)
    else:
        mirrors.look_soon(company, timedelta(0))
    return company


def _hand_over(onboarding: Onboarding, company: Company) -> None:
    """From now on the rest of the chain is about the company, so that nobody can queue it twice from its page."""
    types = ContentType.objects.get_for_models(Onboarding, Company)
    waiting = Operation.objects.filter(
        target_type=types[Onboarding], target_id=onboarding.pk, state=State.WAITING, onboarding_id=onboarding.pk
    )
    mine = list(waiting.values_list("pk", "kind", "fingerprint"))
    theirs = Operation.objects.open().filter(target_type=types[Company], target_id=company.pk)
    taken = set(theirs.values_list("kind", "fingerprint"))
    free = [pk for pk, kind, fingerprint in mine if (kind, fingerprint) not in taken]
    waiting.filter(pk__in=free).update(target_type=types[Company], target_id=company.pk)
    text = str(_("The same is under way for this company."))
    waiting.update(state=State.SKIPPED, settled_at=timezone.now(), error_code="skipped", error_text=text)
