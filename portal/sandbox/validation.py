"""Requests and own answers against the contract."""

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from jsonschema import Draft4Validator

from portal import contract
from portal.sandbox import forms, schemas
from portal.sandbox.call import Answer, Refusal
from portal.sandbox.routing import Operation
from portal.sandbox.schemas import Schema

JSON = "application/json"
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
WORDS = {"true": True, "false": False, "1": True, "0": False}


@dataclass(slots=True)
class Request:
    """An HTTP request as it came; header names in lower case, paths and query still encoded."""

    method: str
    raw_path: str
    query_string: str
    headers: dict[str, str]
    body: bytes
    base_url: str
    path_params: dict[str, str] = field(default_factory=dict)

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "").split(";")[0].strip().lower()


@dataclass(slots=True)
class Input:
    """What a request carries, typed after the contract."""

    params: dict[str, Any]
    body: dict[str, Any]
    files: forms.Files


def read(operation: Operation, request: Request) -> Input:
    """
    Parameters and body, converted and checked.

    :raises Refusal: bad_input, one detail a fault
    """
    params, details = _parameters(operation, request)
    try:
        body, files = _body(operation, request)
    except forms.UnreadableBodyError as error:
        raise Refusal("bad_input", [str(error)]) from error
    if operation.bodies:
        details += _body_faults(operation, request.content_type, body, files)
    if details:
        raise Refusal("bad_input", details)
    return Input(params, body, files)


def check_answer(operation: Operation, answer: Answer, *, fields_cut: bool) -> list[str]:
    """
    Faults of one of our own answers; empty if it keeps the contract.

    :param fields_cut: the caller asked for some fields only, so required ones may be missing
    """
    response = _response(operation, answer.status)
    if response is None:
        return [f"status {answer.status} is not in the contract"]
    content: dict[str, Any] = response.get("content", {})
    if not content:
        return []
    part = content.get(answer.content_type.split(";")[0])
    if part is None and "*/*" in content:  # says nothing of the form, so JSON is as good as bytes
        return []
    if part is None:
        return [f"content type {answer.content_type} is not in the contract"]
    if answer.content_type != JSON or "schema" not in part:
        return []
    schema = schemas.with_required(schemas.plain(operation.api, part["schema"]), keep=not fields_cut)
    return schemas.faults(schemas.validator(schema), json.loads(answer.content() or b"null"))


def _response(operation: Operation, status: int) -> dict[str, Any] | None:
    responses: dict[str, Any] = operation.data["responses"]
    found = responses.get(str(status)) or responses.get(f"{status // 100}XX")
    if found is None and status >= 400:
        found = responses.get("default")
    if found and "$ref" in found:
        found = contract.load(operation.api)["components"]["responses"][found["$ref"].rsplit("/", 1)[-1]]
    return found


def _parameters(operation: Operation, request: Request) -> tuple[dict[str, Any], list[str]]:
    query = forms.read_urlencoded(request.query_string)
    params: dict[str, Any] = {}
    details: list[str] = []
    for parameter in operation.parameters:
        name = parameter["name"].removesuffix("[]")
        schema = _parameter_schema(operation, name)
        found = [request.path_params[name]] if name in request.path_params else query.get(name, [])
        value = _typed(schema, found, split=True)
        if value is not None:
            details += [f"{name}: {text}" for text in schemas.faults(_parameter_validator(operation, name), value)]
            params[name] = value
        elif parameter.get("required"):
            details.append(f"{name}: is required")
        elif "default" in schema:
            params[name] = schema["default"]
    return params, details


@cache
def _parameter_schema(operation: Operation, name: str) -> Schema:
    parameter = next(item for item in operation.parameters if item["name"].removesuffix("[]") == name)
    return schemas.plain(operation.api, parameter.get("schema", {}))


@cache
def _parameter_validator(operation: Operation, name: str) -> Draft4Validator:
    return schemas.validator(_parameter_schema(operation, name))


def _body(operation: Operation, request: Request) -> tuple[dict[str, Any], forms.Files]:
    if not operation.bodies or not request.body:
        return {}, {}
    kind = request.content_type or next(iter(operation.bodies))
    if kind == MULTIPART:
        fields, files = forms.read_multipart(request.body, request.headers["content-type"])
        return _typed_form(_body_schema(operation, kind), fields), files
    if kind == URLENCODED:
        fields = forms.read_urlencoded(request.body.decode(errors="replace"))
        return _typed_form(_body_schema(operation, kind), fields), {}
    if kind == JSON or kind.endswith("+json"):
        return _without_null(_body_schema(operation, kind), forms.read_json(request.body)), {}
    raise forms.UnreadableBodyError(f"content type {kind} is not understood; send {', '.join(operation.bodies)}")


@cache
def _body_schema(operation: Operation, content_type: str) -> Schema:
    bodies = operation.bodies
    return schemas.plain(operation.api, bodies.get(content_type) or next(iter(bodies.values())))


@cache
def _body_validator(operation: Operation, content_type: str) -> tuple[Draft4Validator, list[str]]:
    """The validator of everything but file parts, and the names of required file parts."""
    schema = _body_schema(operation, content_type)
    properties: dict[str, Schema] = schema.get("properties", {})
    uploads = [name for name, item in properties.items() if _is_file(item)]
    required = schema.get("required", [])
    rest = schema | {"properties": {name: item for name, item in properties.items() if name not in uploads}}
    rest["required"] = [name for name in required if name not in uploads]
    if not rest["required"]:  # draft 4 knows no empty list here
        del rest["required"]
    return schemas.validator(rest), [name for name in uploads if name in required]


def _body_faults(operation: Operation, content_type: str, body: dict[str, Any], files: forms.Files) -> list[str]:
    validator, uploads = _body_validator(operation, content_type)
    missing = [f"{name}: a file is required" for name in uploads if not any(f.content for f in files.get(name, []))]
    return missing + schemas.faults(validator, body)


def _is_file(schema: Schema) -> bool:
    return schema.get("format") == "binary" or (schema.get("type") == "array" and _is_file(schema.get("items", {})))


def _typed_form(schema: Schema, fields: forms.Fields) -> dict[str, Any]:
    properties: dict[str, Schema] = schema.get("properties", {})
    typed = {name: _typed(properties.get(name, {}), values, split=False) for name, values in fields.items()}
    return {name: value for name, value in typed.items() if value is not None}


def _without_null(schema: Schema, body: dict[str, Any]) -> dict[str, Any]:
    """The body without nulls where the contract allows none: absent and null mean the same to the real service."""
    properties: dict[str, Schema] = schema.get("properties", {})
    return {name: value for name, value in body.items() if value is not None or _allows_null(properties.get(name, {}))}


def _allows_null(schema: Schema) -> bool:
    return "null" in schema.get("type", ()) or {"type": "null"} in schema.get("anyOf", ())


def _typed(schema: Schema, texts: list[str], *, split: bool) -> Any:
    """Texts of a query or form as the schema's type; what can't be converted stays text and fails the check later."""
    if not texts:
        return None
    if schema.get("type") == "array":
        words = [word for text in texts for word in text.split(",")] if split else texts
        return [_scalar(schema.get("items", {}), word.strip() if split else word) for word in words if word]
    return _scalar(schema, texts[-1])


def _scalar(schema: Schema, text: str) -> Any:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((word for word in kind if word != "null"), None)
    try:
        if kind == "integer":
            return int(text)
        if kind == "number":
            return float(text)
        if kind == "object":
            return json.loads(text)
    except ValueError:
        return text
    return WORDS.get(text.lower(), text) if kind == "boolean" else text
