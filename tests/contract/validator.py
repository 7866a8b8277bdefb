"""
Requests as they came over the wire against the contract: what is wrong with each, in words.

Held are: path and method, deprecation, query and path parameters, the body by its content type, and whether the scope
of the token grants the operation. What the contract marks x-inferred are details of refusals (codes, texts); no request
can show whether the portal depends on them, so nothing here checks that.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal import contract
from tests.contract import schemas
from tests.contract.operations import Operation, find
from tests.contract.schemas import Schema, plain

JSON = "application/json"


@dataclass(frozen=True)
class Recorded:
    """One request; `query` and `form` keep every value of a repeated name."""

    api: str
    method: str
    path: str
    scope: str | None = None  # of the token that came with it
    content_type: str = ""
    query: Mapping[str, list[str]] = field(default_factory=dict)
    form: Mapping[str, list[str]] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    body: bytes = b""  # of what is no form

    @property
    def operation(self) -> Operation | None:
        return find(self.api, self.method, self.path)


_RUNNING_NUMBER = re.compile(r"\[\d+\]")


def faults(request: Recorded) -> list[str]:
    """Return everything about a request that breaks the contract."""
    operation = request.operation
    if operation is None:
        return [f"{request.method} {request.path} is not in the contract of {request.api}"]
    return [
        *([f"{operation.id} is deprecated"] if operation.data.get("deprecated") else []),
        *_path_faults(operation, request),
        *_query_faults(operation, request.query),
        *_body_faults(operation, request),
        *_scope_faults(operation, request.scope),
    ]


def _path_faults(operation: Operation, request: Recorded) -> Iterator[str]:
    for name, text in (operation.path_values(request.path) or {}).items():
        yield from _value_faults(operation.api, operation.parameters("path")[name]["schema"], [text], name)


def _query_faults(operation: Operation, query: Mapping[str, list[str]]) -> Iterator[str]:
    known = operation.parameters("query")
    given = {name.removesuffix("[]"): texts for name, texts in query.items()}
    yield from (f"{name}: required" for name, item in known.items() if item.get("required") and name not in given)
    for name, texts in query.items():
        parameter = known.get(name.removesuffix("[]"))
        if parameter is None:
            yield f"{name}: no such query parameter"
        elif parameter.get("deprecated"):
            yield f"{name}: deprecated"
        elif name.endswith("[]") and parameter["schema"].get("type") != "array":
            yield f"{name}: takes one value, not a list"
        else:
            yield from _value_faults(operation.api, parameter["schema"], texts, name)


def _body_faults(operation: Operation, request: Recorded) -> Iterator[str]:
    kind = request.content_type
    carries = bool(request.form or request.files or request.body)
    if not carries:
        if operation.data.get("requestBody", {}).get("required"):
            yield "a body is required"
        return
    if kind not in operation.bodies:
        yield f"a body of type {kind or 'none'}; the contract has {', '.join(operation.bodies) or 'no body'}"
    elif kind == JSON:
        schema = plain(operation.api, operation.bodies[kind], closed=True)
        yield from schemas.faults(schema, json.loads(request.body), "body")
    else:
        yield from _form_faults(operation.api, operation.bodies[kind], request)


def _form_faults(api: str, schema: Schema, request: Recorded) -> Iterator[str]:
    if schema.get("x-fields-unspecified"):
        return
    known: dict[str, Schema] = schema["properties"]
    given = {*request.form, *request.files}
    yield from (f"{name}: required" for name in schema.get("required", ()) if name not in given)
    for given_name in sorted(given):
        name = _RUNNING_NUMBER.sub("[n]", given_name)  # files[0][file] is the contract's files[n][file]
        if name not in known:
            yield f"{name}: no such field"
        elif known[name].get("deprecated"):
            yield f"{name}: deprecated"
        elif (known[name].get("format") == "binary") != (given_name in request.files):
            yield f"{name}: a file and a field mistaken for each other"
        elif given_name in request.form:
            yield from _value_faults(api, known[name], request.form[given_name], name)
        elif not request.files[given_name]:
            yield f"{name}: an empty file"


def _value_faults(api: str, schema: Schema, texts: list[str], name: str) -> list[str]:
    schema = plain(api, schema, closed=True)
    if schema.get("type") == "array":
        return schemas.faults(schema, [_typed(schema["items"], text) for text in texts], name)
    if len(texts) != 1:
        return [f"{name}: given {len(texts)} times"]
    return schemas.faults(schema, _typed(schema, texts[0]), name)


def _typed(schema: Schema, text: str) -> Any:
    """Return the text of a query or form as its type; what cannot be read stays text and is found by the schema."""
    if schema.get("type") not in ("integer", "number", "boolean"):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _scope_faults(operation: Operation, scope: str | None) -> Iterator[str]:
    security = operation.data.get("security")
    if not security or operation.api == "payslip":  # mass printing takes keys as headers in place of a token
        return
    if scope is None:
        yield f"{operation.id} needs a token"
        return
    held = granted(scope)
    if not any(held.issuperset(names) for way in security for names in way.values()):
        yield f"the scope {scope!r} does not grant {operation.id}"


def scope_faults(scope: str) -> list[str]:
    """Return the words of a scope that a company cannot ask for."""
    schemes = contract.load("ax")["components"]["securitySchemes"]
    known = schemes["company_auth"]["flows"]["clientCredentials"]["scopes"]
    return [f"{name}: no such scope" for name in scope.split() if name not in known]


def granted(scope: str) -> set[str]:
    """Return all rights that a scope holds, with the parts of its aliases."""
    aliases: dict[str, list[str]] = contract.load("ax")["x-scope-aliases"]
    asked = set(scope.split())
    return asked.union(*(aliases.get(name, ()) for name in asked))
