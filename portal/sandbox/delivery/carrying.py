"""Carries decisions of `deciding` out: statuses, actions, webhooks, and the copy that a receiving company gets."""

import json
import sqlite3
import uuid
from dataclasses import asdict
from typing import Any

from portal.sandbox.api import companies, invoices_rows, settings
from portal.sandbox.api.invoices_rows import NewInvoice
from portal.sandbox.collection import following
from portal.sandbox.delivery import deciding
from portal.sandbox.delivery.deciding import Case, Delivered, Failure, Options
from portal.sandbox.delivery.receivers import Receivers
from portal.sandbox.detect import running
from portal.sandbox.documents.convert import read
from portal.sandbox.documents.model import Document
from portal.sandbox.world import World, job

LATE_FACTOR = 5  # what happens after a delivery takes so many times longer than the delivery itself
PRINTED_ATTACHMENTS = 3


def start(world: World, invoice_id: str, attempt: int) -> None:
    """Decide after the delivery delay; an older attempt that is still waiting then finds itself outdated."""
    world.later("invoice_delivered", "deliver_invoice", invoice_id=invoice_id, attempt=attempt)


@job("deliver_invoice")
def deliver(world: World, invoice_id: str, attempt: int) -> None:
    row = invoices_rows.get(world.db, invoice_id)
    if row is None or row["status"] != "PENDING" or row["attempt"] != attempt:
        return
    case = _case(world.db, row)
    outcome = deciding.decide(case)
    if isinstance(outcome, Failure):
        _fail(world, row, outcome)
    else:
        _settle_delivered(world, row, outcome, case.document)


def reroute(world: World, row: sqlite3.Row, options: Options, text: str) -> None:
    """Send a failed invoice another way: PENDING again, decided anew."""
    attempt = row["attempt"] + 1
    with world.write() as db:
        changed = {"status": "PENDING", "attempt": attempt, "options": json.dumps(asdict(options))}
        invoices_rows.update(db, row["id"], destination=None, **changed)
        invoices_rows.add_action(db, row["id"], world.now(), "INFO", key="action_notice", message=text)
        start(world, row["id"], attempt)


def fail_later(
    world: World, invoice_id: str, message: str | None = None, seconds: float | None = None, key: str = ""
) -> None:
    """
    Let a delivered invoice fail afterwards, as an operator or network may report.

    :param message, key: of the failing action; by default what fits the route
    :param seconds: from now on; by default the delay of such reports at this pace
    :raises LookupError: no sent invoice has this id
    """
    row = invoices_rows.get(world.db, invoice_id)
    if row is None or row["direction"] != "SENT":
        raise LookupError(f"no sent invoice {invoice_id}")
    delay = _late(world) if seconds is None else seconds
    world.later(
        delay, "invoice_afterwards", invoice_id=row["id"], attempt=row["attempt"], what="fails", text=message, key=key
    )


@job("invoice_afterwards")
def afterwards(world: World, invoice_id: str, attempt: int, what: str, text: str | None = None, key: str = "") -> None:
    row = invoices_rows.get(world.db, invoice_id)
    if row is None or row["attempt"] != attempt or row["status"] != "DELIVERED":
        return
    if what == "confirms":
        message = "Recipient's operator confirmed the delivery"
        _act(world, row, "INFO", key="action_confirmed", channel="EINVOICE", message=message)
        world.emit("DOCUMENTS.INVOICE.DELIVERY_CONFIRMED", row["company_id"], event_data(row, row["destination"]))
        return
    failure = deciding.BOUNCED if row["destination"] == "EMAIL" else deciding.REFUSED_LATER
    message = failure.message if text is None else text
    _fail(world, row, Failure(key or failure.key, failure.channel, message), row["destination"])


def event_data(row: sqlite3.Row, destination: str | None) -> dict[str, str]:
    """What events of a sent invoice tell."""
    recipient = json.loads(row["recipient"])
    return {
        "invoice_id": row["id"],
        "invoice_number": row["number"],
        "destination": destination or "",
        "recipient_name": recipient["name"],
        "recipient_bid": recipient["bid"],
    }


def options_of(row: sqlite3.Row) -> Options:
    stored: dict[str, Any] = json.loads(row["options"])
    return Options(**stored)


def _case(db: sqlite3.Connection, row: sqlite3.Row) -> Case:
    company = companies.get(db, row["company_id"])
    used = db.execute(
        "select 1 from invoices where company_id = ? and number = ? and direction = 'SENT' and seq < ?"
        " and status <> 'FAILED' limit 1",
        (row["company_id"], row["number"], row["seq"]),
    ).fetchone()
    return Case(
        document=read(invoices_rows.content(db, row["xml_sha"])),
        options=options_of(row),
        settings=settings.effective(db, company) if company else {},
        receivers=Receivers(db, row["company_id"]),
        number_used=used is not None,
    )


