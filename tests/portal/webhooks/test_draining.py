"""Processing: each delivery has one effect, in any order, whatever its neighbours do."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from portal.operations import facts
from portal.partners.models import PartnerAccount
from portal.webhooks import draining, keys, registry
from portal.webhooks.enums import DeliveryState
from portal.webhooks.models import Delivery, WebhookSecret
from portal.webhooks.registry import Event, Handled, Ignored, NotYet, Outcome, handles
from tests.portal.webhooks.conftest import COMPANY, event, make_account

pytestmark = pytest.mark.django_db
Deliver = Callable[..., Delivery]


@pytest.fixture
def handled() -> list[Event]:
    """Register a handler of invoice events that collects them."""
    events: list[Event] = []

    @handles("DOCUMENTS.INVOICE.*")
    def collect(event: Event) -> Outcome:
        events.append(event)
        return Handled()

    return events


def again() -> None:
    """Let everything that waits be due now, and drain."""
    Delivery.objects.filter(state=DeliveryState.STORED).update(not_before=timezone.now())
    draining.drain()


def test_drain_hands_the_event_over_and_settles_the_delivery(handled: list[Event], deliver: Deliver) -> None:
    delivery = deliver()

    assert draining.drain() == 1

    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.claim) == (DeliveryState.DONE, 1, None)
    assert delivery.processed_at is not None
    (given,) = handled
    assert (given.name, given.company_uuid, given.account) == ("DOCUMENTS.INVOICE.DELIVERED", COMPANY, delivery.account)
    assert (given.subject, given.action, given.delivery_id) == ("INVOICE", "DELIVERED", delivery.pk)
    assert given.at == delivery.event_at
    assert given.data["invoice_number"] == "88001"


def test_drain_skips_a_delivery_whose_twin_is_done(handled: list[Event], deliver: Deliver) -> None:
    first, second = deliver(), deliver()

    draining.drain()

    second.refresh_from_db()
    assert (second.state, second.reason) == (DeliveryState.IGNORED, f"Twin of #{first.pk}, which is done.")
    assert len(handled) == 1


def test_drain_handles_a_delivery_whose_twin_is_not_done(handled: list[Event], deliver: Deliver) -> None:
    failed, ignored, second = deliver(), deliver(), deliver()
    Delivery.objects.filter(pk=failed.pk).update(state=DeliveryState.FAILED)
    Delivery.objects.filter(pk=ignored.pk).update(state=DeliveryState.IGNORED)

    draining.drain()

    second.refresh_from_db()
    assert second.state == DeliveryState.DONE
    assert len(handled) == 1


def test_drain_takes_an_equal_body_of_another_account_for_no_twin(handled: list[Event], deliver: Deliver) -> None:
    other = keys.issue(make_account("Other"))
    deliver()
    deliver(account=other.account)

    draining.drain()

    assert len(handled) == 2


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"<html>", "The body is not JSON."),
        (b"[]", "The body is not a JSON object."),
        (b"{}", "The body names no event."),
        (event(company_id=None), "The body names no company."),
        (event(event_timestamp="soon"), "The body has no readable event time."),
        (event("PLANETS.MARS.LANDED"), "The portal does not know this event."),
    ],
)
def test_drain_keeps_what_it_cannot_use_and_says_why(
    handled: list[Event], deliver: Deliver, body: bytes, reason: str
) -> None:
    delivery = deliver(body)

    draining.drain()

    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == (DeliveryState.IGNORED, reason)
    assert handled == []


def test_drain_keeps_a_handlers_reason_to_ignore(deliver: Deliver) -> None:
    handles("DOCUMENTS.*")(lambda _event: Ignored("Not an invoice of ours."))
    delivery = deliver()

    draining.drain()

    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == (DeliveryState.IGNORED, "Not an invoice of ours.")


def test_drain_goes_on_past_a_poisoned_delivery_and_undoes_what_it_wrote(deliver: Deliver) -> None:
    @handles("DOCUMENTS.*")
    def rename(event: Event) -> Outcome:
        PartnerAccount.objects.update(name=event.data["invoice_number"])
        if event.data["invoice_number"] == "poison":
            raise ValueError("a fault of ours")
        return Handled()

    deliver(event(number="good"))
    poisoned = deliver(event(number="poison"))

    draining.drain()

    poisoned.refresh_from_db()
    assert PartnerAccount.objects.get().name == "good"
    assert (poisoned.state, poisoned.attempts) == (DeliveryState.STORED, 1)
    assert "a fault of ours" in poisoned.traceback
    assert poisoned.not_before > timezone.now()


def test_drain_gives_up_after_some_tries_and_processes_again_when_asked(deliver: Deliver) -> None:
    works = False

    @handles("DOCUMENTS.*")
    def handle(_event: Event) -> Outcome:
        if not works:
            raise ValueError("a fault of ours")
        return Handled()

    delivery = deliver()
    for _ in range(6):
        again()

    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (DeliveryState.FAILED, 6)
    again()
    delivery.refresh_from_db()
    assert delivery.attempts == 6

    works = True
    assert draining.process_again(Delivery.objects.all()) == 1
    draining.drain()

    delivery.refresh_from_db()
    assert (delivery.state, delivery.traceback, delivery.reason) == (DeliveryState.DONE, "", "")


def test_drain_keeps_what_is_ahead_of_its_company_until_the_company_is_known(
    account: PartnerAccount, deliver: Deliver
) -> None:
    known = False
    handles("DOCUMENTS.*")(lambda _event: Handled() if known else NotYet("The company is not known yet."))
    delivery = deliver()
    for _ in range(20):
        again()

    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == (DeliveryState.STORED, "The company is not known yet.")
    assert delivery.not_before > timezone.now()

    known = True
    assert draining.wake(account.pk, [COMPANY]) == 1
    draining.drain()

    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == (DeliveryState.DONE, "")


def test_drain_asks_less_often_the_longer_a_company_stays_unknown_and_ends_after_a_week(deliver: Deliver) -> None:
    handles("DOCUMENTS.*")(lambda _event: NotYet("The company is not known yet."))
    now = timezone.now()
    young, old, oldest = deliver(event(number="1")), deliver(event(number="2")), deliver(event(number="3"))
    Delivery.objects.filter(pk=old.pk).update(received_at=now - timedelta(hours=5))
    Delivery.objects.filter(pk=oldest.pk).update(received_at=now - timedelta(days=8))

    draining.drain()

    for delivery in (young, old, oldest):
        delivery.refresh_from_db()
    assert young.not_before < now + timedelta(seconds=10)
    assert now + timedelta(minutes=14) < old.not_before < now + timedelta(minutes=16)
    assert (oldest.state, oldest.reason) == (DeliveryState.IGNORED, "The company is not known yet.")


def test_drain_calls_all_handlers_of_an_event_and_one_that_waits_keeps_it(deliver: Deliver) -> None:
    outcomes: list[Outcome] = [Ignored("nothing"), NotYet("later"), Handled()]
    for number in range(3):
        handler: Any = lambda _event, number=number: outcomes[number]  # noqa: E731
        handler.__qualname__ = f"handler{number}"
        handles("DOCUMENTS.*")(handler)
    delivery = deliver()

    draining.drain()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.reason) == (DeliveryState.STORED, "later")

    outcomes[1] = Ignored("nothing")
    again()
    delivery.refresh_from_db()
    assert delivery.state == DeliveryState.DONE


def test_drain_takes_back_what_a_killed_drainer_held(handled: list[Event], deliver: Deliver) -> None:
    delivery = deliver()
    draining._claim(10)

    held = draining.drain()
    Delivery.objects.update(not_before=timezone.now())  # as time would
    freed = draining.drain()

    delivery.refresh_from_db()
    assert (held, freed, delivery.state, len(handled)) == (0, 1, DeliveryState.DONE, 1)


def test_drain_writes_nothing_for_a_claim_that_was_taken_over(handled: list[Event], deliver: Deliver) -> None:
    deliver()
    claim, (slow,) = draining._claim(10)
    Delivery.objects.update(not_before=timezone.now())
    new_claim, (fast,) = draining._claim(10)

    draining._process(slow, claim)
    assert handled == []

    draining._process(fast, new_claim)
    draining._process(slow, claim)
    assert len(handled) == 1


def test_drain_gives_up_on_a_delivery_that_ends_its_workers(handled: list[Event], deliver: Deliver) -> None:
    delivery = deliver()
    for _ in range(6):
        Delivery.objects.update(not_before=timezone.now())
        draining._claim(10)

    again()

    delivery.refresh_from_db()
    assert (delivery.state, handled) == (DeliveryState.FAILED, [])
    assert "ended several times" in delivery.traceback


def test_drain_announces_the_first_delivery_of_a_secret_once(
    handled: list[Event], deliver: Deliver, secret: WebhookSecret, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced: list[tuple[str, Any]] = []
    monkeypatch.setattr(facts, "announce", lambda name, subject: announced.append((name, subject)))
    first = deliver(event(number="1"))
    deliver(event(number="2"))

    draining.drain()

    secret.refresh_from_db()
    assert announced == [("webhooks.delivered", secret.pk)]
    assert secret.first_used_at == first.received_at


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("DOCUMENTS.*.DELIVERED", "DOCUMENTS.INVOICE.DELIVERED", True),
        ("DOCUMENTS.*.DELIVERED", "DOCUMENTS.INVOICE.FAILED", False),
        ("NETWORKS.*", "NETWORKS.PEPPOL.CREATED", True),
        ("NETWORKS.*", "NETWORKS", False),
        ("*", "NETWORKS.PEPPOL.CREATED", True),
        ("COMPANIES.AUTHORIZATION.*", "COMPANIES.AUTHORIZATION.VERIFIED", True),
        ("DOCUMENTS.INVOICE", "DOCUMENTS.INVOICE.FAILED", False),
    ],
)
def test_pattern_fits_as_autoinvoices_own_do(pattern: str, name: str, fits: bool) -> None:
    assert registry.fits(pattern, name) is fits


def test_a_drainer_leaves_its_work_to_the_one_that_is_at_it_and_that_one_looks_once_more() -> None:
    gate = draining._OneAtATime()
    done: list[str] = []

    def work() -> int:
        done.append("work")
        if len(done) == 1:
            assert gate.run(work) == 0  # a second message, while the first is at it
        return 1

    assert gate.run(work) == 2
    assert done == ["work", "work"]


def test_drain_goes_on_past_a_body_that_cannot_be_read(handled: list[Event], deliver: Deliver) -> None:
    unreadable, good = deliver(event(number="1")), deliver(event(number="2"))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE webhooks_delivery SET body = 'enc1:nonsense' WHERE id = %s", [unreadable.pk])

    draining.drain()

    assert [given.delivery_id for given in handled] == [good.pk]
    assert Delivery.objects.defer("body").get(pk=unreadable.pk).attempts == 1


def test_drain_handles_many_deliveries_with_few_statements(
    handled: list[Event], deliver: Deliver, django_assert_max_num_queries: Any
) -> None:
    for number in range(10):
        deliver(event(number=str(number)))

    with django_assert_max_num_queries(20):
        draining.drain()

    assert len(handled) == 10
    assert set(Delivery.objects.values_list("state", "attempts")) == {(DeliveryState.DONE, 1)}


def test_drain_undoes_a_chunk_with_a_poisoned_delivery_and_handles_the_others_once(
    deliver: Deliver, account: PartnerAccount
) -> None:
    @handles("DOCUMENTS.INVOICE.*")
    def write(event: Event) -> Outcome:
        WebhookSecret.objects.create(account=account, digest=f"of {event.data['invoice_number']}")
        if event.data["invoice_number"] == "3":
            raise ValueError("poisoned")
        return Handled()

    for number in range(6):
        deliver(event(number=str(number)))

    draining.drain()

    written = WebhookSecret.objects.filter(digest__startswith="of").values_list("digest", flat=True)
    assert sorted(written) == ["of 0", "of 1", "of 2", "of 4", "of 5"]
    states = Delivery.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [DeliveryState.DONE] * 3 + [DeliveryState.STORED] + [DeliveryState.DONE] * 2
    assert "poisoned" in Delivery.objects.get(state=DeliveryState.STORED).traceback
