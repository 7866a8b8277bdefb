"""The validator finds what it is there to find: each request here breaks the contract in one way."""

from typing import Any

import pytest

from portal import maventa
from portal.maventa import Api
from tests.contract.recorder import Recorder
from tests.contract.validator import faults, scope_faults

FILE = maventa.FilePart("file", "invoice.xml", b"<Invoice/>")
STATE = {"state": "HANDLED"}
NOTIFICATION = {"destination_type": "WEBHOOK", "destination": "https://portal.test/"}

BROKEN: dict[str, tuple[str, str, dict[str, Any], str]] = {
    "unknown path": ("GET", "/v1/compnies", {}, "not in the contract"),
    "wrong method": ("DELETE", "/v1/companies", {}, "not in the contract"),
    "deprecated operation": ("GET", "/v1/entities/operators", {"scope": "lookup"}, "deprecated"),
    "unknown parameter": ("GET", "/v1/companies", {"params": {"business_id": "1"}}, "no such query parameter"),
    "missing parameter": ("GET", "/v1/lookup/receivers", {"scope": "lookup"}, "network: required"),
    "wrong word in the query": ("GET", "/v1/invoices", {"params": {"direction": "OUT"}}, "not one of"),
    "wrong type in the query": ("GET", "/v1/invoices", {"params": {"page": "first"}}, "not of type 'integer'"),
    "over a limit": ("GET", "/v1/invoices", {"params": {"per_page": 101}}, "greater than the maximum"),
    "time that is none": ("GET", "/v1/invoices", {"params": {"created_at_end": "2026-03-01"}}, "is not a 'date-time'"),
    "list for one value": ("GET", "/v1/companies", {"params": {"bid": ["1", "2"]}}, "not a list"),
    "no body": ("PATCH", "/v1/invoices/7/invoice_events", {}, "a body is required"),
    "body of another type": ("PATCH", "/v1/invoices/7/invoice_events", {"form": STATE}, "a body of type"),
    "wrong word in the body": ("PATCH", "/v1/invoices/7/invoice_events", {"json": {"state": "OLD"}}, "not one of"),
    "unknown field in the body": ("PATCH", "/v1/invoices/7/invoice_events", {"json": {**STATE, "by": 1}}, "'by'"),
    "missing field in the body": ("POST", "/v1/company/notifications", {"json": NOTIFICATION}, "'events' is"),
    "unknown form field": ("POST", "/v1/invoices", {"form": {"id": "7"}, "files": [FILE]}, "id: no such field"),
    "wrong word in the form": ("POST", "/v1/invoices", {"form": {"lang": "FR"}, "files": [FILE]}, "not one of"),
    "no file": ("POST", "/v1/invoices", {"form": {"lang": "FI"}, "multipart": True}, "file: required"),
    "deprecated field": ("POST", "/v1/companies", {"form": {"activate_duetto": 1}, "multipart": True}, "deprecated"),
}  # fmt: skip


@pytest.mark.parametrize(("method", "path", "given", "said"), BROKEN.values(), ids=BROKEN)
def test_validator_tells_what_is_wrong(
    method: str, path: str, given: dict[str, Any], said: str, recorder: Recorder, client: maventa.Client
) -> None:
    _send(client, method, path, **{"scope": "company invoice:send", **given})

    assert [fault for fault in faults(recorder.calls[-1]) if said in fault]


@pytest.mark.parametrize("scope", ["lookup", "invoice:send", None])
def test_validator_tells_when_the_scope_does_not_grant_the_call(
    scope: str | None, recorder: Recorder, client: maventa.Client
) -> None:
    _send(client, "GET", "/v1/company/users", scope=scope)

    assert len(faults(recorder.calls[-1])) == 1


@pytest.mark.parametrize("scope", ["company", "company:read", "global", "lookup company"])
def test_validator_takes_a_scope_that_grants_the_call_by_itself_or_by_an_alias(
    scope: str, recorder: Recorder, client: maventa.Client
) -> None:
    _send(client, "GET", "/v1/company/users", scope=scope)

    assert faults(recorder.calls[-1]) == []


def test_validator_tells_a_scope_that_does_not_exist() -> None:
    assert scope_faults("company invoices:send") == ["invoices:send: no such scope"]


def _send(client: maventa.Client, method: str, path: str, **given: Any) -> None:
    try:
        client.call(Api.AX, method, path, **given)
    except maventa.RejectedError as refusal:
        assert refusal.status == 404  # noqa: PT017  the recorder has no other refusal