def _act(world: World, row: sqlite3.Row, kind: str, **words: Any) -> None:
    with world.write() as db:
        invoices_rows.add_action(db, row["id"], world.now(), kind, **words)


def _fail(world: World, row: sqlite3.Row, failure: Failure, destination: str | None = None) -> None:
    tried = destination or _destination_tried(failure)
    with world.write() as db:
        invoices_rows.update(db, row["id"], status="FAILED", destination=tried or None)
        invoices_rows.add_failure(db, row, world.now())
        _act(world, row, "ERROR", key=failure.key, channel=failure.channel, message=failure.message)
        data = event_data(row, tried) | {"error_message": failure.message}
        world.emit("DOCUMENTS.INVOICE.FAILED", row["company_id"], data)


def _destination_tried(failure: Failure) -> str:
    if failure is deciding.BANK_NOT_OPEN:
        return "BANK"
    if failure is deciding.RECEIVER_NOT_ACTIVE:
        return "VISMA"
    return "PEPPOL" if failure.channel == "EINVOICE" else failure.channel or ""


def _settle_delivered(world: World, row: sqlite3.Row, done: Delivered, document: Document) -> None:
    with world.write() as db:
        invoices_rows.update(db, row["id"], status="DELIVERED", destination=done.destination or None)
        _tell_sent(world, row, done)
        following.follow(world, row)
        if not done.destination:
            return
        if done.receiver_id:
            _hand_over(world, row, done.receiver_id, document)
        world.emit("DOCUMENTS.INVOICE.DELIVERED", row["company_id"], event_data(row, done.destination))
        if done.afterwards:
            later = {"invoice_id": row["id"], "attempt": row["attempt"], "what": done.afterwards}
            world.later(_late(world), "invoice_afterwards", **later)


def _late(world: World) -> float:
    return world.clock.delay("invoice_delivered") * LATE_FACTOR


SENT_WORDS = {
    "": ("action_notice", "Delivery was prevented by the sender"),
    "VISMA": ("action_internal_sent", "Sent inside the service"),
    "PEPPOL": ("action_trx_ok", "Sent to the Peppol network"),
    "BANK": ("action_trx_ok", "Sent to the bank network"),
    "OPERATOR": ("action_trx_ok", "Sent to the recipient's operator"),
    "EMAIL": ("action_sent_email", "Sent by e-mail"),
    "PRINT": ("action_sent_print", "Sent to the printing service"),
}


def _tell_sent(world: World, row: sqlite3.Row, done: Delivered) -> None:
    key, message = SENT_WORDS[done.destination]
    details = {"destination": done.destination, "address": done.address}
    if done.destination == "PRINT":
        _tell_dropped_attachments(world, row)
    _act(world, row, "SENT", key=key, channel=done.channel, message=message, details=details)
    if done.channel == "EINVOICE":
        text = "Delivered to the recipient"
        _act(world, row, "DELIVERED", key="action_delivered", channel=done.channel, message=text, details=details)


def _tell_dropped_attachments(world: World, row: sqlite3.Row) -> None:
    files = invoices_rows.files_of(world.db, [row["id"]])[row["id"]]
    if len(files) > PRINTED_ATTACHMENTS or any(file["mimetype"] != "application/pdf" for file in files):
        key = "action_send_without_attachments"
        _act(world, row, "INFO", key=key, channel="PRINT", message="Printed without its attachments")


def _hand_over(world: World, row: sqlite3.Row, receiver_id: str, document: Document) -> None:
    db = world.db
    image = invoices_rows.content(db, row["image_sha"]) if row["image_sha"] else None
    new = NewInvoice(
        id=str(uuid.uuid4()),
        company_id=receiver_id,
        direction="RECEIVED",
        document=document,
        xml=invoices_rows.content(db, row["xml_sha"]),
        image=image,
        attachments=invoices_rows.attachments_of(db, row["id"]),
        comment=row["comment"] or "",
        origin="INTERNAL",
    )
    arrive(world, new, "VISMA")


def arrive(world: World, new: NewInvoice, network: str) -> None:
    """Put a received invoice into its company's list and tell the company."""
    key = "action_incoming_bank" if network == "BANK" else "action_incoming_receive"
    channel = "SCAN" if network == "SCAN" else "EINVOICE"
    sender = invoices_rows.party_entity(new.document.seller)
    with world.write() as db:
        invoices_rows.insert(db, new, world.now())
        running.invoice_arrived(world, new.id, new.document)
        words = {"key": key, "channel": channel, "message": "Invoice received"}
        invoices_rows.add_action(db, new.id, world.now(), "RECEIVED", details={"network": network}, **words)
        data = {
            "invoice_id": new.id,
            "invoice_number": new.document.number,
            "origin": network,
            "sender_name": sender["name"],
            "sender_bid": sender["bid"],
        }
        world.emit("DOCUMENTS.INVOICE.RECEIVED", new.company_id, data)
