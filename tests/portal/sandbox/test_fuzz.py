"""Nonsense in every field of every simulated operation: refused or taken, but never a fault of the simulator."""

import asyncio
import json
import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from portal import contract
from portal.sandbox import assembly, partner
from portal.sandbox.call import HANDLERS, Answer
from portal.sandbox.routing import Operation
from portal.sandbox.validation import Request

WORDS = [
    "", "a", "0", "-1", "true", "null", "undefined", "é", "\x00", "'", '"; drop', "%", "*", "../..", "[", "{}",
    "9" * 40, "a" * 5000, "\U0001f600", "x@y.z", "http://127.0.0.1:9/", "2026-01-01", "2026-01-01T00:00:00Z",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "PEPPOL", "VISMA", "ORDER", "V154", "0216", "FI", "EN",
    '{"authorization_method":"x"}',
]  # fmt: skip
ODD: list[Any] = [*WORDS, None, 1, -1, 1.5, True, [], {}, ["a"], {"a": 1}, 10**30]
SCOPES = "eui partner:lookups partner:invoice_delivery_actions validate fi_bank_message:send fi_bank_message:receive"
JSON, FORM, MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b"


class Fuzzer:
    """Calls as one partner, with values that mostly fit the contract and sometimes do not."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.sandbox = assembly.assemble(pace="manual", check_answers=True)
        self.keys = partner.keys(self.sandbox.world.db)
        self.ids = [self.keys["company_uuid"]]
        self.loop = asyncio.new_event_loop()
        self.operations = [item for item in self.sandbox.app.gateway.router.operations if item.id in HANDLERS]
        self.token = self._token()

    def close(self) -> None:
        self.sandbox.close()
        self.loop.close()

    def call(self) -> tuple[Operation, Answer]:
        operation = self.random.choice(self.operations)
        body, content_type = self._body(operation)
        keys = {"company-uuid": self.keys["company_uuid"], "user-api-key": self.keys["user_api_key"]}
        headers = keys | {"authorization": f"Bearer {self.token}", "content-type": content_type}
        answer = self._send(Request(operation.method, self._path(operation), self._query(operation), headers, body, ""))
        if isinstance(answer.body, dict) and isinstance(answer.body.get("id"), str):
            self.ids = [*self.ids[-20:], answer.body["id"]]
        return operation, answer

    def _send(self, request: Request) -> Answer:
        return self.loop.run_until_complete(self.sandbox.app.gateway.answer(request))

    def _token(self) -> str:
        form = {
            "grant_type": "client_credentials",
            "client_id": self.keys["company_uuid"],
            "client_secret": self.keys["user_api_key"],
            "vendor_api_key": self.keys["vendor_api_key"],
            "scope": SCOPES,
        }
        headers = {"content-type": FORM}
        answer = self._send(Request("POST", "/ax/oauth2/token", "", headers, urlencode(form).encode(), ""))
        return str(answer.body["access_token"])

    def _path(self, operation: Operation) -> str:
        segments = [
            quote(self.random.choice([*self.ids, *WORDS[1:4]]), safe="") if part.startswith("{") else part
            for part in operation.path.split("/")
        ]
        return f"/{operation.api}" + "/".join(segments)

    def _query(self, operation: Operation) -> str:
        pairs = [
            (parameter["name"], str(value))
            for parameter in operation.parameters
            if parameter["in"] == "query" and self.random.random() < 0.6
            for value in self._list(self._value(operation.api, parameter["schema"]))
        ]
        return urlencode(pairs)

    def _body(self, operation: Operation) -> tuple[bytes, str]:
        if not operation.bodies:
            return b"", JSON
        value = self._value(operation.api, next(iter(operation.bodies.values())))
        if isinstance(value, dict) and operation.id == "postV1Companies" and self.random.random() < 0.7:
            value |= {name: self.keys[name] for name in ("vendor_api_key", "user_api_key")}
        kind = self.random.choice([*operation.bodies, JSON])
        if kind == JSON or not isinstance(value, dict):
            return json.dumps(value).encode(), JSON
        if kind == FORM:
            return urlencode({name: str(item) for name, item in value.items()}).encode(), FORM
        return b"".join(map(self._part, value.items())) + b"--b--\r\n", MULTIPART

    @staticmethod
    def _part(item: tuple[str, Any]) -> bytes:
        name, value = item
        filename = '; filename="f.xml"' if name == "file" else ""
        head = f'--b\r\nContent-Disposition: form-data; name="{name}"{filename}\r\n\r\n'
        return head.encode() + str(value).encode() + b"\r\n"

    def _value(self, api: str, schema: dict[str, Any], depth: int = 0) -> Any:
        if self.random.random() < 0.25 or depth > 4:
            return self.random.choice(ODD)
        if "$ref" in schema:
            name = schema["$ref"].rsplit("/", 1)[-1]
            return self._value(api, contract.load(api)["components"]["schemas"][name], depth)
        if words := schema.get("enum") or schema.get("x-known-values"):
            return self.random.choice(words)
        kind = schema.get("type")
        if kind == "object":
            properties = schema.get("properties", {}).items()
            return {name: self._value(api, item, depth + 1) for name, item in properties if self.random.random() < 0.7}
        if kind == "array":
            return [self._value(api, schema["items"], depth + 1) for _ in range(self.random.choice([0, 1, 2, 12]))]
        if kind in ("integer", "number", "boolean"):
            return self.random.choice([0, 1, 2, 100, 101, -5, True, False])
        return self.random.choice(WORDS)

    @staticmethod
    def _list(value: Any) -> list[Any]:
        return value if isinstance(value, list) else [value]


@pytest.fixture
def fuzzer(request: pytest.FixtureRequest) -> Iterator[Fuzzer]:
    made = Fuzzer(request.param)
    yield made
    made.close()


def run(fuzzer: Fuzzer, calls: int) -> tuple[set[int], dict[str, Any]]:
    """Statuses that came, and the answers that are a fault of the simulator."""
    statuses: set[int] = set()
    faults: dict[str, Any] = {}
    for number in range(calls):
        operation, answer = fuzzer.call()
        statuses.add(answer.status)
        if answer.status >= 500:
            faults[operation.label] = answer.body
        if number % 500 == 0:
            fuzzer.sandbox.world.advance(fuzzer.sandbox.world.clock.time() + 60)
    failed = fuzzer.sandbox.world.db.execute("select name, error from jobs where error is not null").fetchall()
    return statuses, faults | {row["name"]: row["error"] for row in failed}


@pytest.mark.parametrize("fuzzer", [1, 2], indirect=True)
def test_no_call_makes_the_simulator_fail(fuzzer: Fuzzer) -> None:
    statuses, faults = run(fuzzer, 1500)

    assert faults == {}
    assert {200, 201, 204, 400, 404, 422} <= statuses


@pytest.mark.prove
@pytest.mark.parametrize("fuzzer", range(10, 20), indirect=True)
def test_no_call_of_very_many_makes_the_simulator_fail(fuzzer: Fuzzer) -> None:
    _, faults = run(fuzzer, 10_000)

    assert faults == {}
