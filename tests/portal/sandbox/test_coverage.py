"""Nothing that a company or a published client calls answers 501, and refusals are those of the contract."""

import re
from uuid import uuid4

import pytest
import requests

from portal.sandbox import assembly
from portal.sandbox.call import HANDLERS
from portal.sandbox.routing import Operation, Router
from tests.portal.sandbox.clients import Ax
from tests.sandbox import Sandbox

# Paths of AX that issue 5 of the portal needs: agencies, credit, handing over.
_COLLECTION = re.compile(r"receivables|op_invoice_credit|assignment")
OPERATIONS = Router().operations
# Companies and partners; operators of networks are another kind of customer.
OURS = [operation for operation in OPERATIONS if "/operator/" not in operation.path]
MONEY = [
    operation
    for operation in OURS
    if operation.api in ("receivables", "billing") or (operation.api == "ax" and _COLLECTION.search(operation.path))
]
_SCOPES = {
    "ax": "eui company",
    "receivables": "receivables:assignments",
    "billing": "billing:reports operator:billing:actions",
}


@pytest.fixture(autouse=True)
def _handlers() -> None:
    assembly.load_handlers()


def test_every_operation_that_is_not_an_operators_is_simulated() -> None:
    assert [operation.label for operation in OURS if operation.id not in HANDLERS] == []


def test_operations_of_published_clients_are_simulated() -> None:
    called = [operation for operation in OPERATIONS if "x-client" in operation.data]

    assert called
    assert [operation.label for operation in called if operation.id not in HANDLERS] == []


def test_what_is_called_here_is_all_of_receivables_billing_and_collection() -> None:
    counted = {api: sum(operation.api == api for operation in MONEY) for api in _SCOPES}

    assert counted["receivables"] == sum(operation.api == "receivables" for operation in OPERATIONS)
    assert counted["billing"] == sum(operation.api == "billing" for operation in OPERATIONS)
    assert counted["ax"] > 20


@pytest.mark.parametrize("operation", MONEY, ids=[operation.label for operation in MONEY])
def test_an_empty_call_is_answered_by_the_contract(simulator: Sandbox, operation: Operation) -> None:
    """Answers that break the contract would be 500 here; an operation that is not simulated, 501."""
    company = "" if operation.api == "billing" else Ax(simulator).verified("FI").company
    path = re.sub(r"\{\w+\}", str(uuid4()), operation.path)
    token = simulator.token(_SCOPES[operation.api], company)

    answer = requests.request(
        operation.method,
        f"{simulator.credentials[f'{operation.api}_url']}{path}",
        headers={"Authorization": f"Bearer {token}"},
        timeout=20,
    )

    documented = {int(status) for status in operation.data["responses"] if status.isdecimal()}
    assert answer.status_code < 500, answer.text
    assert answer.status_code in documented | {condition["status"] for condition in operation.conditions.values()}
