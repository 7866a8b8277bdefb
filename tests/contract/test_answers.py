"""Services read every answer that the contract allows, those it may grow into, and name what is of a wrong type."""

import inspect
import typing
from typing import Any

import msgspec
import pytest

from companies.services import SettingsService
from companies.services.settings import BLOCKS
from invoices.services import BankMessageService
from portal import maventa
from portal.partners import checks
from tests.contract import samples
from tests.contract.examples import EXAMPLES, Example
from tests.contract.recorder import Recorder

SAMPLES = (samples.least, samples.whole, samples.grown, samples.with_nulls)
WRONG = [[0]]  # a list of lists is none of the types that a field may have
METHODS = list({example.method: example for example in EXAMPLES}.values())


def _structs(annotation: Any) -> list[Any]:
    """Return the structs in the annotation of an answer: itself, in a list, or one of several."""
    if inspect.isclass(annotation) and issubclass(annotation, msgspec.Struct):
        return [annotation]
    return [struct for part in typing.get_args(annotation) for struct in _structs(part)]


def _returned(example: Example) -> Any:
    return typing.get_type_hints(example.method)["return"]


# The contract names no form for these lists, so it promises no fields either.
_OF_NO_FORM = (BankMessageService.sent, BankMessageService.received, BankMessageService.errors)


def _reads_json(example: Example) -> bool:
    if example.method in _OF_NO_FORM:
        return False
    returned = _returned(example)
    return bool(_structs(returned)) or typing.get_origin(returned) is dict


READING = [example for example in METHODS if _reads_json(example)]
FIELDS = [
    pytest.param(example, field.encode_name, id=f"{example.method.__qualname__}-{field.encode_name}")
    for example in READING
    for struct in _structs(_returned(example))
    for field in msgspec.structs.fields(struct)
    if field.type is not Any  # whose form is not documented is kept as it comes
]
SETTINGS = [
    pytest.param(example, block, id=f"settings-{block}")
    for example in READING
    if example.method == SettingsService.get
    for block in BLOCKS
]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.__name__)
@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_services_read_what_the_contract_allows(
    example: Example, sample: samples.Answer, recorder: Recorder, client: maventa.Client
) -> None:
    recorder.sample = sample

    answer = example.call(client)

    if isinstance(answer, checks.ConnectionReport):
        assert answer.findings[0].level is checks.Level.GOOD
    elif _structs(_returned(example)):
        assert answer


@pytest.mark.parametrize("example", READING, ids=str)
def test_services_read_each_status_that_the_contract_promises(
    example: Example, recorder: Recorder, client: maventa.Client
) -> None:
    example.call(client)
    operation = recorder.calls[0].operation
    assert operation

    for recorder.status in operation.answers():
        assert example.call(client) is not None


@pytest.mark.parametrize("example", READING, ids=str)
@pytest.mark.parametrize("wrong", ["text", 17, WRONG], ids=["text", "number", "lists"])
def test_services_name_an_answer_of_a_wrong_type(
    wrong: object, example: Example, recorder: Recorder, client: maventa.Client
) -> None:
    recorder.change = lambda _answer: wrong

    with pytest.raises(maventa.UnexpectedResponseError):
        example.call(client)


@pytest.mark.parametrize(("example", "field"), [*FIELDS, *SETTINGS])
def test_services_name_a_field_of_a_wrong_type(
    example: Example, field: str, recorder: Recorder, client: maventa.Client
) -> None:
    recorder.sample = samples.whole

    def spoil(answer: Any) -> Any:
        return [spoil(answer[0])] if isinstance(answer, list) else {**answer, field: WRONG}

    recorder.change = spoil

    with pytest.raises(maventa.UnexpectedResponseError) as raised:
        example.call(client)

    assert field in str(raised.value)


def test_test_connection_says_so_when_the_answer_is_of_a_wrong_type(recorder: Recorder, client: maventa.Client) -> None:
    recorder.change = lambda _answer: WRONG

    report = checks.check_connection(client.credentials, lambda record: None)

    assert not report.ok
    assert "does not look like AutoInvoice" in str(report.findings[0].text)
