"""
The calls of a change of key: a new user with a key is made, let into every company, tried, and in the end the old one
is taken out. What happens between the calls is decided in `companies.users.rotation`.
"""

import secrets
from typing import Any
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from companies import mirrors, remedies, services
from companies.models import Company, CompanyUser, KeyRotation, RotationState
from companies.operations.targets import company_of
from companies.operations.users import note_own_user, refuse_own
from portal import maventa
from portal.operations import registry
from portal.operations.enums import Weight
from portal.operations.handlers import Calls, Found, Handler, NotQueueableError, NotThere, Remedy, Verdict
from portal.operations.models import Operation

USER_KNOWN = "user_known"
TRIED = 20  # companies that a new key is tried for
_FIRST_NAME, _LAST_NAME = "Partner", "Portal"
_PERMISSION = "companies.rotate_integration_key"


class UserKnownError(maventa.RejectedError):
    """AutoInvoice has a user of that address already, so it gave no key."""

    def __init__(self) -> None:
        super().__init__(409, USER_KNOWN, str(_("AutoInvoice knows this address already, so it gives no key.")))
        self.args = ()


class MadeUser(msgspec.Struct, frozen=True):
    own: str  # whose key we speak with now
    own_email: str
    user: str
    key: str

    def __repr__(self) -> str:
        return f"MadeUser(user={self.user!r})"


def rotation_of(operation: Operation) -> KeyRotation:
    """Return the change of key that an operation is about."""
    target = operation.target
    if not isinstance(target, KeyRotation):
        raise TypeError(f"operation {operation.pk} is about {type(target).__name__}")
    return target


def _check_open(rotation: KeyRotation) -> None:
    if rotation.state != RotationState.OPEN:
        raise NotQueueableError(_("This change of key has ended."))


@registry.register
class MakeOwnUser(Handler[str, MadeUser]):
    """A new user of the partner company, whose key will take over; nothing uses it yet."""

    kind = "companies.make_own_user"
    label = _("Make a user with a new key")
    verb = _("Make user")
    target = "companies.KeyRotation"
    permission = _PERMISSION
    related = ("account",)
    resolvable = False
    named_case = _(
        "The answer was lost, and with it the key. If the partner company has the user now, choose “It happened”: this "
        "change is given up, start anew with another address."
    )

    def check(self, target: KeyRotation, parameters: Any) -> None:
        _check_open(target)
        if target.made_at is not None:
            raise NotQueueableError(_("The user has been made already."))

    def prepare(self, members: list[Operation]) -> str:
        return rotation_of(members[0]).email

    def send(self, request: str, calls: Calls) -> MadeUser:
        service = services.UserService(calls(None))
        own, there = service.current().user, {user.email.lower() for user in service.listed()}
        if request.lower() in there:
            raise UserKnownError
        made = service.add(_new_user(request))
        if not made.api_key:
            service.remove(made.id)  # let in by the attempt, of no use without a key
            raise UserKnownError
        return MadeUser(own.id, own.email or "", made.id, made.api_key)

    def settle(self, operation: Operation, sent: MadeUser) -> dict[str, Any]:
        rotation = rotation_of(operation)
        rotation.new_user, rotation.new_key, rotation.made_at = sent.user, sent.key, timezone.now()
        rotation.old_user, rotation.old_email = sent.own, sent.own_email
        rotation.save(update_fields=["new_user", "new_key", "made_at", "old_user", "old_email"])
        note_own_user(operation.account, sent.own)
        return {"user": sent.user}

    def on_confirmed(self, operation: Operation) -> dict[str, Any]:
        rotations = KeyRotation.objects.filter(pk=operation.target_id, state=RotationState.OPEN)
        rotations.update(state=RotationState.ABANDONED, ended_at=timezone.now())
        return {}

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        if error.code == USER_KNOWN:
            return Remedy(_("Give this change up and start anew with an address that AutoInvoice does not know."))
        return remedies.remedy_for(error)


