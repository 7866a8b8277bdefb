"""Sending and receiving against the simulator, over HTTP."""

import time
from collections.abc import Callable

import pytest
from django.core.files.storage import default_storage

from invoices import remedies, sending
from invoices.enums import FileKind, Status
from invoices.models import Invoice, Upload
from invoices.sending import GivenFile, Outcome
from portal.operations import runner
from portal.operations.models import Operation
from portal.sync import cursors, runs
from portal.sync.models import Cursor
from tests.invoices.conftest import World
from tests.invoices.documents import BUYER, SELLER, Who, finvoice, ubl, zipped
from tests.sandbox import Sandbox

pytestmark = pytest.mark.slow

STRANGER = Who("Nobody Oy", "FI", "2077474-0", "003720774740")


def until(condition: Callable[[], bool], world: World, seconds: float = 15) -> None:
    """Do what worker and beat do until the condition holds."""
    give_up_at = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < give_up_at, list(Operation.objects.values_list("kind", "state", "error_text"))
        world.simulator.settle()
        runner.run_until_idle(world.account, timeout=2)
        Invoice.objects.filter(next_check_at__isnull=False).update(next_check_at=world.account.created_at)
        Cursor.objects.update(next_at=world.account.created_at)
        runs.run_due(budget=2)


def send(world: World, content: bytes, name: str = "invoice.xml", copy: int = 0) -> sending.Given:
    return sending.send_files(world.seller, [GivenFile(name, content)], actor=None, copy=copy)[0]


def settled(world: World) -> bool:
    return not Invoice.objects.exclude(next_check_at=None).exists() and Invoice.objects.exists()


def in_simulator(world: World, direction: str = "SENT") -> int:
    return sum(row["direction"] == direction for row in world.simulator.state().get("invoices", []))


def test_finvoice_is_delivered_and_received_with_its_files(world: World) -> None:
    send(world, zipped({"invoice.xml": finvoice(), "invoice.pdf": b"%PDF-1.4 test", "terms.pdf": b"%PDF-1.4 terms"}))

    until(lambda: Invoice.objects.received().filter(handled_at__isnull=False).exists() and settled(world), world)

    sent, received = Invoice.objects.sent().get(), Invoice.objects.received().get()
    assert (sent.status, received.status) == (Status.DELIVERED, Status.DELIVERED)
    assert (sent.company, received.company) == (world.seller, world.buyer)
    assert (sent.number, received.number) == ("1001", "1001")
    assert (sent.counterparty_name, received.counterparty_name) == (BUYER.name, SELLER.name)
    assert received.business_id_digest == world.seller.business_id_digest
    assert (str(sent.sum_amount), str(sent.total_amount), sent.currency) == ("100.0000", "125.5000", "EUR")
    assert sent.uuid == Upload.objects.get().uuid
    assert [action.key for action in sent.actions.all()][-1] == "action_delivered"
    kinds = {file.kind for file in received.files.all()}
    assert kinds == {FileKind.ORIGINAL, FileKind.IMAGE, FileKind.ATTACHMENT}
    attachment = received.files.get(kind=FileKind.ATTACHMENT)
    assert default_storage.open(attachment.path).read() == b"%PDF-1.4 terms"
