"""
Invoices handed over, payments and messages told, credit drawn, while a fifth of the answers is lost, workers die and
every click is two: each has its effect exactly once, and nothing is left in doubt.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.e2e.stack import Stack
from tests.faults.batches import SECONDS, Batch
from tests.faults.collecting import HAND_OVER, TELL, WITHDRAW, WRITE, Collecting, Drawing

# A worker that dies while it looks a lost call up leaves that to the next one after two minutes.
PATIENCE = 4 * SECONDS
SMALL = 24


@contextmanager
def trouble(stack: Stack, api: str, path: str, latency: float) -> Iterator[None]:
    """A fifth of the answers is lost after the effect, and calls are slow enough to be caught under way."""
    stack.simulator.latency(latency)
    stack.simulator.fault("drop_after", api=api, method="POST", path=path, share=0.2)
    try:
        yield
    finally:
        stack.simulator.clear_faults()
        stack.simulator.latency(0)


@pytest.mark.parametrize(
    ("invoices", "kills", "latency"),
    [
        pytest.param(SMALL, 1, 0.4, id="small", marks=[pytest.mark.prove, pytest.mark.timeout(900)]),
        pytest.param(300, 5, 2.0, id="full", marks=[pytest.mark.prove, pytest.mark.timeout(2400)]),
    ],
)
def test_agencies_hear_of_everything_once_whatever_is_lost_killed_or_pressed_twice(
    stack: Stack, invoices: int, kills: int, latency: float
) -> None:
    company = Batch(stack, 1, seconds=PATIENCE)
    company.onboard()
    company.wait_until_ready()
    collecting = Collecting(company, invoices)
    collecting.prepare()

    def through_trouble(kind: str, api: str, path: str, act: Callable[[], None]) -> None:
        before = company.operations("DONE", kind)
        with trouble(stack, api, path, latency), ThreadPoolExecutor(1) as staff:
            pressed = staff.submit(act)
            for _kill in range(kills):
                company.kill_worker_amid(kind)
            pressed.result()
            collecting.wait(kind, before)
        collecting.check_ended(kind)

    through_trouble(HAND_OVER, "ax", "/v2/invoices/*/assignment/amili", collecting.hand_over)
    collecting.check_handed_over()
    collecting.wait_for_assignments()
    through_trouble(TELL, "receivables", "/v1/assignments/*/events", collecting.tell_payments)
    collecting.check_payments()
    through_trouble(WRITE, "receivables", "/v1/assignments/*/messages", collecting.write)
    collecting.check_messages()


@pytest.mark.parametrize(
    ("companies", "rounds"),
    [
        pytest.param(6, 1, id="small", marks=pytest.mark.timeout(900)),
        pytest.param(40, 3, id="full", marks=[pytest.mark.prove, pytest.mark.timeout(2400)]),
    ],
)
def test_credit_is_drawn_once_whatever_is_lost_killed_or_pressed_twice(
    stack: Stack, companies: int, rounds: int
) -> None:
    borrowers = Batch(stack, companies, seconds=PATIENCE)
    borrowers.onboard()
    borrowers.wait_until_ready()
    drawing = Drawing(borrowers)
    drawing.prepare()
    before = borrowers.operations("DONE", WITHDRAW)

    for done in range(1, rounds + 1):
        path = "/v1/services/op_invoice_credit/withdrawal"
        with trouble(stack, "ax", path, latency=0.4), ThreadPoolExecutor(1) as staff:
            pressed = staff.submit(drawing.draw)
            borrowers.kill_worker_amid(WITHDRAW)
            pressed.result()
            drawing.wait(before + done * companies)

    drawing.check(rounds)