class OwnUserParameters(msgspec.Struct, frozen=True, kw_only=True):
    user: str  # AutoInvoice's id
    email: str = ""


class CompanyRequest(msgspec.Struct, frozen=True):
    company: UUID
    user: str
    email: str


class _InCompany(Handler[CompanyRequest, Any]):
    target = "companies.Company"
    permission = _PERMISSION
    related = ("account",)
    Parameters = OwnUserParameters

    def prepare(self, members: list[Operation]) -> CompanyRequest:
        wanted = self.parameters_of(members[0])
        return CompanyRequest(company_of(members[0]).uuid, wanted.user, wanted.email)

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        return remedies.remedy_for(error)


@registry.register
class AdmitOwnUser(_InCompany):
    """The new user becomes an admin of a customer's company; AutoInvoice knows it, so there is no key to lose."""

    kind = "companies.admit_own_user"
    label = _("Let the new key in")
    verb = _("Let in")

    def check(self, target: Company, parameters: OwnUserParameters) -> None:
        if target.users.filter(remote_id=parameters.user, role="ADMIN", removed_at=None).exists():
            raise NotQueueableError(_("The new user is in this company already."))
        if target.disabled:
            raise NotQueueableError(_("AutoInvoice has closed this account."))

    def send(self, request: CompanyRequest, calls: Calls) -> services.User:
        return services.UserService(calls(request.company)).add(_new_user(request.email))

    def settle(self, operation: Operation, sent: services.User) -> dict[str, Any]:
        mirrors.write_users(company_of(operation), [sent], timezone.now(), whole=False)
        return {"user": sent.id}

    def resolve(
        self, request: CompanyRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[services.User]:
        users = services.UserService(calls(request.company)).listed()
        found = next((user for user in users if user.id == request.user), None)
        return Found(found) if found else NotThere()


@registry.register
class DismissOwnUser(_InCompany):
    """The old user leaves a customer's company."""

    kind = "companies.dismiss_own_user"
    label = _("Take the old key out")
    verb = _("Take out")
    weight = Weight.COSTLY

    def check(self, target: Company, parameters: OwnUserParameters) -> None:
        if parameters.user == target.account.user_remote_id:
            raise NotQueueableError(_("This user's key is the one that the portal works with."))
        if target.users.filter(remote_id=parameters.user, removed_at__isnull=False).exists():
            raise NotQueueableError(_("This user has been removed already."))

    def send(self, request: CompanyRequest, calls: Calls) -> None:
        _take_out(services.UserService(calls(request.company)), request.user)

    def settle(self, operation: Operation, sent: None) -> dict[str, Any]:
        now, company, wanted = timezone.now(), company_of(operation), self.parameters_of(operation)
        gone = {"removed_at": now, "fact_at": now, "api_key": ""}
        CompanyUser.objects.update_or_create(  # also where the list of users was never read
            account_id=company.account_id,
            company=company,
            remote_id=wanted.user,
            defaults=gone,
            create_defaults={**gone, "email": wanted.email},
        )
        return {}

    def resolve(
        self, request: CompanyRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[None]:
        users = services.UserService(calls(request.company)).listed()
        return NotThere() if any(user.id == request.user for user in users) else Found(None)


class TrialRequest(msgspec.Struct, frozen=True):
    key: str
    user: str
    companies: list[UUID]

    def __repr__(self) -> str:
        return f"TrialRequest(user={self.user!r})"


class Tried(msgspec.Struct, frozen=True):
    level: str  # good, bad
    text: str


@registry.register
class TryOwnKey(Handler[TrialRequest, list[Tried]]):
    """The new key is tried for the partner company and some customers; nothing is changed."""

    kind = "companies.test_own_key"
    label = _("Try the new key")
    verb = _("Try it")
    target = "companies.KeyRotation"
    permission = _PERMISSION
    weight = Weight.INWARD
    related = ("account",)

    def check(self, target: KeyRotation, parameters: Any) -> None:
        _check_open(target)
        if target.made_at is None:
            raise NotQueueableError(_("There is no new key yet."))

    def prepare(self, members: list[Operation]) -> TrialRequest:
        rotation = rotation_of(members[0])
        companies = Company.objects.filter(account=rotation.account_id, disabled=False).order_by("-pk")
        return TrialRequest(rotation.new_key, rotation.new_user, list(companies.values_list("uuid", flat=True)[:TRIED]))

    def send(self, request: TrialRequest, calls: Calls) -> list[Tried]:
        version = secrets.randbelow(2**31)  # a token from the cache would hide that the key does not work
        partner = _try(calls(None).with_key(request.key, version), request.user, _now("The partner company"))
        tried = [
            _try(calls(uuid).with_key(request.key, version), request.user, str(uuid)) for uuid in request.companies
        ]
        good = sum(one.level == "good" for one in tried)
        summary = _now("Works for %(good)d of %(all)d companies that were tried.") % {"good": good, "all": len(tried)}
        bad = [one for one in tried if one.level != "good"]
        return [partner, Tried("bad" if bad else "good", summary), *bad]

    def settle(self, operation: Operation, sent: list[Tried]) -> dict[str, Any]:
        bad = sum(one.level == "bad" for one in sent)
        rotation = rotation_of(operation)
        rotation.tests, rotation.tested_at = msgspec.to_builtins(sent), None if bad else timezone.now()
        rotation.save(update_fields=["tests", "tested_at"])
        return {"bad": bad}

    def resolve(
        self, request: TrialRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[list[Tried]]:
        return NotThere()  # trying again costs nothing


@registry.register
class RetireOwnUser(Handler[str, None]):
    """The old user leaves the partner company; the change of key is done."""

    kind = "companies.retire_own_user"
    label = _("Remove the old user")
    verb = _("Remove the old user")
    target = "companies.KeyRotation"
    permission = _PERMISSION
    weight = Weight.COSTLY
    related = ("account",)

    def check(self, target: KeyRotation, parameters: Any) -> None:
        _check_open(target)
        if target.verified_at is None or not target.old_user:
            raise NotQueueableError(_("The new key has not proven itself yet."), _("Confirm the traffic first."))

    def prepare(self, members: list[Operation]) -> str:
        return rotation_of(members[0]).old_user

    def send(self, request: str, calls: Calls) -> None:
        _take_out(services.UserService(calls(None)), request)

    def settle(self, operation: Operation, sent: None) -> dict[str, Any]:
        rotation = rotation_of(operation)
        rotation.state, rotation.ended_at = RotationState.DONE, timezone.now()
        rotation.new_key = rotation.old_key = ""  # the account holds the one that counts
        rotation.save(update_fields=["state", "ended_at", "new_key", "old_key"])
        return {}

    def resolve(self, request: str, operation_uuid: UUID, calls: Calls, before: dict[str, Any]) -> Verdict[None]:
        users = services.UserService(calls(None)).listed()
        return NotThere() if any(user.id == request for user in users) else Found(None)

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        return remedies.remedy_for(error)


def _new_user(email: str) -> services.UserRequest:
    return services.UserRequest(
        email=email, first_name=_FIRST_NAME, last_name=_LAST_NAME, user_role="ADMIN", notifications_disabled=True
    )


def _take_out(service: services.UserService, user: str) -> None:
    refuse_own(service, user)
    try:
        service.remove(user)
    except maventa.RejectedError as error:
        if error.status != 404:  # gone is what was wanted
            raise


def _try(client: maventa.Client, user: str, who: str) -> Tried:
    try:
        found = services.UserService(client).current().user.id
    except maventa.RejectedError as error:
        return Tried("bad", f"{who}: {error.staff_text}")
    if found != user:
        return Tried("bad", _now("%(who)s: the key belongs to another user.") % {"who": who})
    return Tried("good", _now("%(who)s: works.") % {"who": who})
