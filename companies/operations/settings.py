"""Changing a company's settings at AutoInvoice, block by block."""

from typing import Any
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies import mirrors, remedies, services
from companies.models import Company
from companies.operations.targets import company_of
from companies.services.settings import ALWAYS_SENT, BLOCKS
from portal import maventa
from portal.operations import registry
from portal.operations.handlers import Calls, Found, Handler, NotQueueableError, NotThere, Remedy, Verdict
from portal.operations.models import Operation

Blocks = dict[str, dict[str, Any]]


class ChangeParameters(msgspec.Struct, frozen=True):
    blocks: Blocks  # block → the fields to change


class ChangeRequest(msgspec.Struct, frozen=True):
    company: UUID
    blocks: Blocks


@registry.register
class ChangeSettings(Handler[ChangeRequest, Blocks]):
    """The named fields change; all others stay as AutoInvoice has them."""

    kind = "companies.change_settings"
    label = _("Change settings")
    verb = _("Save settings")
    target = "companies.Company"
    permission = "companies.change_company_settings"
    Parameters = ChangeParameters
    related = ("account",)

    def check(self, target: Company, parameters: ChangeParameters) -> None:
        unknown = sorted(set(parameters.blocks) - set(BLOCKS))
        if unknown:
            raise NotQueueableError(_("There are no settings named %(names)s.") % {"names": ", ".join(unknown)})
        if not any(parameters.blocks.values()):
            raise NotQueueableError(_("Nothing was changed."))

    def prepare(self, members: list[Operation]) -> ChangeRequest:
        return ChangeRequest(company_of(members[0]).uuid, self.parameters_of(members[0]).blocks)

    def send(self, request: ChangeRequest, calls: Calls) -> Blocks:
        service = services.SettingsService(calls(request.company))
        wanted = list(dict.fromkeys((*ALWAYS_SENT, *request.blocks)))
        current = service.get([name for name in wanted if name != "logos"])
        blocks = {name: merged(current.get(name) or {}, request.blocks.get(name, {})) for name in wanted}
        sent = {name: block for name, block in blocks.items() if block}
        service.change(sent)
        return sent

    def settle(self, operation: Operation, sent: Blocks) -> dict[str, Any]:
        mirrors.write_settings(company_of(operation), dict(sent), timezone.now())
        return {"blocks": sorted(self.parameters_of(operation).blocks)}

    def resolve(
        self, request: ChangeRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[Blocks]:
        readable = [name for name in request.blocks if name != "logos"]
        current = services.SettingsService(calls(request.company)).get(readable)
        blocks = {name: current.get(name) or {} for name in readable}
        same = all(merged(blocks[name], request.blocks[name]) == blocks[name] for name in readable)
        return Found(blocks) if readable and same else NotThere()

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        return remedies.remedy_for(error)


def merged(current: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return `current` with `changes` written over it, level by level; lists are replaced."""
    result = dict(current)
    for name, value in changes.items():
        below = result.get(name)
        result[name] = merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result
