"""Webhooks out: stored with the change they tell of, sent by threads, tried again hourly for 24 hours."""

import json
import logging
import queue
import sqlite3
import threading
import uuid
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from portal.sandbox import posting
from portal.sandbox.clock import Clock
from portal.sandbox.faults import Faults
from portal.sandbox.store import Store, register_schema

logger = logging.getLogger(__name__)

SENDERS = 4
BATCH = 200

register_schema(
    """
    create table if not exists subscriptions (
        id text primary key, company_id text not null, destination_type text not null, destination text not null,
        vendor_key text, events text not null, created_at text not null
    );
    create index if not exists subscriptions_company on subscriptions (company_id);
    create table if not exists outbox (
        id text primary key, subscription_id text not null, event text not null, company_id text not null,
        body text not null, state text not null, due_at real not null, give_up_at real not null,
        attempts integer not null default 0, copies integer not null default 1, last_answer text
    );
    create index if not exists outbox_due on outbox (due_at) where state = 'pending';
    create index if not exists outbox_subscription on outbox (subscription_id, state);
    """
)

# state: pending -> sending -> acknowledged | pending (tried again later) | given_up; lost: by a fault rule, never sent
UNACKNOWLEDGED = ("pending", "given_up", "lost")


class Outbox:
    """Events waiting for their destinations. One thread finds what is due, a few others post it."""

    def __init__(self, store: Store, clock: Clock, faults: Faults) -> None:
        self._store = store
        self._clock = clock
        self._faults = faults
        self._wake = threading.Condition()
        self._woken = False
        self._stopping = False
        self._queue: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        names = ["sandbox-outbox", *[f"sandbox-sender-{number}" for number in range(SENDERS)]]
        runs = [self._dispatch, *[self._send_forever] * SENDERS]
        self._threads = [
            threading.Thread(target=run, name=name, daemon=True) for name, run in zip(names, runs, strict=True)
        ]

    def start(self) -> None:
        with self._store.write() as db:  # what a killed process was sending is sent again
            db.execute("update outbox set state = 'pending' where state = 'sending'")
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        for _ in range(SENDERS):
            self._queue.put(None)

    def wake(self) -> None:
        with self._wake:
            self._woken = True
            self._wake.notify_all()

    def emit(self, event: str, company_id: str, event_data: dict[str, Any]) -> None:
        """Store the event once for every subscription that covers the company and wants it."""
        body = {
            "event": event,
            "company_id": company_id,
            "event_timestamp": local_stamp(self._clock.now()),
            "event_data": event_data,
        }
        with self._store.write() as db:
            for subscription in subscriptions_for(db, company_id):
                if wants(json.loads(subscription["events"]), event):
                    self._put(db, subscription, body)
        self._store.after_commit(self.wake)

    def resend(self, subscription_ids: list[str]) -> int:
        """Make everything unacknowledged of these subscriptions due anew; returns how many."""
        now, count = self._clock.time(), 0
        with self._store.write() as db:
            for subscription_id in subscription_ids:
                count += db.execute(
                    "update outbox set state = 'pending', due_at = ?, give_up_at = ?"
                    " where subscription_id = ? and state in ('pending', 'given_up', 'lost')",
                    (now, now + self._clock.delay("webhook_give_up"), subscription_id),
                ).rowcount
        self._store.after_commit(self.wake)
        return count

    def _put(self, db: sqlite3.Connection, subscription: sqlite3.Row, body: dict[str, Any]) -> None:
        rule = self._faults.pick_webhook(body["event"])
        kind = rule.kind if rule else ""
        due = self._clock.time() + self._clock.delay("webhook_held_back" if kind == "webhook_reordered" else "webhook")
        db.execute(
            "insert into outbox (id, subscription_id, event, company_id, body, state, due_at, give_up_at, copies)"
            " values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                str(uuid.uuid4()),
                subscription["id"],
                body["event"],
                body["company_id"],
                json.dumps(body),
                "lost" if kind == "webhook_lost" else "pending",
                due,
                self._clock.time() + self._clock.delay("webhook_give_up"),
                2 if kind == "webhook_doubled" else 1,
            ),
        )

    def _dispatch(self) -> None:
        while not self._stopping:
            try:
                wait = self._queue_due()
            except sqlite3.Error:
                if not self._stopping:
                    logger.exception("outbox could not be read")
                wait = 1.0
            with self._wake:
                if not self._stopping and not self._woken:
                    self._wake.wait(wait)
                self._woken = False

    def _queue_due(self) -> float | None:
        """Hand what is due to the senders; returns the seconds until more is due, None if nothing waits."""
        due = "select id from outbox where state = 'pending' and due_at <= ? order by due_at, rowid limit ?"
        while rows := self._store.connection.execute(due, (self._clock.time(), BATCH)).fetchall():
            with self._store.write() as db:
                db.executemany("update outbox set state = 'sending' where id = ?", [(row["id"],) for row in rows])
            for row in rows:
                self._queue.put(row["id"])
        row = self._store.connection.execute("select min(due_at) as due from outbox where state = 'pending'").fetchone()
        if row["due"] is None or self._clock.stands_still:
            return None
        return min(max(float(row["due"]) - self._clock.time(), 0.0), threading.TIMEOUT_MAX)

    def _send_forever(self) -> None:
        while (outbox_id := self._queue.get()) is not None:
            try:
                self._send(outbox_id)
            except Exception:
                if self._stopping:
                    return
                logger.exception("webhook %s could not be sent", outbox_id)

    def _send(self, outbox_id: str) -> None:
        row = self._store.connection.execute(
            "select o.*, s.destination from outbox o left join subscriptions s on s.id = o.subscription_id"
            " where o.id = ? and o.state = 'sending'",
            (outbox_id,),
        ).fetchone()
        if row is None:  # reset or unsubscribed meanwhile
            return
        if row["destination"] is None:
            self._settle(row, "given_up", "subscription was deleted")
            return
        results = [posting.post(row["destination"], row["body"].encode()) for _ in range(row["copies"])]
        answer = results[-1].text
        if any(result.acknowledged for result in results):
            self._settle(row, "acknowledged", answer)
        elif self._clock.time() >= row["give_up_at"]:
            self._settle(row, "given_up", answer)
        else:
            self._settle(row, "pending", answer)

    def _settle(self, row: sqlite3.Row, state: str, answer: str) -> None:
        due = self._clock.time() + self._clock.delay("webhook_retry")
        with self._store.write() as db:
            db.execute(
                "update outbox set state = ?, attempts = attempts + 1, last_answer = ?, due_at = ? where id = ?",
                (state, answer, due, row["id"]),
            )
        if state == "pending":
            self.wake()


