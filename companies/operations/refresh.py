"""Looking a company up at AutoInvoice."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import mirrors, services
from companies.operations.targets import company_of
from companies.services.settings import BLOCKS
from companies.side_services import mirror as service_mirror
from portal import maventa
from portal.operations import registry
from portal.operations.enums import Weight
from portal.operations.handlers import Calls, Handler, NotThere, Verdict
from portal.operations.models import Operation

_SETTINGS = [name for name in BLOCKS if name != "logos"]  # pictures are large, and not kept


class Refreshed(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked and answered at `at`; None: not told, such as by a company that is not verified."""

    at: datetime
    status: services.CompanyStatus
    profiles: list[services.Profile] | None = None
    users: list[services.User] | None = None
    vendor: services.VendorState | None = None
    settings: dict[str, dict[str, Any]] | None = None


@registry.register
class Refresh(Handler[UUID, Refreshed]):
    """State, networks, users, settings and link of one company, as they are now."""

    kind = "companies.refresh"
    label = _("Look up company")
    verb = _("Look up now")
    target = "companies.Company"
    permission = "companies.refresh_company"
    weight = Weight.INWARD
    related = ("account",)

    def prepare(self, members: list[Operation]) -> UUID:
        return company_of(members[0]).uuid

    def send(self, request: UUID, calls: Calls) -> Refreshed:
        at, speaker = timezone.now(), calls(request)
        return Refreshed(
            at=at,
            status=services.AuthorizationService(calls(None)).status(request),
            profiles=_unless_refused(services.NetworkService(speaker).listed),
            users=_unless_refused(services.UserService(speaker).listed),
            vendor=_unless_refused(services.VendorService(speaker).state),
            settings=_unless_refused(lambda: services.SettingsService(speaker).get(_SETTINGS)),
        )

    def settle(self, operation: Operation, sent: Refreshed) -> dict[str, Any]:
        company = company_of(operation)
        changed = int(mirrors.write_status(company, sent.status, sent.at))
        if sent.profiles is not None:
            changed += mirrors.write_profiles(company, sent.profiles, sent.at, whole=True)
        if sent.users is not None:
            changed += mirrors.write_users(company, sent.users, sent.at, whole=True)
        if sent.settings is not None:
            mirrors.write_settings(company, dict(sent.settings), sent.at)
        mirrors.write_vendor(company, sent.vendor.state if sent.vendor else company.vendor_state, sent.at)
        service_mirror.look_again(company)
        return {"changed": changed}

    def resolve(self, request: UUID, operation_uuid: UUID, calls: Calls, before: dict[str, Any]) -> Verdict[Refreshed]:
        return NotThere()  # looking again costs nothing


def _unless_refused(ask: Any) -> Any:
    try:
        return ask()
    except maventa.RejectedError as error:
        if error.status in (401, 403):  # a company that is not verified tells little
            return None
        raise
