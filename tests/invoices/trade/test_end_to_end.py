"""Documents against the simulator, over HTTP: sent once, received, confirmed, answered."""

import pytest
from django.core.files.storage import default_storage

from invoices.enums import Direction
from invoices.models import BusinessDocument
from invoices.operations import ConfirmDocument
from invoices.trade import following
from invoices.trade.drafting import GivenFile
from invoices.trade.kinds import DocumentStatus
from portal.operations import outcomes, queueing
from portal.operations.enums import State
from portal.operations.handlers import NotQueueableError
from portal.operations.models import Operation
from tests.invoices.conftest import World
from tests.invoices.documents import BUYER
from tests.invoices.trade.conftest import OUTSIDE, at_autoinvoice, keep, open_for, order, send, until, work

pytestmark = pytest.mark.slow


def sent() -> BusinessDocument:
    return BusinessDocument.objects.get(direction=Direction.SENT)


def has(status: str, direction: Direction = Direction.SENT) -> bool:
    return BusinessDocument.objects.filter(direction=direction, status=status).exists()


def test_an_order_is_sent_received_and_confirmed_with_its_files_and_events(world: World) -> None:
    open_for(world, world.buyer, "ORDER")
    attachment = GivenFile("terms.pdf", b"%PDF-1.4 terms")
    send(keep(world.seller, attachments=(attachment,)), f"{BUYER.scheme}:{BUYER.endpoint}")
    following.follow(world.account, [world.buyer.uuid])

    until(world, lambda: has(DocumentStatus.DELIVERED, Direction.RECEIVED) and sent().files_at is not None)
    received = BusinessDocument.objects.get(direction=Direction.RECEIVED)
    queueing.queue(ConfirmDocument.kind, received, account=world.account, company_uuid=world.buyer.uuid)
    until(world, lambda: has(DocumentStatus.CONFIRMED))

    received.refresh_from_db()
    assert (received.company, received.type, received.number) == (world.buyer, "ORDER", "O-1")
    assert received.counterparty_name == world.seller.name
    assert received.business_id_digest == world.seller.business_id_digest
    assert received.status == DocumentStatus.CONFIRMED
    assert [file.kind for file in received.files.all()] == ["PRIMARY_FILE", "ATTACHMENT"]
    assert [default_storage.open(file.path).read() for file in received.files.all()] == [order(), attachment.content]
    assert [event.code for event in sent().events.all()] == ["CREATED", "DELIVERED", "CONFIRMED_DELIVERY"]


def test_a_document_on_peppol_is_reserved_until_it_is_delivered(world: World) -> None:
    send(keep(world.seller))

    until(world, lambda: has(DocumentStatus.DELIVERED))

    assert [event.code for event in sent().events.all()] == ["CREATED", "RESERVED", "DELIVERED"]
    assert (sent().counterparty_address, sent().counterparty_operator) == (OUTSIDE, "PEPPOL")


def test_an_unknown_address_fails_with_autoinvoices_own_words(world: World) -> None:
    send(keep(world.seller), "0216:003799999999")

    until(world, lambda: has(DocumentStatus.FAILED))

    assert sent().error_text == "Receiver address not known"


def test_a_lost_answer_and_doubled_clicks_make_one_document(world: World) -> None:
    draft = keep(world.seller)
    world.simulator.fault("drop_after", api="ax", method="POST", path="/v1/documents", count=2)

    operation = send(draft)
    with pytest.raises(NotQueueableError):
        send(draft)
    until(world, lambda: Operation.objects.get(pk=operation.pk).state == State.DONE)
    with pytest.raises(NotQueueableError, match="already"):
        send(draft)

    assert len(at_autoinvoice(world, world.seller)) == 1
    assert sent().draft == draft
    assert Operation.objects.get(pk=operation.pk).looks >= 1


