"""A company's users. Adding one cannot be looked up afterwards: its key is shown once."""

from typing import Any
from uuid import UUID

import msgspec
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import mirrors, policies, remedies, services
from companies.models import Company, CompanyUser
from companies.operations.refresh import Refresh
from companies.operations.targets import company_of
from portal import maventa
from portal.operations import queueing, registry
from portal.operations.enums import Weight
from portal.operations.handlers import Calls, Found, Handler, NotQueueableError, NotThere, Remedy, Verdict
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount

ROLES = ("ADMIN", "USER")
OWN_USER = "own_user"
_STILL_THERE = F("removed_at").asc(nulls_first=True)
_CHANGEABLE = ("first_name", "last_name", "phone", "notifications_disabled", "emails_disabled")


class AddUserParameters(msgspec.Struct, frozen=True, kw_only=True):
    email: str
    first_name: str
    last_name: str = ""
    phone: str = ""
    user_role: str = "USER"
    notifications_disabled: bool = False
    emails_disabled: bool = False
    keep_key: bool = True  # False: the key is only shown once


class AddUserRequest(msgspec.Struct, frozen=True):
    company: UUID
    user: services.UserRequest
    known: list[str]  # ids of the users that we knew before


class OwnUserError(maventa.RejectedError):
    """The user is the one whose key the portal speaks with; nothing was sent."""

    def __init__(self) -> None:
        super().__init__(409, OWN_USER, str(_("This user's key is the one that the portal works with.")))
        self.args = ()


@registry.register
class AddUser(Handler[AddUserRequest, services.CreatedUser]):
    """A new user, whose key the portal keeps encrypted, or one that AutoInvoice knows already."""

    kind = "companies.add_user"
    label = _("Add user")
    verb = _("Add user")
    target = "companies.Company"
    permission = "companies.manage_company_users"
    Parameters = AddUserParameters
    related = ("account",)
    resolvable = False
    named_case = _(
        "The answer was lost. Look the company up: if the user is there, its key was shown to nobody; remove the user "
        "and add it again. If it is not there, add it again."
    )

    def check(self, target: Company, parameters: AddUserParameters) -> None:
        if parameters.user_role not in ROLES:
            raise NotQueueableError(_("There is no such role."), _("Use ADMIN or USER."))
        if target.users.filter(email__iexact=parameters.email, removed_at=None).exists():
            raise NotQueueableError(_("This user is in the company already."))

    def prepare(self, members: list[Operation]) -> AddUserRequest:
        wanted, company = self.parameters_of(members[0]), company_of(members[0])
        fields = {name: value for name, value in msgspec.structs.asdict(wanted).items() if name != "keep_key"}
        known = company.users.filter(removed_at=None).order_by("remote_id").values_list("remote_id", flat=True)
        return AddUserRequest(company.uuid, services.UserRequest(**fields), list(known))

    def before(self, request: AddUserRequest) -> dict[str, Any]:
        return {"users": request.known}

    def send(self, request: AddUserRequest, calls: Calls) -> services.CreatedUser:
        return services.UserService(calls(request.company)).add(request.user)

    def settle(self, operation: Operation, sent: services.CreatedUser) -> dict[str, Any]:
        company, now = company_of(operation), timezone.now()
        mirrors.write_users(company, [sent], now, whole=False)
        if sent.api_key:
            user = CompanyUser.objects.get(account_id=company.account_id, company=company, remote_id=sent.id)
            user.api_key, user.keeps_key = sent.api_key, self.parameters_of(operation).keep_key
            user.key_for_id, user.key_made_at, user.key_shown_at = operation.actor_id, now, None
            user.save(update_fields=["api_key", "keeps_key", "key_for", "key_made_at", "key_shown_at"])
        return {"user": sent.id, "new": bool(sent.api_key)}

    def on_confirmed(self, operation: Operation) -> dict[str, Any]:
        queueing.queue_many(Refresh.kind, [queueing.row_of(company_of(operation), {})], account=operation.account)
        return {}

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        return remedies.remedy_for(error)


