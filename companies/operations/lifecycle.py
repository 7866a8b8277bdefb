"""Keeping quiet companies alive: AutoInvoice disables accounts after thirteen idle months."""

from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import remedies, services
from companies.models import Company
from companies.operations.targets import company_of
from companies.operations.users import note_own_user
from portal import maventa
from portal.operations import registry
from portal.operations.handlers import Calls, Handler, NotQueueableError, NotThere, Remedy, Verdict
from portal.operations.models import Operation

CLOSED = "account_disabled"
_ASK_SUPPORT = _("AutoInvoice has closed this account. Only its support can open it again: ask there.")


class AccountClosedError(maventa.RejectedError):
    """AutoInvoice says that the account is disabled; telling it that the company is in use comes too late."""

    def __init__(self) -> None:
        super().__init__(409, CLOSED, str(_("AutoInvoice has closed this account.")))
        self.args = ()


@registry.register
class KeepActive(Handler[UUID, str]):
    """Its count of idle months starts anew."""

    kind = "companies.keep_active"
    label = _("Keep company active")
    verb = _("Keep active")
    target = "companies.Company"
    permission = "companies.keep_company_active"
    related = ("account",)

    def check(self, target: Company, parameters: Any) -> None:
        if target.disabled:
            raise NotQueueableError(_("AutoInvoice has closed this account."), _("Ask its support to open it again."))

    def prepare(self, members: list[Operation]) -> UUID:
        return company_of(members[0]).uuid

    def send(self, request: UUID, calls: Calls) -> str:
        """Return whose key we speak with, which the question before tells."""
        client = calls(request)
        own = _user_of_open(client)
        services.CompanyService(client).keep_active()
        return own

    def settle(self, operation: Operation, sent: str) -> dict[str, Any]:
        now = timezone.now()
        note_own_user(operation.account, sent)
        Company.objects.filter(pk=company_of(operation).pk).update(kept_active_at=now, active_at=now, disabled=False)
        return {}

    def resolve(self, request: UUID, operation_uuid: UUID, calls: Calls, before: dict[str, Any]) -> Verdict[str]:
        return NotThere()  # starting the count twice does what starting it once does

    def on_refused(self, operation: Operation, error: maventa.RejectedError) -> None:
        if error.code == CLOSED:
            Company.objects.filter(pk=company_of(operation).pk).update(disabled=True)

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        if error.code == CLOSED:
            return Remedy(_ASK_SUPPORT, "support")
        return remedies.remedy_for(error)


def _user_of_open(client: maventa.Client) -> str:
    """
    Ask first: whether telling a closed account that it is in use does anything is not documented.

    :raises AccountClosedError: it is closed
    """
    try:
        current = services.UserService(client).current()
    except maventa.RejectedError:
        return ""  # it does not say; then the call itself will
    if current.company.disabled:
        raise AccountClosedError
    return current.user.id
