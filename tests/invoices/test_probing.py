"""Test invoices: sent from the partner's own company, followed until they arrive or stop."""

from collections.abc import Callable
from datetime import date

import pytest
from django.utils import timezone

from companies.models import Company, NetworkProfile, ProofOfReception
from invoices import documents
from invoices.documents import probe
from invoices.files import xml
from invoices.models import Invoice
from invoices.operations import Send
from portal.operations import queueing, registry, runner
from portal.sync import runs
from portal.sync.models import Cursor
from tests import waiting
from tests.invoices.conftest import World

BUYER = probe.Party("Näyte & Koe Oy", "FI", "12345671", "0216", "003712345671")
SELLER = probe.Party("Partner Oy", "FI", "20000016", "0216", "003720000016")


def test_the_document_says_that_it_is_a_test_and_names_both() -> None:
    content = probe.invoice("TEST-1", SELLER, BUYER, date(2026, 5, 4))

    document = documents.read(xml.parse(content))
    assert (document.number, document.buyer.name, document.seller.name) == ("TEST-1", "Näyte & Koe Oy", "Partner Oy")
    assert content.count(b"TEST INVOICE. Nothing is sold") == 1
    assert b'PayableAmount currencyID="EUR">0.00<' in content


def test_whoever_may_prove_need_not_be_allowed_to_send_invoices() -> None:
    assert registry.get("invoices.send_probe").permission == "companies.prove_reception" != Send.permission


def prove(world: World, company: Company) -> ProofOfReception:
    NetworkProfile.objects.create(
        account=world.account, company=company, remote_id="v", network="VISMA", status="active",
        profiles=["INVOICE_AND_CREDIT_NOTE"], fact_at=timezone.now(),
    )  # fmt: skip
    queueing.queue(
        "companies.prove_reception", company, {"with_invoice": True}, account=world.account, company_uuid=company.uuid
    )
    runner.run_until_idle(world.account, timeout=10)
    return ProofOfReception.objects.get(way="invoice")


def until(condition: Callable[[], bool], world: World, seconds: float = 60) -> None:

    def work() -> None:
        world.simulator.settle()
        runner.run_until_idle(world.account, timeout=2)
        for model in (Invoice, ProofOfReception):
            model.objects.filter(next_check_at__isnull=False).update(next_check_at=world.account.created_at)
        Cursor.objects.update(next_at=world.account.created_at)
        runs.run_due(budget=2)

    waiting.until(condition, work, seconds)


def ended() -> bool:
    return not ProofOfReception.objects.filter(state="RUNNING").exists()


@pytest.mark.slow
def test_a_test_invoice_arrives_at_the_company(world: World) -> None:
    row = prove(world, world.buyer)

    until(ended, world)

    row.refresh_from_db()
    looked_up = ProofOfReception.objects.get(way="lookup")
    assert (row.state, row.stage) == ("PROVEN", "received")
    assert looked_up.state == "PROVEN"
    assert row.reference in row.text
    assert Invoice.objects.received().get().number == row.reference


@pytest.mark.slow
def test_a_test_invoice_that_stops_says_where(world: World) -> None:
    world.simulator.change(str(world.buyer.uuid), disabled=True)
    row = prove(world, world.buyer)

    until(ended, world)

    row.refresh_from_db()
    assert (row.state, row.stage) == ("STOPPED", "failed")
    assert row.text


@pytest.mark.slow
def test_a_lost_answer_sends_one_test_invoice(world: World) -> None:
    world.simulator.fault("drop_after", api="ax", method="POST", path="/v1/invoices", count=1)
    prove(world, world.buyer)

    until(ended, world)

    assert ProofOfReception.objects.get(way="invoice").state == "PROVEN"
    assert world.simulator.state()["counts"]["invoices"] == 2  # sent and received


@pytest.mark.slow
def test_a_refused_test_invoice_ends_the_proof(world: World) -> None:
    world.simulator.change(str(world.account.company_uuid), company_state="UNVERIFIED")

    row = prove(world, world.buyer)

    row.refresh_from_db()
    assert (row.state, row.stage) == ("STOPPED", "refused")
