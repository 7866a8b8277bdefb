"""Messages with the collection agency, in threads; a thread may belong to a case."""

import sqlite3

from portal.sandbox.api import companies
from portal.sandbox.call import Answer, Call, Refusal, page_of, simulates, slice_of
from portal.sandbox.clock import stamp
from portal.sandbox.collection import threads

_UNSEEN = "exists (select 1 from thread_messages m where m.thread_id = t.id and m.seen_at is null)"


@simulates("getV1MessageThreads")
def list_threads(call: Call) -> Answer:
    """Newest activity first; by flag, and by whether everything in it was seen."""
    conditions, values = ["t.company_id = ?"], [companies.of(call).id]
    if "flagged" in call.params:
        conditions.append("t.flagged = ?")
        values.append(str(int(call.params["flagged"])))
    if "seen" in call.params:
        conditions.append(f"not {_UNSEEN}" if call.params["seen"] else _UNSEEN)
    source = f"from message_threads t where {' and '.join(conditions)}"
    total = call.world.db.execute(f"select count(*) {source}", values).fetchone()[0]
    rows = call.world.db.execute(
        f"select * {source} order by t.updated_at desc, t.seq desc limit ? offset ?", [*values, *slice_of(call)]
    )
    return page_of(call, total, [threads.thread_described(call.world.db, row) for row in rows])


@simulates("getV1MessageThreadsThreadId")
def show_thread(call: Call) -> Answer:
    return Answer(body=threads.thread_described(call.world.db, _thread(call)))


@simulates("patchV1MessageThreadsThreadId")
def flag_thread(call: Call) -> Answer:
    thread = _thread(call)
    if "flagged" in call.body:
        with call.world.write() as db:
            values = (int(call.body["flagged"]), thread["id"])
            db.execute("update message_threads set flagged = ? where id = ?", values)
    return Answer(204)


@simulates("getV1MessageThreadsThreadIdMessages")
def list_messages(call: Call) -> Answer:
    return _messages(call, _thread(call))


@simulates("postV1MessageThreadsThreadIdMessages")
def add_message(call: Call) -> Answer:
    return _written(call, _thread(call))


@simulates("getV1AssignmentsAssignmentIdMessages")
def list_messages_of_case(call: Call) -> Answer:
    """An empty list for a case that nobody wrote about yet."""
    _subject(call)
    thread = _thread_of_case(call)
    return _messages(call, thread) if thread else page_of(call, 0, [])


@simulates("postV1AssignmentsAssignmentIdMessages")
def add_message_to_case(call: Call) -> Answer:
    """Opens the thread of the case if there is none."""
    subject = _subject(call)
    with call.world.write():
        thread = _thread_of_case(call) or threads.open_thread(
            call.world, companies.of(call).id, subject, call.params["assignment_id"]
        )
        return _written(call, thread)


@simulates("putV1MessagesMessageIdSeen")
def mark_seen(call: Call) -> Answer:
    with call.world.write() as db:
        changed = db.execute(
            "update thread_messages set seen_at = coalesce(seen_at, ?) where id = ? and company_id = ?",
            (stamp(call.world.now()), call.params["message_id"], companies.of(call).id),
        )
    if not changed.rowcount:
        raise Refusal("not_found")
    return Answer(204)


def _thread(call: Call) -> sqlite3.Row:
    found = threads.get(call.world.db, companies.of(call).id, call.params["thread_id"])
    if found is None:
        raise Refusal("not_found")
    return found


def _thread_of_case(call: Call) -> sqlite3.Row | None:
    return threads.of_assignment(call.world.db, companies.of(call).id, call.params["assignment_id"])


def _subject(call: Call) -> str:
    subject = threads.subject_of(call.world.db, companies.of(call).id, call.params["assignment_id"])
    if subject is None:
        raise Refusal("not_found")
    return subject


def _messages(call: Call, thread: sqlite3.Row) -> Answer:
    db = call.world.db
    total = db.execute("select count(*) from thread_messages where thread_id = ?", (thread["id"],)).fetchone()[0]
    rows = db.execute(
        "select * from thread_messages where thread_id = ? order by seq limit ? offset ?",
        (thread["id"], *slice_of(call)),
    )
    return page_of(call, total, [threads.described(row, thread["assignment_id"]) for row in rows])


def _written(call: Call, thread: sqlite3.Row) -> Answer:
    text = str(call.body["text"]).strip()
    if not text:
        raise Refusal("bad_input", ["text: is empty"])
    user = call.world.db.execute("select * from users where id = ?", (call.user_id,)).fetchone()
    author = " ".join(filter(None, (user["first_name"], user["last_name"]))) or user["email"]
    message = threads.write(call.world, thread, threads.COMPANY, author, text)
    return Answer(201, threads.described(message, thread["assignment_id"]))
