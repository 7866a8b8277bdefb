"""Changing a company's settings: the changed fields are sent, unless they changed at AutoInvoice meanwhile."""

from typing import Any
from uuid import UUID

import msgspec
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from companies import mirrors, remedies, services
from companies.models import Company
from companies.operations.targets import company_of
from companies.services.settings import ALWAYS_SENT, BLOCKS
from companies.settings import blocks as settings_blocks
from companies.settings import pictures
from companies.settings.blocks import Kind
from portal import maventa
from portal.operations import registry
from portal.operations.handlers import Calls, Found, Handler, NotQueueableError, NotThere, Remedy, Verdict
from portal.operations.models import Operation

Blocks = dict[str, dict[str, Any]]
CHANGED_MEANWHILE = "changed_meanwhile"
_LOGOS = "logos"


class ChangeParameters(msgspec.Struct, frozen=True, kw_only=True):
    blocks: Blocks = {}  # block → the fields to change, nested as they are sent
    pictures: dict[str, str] = {}  # path in `logos` → digest of a kept picture
    seen: dict[str, Any] = {}  # "block.path" → value that the change was made from; what is not named is not compared


class ChangeRequest(msgspec.Struct, frozen=True):
    company: UUID
    blocks: Blocks
    seen: dict[str, Any]
    mirrored: dict[str, Any]  # "block.path" → value as we knew it


class Changed(msgspec.Struct, frozen=True):
    """Blocks as they are now, and the fields of ours that were another way before."""

    blocks: Blocks
    was: dict[str, Any]


class ChangedMeanwhileError(maventa.RejectedError):
    """Somebody changed the same fields at AutoInvoice after the form was made; nothing was sent."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        super().__init__(409, CHANGED_MEANWHILE, _now("Changed meanwhile at AutoInvoice"), fields)
        self.args = (fields,)


@registry.register
class ChangeSettings(Handler[ChangeRequest, Changed]):
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
        if not any(parameters.blocks.values()) and not parameters.pictures:
            raise NotQueueableError(_("Nothing was changed."))
        _check_country(target.country, parameters.blocks)

    def prepare(self, members: list[Operation]) -> ChangeRequest:
        company, wanted = company_of(members[0]), self.parameters_of(members[0])
        blocks = {name: block for name, block in wanted.blocks.items() if block}
        if wanted.pictures:
            blocks[_LOGOS] = settings_blocks.nested(
                {path: _content_of(digest) for path, digest in wanted.pictures.items()}
            )
        mirrored = {
            f"{name}.{path}": settings_blocks.at(company.settings.get(name), path) for name, path in _named(blocks)
        }
        return ChangeRequest(company.uuid, blocks, wanted.seen, mirrored)

    def before(self, request: ChangeRequest) -> dict[str, Any]:
        return {"was": {**request.mirrored, **request.seen}}

    def send(self, request: ChangeRequest, calls: Calls) -> Changed:
        service = services.SettingsService(calls(request.company))
        current = service.get(list(request.blocks))
        _refuse_clashes(request, current)
        changes = {name: _differing(current.get(name) or {}, block) for name, block in request.blocks.items()}
        changes = {name: block for name, block in changes.items() if block}
        if changes:
            _change(service, changes)
        return _changed(request.blocks, current)

    def settle(self, operation: Operation, sent: Changed) -> dict[str, Any]:
        company = Company.objects.select_for_update().get(pk=company_of(operation).pk)
        mirrors.write_settings(company, dict(sent.blocks), timezone.now())
        return {"blocks": sorted(sent.blocks), "was": sent.was}

    def resolve(
        self, request: ChangeRequest, operation_uuid: UUID, calls: Calls, before: dict[str, Any]
    ) -> Verdict[Changed]:
        current = services.SettingsService(calls(request.company)).get(list(request.blocks))
        missing = [
            (name, path)
            for name, block in request.blocks.items()
            for path in _open_paths(name, _differing(current.get(name) or {}, block))
        ]
        # Writing the same values again does what writing them once does, and is compared with `seen` first.
        return NotThere() if missing else Found(_changed(request.blocks, current, before.get("was")))

    def remedy(self, operation: Operation, error: maventa.RejectedError) -> Remedy | None:
        if error.code == CHANGED_MEANWHILE:
            return Remedy(_("Open the settings again: they show what it is now. Then change what still has to change."))
        return remedies.remedy_for(error)


def merged(current: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return `current` with `changes` written over it, level by level; lists are replaced."""
    result = dict(current)
    for name, value in changes.items():
        below = result.get(name)
        result[name] = merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result


