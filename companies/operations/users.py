"""A company's users. Adding one cannot be looked up afterwards: its key is shown once."""

from typing import Any
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import mirrors, policies, remedies, services
from companies.models import Company, CompanyUser
from companies.operations.refresh import Refresh
from companies.operations.targets import company_of
from portal import maventa
from portal.operations import queueing, registry
from portal.operations.enums import Weight
from portal.operations.filling import row_of
from portal.operations.handlers import Calls, Found, Handler, NotQueueableError, NotThere, Remedy, Verdict
from portal.operations.models import Operation


class AddUserParameters(msgspec.Struct, frozen=True, kw_only=True):
    email: str
    first_name: str
    last_name: str = ""
    phone: str = ""
    user_role: str = "USER"


class AddUserRequest(msgspec.Struct, frozen=True):
    company: UUID
    user: services.UserRequest


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
        if parameters.user_role not in ("ADMIN", "USER"):
            raise NotQueueableError(_("There is no such role."), _("Use ADMIN or USER."))
        if target.users.filter(email__iexact=parameters.email, removed_at=None).exists():
            raise NotQueueableError(_("This user is in the company already."))

    def prepare(self, members: list[Operation]) -> AddUserRequest:
        wanted = self.parameters_of(members[0])
        return AddUserRequest(company_of(members[0]).uuid, services.UserRequest(**msgspec.structs.asdict(wanted)))

    def send(self, request: AddUserRequest, calls: Calls) -> services.CreatedUser:
        return services.UserService(calls(request.company)).add(request.user)

    def settle(self, operation: Operation, sent: services.CreatedUser) -> dict[str, Any]:
        company = company_of(operation)
        mirrors.write_users(company, [sent], timezone.now(), whole=False)
        if sent.api_key:
            user = CompanyUser.objects.get(account_id=company.account_id, company=company, remote_id=sent.id)
            user.api_key = sent.api_key
            user.save(update_fields=["api_key"])
        return {"user": sent.id, "new": bool(sent.api_key)}

    def on_confirmed(self, operation: Operation) -> dict[str, Any]:
        queueing.queue_many(Refresh.kind, [row_of(company_of(operation), {})], account=operation.account)
        return {}

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        return remedies.remedy_for(error)


class RemoveUserParameters(msgspec.Struct, frozen=True):
    user: str  # AutoInvoice's id


class RemoveUserRequest(msgspec.Struct, frozen=True):
    company: UUID
    user: str


@registry.register
class RemoveUser(Handler[RemoveUserRequest, None]):
    """The user may not act in the company any more; a key of theirs stops working there."""

    kind = "companies.remove_user"
    label = _("Remove user")
    verb = _("Remove user")
    target = "companies.Company"
    permission = "companies.manage_company_users"
    weight = Weight.COSTLY
    Parameters = RemoveUserParameters
    related = ("account",)

    def check(self, target: Company, parameters: RemoveUserParameters) -> None:
        user = target.users.filter(remote_id=parameters.user).first()
        if user is None:
            raise NotQueueableError(_("This company has no such user."), _("Look the company up first."))
        policies.check_can_remove_user(user)

    def prepare(self, members: list[Operation]) -> RemoveUserRequest:
        return RemoveUserRequest(company_of(members[0]).uuid, self.parameters_of(members[0]).user)

    def send(self, request: RemoveUserRequest, calls: Calls) -> None:
        try:
            services.UserService(calls(request.company)).remove(request.user)
        except maventa.RejectedError as error:
            if error.status != 404:  # gone is what was wanted
                raise

    def settle(self, operation: Operation, sent: None) -> dict[str, Any]:
        now, user = timezone.now(), self.parameters_of(operation).user
        CompanyUser.objects.filter(company=company_of(operation), remote_id=user).update(removed_at=now, fact_at=now)
        return {}

    def resolve(
        self, request: RemoveUserRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[None]:
        users = services.UserService(calls(request.company)).listed()
        return NotThere() if any(user.id == request.user for user in users) else Found(None)

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        if error.status == 409:
            return Remedy(_("At least one admin must remain. Add another admin first."))
        return remedies.remedy_for(error)