def test_what_never_arrived_is_sent_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes, "grace_ends", lambda handler, operation: operation.asked_at)
    world.simulator.fault("drop_before", api="ax", method="POST", path="/v1/documents", count=1)

    operation = send(keep(world.seller))

    until(world, lambda: Operation.objects.get(pk=operation.pk).state == State.DONE)
    assert len(at_autoinvoice(world, world.seller)) == 1


def test_a_copy_on_purpose_is_a_second_document(world: World) -> None:
    draft = keep(world.seller)
    send(draft)
    send(draft, copy=1)

    until(world, lambda: BusinessDocument.objects.count() == 2)

    ids = {str(found["transmission_id"]) for found in at_autoinvoice(world, world.seller)}
    assert len(ids) == 2


def test_a_transmission_id_that_another_software_used_is_explained_and_nothing_is_sent(world: World) -> None:
    draft = keep(world.seller)
    send(draft)
    until(world, lambda: BusinessDocument.objects.exists())
    # Here it is forgotten, there it lies too far back for the look-up.
    BusinessDocument.objects.all().delete()
    Operation.objects.all().delete()
    type(draft).objects.filter(pk=draft.pk).update(created_at=draft.created_at.replace(year=2036))
    draft.refresh_from_db()

    operation = send(draft)

    until(world, lambda: Operation.objects.get(pk=operation.pk).state == State.REFUSED)
    operation.refresh_from_db()
    assert operation.error_code == "document_duplicate_transmission_id"
    assert "once more on purpose" in operation.remedy
    assert len(at_autoinvoice(world, world.seller)) == 1


def test_what_was_confirmed_elsewhere_counts_as_confirmed(world: World) -> None:
    received = _received(world)
    world.simulator.control("POST", f"/documents/{received.remote_id}/status", {"status": "CONFIRMED_DELIVERY"})

    operation = queueing.queue(ConfirmDocument.kind, received, account=world.account, company_uuid=world.buyer.uuid)

    until(world, lambda: Operation.objects.get(pk=operation.pk).state == State.DONE)
    received.refresh_from_db()
    assert received.status == DocumentStatus.CONFIRMED


def test_a_state_that_cannot_be_confirmed_is_explained(world: World) -> None:
    received = _received(world)
    world.simulator.control("POST", f"/documents/{received.remote_id}/status", {"status": "RESERVED"})

    operation = queueing.queue(ConfirmDocument.kind, received, account=world.account, company_uuid=world.buyer.uuid)

    until(world, lambda: Operation.objects.get(pk=operation.pk).state == State.REFUSED)
    operation.refresh_from_db()
    assert operation.error_code == "document_in_invalid_state"
    assert "Look up now" in operation.remedy


def test_a_lost_confirmation_is_looked_up(world: World) -> None:
    received = _received(world)
    world.simulator.fault("drop_after", api="ax", method="PATCH", path=f"/v1/documents/{received.remote_id}", count=1)

    operation = queueing.queue(ConfirmDocument.kind, received, account=world.account, company_uuid=world.buyer.uuid)

    until(world, lambda: Operation.objects.get(pk=operation.pk).state == State.DONE)
    assert Operation.objects.get(pk=operation.pk).looks == 1


def test_the_list_brings_what_no_webhook_told(world: World) -> None:
    arrived = [world.simulator.control("POST", f"/companies/{world.buyer.uuid}/documents", {}) for _ in range(3)]

    following.look_for_news(world.buyer)

    until(world, lambda: BusinessDocument.objects.exclude(files_at=None).count() == 3)
    assert {row.remote_id for row in BusinessDocument.objects.all()} == {one["id"] for one in arrived}
    work(world)
    assert BusinessDocument.objects.count() == 3


def _received(world: World) -> BusinessDocument:
    world.simulator.control("POST", f"/companies/{world.buyer.uuid}/documents", {})
    following.look_for_news(world.buyer)
    until(world, lambda: BusinessDocument.objects.exclude(files_at=None).exists())
    return BusinessDocument.objects.get()
