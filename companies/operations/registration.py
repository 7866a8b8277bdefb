"""Registering a company at AutoInvoice."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import business_ids, facts, mirrors, policies, remedies, services
from companies import onboarding as chain
from companies.enums import AuthState, CompanyState, OnboardingState
from companies.history import changes
from companies.models import Company, Onboarding
from companies.operations.targets import onboarding_of
from portal import maventa
from portal.operations import causes, registry
from portal.operations.enums import State
from portal.operations.handlers import Calls, Found, Handler, NotThere, Remedy, Verdict, WillNotHappenError
from portal.operations.models import Operation
from portal.sync import cursors
from portal.webhooks import draining
from portal.writing import create_many, update_many


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

    def settle_many(self, answered: Sequence[tuple[Operation, Registered]]) -> list[dict[str, Any]]:
        onboardings = [onboarding_of(operation) for operation, _sent in answered]
        refused = [o.pk for o in onboardings if o.state == OnboardingState.REFUSED]
        _write_companies(answered)
        _link(onboardings)
        _hand_over(onboardings)
        facts.announce_registered(*onboardings)
        known = [onboarding.company.uuid for onboarding in onboardings if onboarding.company]
        draining.wake(onboardings[0].account_id, known)  # what AutoInvoice told of them before we knew them
        for operation, _sent in answered:
            if operation.target_id in refused:  # tried again by itself: what was to follow had been skipped
                again = onboarding_of(operation)
                chain.submit_many([again], account=operation.account, actor=operation.actor, batch=operation.batch)
        return [{"company": str(sent.company), "found": not sent.created} for _operation, sent in answered]

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
    """Return our company with this business id, however AutoInvoice writes it; the partner itself is no customer."""
    for company in service.listed(bid=wanted.bid, country=wanted.country):
        if company.id != service.own and business_ids.same(wanted.country, company.bid or "", wanted.bid):
            return company.id
    return None


def _write_companies(answered: Sequence[tuple[Operation, Registered]]) -> None:
    """Write the companies that were registered, and set them on their onboardings."""
    account_id = answered[0][0].account_id
    stored = Company.objects.filter(account=account_id, uuid__in=[sent.company for _operation, sent in answered])
    known, new = {company.uuid: company for company in stored}, []
    for operation, sent in answered:
        onboarding = onboarding_of(operation)
        company = known.get(sent.company)
        if company is None:
            company = known[sent.company] = _new_company(onboarding, sent, operation.asked_at)
            new.append(company)
        elif company.pk:
            _complete(company, onboarding)
            mirrors.look_soon(company, after=timedelta(0))
        company.account = onboarding.account
    create_many(new)
    for operation, sent in answered:
        company = onboarding_of(operation).company = known[sent.company]
        causes.is_about(str(company.uuid), causes.current(str(operation.uuid)))
        if company in new:
            _note_first_state(company)


def _new_company(onboarding: Onboarding, sent: Registered, at: datetime) -> Company:
    company = Company(
        account_id=onboarding.account_id,
        uuid=sent.company,
        name=onboarding.name,
        country=onboarding.country,
        business_id=onboarding.business_id,
        business_id_digest=onboarding.business_id_digest,
        business_id_secret=onboarding.business_id_secret,
    )
    if sent.created:  # documented effect of a registration: nothing is verified, nothing requested
        company.state, company.state_at = CompanyState.UNVERIFIED, at
        company.auth_state, company.auth_at = AuthState.NONE, at
        company.checked_at = at
    company.next_check_at = timezone.now() + (mirrors.FIRST_LOOK_AT_COMPANY if sent.created else timedelta(0))
    return company


def _note_first_state(company: Company) -> None:
    if company.state_at is not None:
        state = changes.Change(changes.STATE, None, str(company.state))
        signing = changes.Change(changes.AUTHORIZATION, None, {"state": str(company.auth_state)})
        changes.note(company, [state, signing], company.state_at)


def _complete(company: Company, onboarding: Onboarding) -> None:
    """Add what the list of companies does not tell."""
    if company.country:
        return
    company.country, company.name = onboarding.country, company.name or onboarding.name
    company.set_business_id(onboarding.country, onboarding.real_business_id)
    company.save(update_fields=["country", "name", "business_id", "business_id_digest", "business_id_secret"])


def _link(onboardings: Sequence[Onboarding]) -> None:
    """Say on the onboardings which company they became."""
    now = timezone.now()
    for onboarding in onboardings:
        onboarding.state, onboarding.updated_at = OnboardingState.REGISTERED, now
        onboarding.problem_code = onboarding.problem_text = ""
    update_many(onboardings, ("company", "state", "problem_code", "problem_text", "updated_at"))


def _hand_over(onboardings: Sequence[Onboarding]) -> None:
    """
    Say on all that was queued for the onboardings which company they became.

    From now on the rest of the chain is about the company, so that nobody can queue it twice from its page.
    """
    types = ContentType.objects.get_for_models(Onboarding, Company)
    company_of = {onboarding.pk: onboarding.company for onboarding in onboardings if onboarding.company}
    waiting = Q(target_type=types[Onboarding], target_id__in=company_of, state=State.WAITING)
    queued = Operation.objects.filter(Q(onboarding_id__in=company_of, company_uuid=None) | waiting)
    theirs = Operation.objects.open().filter(target_type=types[Company], target_id__in=_ids(company_of.values()))
    taken = set(theirs.values_list("target_id", "kind", "fingerprint"))
    doubled, named = [], []
    for operation in queued.only("kind", "state", "fingerprint", "target_type", "target_id", "onboarding_id"):
        is_ours = operation.target_type_id == types[Onboarding].pk
        company = company_of[operation.target_id if is_ours else operation.onboarding_id or 0]
        act = (company.pk, operation.kind, operation.fingerprint)
        operation.company_uuid = company.uuid
        named.append(operation)
        if is_ours and operation.state == State.WAITING and act in taken:
            doubled.append(operation.pk)
        elif is_ours and operation.state == State.WAITING:
            taken.add(act)
            operation.target_type_id, operation.target_id = types[Company].pk, company.pk
    update_many(named, ("company_uuid", "target_type", "target_id"))
    if doubled:
        text = str(_("The same is under way for this company."))
        again = Operation.objects.filter(pk__in=doubled)
        again.update(state=State.SKIPPED, settled_at=timezone.now(), error_code="skipped", error_text=text)


def _ids(companies: Iterable[Company]) -> set[int]:
    return {company.pk for company in companies}
