"""
Processing stored deliveries: claimed in chunks, a chunk in one transaction, with the deliveries' own new states.

A claim moves `not_before` into the future, so a drainer that dies gives its rows back by itself. While handlers run,
the deliveries' rows are locked and the claim looked at once more: a drainer that was too slow writes nothing. When a
handler fails, the whole chunk is undone and each of its deliveries handled for itself: a poisoned one stops nobody.
Handlers go by company, so that drainers which work side by side take locks in one order.
"""

import logging
import threading
import time
import traceback
import uuid
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import F, TextField
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.operations import causes, facts
from portal.partners.fields import decrypt
from portal.webhooks import envelope, registry
from portal.webhooks.enums import DeliveryState
from portal.webhooks.models import Delivery, DeliveryQuerySet, WebhookSecret
from portal.webhooks.registry import Event, Handled, Ignored, NotYet, Outcome
from portal.writing import update_many

logger = logging.getLogger(__name__)

CHUNK = 50
_CHUNK_OF_ONE_WRITER = 10  # on SQLite: intake waits for the transaction
# Fact: a secret has brought its first delivery; what deletes the old subscription waits for it.
DELIVERED = "webhooks.delivered"
# How long a drainer may hold its chunk: longer than SQLite's one writer makes it wait, and no longer than staff would
# want to wait for the news that a killed one held.
_CLAIM = timedelta(seconds=30)
# Seconds after each failed try; after the last the delivery is FAILED until somebody processes it again.
_PAUSES = (2, 15, 60, 300, 1800)
# How long an event may be ahead of the company or invoice that it speaks of; its pauses grow with its age.
_PATIENCE = timedelta(days=7)
_SHORTEST, _LONGEST = timedelta(seconds=2), timedelta(minutes=15)
_WRITTEN = ("state", "reason", "traceback", "attempts", "not_before", "claim", "processed_at")


def drain(most: int = 2000) -> int:
    """Process what is due, up to `most` deliveries; return how many were taken. Two at once are harmless."""
    if connection.features.has_select_for_update:
        return _drain(most)
    return _one_at_a_time.run(lambda: _drain(most))


class _OneAtATime:
    """Keeps threads of this process from standing in each other's way where the database has one writer (SQLite)."""

    # Seconds between transactions: who waits for SQLite's lock only looks now and then, and intake must not wait.
    BREATH = 0.002

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wanted = False

    def run(self, work: Callable[[], int]) -> int:
        """Do the work, or leave it to the thread that is at it: that one then looks once more."""
        done = 0
        self._wanted = True
        while self._wanted and self._lock.acquire(blocking=False):
            try:
                self._wanted = False
                done += work()
            finally:
                self._lock.release()
        return done

    def breathe(self) -> None:
        if self._lock.locked():
            time.sleep(self.BREATH)


_one_at_a_time = _OneAtATime()


def _drain(most: int) -> int:
    size = CHUNK if connection.features.has_select_for_update else _CHUNK_OF_ONE_WRITER
    taken = 0
    while taken < most:
        claim, chunk = _claim(min(size, most - taken))
        if not chunk:
            break
        if not _process_together(chunk, claim):
            for delivery in chunk:
                _process(delivery, claim)
                _one_at_a_time.breathe()
        _one_at_a_time.breathe()
        taken += len(chunk)
    return taken


def process_again(deliveries: DeliveryQuerySet) -> int:
    """Let deliveries be processed anew, whatever became of them; return how many. The caller nudges a worker."""
    return deliveries.update(
        state=DeliveryState.STORED, reason="", attempts=0, not_before=timezone.now(), claim=None, processed_at=None
    )


def wake(account_id: int, company_uuids: Iterable[UUID]) -> int:
    """Let what waits for companies that have just become known be processed now. In the transaction that wrote them."""
    now = timezone.now()
    waiting = Delivery.objects.filter(state=DeliveryState.STORED, not_before__gt=now, claim=None)
    return waiting.filter(account=account_id, company_uuid__in=list(company_uuids)).update(not_before=now)


def _claim(size: int) -> tuple[UUID, list[Delivery]]:
    claim = uuid.uuid4()
    with transaction.atomic():
        # Without effect on SQLite, whose transaction has the only writer's lock already.
        due = Delivery.objects.due().order_by("not_before", "id").select_for_update(skip_locked=True)
        ids = list(due.values_list("pk", flat=True)[:size])
        if not ids:
            return claim, []
        held = Delivery.objects.filter(pk__in=ids)
        held.update(claim=claim, not_before=timezone.now() + _CLAIM, attempts=F("attempts") + 1)
    return claim, list(_claimed(claim))


def _claimed(claim: UUID) -> DeliveryQuerySet:
    """Return the rows of a claim; what is encrypted is read where it is used: one that cannot be harms no other."""
    rows = Delivery.objects.filter(claim=claim).select_related("account", "secret").order_by("pk")
    return rows.defer(
        "body", "traceback", "account__user_key", "account__vendor_key", "secret__secret", "secret__password"
    )


def _process_together(chunk: list[Delivery], claim: UUID) -> bool:
    """Handle a chunk in one transaction; False: one of them failed, and nothing was done."""
    if len(chunk) == 1:
        return False
    attempts = {delivery.pk: delivery.attempts for delivery in chunk}
    by_company = sorted(chunk, key=lambda delivery: (str(delivery.company_uuid), delivery.pk))
    try:
        with transaction.atomic(), causes.gathered():
            mine = _mine(chunk, claim)
            held = [delivery for delivery in by_company if delivery.pk in mine]
            done = done_twins(held)
            for delivery in held:
                _take(delivery, outcome(delivery, mine[delivery.pk], done))
                if delivery.state == DeliveryState.DONE:
                    done.setdefault((delivery.account_id, delivery.digest), delivery.pk)
            update_many(held, _WRITTEN)
            _note_first_use(held)
    except Exception as exc:  # noqa: BLE001  whose it is shows when each is handled for itself
        logger.info("a chunk of %d deliveries is handled one by one: %s", len(chunk), type(exc).__name__)
        for delivery in chunk:
            delivery.state, delivery.attempts = DeliveryState.STORED, attempts[delivery.pk]
        return False
    return True


