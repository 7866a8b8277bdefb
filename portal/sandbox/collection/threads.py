"""Message threads between a company and its collection agency, and who answers in them."""

import sqlite3
import uuid
from collections.abc import Callable
from typing import Any

from portal.sandbox.clock import stamp
from portal.sandbox.store import register_schema
from portal.sandbox.world import World, job

register_schema(
    """
    create table if not exists message_threads (
        seq integer primary key, id text not null unique, company_id text not null, assignment_id text,
        subject text not null, flagged integer not null default 0, created_at text not null, updated_at text not null
    );
    create index if not exists message_threads_company on message_threads (company_id, updated_at, seq);
    create unique index if not exists message_threads_assignment on message_threads (company_id, assignment_id)
        where assignment_id is not null;
    create table if not exists thread_messages (
        seq integer primary key, id text not null unique, thread_id text not null, company_id text not null,
        text text not null, sender text not null, author text not null, created_at text not null, seen_at text
    );
    create index if not exists thread_messages_thread on thread_messages (thread_id, seq);
    create index if not exists thread_messages_unseen on thread_messages (thread_id) where seen_at is null;
    """
)
COMPANY, AGENCY = "company", "agency"
AGENT = "Amili customer service"
_ANSWER = "Thank you for your message. We have looked at the case and go on as you wish."

# Tells the subject of a case that belongs to the company; None: there is no such case.
Lookup = Callable[[sqlite3.Connection, str, str], str | None]
CASES: list[Lookup] = []


def subject_of(db: sqlite3.Connection, company_id: str, assignment_id: str) -> str | None:
    """What a thread about that case is called; None: the company has no such case."""
    found = (lookup(db, company_id, assignment_id) for lookup in CASES)
    known = next((subject for subject in found if subject is not None), None)
    if known is None and (thread := of_assignment(db, company_id, assignment_id)):
        return str(thread["subject"])
    return known


def get(db: sqlite3.Connection, company_id: str, thread_id: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(
        "select * from message_threads where id = ? and company_id = ?", (thread_id, company_id)
    ).fetchone()
    return row


def of_assignment(db: sqlite3.Connection, company_id: str, assignment_id: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(
        "select * from message_threads where company_id = ? and assignment_id = ?", (company_id, assignment_id)
    ).fetchone()
    return row


def open_thread(world: World, company_id: str, subject: str, assignment_id: str | None) -> sqlite3.Row:
    now, thread_id = stamp(world.now()), str(uuid.uuid4())
    with world.write() as db:
        db.execute(
            "insert into message_threads (id, company_id, assignment_id, subject, created_at, updated_at)"
            " values (?, ?, ?, ?, ?, ?)",
            (thread_id, company_id, assignment_id, subject, now, now),
        )
        made = get(db, company_id, thread_id)
    assert made is not None  # noqa: S101 (inserted above)
    return made


def write(world: World, thread: sqlite3.Row, sender: str, author: str, text: str) -> sqlite3.Row:
    """A new message; one's own is seen, and the agency answers questions after a while."""
    now, message_id = stamp(world.now()), str(uuid.uuid4())
    with world.write() as db:
        db.execute(
            "insert into thread_messages (id, thread_id, company_id, text, sender, author, created_at, seen_at)"
            " values (?, ?, ?, ?, ?, ?, ?, ?)",
            (message_id, thread["id"], thread["company_id"], text, sender, author, now,
             now if sender == COMPANY else None),
        )  # fmt: skip
        db.execute("update message_threads set updated_at = ? where id = ?", (now, thread["id"]))
        if sender == COMPANY and "?" in text:
            world.later("agency_answers", "agency_answers", thread_id=thread["id"])
        row: sqlite3.Row = db.execute("select * from thread_messages where id = ?", (message_id,)).fetchone()
    return row


@job("agency_answers")
def answer(world: World, thread_id: str) -> None:
    thread = world.db.execute("select * from message_threads where id = ?", (thread_id,)).fetchone()
    if thread is not None:
        write(world, thread, AGENCY, AGENT, _ANSWER)


def described(message: sqlite3.Row, assignment_id: str | None) -> dict[str, Any]:
    shown = {name: message[name] for name in ("id", "thread_id", "text", "sender", "author", "created_at", "seen_at")}
    return shown | {"assignment_id": assignment_id, "seen": message["seen_at"] is not None}


def thread_described(db: sqlite3.Connection, thread: sqlite3.Row) -> dict[str, Any]:
    """A thread with its newest message."""
    latest = db.execute(
        "select * from thread_messages where thread_id = ? order by seq desc limit 1", (thread["id"],)
    ).fetchone()
    unseen = db.execute(
        "select count(*) from thread_messages where thread_id = ? and seen_at is null", (thread["id"],)
    ).fetchone()[0]
    shown = {name: thread[name] for name in ("id", "assignment_id", "subject", "created_at", "updated_at")}
    shown |= {"flagged": bool(thread["flagged"]), "unseen_count": unseen}
    return shown | ({"latest_message": described(latest, thread["assignment_id"])} if latest else {})