class UserParameters(msgspec.Struct, frozen=True, kw_only=True):
    user: str = ""  # AutoInvoice's id
    email: str = ""  # in its place, where one person is meant in many companies


class RemoveUserRequest(msgspec.Struct, frozen=True):
    company: UUID
    user: str


class _OfUser(Handler[Any, Any]):
    """What the kinds about one user of a company have in common."""

    target = "companies.Company"
    permission = "companies.manage_company_users"
    related = ("account",)

    def check(self, target: Company, parameters: Any) -> None:
        user = user_of(target, parameters.user, getattr(parameters, "email", ""))
        if user is None:
            raise NotQueueableError(_("This company has no such user."), _("Look the company up first."))
        user.account, user.company = target.account, target
        self.check_user(user, parameters)

    def check_user(self, user: CompanyUser, parameters: Any) -> None:
        """:raises NotQueueableError: not with this user"""

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        if error.code == OWN_USER:
            return Remedy(
                _("Change the key of the partner account step by step first: the last step removes the user.")
            )
        if error.status == 409:
            return Remedy(_("At least one admin must remain. Add another admin first."))
        if error.status == 404:
            return Remedy(_("The user is not in this company any more. Look the company up."))
        return remedies.remedy_for(error)


@registry.register
class RemoveUser(_OfUser):
    """The user may not act in the company any more; a key of theirs stops working there."""

    kind = "companies.remove_user"
    label = _("Remove user")
    verb = _("Remove user")
    weight = Weight.COSTLY
    Parameters = UserParameters

    def check_user(self, user: CompanyUser, parameters: Any) -> None:
        policies.check_can_remove_user(user)

    def prepare(self, members: list[Operation]) -> RemoveUserRequest:
        company, wanted = company_of(members[0]), self.parameters_of(members[0])
        user = user_of(company, wanted.user, wanted.email)
        if user is None:
            raise NotQueueableError(_("This company has no such user."), _("Look the company up first."))
        return RemoveUserRequest(company.uuid, user.remote_id)

    def send(self, request: RemoveUserRequest, calls: Calls) -> str:
        """Return whose key we speak with; removing that user would cut the line to every company."""
        service = services.UserService(calls(request.company))
        own = refuse_own(service, request.user)
        try:
            service.remove(request.user)
        except maventa.RejectedError as error:
            if error.status != 404:  # gone is what was wanted
                raise
        return own

    def settle(self, operation: Operation, sent: str) -> dict[str, Any]:
        now, wanted = timezone.now(), self.parameters_of(operation)
        user = user_of(company_of(operation), wanted.user, wanted.email)
        if user is not None:
            CompanyUser.objects.filter(pk=user.pk).update(removed_at=now, fact_at=now, api_key="")
        note_own_user(operation.account, sent)
        return {}

    def resolve(
        self, request: RemoveUserRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[str]:
        users = services.UserService(calls(request.company)).listed()
        return NotThere() if any(user.id == request.user for user in users) else Found("")


class RoleParameters(msgspec.Struct, frozen=True, kw_only=True):
    user: str
    user_role: str


class RoleRequest(msgspec.Struct, frozen=True):
    company: UUID
    user: str
    role: str


@registry.register
class SetUserRole(_OfUser):
    """An admin may change the company and its users; a user may not."""

    kind = "companies.set_user_role"
    label = _("Change role of user")
    verb = _("Change role")
    Parameters = RoleParameters

    def check_user(self, user: CompanyUser, parameters: Any) -> None:
        if parameters.user_role not in ROLES:
            raise NotQueueableError(_("There is no such role."), _("Use ADMIN or USER."))
        if user.role == parameters.user_role:
            raise NotQueueableError(_("The user has this role already."))
        if parameters.user_role != "ADMIN":
            policies.check_can_demote_user(user)

    def prepare(self, members: list[Operation]) -> RoleRequest:
        wanted = self.parameters_of(members[0])
        return RoleRequest(company_of(members[0]).uuid, wanted.user, wanted.user_role)

    def send(self, request: RoleRequest, calls: Calls) -> str:
        service = services.UserService(calls(request.company))
        own = refuse_own(service, request.user) if request.role != "ADMIN" else ""
        service.set_role(request.user, request.role)
        return own

    def settle(self, operation: Operation, sent: str) -> dict[str, Any]:
        wanted = self.parameters_of(operation)
        changed = CompanyUser.objects.filter(company=company_of(operation), remote_id=wanted.user)
        changed.update(role=wanted.user_role, fact_at=timezone.now())
        note_own_user(operation.account, sent)
        return {}

    def resolve(self, request: RoleRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]) -> Verdict[str]:
        found = services.UserService(calls(request.company)).get(request.user)
        return Found("") if found.role == request.role else NotThere()


