"""Schemas of the contract (OpenAPI 3.0) as JSON Schema validators, built once."""

import re
import uuid
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar
from urllib.parse import urlsplit

from jsonschema import Draft4Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from portal import contract

Schema = dict[str, Any]
Parser = TypeVar("Parser", bound=Callable[[str], object])

FORMATS = FormatChecker(formats=())
DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?([Zz]|[+-]\d{2}:?\d{2})?")
LONGEST_MESSAGE = 300
INT32 = 2**31 - 1


def _format(name: str) -> Callable[[Parser], Parser]:
    """Register a parser as a format check too: it raises ValueError on a text that hasn't the form."""

    def register(parse: Parser) -> Parser:
        @FORMATS.checks(name, raises=ValueError)
        def check(value: object) -> bool:
            if isinstance(value, str):
                parse(value)
            return True

        return parse

    return register


@_format("date")
def parse_date(text: str) -> date:
    """A date as YYYY-MM-DD. :raises ValueError: anything else"""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError(f"{text!r} is not a date")
    return date.fromisoformat(text)


@_format("date-time")
def parse_time(text: str) -> datetime:
    """An instant in ISO 8601; without an offset it is read as it stands. :raises ValueError: anything else"""
    if not DATE_TIME.fullmatch(text):
        raise ValueError(f"{text!r} is not a time in ISO 8601")
    return datetime.fromisoformat(text)


@_format("uuid")
def parse_uuid(text: str) -> uuid.UUID:
    """A UUID with its hyphens. :raises ValueError: anything else"""
    if len(text) != 36:
        raise ValueError(f"{text!r} is not a uuid")
    return uuid.UUID(text)


@_format("uri")
def parse_uri(text: str) -> str:
    """An absolute address. :raises ValueError: anything else"""
    parts = urlsplit(text)
    if not parts.scheme or not parts.netloc:
        raise ValueError(f"{text!r} is not an absolute address")
    return text


def plain(api: str, schema: Schema) -> Schema:
    """The schema without references and OpenAPI's own words, as JSON Schema draft 4 understands it."""
    if "$ref" in schema:
        return _component(api, schema["$ref"].rsplit("/", 1)[-1])
    result = {key: _converted(api, key, value) for key, value in schema.items() if not key.startswith("x-")}
    if result.get("format") == "int32":
        result = {"minimum": -INT32, "maximum": INT32} | result
    return _or_null(result) if result.pop("nullable", False) else result


def with_required(schema: Schema, *, keep: bool) -> Schema:
    """The schema, or a copy in which no field is required any more (for answers cut down by `fields`)."""
    if keep:
        return schema
    return {
        key: with_required(value, keep=False) if isinstance(value, dict) else value
        for key, value in schema.items()
        if key != "required" or not isinstance(value, list)
    }


def faults(validator: Draft4Validator, value: object) -> list[str]:
    """One line a fault: where, and what is wrong. Empty if the value is valid."""
    return [_line(error) for error in validator.iter_errors(value)]


def validator(schema: Schema) -> Draft4Validator:
    return Draft4Validator(schema, format_checker=FORMATS)


@cache
def _component(api: str, name: str) -> Schema:
    return plain(api, contract.load(api)["components"]["schemas"][name])


def _converted(api: str, key: str, value: Any) -> Any:
    if key in ("properties", "patternProperties"):
        return {name: plain(api, item) for name, item in value.items()}
    if key in ("allOf", "anyOf", "oneOf"):
        return [plain(api, item) for item in value]
    if key in ("items", "not", "additionalProperties") and isinstance(value, dict):
        return plain(api, value)
    return value


def _or_null(schema: Schema) -> Schema:
    if isinstance(schema.get("type"), str):
        widened = schema | {"type": [schema["type"], "null"]}
        if "enum" in schema:
            widened["enum"] = [*schema["enum"], None]
        if "allOf" not in schema:
            return widened
    return {"anyOf": [{"type": "null"}, schema]}


def _line(error: ValidationError) -> str:
    where = ".".join(str(part) for part in error.absolute_path)
    text = _message(error)
    return (f"{where}: {text}" if where else text)[:LONGEST_MESSAGE]


def _message(error: ValidationError) -> str:
    limit: Any = error.validator_value
    if error.validator == "enum":
        return "must be one of " + ", ".join(str(word) for word in limit)
    if error.validator == "maxItems":
        return f"at most {limit} are allowed"
    if error.validator == "minItems":
        return f"at least {limit} is needed"
    if error.validator == "minLength":
        return f"at least {limit} characters are needed"
    return str(error.message)
