"""Operations of the contract, found by what a request asks for."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from portal import contract
from tests.contract.schemas import Schema, followed

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, eq=False)
class Operation:
    api: str
    method: str
    template: str
    data: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.data["operationId"])

    @property
    def bodies(self) -> dict[str, Schema]:
        """Schemas of the body by content type."""
        content = self.data.get("requestBody", {}).get("content", {})
        return {kind: followed(self.api, part.get("schema", {})) for kind, part in content.items()}

    def parameters(self, place: str) -> dict[str, dict[str, Any]]:
        """Return the parameters of a place ("query", "path") by name."""
        given = [followed(self.api, item) for item in self.data.get("parameters", ())]
        return {item["name"]: item for item in given if item["in"] == place}

    def answers(self) -> dict[int, Schema]:
        """Return what the contract promises for each 2xx status: its contents by content type."""
        good = {int(word): part for word, part in self.data["responses"].items() if word.startswith("2")}
        return {status: followed(self.api, part).get("content", {}) for status, part in good.items()}

    def path_values(self, path: str) -> dict[str, str] | None:
        found = _pattern(self.template).fullmatch(path)
        return found.groupdict() if found else None


@cache
def operations(api: str) -> tuple[Operation, ...]:
    paths = contract.load(api)["paths"]
    return tuple(
        Operation(api, method.upper(), template, data)
        for template, methods in paths.items()
        for method, data in methods.items()
        if method in METHODS
    )


def find(api: str, method: str, path: str) -> Operation | None:
    """Return the operation of a path, the one with the fewest placeholders if several fit."""
    fitting = [op for op in operations(api) if op.method == method and op.path_values(path) is not None]
    return min(fitting, key=lambda op: op.template.count("{"), default=None)


@cache
def _pattern(template: str) -> re.Pattern[str]:
    literal = re.escape(template).replace(r"\{", "{").replace(r"\}", "}")
    return re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", literal))