class ChangeUserParameters(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    user: str
    first_name: str | None = None  # None: stays as it is
    last_name: str | None = None
    phone: str | None = None
    notifications_disabled: bool | None = None
    emails_disabled: bool | None = None

    @property
    def changes(self) -> dict[str, str | bool]:
        return {name: value for name in _CHANGEABLE if (value := getattr(self, name)) is not None}


class ChangeUserRequest(msgspec.Struct, frozen=True):
    company: UUID
    user: str
    changes: dict[str, str | bool]


@registry.register
class ChangeUser(_OfUser):
    """Names, phone, and whether AutoInvoice mails the user."""

    kind = "companies.change_user"
    label = _("Change user")
    verb = _("Save user")
    Parameters = ChangeUserParameters

    def check_user(self, user: CompanyUser, parameters: Any) -> None:
        if all(getattr(user, name) == value for name, value in parameters.changes.items()):
            raise NotQueueableError(_("Nothing was changed."))

    def prepare(self, members: list[Operation]) -> ChangeUserRequest:
        wanted = self.parameters_of(members[0])
        return ChangeUserRequest(company_of(members[0]).uuid, wanted.user, wanted.changes)

    def send(self, request: ChangeUserRequest, calls: Calls) -> None:
        services.UserService(calls(request.company)).change(request.user, request.changes)

    def settle(self, operation: Operation, sent: None) -> dict[str, Any]:
        wanted = self.parameters_of(operation)
        changed = CompanyUser.objects.filter(company=company_of(operation), remote_id=wanted.user)
        changed.update(**wanted.changes, fact_at=timezone.now())
        return {}

    def resolve(
        self, request: ChangeUserRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[None]:
        found = services.UserService(calls(request.company)).get(request.user)
        same = all((getattr(found, name) or type(value)()) == value for name, value in request.changes.items())
        return Found(None) if same else NotThere()


def user_of(company: Company, remote_id: str, email: str = "") -> CompanyUser | None:
    """Return a company's user by AutoInvoice's id, or by e-mail where no id is given."""
    if remote_id:
        return company.users.filter(remote_id=remote_id).first()
    return company.users.filter(email__iexact=email).order_by(_STILL_THERE, "-id").first() if email else None


def refuse_own(service: services.UserService, user: str) -> str:
    """
    Return the id of the user whose key we speak with, asked of AutoInvoice: our own record may be older than the key.

    :raises OwnUserError: it is this one
    """
    own = service.current().user.id
    if own == user:
        raise OwnUserError
    return own


def note_own_user(account: PartnerAccount, remote_id: str) -> None:
    """Remember whose key the account's is, so that pages can say so; "" is no news."""
    if remote_id:
        PartnerAccount.objects.filter(pk=account.pk).exclude(user_remote_id=remote_id).update(user_remote_id=remote_id)
