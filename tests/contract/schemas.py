"""Schemas of the contract as jsonschema (draft 4) reads them; requests are held to the named fields."""

from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from jsonschema import Draft4Validator, FormatChecker

from portal import contract, maventa

Schema = dict[str, Any]

_formats = FormatChecker(formats=())


@_formats.checks("uuid", raises=ValueError)
def _is_uuid(value: object) -> bool:
    return not isinstance(value, str) or bool(UUID(value))


@_formats.checks("date-time", raises=msgspec.ValidationError)
def _is_moment_with_zone(value: object) -> bool:
    return not isinstance(value, str) or msgspec.convert(value, maventa.Instant) is not None


@_formats.checks("date", raises=msgspec.ValidationError)
def _is_date(value: object) -> bool:
    return not isinstance(value, str) or msgspec.convert(value, date) is not None


def followed(api: str, schema: Schema) -> Schema:
    """Return the schema itself in place of a reference to it."""
    while "$ref" in schema:
        node: Any = contract.load(api)
        for step in schema["$ref"].removeprefix("#/").split("/"):
            node = node[step]
        schema = node
    return schema


def plain(api: str, schema: Schema, *, closed: bool = False) -> Schema:
    """
    Return the schema without references and `nullable`.

    :param closed: objects hold named fields only, and none that the contract calls deprecated
    """
    schema = followed(api, schema)
    made = {key: value for key, value in schema.items() if key in _KEPT and value != []}
    for key in ("allOf", "anyOf", "oneOf"):
        if key in schema:
            made[key] = [plain(api, part, closed=closed) for part in schema[key]]
    if "items" in schema:
        made["items"] = plain(api, schema["items"], closed=closed)
    if "properties" in schema:
        allowed = {name: item for name, item in schema["properties"].items() if not (closed and item.get("deprecated"))}
        made["properties"] = {name: plain(api, item, closed=closed) for name, item in allowed.items()}
        made |= {"additionalProperties": False} if closed else {}
    if closed and schema.get("x-deprecated-values"):
        made["not"] = {"enum": schema["x-deprecated-values"]}
    return {"anyOf": [{"type": "null"}, made]} if schema.get("nullable") else made


_KEPT = (
    "type", "enum", "format", "required", "pattern", "additionalProperties",
    "minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum",
)  # fmt: skip


def faults(schema: Schema, value: object, where: str) -> list[str]:
    """Return what is wrong with a value, each with its place; `schema` is a plain one."""
    found = Draft4Validator(schema, format_checker=_formats).iter_errors(value)
    return [f"{'.'.join([where, *map(str, error.absolute_path)])}: {error.message}" for error in found]
