"""
Every request the portal makes is valid against the contract.

Its services are called through the real client, and what arrives is held to the contract file. This is the portal's
half; that the simulator's answers are valid, the simulator checks itself under `--check-answers`, as it runs in
tests/portal/sandbox.
"""

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from portal import maventa
from tests.contract import samples
from tests.contract.examples import EXAMPLES, SERVICE_MODULES, Example
from tests.contract.recorder import Recorder
from tests.contract.validator import faults, scope_faults

SOURCE = re.compile(r"Source: (\w+)")


def _public_methods() -> Iterator[Callable[..., Any]]:
    for module in SERVICE_MODULES:
        for name, found in inspect.getmembers(module, inspect.isclass):
            if name.endswith("Service"):
                methods = inspect.getmembers(found, inspect.isfunction)
                yield from (method for word, method in methods if not word.startswith("_"))


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_requests_are_valid(example: Example, recorder: Recorder, client: maventa.Client) -> None:
    recorder.sample = samples.whole

    example.call(client)

    assert recorder.calls
    assert [fault for request in recorder.requests for fault in faults(request)] == []
    assert [fault for token in recorder.tokens for fault in scope_faults(" ".join(token.form["scope"]))] == []


@pytest.mark.parametrize("example", [item for item in EXAMPLES if SOURCE.search(item.method.__doc__ or "")], ids=str)
def test_docstrings_name_the_operation_that_is_called(
    example: Example, recorder: Recorder, client: maventa.Client
) -> None:
    recorder.sample = samples.whole

    example.call(client)

    called = {request.operation.id for request in recorder.calls if request.operation}
    assert called <= set(
        re.findall(r"\b(?:[Gg]et|[Pp]ost|[Pp]ut|[Pp]atch|[Dd]elete)[A-Z]\w+", example.method.__doc__ or "")
    )


def test_every_public_method_of_every_service_has_an_example() -> None:
    methods = {method.__qualname__ for method in _public_methods()}

    missing = methods - {example.method.__qualname__ for example in EXAMPLES}

    assert methods
    assert missing == set(), "bring an example call in tests/contract/examples.py"
