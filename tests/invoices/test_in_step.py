"""
The proof that the mirror is right: webhooks over HTTP are lost, doubled, shuffled and forged, a worker dies with a
chunk in its hands; after one comparison every row is as the simulator has it, and each repair is on record.
"""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import requests
from django.core.management import call_command
from django.utils import timezone

from companies.models import Company, NetworkProfile
from invoices.models import Invoice
from portal.operations import runner
from portal.sync import comparing, reconciling, runs
from portal.sync.models import Drift, DriftKind, RunState, SyncRun
from portal.webhooks import draining, subscriptions
from portal.webhooks.models import Delivery, Subscription
from tests.invoices.conftest import World

pytestmark = pytest.mark.slow
ENOUGH = 40  # invoices, so that a tenth of their events is some


@pytest.fixture
def told(world: World, live_server: Any, settings: Any) -> World:
    """A world whose events are posted to the portal over HTTP."""
    settings.PUBLIC_URL = live_server.url
    subscriptions.subscribe(world.account)
    runner.run_until_idle(world.account, timeout=20)
    assert Subscription.objects.live().filter(secret__isnull=False).exists()
    return world


def ask(world: World, company: Company, path: str, **params: Any) -> list[dict[str, Any]]:
    """Read a whole list of the simulator by bare HTTP."""
    token = world.simulator.token(scope="eui invoice:send invoice:receive", company=str(company.uuid))
    found: list[dict[str, Any]] = []
    for page in range(1, 50):
        answer = requests.get(
            f"{world.simulator.credentials['ax_url']}{path}",
            params=params | {"page": page, "per_page": 100},
            headers={"Authorization": f"Bearer {token}"},
            timeout=30,
        )
        answer.raise_for_status()
        found += answer.json()
        if len(answer.json()) < 100 or path.endswith("profiles"):
            break
    return found


def remote_rows(world: World) -> set[tuple[str, ...]]:
    """All invoices and registrations as the simulator has them."""
    rows: set[tuple[str, ...]] = set()
    for company in (world.seller, world.buyer):
        for direction in ("SENT", "RECEIVED"):
            for entity in ask(world, company, "/v1/invoices", direction=direction):
                party = entity["sender" if direction == "RECEIVED" else "recipient"]
                total = f"{entity['sum_tax']:.2f}"
                facts = (direction, entity["status"], entity["number"], party["name"], total, entity["currency"])
                rows.add((str(company.uuid), entity["id"], *facts))
        for profile in ask(world, company, "/v1/company/profiles"):
            rows.add((str(company.uuid), profile["id"], profile["network"], profile["status"]))
    return rows


def our_rows() -> set[tuple[str, ...]]:
    invoices = {
        (
            str(row.company.uuid),
            str(row.uuid),
            row.direction,
            row.status,
            row.number,
            row.counterparty_name,
            f"{row.total_amount:.2f}",
            row.currency,
        )
        for row in Invoice.objects.select_related("company")
        if row.total_amount is not None
    }
    assert len(invoices) == Invoice.objects.count(), "rows that know nothing but their name"
    profiles = NetworkProfile.objects.exclude(status="disabled").select_related("company")
    return invoices | {(str(row.company.uuid), row.remote_id, row.network, row.status) for row in profiles}


def storm(world: World) -> list[dict[str, Any]]:
    """Let invoices arrive while events are lost, doubled and shuffled; return the events that were lost."""
    for kind, share in (("webhook_lost", 0.1), ("webhook_doubled", 0.1), ("webhook_reordered", 1.0)):
        world.simulator.fault(kind, share=share)
    for number in range(10 * ENOUGH):
        world.simulator.receive(str((world.seller, world.buyer)[number % 2].uuid))
        lost = [event for event in world.simulator.webhooks() if event["state"] == "lost"]
        if number >= ENOUGH and len(lost) >= 2:
            break
    world.simulator.settle(timeout=40)
    return lost


