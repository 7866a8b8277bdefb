"""Every operation of the five contract files answers."""

import re

import pytest
import requests

from portal.sandbox.call import HANDLERS
from portal.sandbox.routing import Operation, Router
from tests.portal.sandbox.invoice_bench import Bench
from tests.sandbox import Sandbox

OPERATIONS = Router().operations
ALL_SCOPES = (
    "eui validate billing:reports partner:invoice_delivery_actions partner:lookups partner:takeovers "
    "partner:lyanthe_scan_service fi_bank_message:send fi_bank_message:receive"
)


def address(simulator: Sandbox, operation: Operation, path: str = "") -> str:
    """With a made-up value for every path parameter."""
    return simulator.url + f"/{operation.api}" + re.sub(r"\{\w+\}", "1", path or operation.path)


def ask(simulator: Sandbox, operation: Operation, token: str = "", path: str = "") -> requests.Response:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return requests.request(operation.method, address(simulator, operation, path), headers=headers, timeout=10)


def test_every_operation_wants_a_token_unless_the_contract_opens_it(simulator: Sandbox) -> None:
    answers = {operation: ask(simulator, operation) for operation in OPERATIONS}

    wrong = {
        operation.label: answer.status_code
        for operation, answer in answers.items()
        if operation.security and operation.api != "payslip" and answer.status_code != 401
    }
    assert wrong == {}
    assert len(answers) == 177


def test_mass_printing_refuses_a_wrong_login_in_its_text(simulator: Sandbox) -> None:
    answer = requests.post(f"{simulator.url}/payslip/input_public", data={"filename": "a.zip"}, timeout=10)

    assert (answer.status_code, answer.text[:6]) == (200, "ERROR:")


def test_every_operation_is_routed_with_a_token(simulator: Sandbox) -> None:
    token = simulator.token(ALL_SCOPES)

    answers = {operation: ask(simulator, operation, token) for operation in OPERATIONS}

    wrong = {
        operation.label: (answer.status_code, answer.text)
        for operation, answer in answers.items()
        if answer.status_code in (405, 500) or "no such path" in answer.text
    }
    assert wrong == {}


def test_an_operation_that_is_not_simulated_names_itself_and_is_counted(
    bench: Bench, sender: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(HANDLERS, "getV1CompanyProfiles")

    reply = bench.call(sender, "GET", "/v1/company/profiles", scope="company")

    assert (reply.status, reply.json["code"]) == (501, "not_implemented")
    assert reply.json["details"] == ["getV1CompanyProfiles"]
    assert bench.world.unsimulated == {"ax GET /v1/company/profiles": 1}


def test_billing_errors_hold_a_message_only(simulator: Sandbox) -> None:
    answer = requests.get(f"{simulator.url}/billing/api/billing/v2/reports/billing_company_transactions", timeout=10)

    assert answer.status_code == 401
    assert answer.json() == {"message": "Unauthorized"}


def test_an_alternative_path_of_the_contract_is_routed_too(simulator: Sandbox) -> None:
    operation = next(item for item in OPERATIONS if "x-alt-path" in item.data)

    answer = ask(simulator, operation, path=operation.data["x-alt-path"])

    assert answer.status_code == 401


@pytest.mark.parametrize("path", ["/ax/v1/nothing", "/ax/v1/company/profiles/", "/ax"])
def test_a_path_outside_the_contract_is_not_found_and_not_redirected(simulator: Sandbox, path: str) -> None:
    answer = requests.get(simulator.url + path, timeout=10, allow_redirects=False)

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
