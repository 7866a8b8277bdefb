"""Sending and receiving against the simulator, over HTTP."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from companies.facts import announce_verified
from invoices import mirror, remedies
from invoices.enums import FileKind, Status
from invoices.models import Invoice, Upload
from invoices.sending import submitting
from invoices.sending.archives import GivenFile
from invoices.sending.submitting import Outcome
from portal.operations import claiming, runner, sending, settling
from portal.operations.models import Attempt, Operation
from portal.sync import runs
from portal.sync.models import Cursor
from tests import waiting
from tests.invoices.conftest import World
from tests.invoices.documents import BUYER, SELLER, Who, finvoice, ubl, without_address, zipped

pytestmark = pytest.mark.slow

STRANGER = Who("Nobody Oy", "FI", "2077474-0", "003720774740")


def until(condition: Callable[[], bool], world: World, seconds: float = 60) -> None:
    """Do what worker and beat do until the condition holds."""

    def work() -> None:
        world.simulator.settle()
        runner.run_until_idle(world.account, timeout=2)
        Invoice.objects.filter(next_check_at__isnull=False).update(next_check_at=world.account.created_at)
        Cursor.objects.update(next_at=world.account.created_at)
        runs.run_due(budget=2)

    waiting.until(condition, work, seconds)


def send(world: World, content: bytes, name: str = "invoice.xml", copy: int = 0) -> submitting.Given:
    return submitting.send_files(world.seller, [GivenFile(name, content)], actor=None, copy=copy)[0]


def settled(world: World) -> bool:
    return not Invoice.objects.exclude(next_check_at=None).exists() and Invoice.objects.exists()


def test_answers_about_one_companys_invoices_are_written_together_and_each_gets_its_own(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    write = mirror.write_and_read
    monkeypatch.setattr(mirror, "write_and_read", lambda rows: (written.append(len(rows)), write(rows))[1])
    sent = [send(world, finvoice(f"{number}")) for number in range(6)]

    settling.settle(world.account, [sending.send(each) for each in claiming.claim(world.account, 6).dispatches])

    assert written == [6]
    told = {operation.target_id: operation.result for operation in Operation.objects.filter(kind="invoices.send")}
    for number, given in enumerate(sent):
        assert given.upload is not None
        assert told[given.upload.pk]["number"] == f"{number}"
        assert told[given.upload.pk]["invoice"] == str(given.upload.uuid)


def at_autoinvoice(world: World) -> int:
    """Invoices there, sent and received."""
    return int(world.simulator.state()["counts"]["invoices"])


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


def test_peppol_invoice_between_two_companies_is_delivered(world: World) -> None:
    send(world, ubl())

    until(lambda: Invoice.objects.received().exists() and settled(world), world)

    assert {invoice.status for invoice in Invoice.objects.all()} == {Status.DELIVERED}
    assert Invoice.objects.sent().get().source_format == "PEPPOLBIS30"


def test_same_file_twice_is_one_invoice_and_says_which(world: World) -> None:
    first = send(world, finvoice())
    second = send(world, finvoice())
    until(lambda: settled(world), world)
    third = send(world, finvoice(), name="other name.xml")

    assert (first.outcome, second.outcome, third.outcome) == (Outcome.QUEUED, Outcome.SAME, Outcome.SAME)
    assert third.invoice == Invoice.objects.sent().get()
    assert "1001" in str(third.text)
    assert (Operation.objects.filter(kind="invoices.send").count(), at_autoinvoice(world)) == (1, 2)


def test_double_click_is_one_invoice(world: World) -> None:
    content, outcomes = finvoice(), []

    def click() -> None:
        outcomes.append(send(world, content).outcome)
        connection.close()

    clicks = [threading.Thread(target=click) for _ in range(4)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    until(lambda: settled(world), world)

    assert sorted(outcomes) == [Outcome.QUEUED, Outcome.SAME, Outcome.SAME, Outcome.SAME]
    assert (Upload.objects.count(), Invoice.objects.sent().count(), at_autoinvoice(world)) == (1, 1, 2)


def test_content_is_sent_again_only_as_a_copy_on_purpose(world: World) -> None:
    given = send(world, finvoice())
    until(lambda: settled(world), world)

    number = submitting.next_copy(given.upload)
    outcomes = [submitting.send_copy(given.upload, number, actor=None).outcome for _click in range(2)]
    until(lambda: Invoice.objects.sent().count() == 2 and settled(world), world)

    assert outcomes == [Outcome.QUEUED, Outcome.SAME]
    assert at_autoinvoice(world) == 4


@pytest.mark.parametrize("kind", ["drop_after", "500_after", "malformed", "html_after", "drop_before", "503", "429"])
def test_invoice_is_there_once_when_its_answer_is_lost(world: World, kind: str, settings: Any) -> None:
    settings.CALL_DEADLINE = 2.0  # "not there" counts only after it
    world.simulator.fault(kind, method="POST", path="/v1/invoices", count=1, seconds=0)

    send(world, finvoice())
    until(lambda: settled(world), world)

    assert Operation.objects.get(kind="invoices.send").state == "DONE"
    assert Invoice.objects.sent().get().status == Status.DELIVERED
    assert at_autoinvoice(world) == 2


def test_worker_killed_after_the_effect_leaves_one_invoice_and_no_human(world: World) -> None:
    send(world, finvoice())
    until(lambda: settled(world), world)
    Invoice.objects.all().delete()
    long_ago = timezone.now() - timezone.timedelta(minutes=10)
    Attempt.objects.update(state="SENDING", ended_at=None, started_at=long_ago, deadline_at=long_ago)
    Operation.objects.filter(kind="invoices.send").update(state="SENDING", settled_at=None, result={})

    runner.sweep()
    until(lambda: settled(world), world)

    operation = Operation.objects.get(kind="invoices.send")
    assert (operation.state, operation.named_case, at_autoinvoice(world)) == ("DONE", "", 2)


def test_repeat_of_an_invoice_that_is_there_finds_it(world: World) -> None:
    given = send(world, finvoice())
    until(lambda: settled(world), world)
    Invoice.objects.all().delete()
    Operation.objects.all().delete()

    again = submitting.send_uploads([given.upload], actor=None)[0]
    until(lambda: settled(world), world)

    assert again.outcome == Outcome.QUEUED
    assert (Operation.objects.get(kind="invoices.send").state, at_autoinvoice(world)) == ("DONE", 2)


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (finvoice(buyer=STRANGER), "receiver_unknown"),
        (without_address(finvoice(buyer=Who("No Address Ab", "FI", "", ""))), "receiver_information_missing"),
    ],
)
def test_invoice_that_fails_says_why_and_what_to_do(world: World, content: bytes, key: str) -> None:
    send(world, content)

    until(lambda: settled(world), world)

    failed = Invoice.objects.get()
    assert (failed.status, failed.remedy_key) == (Status.FAILED, key)
    assert failed.error_text
    assert failed.remedy_by == remedies.by_key(key).by


def test_delivered_invoice_may_fail_later(world: World) -> None:
    send(world, finvoice())
    until(lambda: settled(world), world)
    sent = Invoice.objects.sent().get()

    world.simulator.control("POST", f"/invoices/{sent.uuid}/fail", {"message": "Refused by the receiver"})
    until(lambda: Invoice.objects.sent().get().status == Status.FAILED and settled(world), world)

    sent.refresh_from_db()
    assert (sent.error_text, sent.remedy_key) == ("Refused by the receiver", "refused_by_receiver")


def test_file_waits_until_its_company_is_verified(world: World) -> None:
    world.simulator.change(str(world.seller.uuid), company_state="UNVERIFIED")
    world.seller.state = "UNVERIFIED"
    world.seller.save()

    given = send(world, finvoice())
    runner.run_until_idle(world.account, timeout=5)
    waiting = Operation.objects.get().state
    world.simulator.change(str(world.seller.uuid), company_state="VERIFIED")
    world.seller.state = "VERIFIED"
    world.seller.save()
    announce_verified(world.seller.uuid)
    until(lambda: settled(world), world)

    assert [concern.code for concern in given.concerns] == ["company_unverified"]
    assert (waiting, Operation.objects.get(kind="invoices.send").state) == ("WAITING", "DONE")


def test_unauthorized_company_is_refused_with_a_remedy(world: World) -> None:
    world.simulator.change(str(world.seller.uuid), company_state="UNVERIFIED")

    send(world, finvoice())
    runner.run_until_idle(world.account, timeout=5)

    operation = Operation.objects.get()
    assert operation.state == "REFUSED"
    assert "not verified" in operation.remedy


def test_content_that_autoinvoice_refuses_ends_refused_with_a_remedy(world: World) -> None:
    given = send(world, finvoice(date=""))

    runner.run_until_idle(world.account, timeout=5)

    operation = Operation.objects.get()
    assert "content_missing" in [concern.code for concern in given.concerns]
    assert (operation.state, operation.error_code) == ("REFUSED", "invoice_create_api_error")
    assert "missing in the file" in operation.remedy
    assert not Invoice.objects.exists()


def test_received_invoice_of_another_network_comes_in_by_the_partner_feed(world: World) -> None:
    world.simulator.receive(str(world.buyer.uuid), number="R-7", with_attachment=True)

    until(lambda: Invoice.objects.filter(handled_at__isnull=False).exists(), world)

    received = Invoice.objects.get()
    assert (received.direction, received.number, received.status) == ("RECEIVED", "R-7", Status.DELIVERED)
    assert received.counterparty_name
    assert received.files.filter(kind=FileKind.ATTACHMENT).count() == 1


def test_company_list_finds_what_feeds_and_webhooks_missed(world: World) -> None:
    send(world, finvoice())
    until(lambda: settled(world), world)
    Invoice.objects.all().delete()

    for company in (world.seller, world.buyer):
        runs.run_now("invoices.company_list", world.account, company.uuid)
    until(lambda: settled(world), world)

    assert sorted(Invoice.objects.values_list("direction", "number")) == [("RECEIVED", "1001"), ("SENT", "1001")]
    assert Invoice.objects.filter(files_at=None).count() == 0