def forge(world: World, live_server: Any, victim: str) -> None:
    body = {
        "event": "DOCUMENTS.INVOICE.FAILED",
        "company_id": str(world.buyer.uuid),
        "event_timestamp": timezone.now().isoformat(),
        "event_data": {"invoice_id": victim, "error_message": "forged"},
    }
    for secret in ("guessed", "", "%00", "x" * 43):
        url = f"{live_server.url}/hooks/{world.account.key}/{secret}/"
        assert requests.post(url, data=json.dumps(body), timeout=30).status_code in (404, 405)


def test_after_one_comparison_the_mirror_is_as_the_simulator_row_by_row(told: World, live_server: Any) -> None:
    lost = storm(told)
    forge(told, live_server, str(UUID(int=7)))
    deliveries = Delivery.objects.count()
    _claim, in_dead_hands = draining._claim(5)  # a worker takes them and is killed
    draining.drain()

    call_command("reconcile")

    assert our_rows() == remote_rows(told)
    assert Delivery.objects.count() == deliveries, "forged ones are not even kept"
    assert not Invoice.objects.filter(uuid=UUID(int=7)).exists()
    drifts = {drift.subject: drift for drift in Drift.objects.filter(kind=DriftKind.MISSING, source="invoices.invoice")}
    never_told = {event["body"]["event_data"]["invoice_id"] for event in lost if "INVOICE" in event["event"]}
    told_twice = set(Delivery.objects.exclude(processed_at=None).values_list("subject", flat=True))
    held = {delivery.subject for delivery in in_dead_hands if "INVOICE" in delivery.event} - told_twice
    assert set(drifts) == never_told | held
    assert {drift.event for drift in drifts.values()} == {"DOCUMENTS.INVOICE.RECEIVED"}
    assert {subject for subject, drift in drifts.items() if drift.delivery_id is None} == never_told - held
    assert {drift.repair for drift in drifts.values()} == {"WRITTEN"}

    known = Drift.objects.count()
    call_command("reconcile")
    assert Drift.objects.count() == known, "what was mended stays so"


def test_late_and_older_events_do_not_undo_what_a_comparison_wrote(told: World) -> None:
    storm(told)
    call_command("reconcile")
    before = our_rows()

    draining.drain()
    draining.process_again(Delivery.objects.all())
    draining.drain()

    assert our_rows() == before == remote_rows(told)


def test_comparison_names_what_was_different_and_closes_what_is_gone(world: World) -> None:
    made = world.simulator.receive(str(world.buyer.uuid), number="R-1")
    call_command("reconcile")
    Invoice.objects.filter(uuid=made["id"]).update(
        status="FAILED", counterparty_name="Somebody", fact_at=timezone.now()
    )
    stranger = Invoice.objects.create(
        account=world.account, company=world.buyer, uuid=UUID(int=9), direction="SENT", number="S-9",
        created_at=timezone.now() - timedelta(hours=1),
    )  # fmt: skip
    Drift.objects.all().delete()

    run = runs.run_now(reconciling.NAME, world.account, world.buyer.uuid)

    assert run is not None
    assert (run.state, run.updated) == (RunState.DONE, 3)
    found = {(drift.kind, drift.field, drift.local, drift.repair) for drift in run.drifts.all()}
    assert found == {
        ("DIFFERENT", "status", "FAILED", "WRITTEN"),
        ("DIFFERENT", "counterparty", "Somebody", "WRITTEN"),
        ("GONE", "", "PENDING", "LOOK"),
    }
    stranger.refresh_from_db()
    assert stranger.next_check_at is not None


def test_comparison_that_finds_nothing_writes_nothing_and_rests_for_a_week(world: World) -> None:
    call_command("reconcile")
    run = runs.run_now(reconciling.NAME, world.account, world.buyer.uuid)

    assert run is not None
    assert (run.state, run.inserted, run.updated) == (RunState.DONE, 0, 0)
    assert reconciling.next_night(7) - timezone.now() > timedelta(days=5)
    assert SyncRun.objects.filter(source=reconciling.NAME).count() == 3
    assert {comparer.name for comparer in comparing.all_comparers()} >= {"companies.status", "companies.profile"}
