"""Finnish bank messages: sent ones with their status and errors, received ones until they are deleted."""

import sqlite3
import uuid
from datetime import UTC

from portal.sandbox import bank_rules
from portal.sandbox.api import companies
from portal.sandbox.call import Answer, Call, Refusal, simulates
from portal.sandbox.clock import stamp
from portal.sandbox.company import Company
from portal.sandbox.documents.errors import DocumentError
from portal.sandbox.schemas import parse_time
from portal.sandbox.store import register_schema
from portal.sandbox.world import World, job

register_schema(
    """
    create table if not exists bank_messages (
        seq integer primary key, id text not null unique, company_id text not null, direction text not null,
        kind text not null, status text, error_id text, content blob not null, created_at text not null
    );
    create index if not exists bank_messages_company on bank_messages (company_id, kind, created_at);
    """
)

ERROR_KIND = "ERROR"
SENT, RECEIVED = "SENT", "RECEIVED"


@simulates("postV1FiBankMessages")
def send(call: Call) -> Answer:
    """Take one message; its address is in `Location`, its status is known a while later."""
    company = companies.of(call)
    if company.country != "FI":
        raise Refusal("bad_input", ["bank messages are for Finnish companies"])
    content = call.files["file"][0].content
    try:
        message = bank_rules.read(content)
    except DocumentError as error:
        raise Refusal("bad_input", error.details) from error
    if message.kind not in bank_rules.SENT_KINDS:
        raise Refusal("bad_input", [f"file: must be a message of type {' or '.join(bank_rules.SENT_KINDS)}"])
    with call.world.write():
        message_id = store(call.world, company.id, SENT, message.kind, content)
        call.world.later("bank_message", "settle_bank_message", message_id=message_id)
    return Answer(204, headers={"Location": f"/v1/fi_bank_messages/{message_id}"})


@simulates("getV1FiBankMessagesId")
def show_status(call: Call) -> Answer:
    """Without a status while the bank network has not answered."""
    row = _own(call, SENT, *bank_rules.SENT_KINDS)
    found = {"status": row["status"], "error_message_id": row["error_id"]}
    return Answer(body={name: value for name, value in found.items() if value})


@simulates("getV1FiBankMessagesSentMessages")
def list_sent(call: Call) -> Answer:
    return _listed(call, SENT, call.params["message_type"])


@simulates("getV1FiBankMessagesSentMessagesId")
def show_sent(call: Call) -> Answer:
    return _content(_own(call, SENT, *bank_rules.SENT_KINDS))


@simulates("getV1FiBankMessagesRiMessages")
def list_received(call: Call) -> Answer:
    return _listed(call, RECEIVED, bank_rules.RECEIVER_INFO)


@simulates("getV1FiBankMessagesRiMessagesId")
def show_received(call: Call) -> Answer:
    return _content(_own(call, RECEIVED, bank_rules.RECEIVER_INFO))


@simulates("deleteV1FiBankMessagesRiMessagesId")
def delete_received(call: Call) -> Answer:
    row = _own(call, RECEIVED, bank_rules.RECEIVER_INFO)
    with call.world.write() as db:
        db.execute("delete from bank_messages where id = ?", (row["id"],))
    return Answer(204)


@simulates("getV1FiBankMessagesErrorMessages")
def list_errors(call: Call) -> Answer:
    return _listed(call, RECEIVED, ERROR_KIND)


@simulates("getV1FiBankMessagesErrorMessagesId")
def show_error(call: Call) -> Answer:
    return _content(_own(call, RECEIVED, ERROR_KIND))


@job("settle_bank_message")
def settle(world: World, message_id: str) -> None:
    """OK or ERROR by `bank_rules`; what is accepted soon brings a consumer."""
    row = world.db.execute("select * from bank_messages where id = ?", (message_id,)).fetchone()
    company = companies.get(world.db, row["company_id"]) if row else None
    if row is None or company is None or row["status"]:
        return
    message = bank_rules.read(row["content"])
    if lines := bank_rules.faults(world.db, company, message):
        reject(world, row, lines)
        return
    with world.write() as db:
        db.execute("update bank_messages set status = 'OK' where id = ?", (message_id,))
        world.later("bank_message", "receiver_info_arrives", company_id=company.id, answers=message_id)


def reject(world: World, row: sqlite3.Row, lines: list[str]) -> str:
    """ERROR, with an error message that says why; its id."""
    with world.write() as db:
        text = bank_rules.error_message(row["id"], lines, stamp(world.now()))
        error_id = store(world, row["company_id"], RECEIVED, ERROR_KIND, text)
        db.execute("update bank_messages set status = 'ERROR', error_id = ? where id = ?", (error_id, row["id"]))
    return error_id


@job("receiver_info_arrives")
def receiver_info_arrives(world: World, company_id: str, answers: str) -> None:
    company = companies.get(world.db, company_id)
    row = world.db.execute("select content from bank_messages where id = ?", (answers,)).fetchone()
    if company is not None and row is not None:
        receive(world, company, consumer=bank_rules.consumer_of(bank_rules.read(row["content"])))


def receive(
    world: World, company: Company, *, ends: bool = False, consumer: bank_rules.Consumer = bank_rules.SOMEBODY
) -> str:
    """A consumer's wish for e-invoices, or its end; the id of the message."""
    content = bank_rules.receiver_info(company, str(uuid.uuid4()), stamp(world.now()), ends=ends, consumer=consumer)
    return store(world, company.id, RECEIVED, bank_rules.RECEIVER_INFO, content)


def store(world: World, company_id: str, direction: str, kind: str, content: bytes) -> str:
    message_id = str(uuid.uuid4())
    with world.write() as db:
        db.execute(
            "insert into bank_messages (id, company_id, direction, kind, content, created_at)"
            " values (?, ?, ?, ?, ?, ?)",
            (message_id, company_id, direction, kind, content, stamp(world.now())),
        )
    return message_id


def _own(call: Call, direction: str, *kinds: str) -> sqlite3.Row:
    row: sqlite3.Row | None = call.world.db.execute(
        "select * from bank_messages where id = ? and company_id = ? and direction = ?",
        (call.params["id"].lower(), companies.of(call).id, direction),
    ).fetchone()
    if row is None or row["kind"] not in kinds:
        raise Refusal("not_found")
    return row


def _listed(call: Call, direction: str, kind: str) -> Answer:
    """Both ends of the time included, oldest first. The contract names no form for this list: JSON, one entry each."""
    start, end = (_moment(call, name) for name in ("timestamp_start", "timestamp_end"))
    rows = call.world.db.execute(
        "select id, kind, status, created_at from bank_messages where company_id = ? and kind = ? and direction = ?"
        " and created_at >= ? and created_at <= ? order by seq",
        (companies.of(call).id, kind, direction, start, end),
    )
    return Answer(
        body=[
            {"id": row["id"], "message_type": kind, "created_at": row["created_at"]}
            | ({"status": row["status"]} if row["status"] else {})
            for row in rows
        ]
    )


def _moment(call: Call, name: str) -> str:
    try:
        moment = parse_time(call.params[name])
        return stamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError) as error:
        raise Refusal("bad_input", [f"{name}: not a time in ISO 8601"]) from error


def _content(row: sqlite3.Row) -> Answer:
    return Answer(body=bytes(row["content"]), content_type="application/xml")