def _check_country(country: str, blocks: Blocks) -> None:
    for name, path in _named(blocks):
        field = settings_blocks.field_of(name, path)
        if field and field.countries and country not in field.countries and settings_blocks.at(blocks[name], path):
            raise NotQueueableError(
                _("%(field)s is only for companies of %(countries)s.")
                % {"field": field.label, "countries": ", ".join(field.countries)}
            )


def _content_of(digest: str) -> str:
    content = pictures.kept(digest)
    if content is None:
        raise NotQueueableError(_("The picture is not kept here any more."), _("Choose it again."))
    return pictures.encoded(content)


def _named(blocks: Blocks) -> list[tuple[str, str]]:
    return [(name, path) for name, block in blocks.items() for path, _value in settings_blocks.paths(block)]


def _differing(current: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """Return the part of `wanted` that AutoInvoice has otherwise."""
    return settings_blocks.nested(
        {
            path: value
            for path, value in settings_blocks.paths(wanted)
            if not settings_blocks.same(settings_blocks.at(current, path), value)
        }
    )


def _open_paths(block: str, differing: dict[str, Any]) -> list[str]:
    """Return what AutoInvoice should show by now; some fields wait until somebody has confirmed them."""
    found = [(path, settings_blocks.field_of(block, path)) for path, _value in settings_blocks.paths(differing)]
    return [path for path, field in found if not (field and field.confirmed_later)]


def _refuse_clashes(request: ChangeRequest, current: Blocks) -> None:
    """:raises ChangedMeanwhileError: a field is neither as it was seen nor as it is wanted"""
    clashes = []
    for name, path in _named(request.blocks):
        if f"{name}.{path}" not in request.seen:
            continue
        value, seen = settings_blocks.at(current.get(name), path), request.seen[f"{name}.{path}"]
        wanted = settings_blocks.at(request.blocks[name], path)
        if not settings_blocks.same(value, seen) and not settings_blocks.same(value, wanted):
            clashes.append(_described(name, path, seen, value))
    if clashes:
        raise ChangedMeanwhileError(tuple(clashes))


def _described(block: str, path: str, seen: Any, value: Any) -> str:
    field = settings_blocks.field_of(block, path)
    if field is None:
        return path
    words = {
        "field": field.label,
        "old": settings_blocks.shown(field, seen),
        "new": settings_blocks.shown(field, value),
    }
    return _now("%(field)s was %(old)s, is now %(new)s") % words


def _changed(wanted: Blocks, current: Blocks, was: dict[str, Any] | None = None) -> Changed:
    """Return what became of the blocks. `was`: fields as they were, when `current` was read after the change."""
    known = was or {
        f"{name}.{path}": settings_blocks.at(current.get(name), path)
        for name, path in _named(wanted)
        if _kind_of(name, path) is not Kind.PICTURE
    }
    blocks = {name: merged(current.get(name) or {}, block) for name, block in wanted.items()}
    return Changed(blocks, {path: value for path, value in known.items() if not path.startswith(f"{_LOGOS}.")})


def _kind_of(block: str, path: str) -> Kind | None:
    field = settings_blocks.field_of(block, path)
    return field.kind if field else None


def _change(service: services.SettingsService, changes: Blocks) -> None:
    """Send the changed fields; where AutoInvoice still wants the three blocks of its older contract, send those too."""
    try:
        service.change(changes)
    except maventa.RejectedError as error:
        demanded = [name for name in ALWAYS_SENT if name not in changes and _demands(error, name)]
        if not demanded:
            raise
        current = service.get(list(ALWAYS_SENT))
        service.change({**current, **{name: merged(current.get(name) or {}, changes[name]) for name in changes}})


def _demands(error: maventa.RejectedError, block: str) -> bool:
    words = " ".join((error.text, *error.details)).lower()
    return error.status == 400 and block in words and any(word in words for word in ("missing", "required", "empty"))
