"""A storm: a thousand deliveries, doubled and out of order, arrive while two drainers work."""

import random
import threading
from collections import Counter
from collections.abc import Callable

import pytest
from django.db import connection

from portal.partners.models import PartnerAccount
from portal.webhooks import draining, keys
from portal.webhooks.enums import DeliveryState
from portal.webhooks.models import Delivery, WebhookSecret
from portal.webhooks.registry import Event, Handled, Outcome, handles
from tests.portal.webhooks.conftest import event, keep, make_account


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_thousand_deliveries_have_one_effect_each_while_two_drainers_run() -> None:
    secret = keys.issue(make_account())
    bodies = [event(number=str(number)) for number in range(500)] * 2
    random.Random(7).shuffle(bodies)
    started: Counter[int] = Counter()
    lock = threading.Lock()

    @handles("DOCUMENTS.*")
    def count(given: Event) -> Outcome:
        with lock:
            started[given.delivery_id] += 1
        return Handled()

    stored = threading.Event()
    drainers = [_Thread(lambda: _drain_until(stored)) for _ in range(2)]
    posters = [_Thread(lambda part=part: _store(secret, bodies[part::2])) for part in range(2)]
    for thread in (*drainers, *posters):
        thread.start()
    for thread in posters:
        thread.join()
    stored.set()
    for thread in drainers:
        thread.join()

    assert [thread.error for thread in (*drainers, *posters)] == [None] * 4
    states = Counter(Delivery.objects.values_list("state", flat=True))
    assert sum(states.values()) == 1000
    assert set(states) <= {DeliveryState.DONE, DeliveryState.IGNORED}
    # Two twins may be at work at the same moment: handlers are made for that. No row is handled twice.
    assert set(started.values()) == {1}
    assert states[DeliveryState.DONE] == len(started) >= 500
    assert PartnerAccount.objects.count() == 1


def _store(secret: WebhookSecret, bodies: list[bytes]) -> None:
    for body in bodies:
        keep(secret, body)


def _drain_until(stored: threading.Event) -> None:
    while True:
        over = stored.is_set()
        if not draining.drain() and over:
            return
        stored.wait(0.005)


class _Thread(threading.Thread):
    """A thread that closes its database connection and keeps its error."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__()
        self._work = work
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self._work()
        except BaseException as exc:  # noqa: BLE001  the test asserts that there is none
            self.error = exc
        finally:
            connection.close()
