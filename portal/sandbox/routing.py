"""Operations of the five contract files, found by method and path; literal paths win over templates."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import unquote

from portal import contract

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """One operation of the contract. `data` is its node, as it stands in the file."""

    api: str
    method: str
    path: str
    data: dict[str, Any] = field(hash=False, repr=False)

    @property
    def id(self) -> str:
        return str(self.data["operationId"])

    @property
    def label(self) -> str:
        """`API METHOD path`, the key of the coverage table."""
        return f"{self.api} {self.method} {self.path}"

    @cached_property
    def conditions(self) -> dict[str, dict[str, Any]]:
        """Documented error conditions by name; the operation's own go before those of the whole API."""
        whole: dict[str, Any] = contract.load(self.api)
        general = {condition["if"]: condition for condition in whole.get("x-error-conditions", [])}
        return general | {condition["if"]: condition for condition in self.data.get("x-error-conditions", [])}

    @cached_property
    def security(self) -> list[dict[str, list[str]]]:
        """Ways in, any one is enough; each maps scheme names to the scopes it needs. Empty: open to all."""
        ways: list[dict[str, list[str]]] = self.data.get("security", [])
        named = [scopes for way in ways for scopes in way.values()]
        if ways and not any(named) and "x-scopes" in self.data:
            return [{next(iter(ways[0])): [scope]} for scope in self.data["x-scopes"]]
        return ways

    @cached_property
    def parameters(self) -> list[dict[str, Any]]:
        """Of path and query; those that an API names once for many operations are put in."""
        shared: dict[str, Any] = contract.load(self.api).get("components", {}).get("parameters", {})
        return [
            shared[parameter["$ref"].rpartition("/")[2]] if "$ref" in parameter else parameter
            for parameter in self.data.get("parameters", [])
        ]

    @cached_property
    def bodies(self) -> dict[str, dict[str, Any]]:
        """Request schemas (with references) by content type; empty if the operation takes no body."""
        content = self.data.get("requestBody", {}).get("content", {})
        return {content_type: part.get("schema", {}) for content_type, part in content.items()}


class _Node:
    def __init__(self) -> None:
        self.literal: dict[str, _Node] = {}
        self.template: _Node | None = None
        self.operations: dict[str, tuple[Operation, list[str]]] = {}


class Router:
    """Finds the operation of a request. Each API lives under its own prefix: `/ax`, `/billing` …"""

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self._root = _Node()
        for api in contract.APIS:
            for path, item in contract.load(api)["paths"].items():
                for method in METHODS:
                    if method in item:
                        self._add(Operation(api, method.upper(), path, item[method]))

    def find(self, method: str, raw_path: str) -> tuple[Operation, dict[str, str]] | None:
        """
        The operation and its path parameters (decoded).

        Doubled slashes count as one: a client that joins its base with a slash sends them.
        """
        segments = [unquote(segment) for segment in raw_path.split("/") if segment]
        if raw_path.endswith("/"):
            segments.append("")
        return self._walk(self._root, segments, 0, method, [])

    def _add(self, operation: Operation) -> None:
        self.operations.append(operation)
        for path in filter(None, [operation.path, operation.data.get("x-alt-path")]):
            self._insert(f"/{operation.api}{path}", operation)

    def _insert(self, path: str, operation: Operation) -> None:
        node, names = self._root, []
        for segment in path.strip("/").split("/"):
            if segment.startswith("{"):
                names.append(segment.strip("{}"))
                node.template = node.template or _Node()
                node = node.template
            else:
                node = node.literal.setdefault(segment, _Node())
        node.operations[operation.method] = (operation, names)

    def _walk(
        self, node: _Node, segments: list[str], at: int, method: str, values: list[str]
    ) -> tuple[Operation, dict[str, str]] | None:
        if at == len(segments):
            found = node.operations.get(method)
            return (found[0], dict(zip(found[1], values, strict=True))) if found else None
        segment = segments[at]
        if segment in node.literal:
            result = self._walk(node.literal[segment], segments, at + 1, method, values)
            if result:
                return result
        if node.template and segment:
            return self._walk(node.template, segments, at + 1, method, [*values, segment])
        return None