def _process(delivery: Delivery, claim: UUID) -> None:
    try:
        with transaction.atomic():
            mine = _mine([delivery], claim)
            if not mine:
                return
            _take(delivery, outcome(delivery, mine[delivery.pk], done_twins([delivery])))
            delivery.save(update_fields=_WRITTEN)
            _note_first_use([delivery])
    except Exception as exc:  # noqa: BLE001  whatever a handler raises is its delivery's, and must not stop the others
        logger.warning("delivery %s could not be processed: %s", delivery.pk, type(exc).__name__)
        _fail(delivery, claim, traceback.format_exc())


def _mine(deliveries: list[Delivery], claim: UUID) -> dict[int, str]:
    """Return the encrypted bodies of those that the claim still holds; their rows stay locked in the transaction."""
    ids = [delivery.pk for delivery in deliveries]
    mine = Delivery.objects.filter(pk__in=ids, claim=claim, state=DeliveryState.STORED).order_by("pk")
    return dict(mine.select_for_update().values_list("pk", Cast("body", TextField())))


Twins = dict[tuple[int, str], int]  # the oldest delivery that is done, by account and digest


def done_twins(deliveries: list[Delivery]) -> Twins:
    """Return the twins that are done of these deliveries."""
    accounts, digests = {one.account_id for one in deliveries}, {one.digest for one in deliveries}
    same = Delivery.objects.filter(account__in=accounts, digest__in=digests, state=DeliveryState.DONE)
    rows = same.exclude(pk__in=[one.pk for one in deliveries]).order_by("-pk")
    return {(account_id, digest): pk for pk, account_id, digest in rows.values_list("pk", "account_id", "digest")}


def outcome(delivery: Delivery, body: str, done: Twins) -> Outcome:
    """Return what the handlers made of a delivery, whose body is given encrypted; whatever one raises is raised."""
    if delivery.attempts > len(_PAUSES) + 1:
        raise RuntimeError("the worker that processed this ended several times")
    read = envelope.read(decrypt(body))
    if read.problem or read.company_uuid is None or read.at is None:
        return Ignored(read.problem)
    if twin := done.get((delivery.account_id, delivery.digest)):
        return Ignored(_("Twin of #%(number)s, which is done.") % {"number": twin})
    handlers = registry.handlers_for(read.event)
    if not handlers:
        return Ignored(_("The portal does not know this event."))
    event = Event(read.event, delivery.account, read.company_uuid, read.at, read.data, delivery.pk)
    with causes.gathered(), causes.told_by(_cause_of(delivery)):
        return _together([handler(event) for handler in handlers])


def _cause_of(delivery: Delivery) -> causes.Cause:
    def detail(_subject: str) -> dict[str, Any]:
        received = delivery.received_at.isoformat()
        return {"event": delivery.event, "received_at": received, "digest": delivery.digest}

    return causes.Cause(causes.DELIVERY, delivery.pk, None, detail)


def _together(outcomes: list[Outcome]) -> Outcome:
    """Return one outcome for all handlers: one that has to wait keeps the delivery, one that handled it is enough."""
    for kind in (NotYet, Handled):
        for outcome in outcomes:
            if isinstance(outcome, kind):
                return outcome
    return outcomes[0]


def _take(delivery: Delivery, outcome: Outcome) -> None:
    """Put what became of a delivery into its columns."""
    now = timezone.now()
    delivery.claim, delivery.reason, delivery.traceback = None, "", ""
    if isinstance(outcome, NotYet) and now - delivery.received_at < _PATIENCE:
        delivery.reason, delivery.attempts = str(outcome.reason)[:300], 0
        delivery.not_before = now + min(max((now - delivery.received_at) / 2, _SHORTEST), _LONGEST)
    elif isinstance(outcome, Handled):
        delivery.state, delivery.processed_at = DeliveryState.DONE, now
    else:
        delivery.state, delivery.processed_at = DeliveryState.IGNORED, now
        delivery.reason = str(outcome.reason)[:300]


def _note_first_use(deliveries: list[Delivery]) -> None:
    """Announce secrets that have brought their first delivery."""
    unused = [one for one in reversed(deliveries) if one.secret is not None and one.secret.first_used_at is None]
    for secret_id, at in {one.secret_id or 0: one.received_at for one in unused}.items():
        if WebhookSecret.objects.filter(pk=secret_id, first_used_at=None).update(first_used_at=at):
            facts.announce(DELIVERED, secret_id)


def _fail(delivery: Delivery, claim: UUID, text: str) -> None:
    """Keep the error; try again after a pause, or give up until somebody looks."""
    now, spent = timezone.now(), delivery.attempts > len(_PAUSES)
    state = DeliveryState.FAILED if spent else DeliveryState.STORED
    pause = timedelta(seconds=0 if spent else _PAUSES[delivery.attempts - 1])
    Delivery.objects.filter(pk=delivery.pk, claim=claim).update(
        state=state,
        reason=_("Processing ended in an error.") if spent else _("Processing ended in an error; it is tried again."),
        traceback=text[-20_000:],
        not_before=now + pause,
        claim=None,
        processed_at=now if spent else None,
    )
