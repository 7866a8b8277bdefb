"""
The mirror after a storm of webhooks on the running stack: some lost, some doubled, all shuffled, some forged, and the
worker killed. One comparison makes every row as the simulator has it, and says of each what it mended.

The same with one process, event by event: tests/invoices/test_in_step.py.
"""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.e2e.stack import Stack
from tests.faults.batches import SECONDS, Batch
from tests.faults.invoices import Sending
from tests.faults.killing import WORKER, kill
from tests.load import checks
from tests.load.truth import Truth

# Lists that would bring what webhooks did not, before the comparison has its turn.
LISTS = ("invoices.partner_received", "invoices.partner_sent_errors", "invoices.company_list", "companies.list")
_SET_LISTS = (
    "from datetime import timedelta\nfrom django.utils import timezone\nfrom portal.sync.models import Cursor\n"
    "Cursor.objects.filter(source__in={lists!r}).update(next_at=timezone.now() + timedelta(hours={hours}))"
)


class Storm:
    """A company that receives and sends while its webhooks go wrong."""

    def __init__(self, stack: Stack, company: Batch, arrivals: int, sent: int) -> None:
        self.stack, self.company, self.arrivals, self.sent = stack, company, arrivals, sent
        self.simulator = stack.simulator
        bid = company.ids[0].replace("-", "")
        self.uuid = next(one["id"] for one in self.simulator.control("GET", "/companies") if one["bid"] == bid)
        self.forged: list[str] = []

    def hold_lists(self, hours: int) -> None:
        """Let no list be read for so many hours; 0 lets all be read at once."""
        code = _SET_LISTS.format(lists=LISTS, hours=hours)
        done = self.stack.manage("shell", "--no-imports", "-c", code)
        assert done.returncode == 0, done.stderr

    def rage(self) -> None:
        """Send, receive and forge; kill the worker while deliveries come in."""
        for kind, share in (("webhook_lost", 0.1), ("webhook_doubled", 0.1), ("webhook_reordered", 1.0)):
            self.simulator.fault(kind, share=share)
        Sending(self.company, self.sent).start()
        for number in range(self.arrivals):
            self.simulator.receive(self.uuid, number=f"S-{number}")
            if number % 10 == 0:
                self.forge()
            if number == self.arrivals // 2:
                kill(self.stack, WORKER)
        delivered = Truth(self.stack).invoices_of(self.uuid, "SENT")
        for invoice in list(delivered)[::5]:  # delivered, and failed afterwards
            self.simulator.control("POST", f"/invoices/{invoice}/fail", {"message": "No such receiver"})

    def forge(self) -> None:
        self.forged.append(str(uuid4()))
        account = str(self.company.rows("select key from partners_partneraccount")[0][0])
        body = {
            "event": "DOCUMENTS.INVOICE.RECEIVED",
            "company_id": self.uuid,
            "event_timestamp": "2099-01-01T00:00:00+00:00",
            "event_data": {"invoice_id": self.forged[-1]},
        }
        for secret in ("guessed", "x" * 43):
            url = f"{self.stack.url}/hooks/{account}/{secret}/"
            assert requests.post(url, data=json.dumps(body), timeout=30).status_code == 404

    def come_to_rest(self) -> list[dict[str, Any]]:
        """Wait until all that was sent and told is done; return the events that were lost."""
        wanted = self.company.operations("DONE", "invoices.send")
        self.company.eventually(lambda: wanted >= self.sent or self._all_sent(), "all invoices to be sent")
        self.simulator.settle(timeout=30)
        lost: list[dict[str, Any]] = self.simulator.control("GET", "/webhooks?state=lost&limit=100000")["events"]
        self.company.eventually(lambda: self.company.deliveries()["STORED"] == 0, "deliveries to be processed")
        due = "invoices_invoice where next_check_at <= datetime('now')"
        self.company.eventually(lambda: checks.count(self.stack, due) == 0, "invoices to be looked at")
        return lost

    def _all_sent(self) -> bool:
        open_ones = sum(self.company.operations(one, "invoices.send") for one in ("QUEUED", "SENDING", "UNKNOWN"))
        return open_ones == 0 and len(Truth(self.stack).invoices_of(self.uuid, "SENT")) >= self.sent


@pytest.fixture(
    params=[pytest.param((60, 20), id="small"), pytest.param((1500, 200), id="full", marks=pytest.mark.prove)]
)
def storm(request: pytest.FixtureRequest, stack: Stack) -> Iterator[Storm]:
    arrivals, sent = request.param
    company = Batch(stack, 1, seconds=(4 if arrivals < 100 else 12) * SECONDS)
    company.onboard()
    company.wait_until_ready()
    raging = Storm(stack, company, arrivals, sent)
    raging.hold_lists(hours=24)
    yield raging
    stack.simulator.clear_faults()
    raging.hold_lists(hours=0)


@pytest.mark.timeout(1500)
def test_after_one_comparison_every_row_is_as_the_simulator_has_it_and_drift_names_each_repair(storm: Storm) -> None:
    truth = Truth(storm.stack)
    storm.rage()
    lost = storm.come_to_rest()
    never_told = {event["body"]["event_data"].get("invoice_id") for event in lost if ".RECEIVED" in event["event"]}
    missing = truth.ids_missing_here()
    last = checks.rows(storm.stack, "select coalesce(max(id), 0) from sync_drift")[0][0]

    compared = storm.stack.manage("reconcile", seconds=600)

    assert compared.returncode == 0, compared.stdout + compared.stderr
    assert truth.differences() == [], "every row of every company is the same on both sides"
    assert missing, "some were lost"
    assert missing <= never_told, "only what no webhook told of was missing"
    drift = checks.rows(
        storm.stack, f"select subject, kind, event, delivery_id, repair from sync_drift where id > {last}"
    )
    brought = {subject: (event, told, repair) for subject, kind, event, told, repair in drift if kind == "MISSING"}
    assert set(brought) == missing
    assert set(brought.values()) == {("DOCUMENTS.INVOICE.RECEIVED", None, "WRITTEN")}
    assert {repair for *_facts, repair in drift} <= {"WRITTEN", "LOOK"}
    assert checks.of_forgeries(storm.stack, storm.forged) == []
    assert checks.lost_deliveries(truth) == []
    assert checks.count(storm.stack, "webhooks_delivery where state = 'FAILED'") == 0
