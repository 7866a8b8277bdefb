"""Setting how Kassavirta treats a customer, one or many."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from django.db.models import prefetch_related_objects
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from companies import remedies
from companies.models import Company
from companies.operations.targets import company_of
from portal import maventa
from portal.operations import chains, registry
from portal.operations.chains import Chain, Planned, Step
from portal.operations.handlers import Calls, Found, Handler, NotQueueableError, NotThere, Remedy, Text, Verdict
from portal.operations.models import Operation
from receivables.levels import listing as levels
from receivables.models import ServiceLevel
from receivables.services.levels import LevelService


class LevelParameters(msgspec.Struct, frozen=True):
    business_id: str  # compact, never a person's
    level: str


class LevelRequest(msgspec.Struct, frozen=True):
    company: UUID
    business_id: str
    level: str


@registry.register
class SetLevel(Handler[LevelRequest, None]):
    """The customer has this level from now on; setting it twice is setting it once."""

    kind = "receivables.set_service_level"
    label = _("Set a service level")
    verb = _("Set the level")
    target = "companies.Company"
    permission = "receivables.set_service_level"
    Parameters = LevelParameters
    related = ("account",)

    def check(self, target: Company, parameters: LevelParameters) -> None:
        if parameters.level not in levels.LEVELS:
            raise NotQueueableError(_("There is no such level."))
        levels.check_kassavirta(target)

    def prepare(self, members: list[Operation]) -> LevelRequest:
        wanted = self.parameters_of(members[0])
        return LevelRequest(company_of(members[0]).uuid, wanted.business_id, wanted.level)

    def send(self, request: LevelRequest, calls: Calls) -> None:
        LevelService(calls(request.company)).set_level(request.business_id, request.level)

    def settle(self, operation: Operation, sent: None) -> dict[str, Any]:
        wanted = self.parameters_of(operation)
        levels.note(company_of(operation), wanted.business_id, wanted.level)
        return {"level": wanted.level}

    def resolve(
        self, request: LevelRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[None]:
        told = LevelService(calls(request.company)).level(request.business_id)
        return Found(None) if (told.level or levels.DEFAULT) == request.level else NotThere()

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        if error.status == 404:
            return Remedy(_("Kassavirta knows no customer of this business id. Check the id."))
        return remedies.remedy_for(error)


class LevelMany(msgspec.Struct, frozen=True):
    level: str


def _plan(rows: Sequence[ServiceLevel], wanted: LevelMany) -> list[Planned]:
    """Give the listed customers another level."""
    prefetch_related_objects(rows, "company")
    return [_planned(row, wanted.level) for row in rows]


def _planned(row: ServiceLevel, level: str) -> Planned:
    if row.level == level:
        return Planned(row, reason=_("The customer has this level already."))
    return Planned(row, [Step(SetLevel.kind, row.company, {"business_id": row.business_id, "level": level})])


def _words(wanted: Any) -> Text:
    return format_lazy("{verb} {level}", verb=_("Set the level"), level=levels.word(wanted.level))


SET_MANY = chains.register(
    Chain(
        name="receivables.set_service_levels",
        label=_("Set the service level"),
        permission=SetLevel.permission,
        plan=_plan,
        verb=_("Set the level"),
        phrase=_words,
        Parameters=LevelMany,
    )
)
