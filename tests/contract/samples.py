"""Answers made from the schemas of the contract: the least it promises, all it names, and what it may grow into."""

from collections.abc import Callable
from typing import Any

from tests.contract.schemas import Schema, followed

ID = "0c6f6e5e-3b1c-4d55-9f5f-0f3c7a1f9b10"
_FORMATS = {"date-time": "2026-03-01T10:15:30Z", "date": "2026-03-01", "uuid": ID}
_PLAIN: dict[str, Any] = {"integer": 60, "number": 12.5, "boolean": True, "string": "text"}

Answer = Callable[[str, Schema], Any]


def least(api: str, schema: Schema) -> Any:
    """Return required fields, and ids: an entry without its id would name nothing."""
    return _sample(api, schema, optional=lambda name: name == "id" or name.endswith("_id"))


def whole(api: str, schema: Schema) -> Any:
    """Return every named field."""
    return _sample(api, schema, optional=lambda _name: True)


def grown(api: str, schema: Schema) -> Any:
    """Return every named field, and what nobody has named yet: other fields and other words."""
    return _sample(api, schema, optional=lambda _name: True, grow=True)


def with_nulls(api: str, schema: Schema) -> Any:
    """Return every named field, the optional ones null, except ids."""
    return _sample(api, schema, optional=lambda _name: True, nulls=True)


def _sample(
    api: str,
    schema: Schema,
    *,
    optional: Callable[[str], bool],
    grow: bool = False,
    nulls: bool = False,
    name: str = "",
) -> Any:
    def inner(part: Schema, called: str = "") -> Any:
        return _sample(api, part, optional=optional, grow=grow, nulls=nulls, name=called)

    schema = followed(api, schema)
    for key in ("allOf", "anyOf"):  # of several forms the first is the one that is given
        if key in schema:
            return inner(schema[key][0], name)
    match schema.get("type"):
        case "array":
            return [inner(schema["items"])]
        case "object":
            needed = schema.get("required", ())
            made = {
                field: None if nulls and field not in needed and not _is_id(field) else inner(part, field)
                for field, part in schema.get("properties", {}).items()
                if field in needed or optional(field)
            }
            return {**made, "x_unheard_of": "new", "x_unheard_of_list": [{"new": 1}]} if grow else made
    return _scalar(schema, name, grow=grow)


def _is_id(name: str) -> bool:
    return name == "id" or name.endswith("_id")


def _scalar(schema: Schema, name: str, *, grow: bool) -> Any:
    if "enum" in schema:
        return "UNHEARD_OF" if grow and schema.get("type") == "string" else schema["enum"][0]
    if _is_id(name):
        return ID
    if "type" not in schema:  # the documents tell no shape: a list is the most usual
        return [ID]
    return _FORMATS.get(schema.get("format", "")) or _PLAIN[schema["type"]]