def subscriptions_for(db: sqlite3.Connection, company_id: str) -> list[sqlite3.Row]:
    """Those of the company itself, and those of partners whose vendor key it is linked to."""
    return db.execute(
        """
        select * from subscriptions s where (destination_type = 'WEBHOOK' and company_id = :company)
        or (destination_type = 'VENDOR_WEBHOOK' and exists (
            select 1 from vendor_links l join vendor_keys k on k.key = l.vendor_key
            where l.company_id = :company and k.partner_id = s.company_id
            and (s.vendor_key is null or s.vendor_key = l.vendor_key)))
        """,
        {"company": company_id},
    ).fetchall()


def wants(patterns: list[str], event: str) -> bool:
    """Whether one of the patterns covers the event: a star is one segment, a last star all that follow."""
    return any(_covers(pattern.split("."), event.split(".")) for pattern in patterns)


def local_stamp(moment: datetime) -> str:
    """An instant as events write it: whole seconds with the offset of Finland, not Z."""
    hours = 3 if _summer_time(moment) else 2
    return moment.astimezone(timezone(timedelta(hours=hours))).isoformat(timespec="seconds")


def _covers(pattern: list[str], event: list[str]) -> bool:
    if pattern[-1] == "*" and len(event) >= len(pattern):
        event = event[: len(pattern)]
    return len(pattern) == len(event) and all(
        wanted in ("*", found) for wanted, found in zip(pattern, event, strict=True)
    )


def _summer_time(moment: datetime) -> bool:
    """From the last Sunday of March to the last of October, 01:00 UTC (no time zone data is needed beside Python)."""

    def last_sunday(month: int) -> datetime:
        last = datetime(moment.year, month, 31, 1, tzinfo=UTC)
        return last - timedelta(days=(last.weekday() + 1) % 7)

    return last_sunday(3) <= moment < last_sunday(10)
