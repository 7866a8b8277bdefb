"""
Where a sent document goes, and whether it arrives. No look-up is made: address and operator are those of the call.

| what is so                                                      | outcome                                          |
| --------------------------------------------------------------- | ------------------------------------------------ |
| a company here has the address, but is not verified or disabled | FAILED, RECEIVER_NOT_ACTIVE                      |
| it has no active registration for that type of document         | FAILED, DOCUMENT_TYPE_NOT_SUPPORTED              |
| it has one                                                      | DELIVERED, and RECEIVED there                    |
| operator PEPPOL, the address is of `delivery_outside` or put in | RESERVED, a moment later DELIVERED; some confirm |
|                                                                 | or fail afterwards                               |
| another operator of `delivery_outside`, right check digit       | the same                                         |
| operator nobody knows                                           | FAILED, OPERATOR_UNKNOWN                         |
| any other address                                               | FAILED, ADDRESS_UNKNOWN                          |
"""

import json
import sqlite3
from dataclasses import dataclass

from portal.sandbox.api import companies, documents_rows
from portal.sandbox.api.documents_rows import NewDocument
from portal.sandbox.api.profiles import INVOICES
from portal.sandbox.clock import stamp
from portal.sandbox.delivery.outside import OPERATORS, OWN_OPERATOR, PEPPOL, known_at_operator, participant
from portal.sandbox.delivery.receivers import Receivers
from portal.sandbox.world import World, job

LATE_FACTOR = 5
INSIDE = (PEPPOL, OWN_OPERATOR)
# Profile under which a type is received, where it isn't the type's own name.
PROFILES = {
    "INVOICE": INVOICES,
    "CREDIT_NOTE": INVOICES,
    "SELF_BILLING_INVOICE": INVOICES,
    "ORDER_CHANGE": "ORDER",
    "ORDER_CANCELLATION": "ORDER",
}
WITH_PROFILE = (
    "ORDER", "ORDER_RESPONSE", "CATALOGUE", "CATALOGUE_RESPONSE", "DESPATCH_ADVICE", "REMINDER", "INVOICE_RESPONSE",
    "MESSAGE_LEVEL_RESPONSE", INVOICES,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Failure:
    """The event that ends it: code and message."""

    code: str
    message: str


RECEIVER_NOT_ACTIVE = Failure("RECEIVER_NOT_ACTIVE", "Receiver does not receive documents at the moment")
NOT_SUPPORTED = Failure("DOCUMENT_TYPE_NOT_SUPPORTED", "Receiver does not receive documents of this type")
OPERATOR_UNKNOWN = Failure("OPERATOR_UNKNOWN", "Operator not known")
ADDRESS_UNKNOWN = Failure("ADDRESS_UNKNOWN", "Receiver address not known")
REFUSED_LATER = Failure("DELIVERY_FAILED", "Recipient's operator could not deliver the document")


@dataclass(frozen=True, slots=True)
class Target:
    """Who gets it: a company here, or somebody outside and what that one does afterwards."""

    network: str
    receiver_id: str | None = None
    afterwards: str = ""


def decide(db: sqlite3.Connection, row: sqlite3.Row) -> Target | Failure:
    """Changes nothing."""
    recipient: dict[str, str] = json.loads(row["recipient"])
    operator, eia = recipient.get("operator", ""), recipient.get("eia", "")
    scheme, colon, value = eia.partition(":")
    if not colon:
        scheme, value = "", eia
    receivers = Receivers(db, row["company_id"])
    if operator in INSIDE and (inside := receivers.by_address(scheme, value)):
        return _inside(db, inside, row["type"], operator)
    if operator == PEPPOL:
        outsider = participant(scheme, value)
        known = outsider is not None or receivers.is_outside(scheme, value)
        return Target(PEPPOL, afterwards=outsider.afterwards if outsider else "") if known else ADDRESS_UNKNOWN
    if operator not in OPERATORS:
        return OPERATOR_UNKNOWN
    return Target("OPERATOR") if operator != OWN_OPERATOR and known_at_operator(value) else ADDRESS_UNKNOWN


def _inside(db: sqlite3.Connection, receiver_id: str, kind: str, operator: str) -> Target | Failure:
    company = companies.get(db, receiver_id)
    if company is None or not company.verified or company.disabled:
        return RECEIVER_NOT_ACTIVE
    profile = PROFILES.get(kind, kind)
    rows = db.execute("select profiles from profiles where company_id = ? and status = 'active'", (receiver_id,))
    held = [name for row in rows for name in json.loads(row["profiles"])]
    takes = profile in held if profile in WITH_PROFILE else bool(held)
    return Target(PEPPOL if operator == PEPPOL else "VISMA", receiver_id) if takes else NOT_SUPPORTED


def start(world: World, document_id: str) -> None:
    world.later("invoice_delivered", "deliver_document", document_id=document_id)


@job("deliver_document")
def deliver(world: World, document_id: str) -> None:
    row = documents_rows.get(world.db, document_id)
    if row is None or row["status"] != "PROCESSING":
        return
    target = decide(world.db, row)
    with world.write():
        if isinstance(target, Failure):
            fail(world, row, target)
        elif target.receiver_id:
            hand_over(world, row, target)
        else:
            documents_rows.update(world, document_id, status="RESERVED", network=target.network)
            documents_rows.add_event(world, document_id, "RESERVED", "Taken by the access point")
            world.later("invoice_delivered", "document_left", document_id=document_id, afterwards=target.afterwards)


@job("document_left")
def leave(world: World, document_id: str, afterwards: str) -> None:
    row = documents_rows.get(world.db, document_id)
    if row is None or row["status"] != "RESERVED":
        return
    with world.write():
        settle(world, row)
        if afterwards:
            delay = world.clock.delay("invoice_delivered") * LATE_FACTOR
            world.later(delay, "document_afterwards", document_id=document_id, what=afterwards)


@job("document_afterwards")
def follow(world: World, document_id: str, what: str) -> None:
    row = documents_rows.get(world.db, document_id)
    if row is None or row["status"] != "DELIVERED":
        return
    if what == "confirms":
        confirm(world, row)
    else:
        fail(world, row, REFUSED_LATER)


def settle(world: World, row: sqlite3.Row) -> None:
    """DELIVERED, and told so."""
    with world.write():
        documents_rows.update(world, row["id"], status="DELIVERED", delivered_at=stamp(world.now()))
        documents_rows.add_event(world, row["id"], "DELIVERED", "Delivered to the recipient")
        _tell(world, row["id"], "DELIVERED")


def fail(world: World, row: sqlite3.Row, failure: Failure) -> None:
    """FAILED, also after a delivery."""
    with world.write():
        documents_rows.update(world, row["id"], status="FAILED")
        documents_rows.add_event(world, row["id"], failure.code, failure.message)
        _tell(world, row["id"], "FAILED", error_message=failure.message)


def confirm(world: World, row: sqlite3.Row) -> None:
    """CONFIRMED_DELIVERY at the recipient and at the sender, who is told."""
    with world.write() as db:
        twin = documents_rows.get(db, row["twin_id"]) if row["twin_id"] else None
        for copy in filter(None, (row, twin)):
            documents_rows.update(world, copy["id"], status="CONFIRMED_DELIVERY")
            documents_rows.add_event(world, copy["id"], "CONFIRMED_DELIVERY", "The recipient confirmed the delivery")
            if copy["direction"] == "SENT":
                _tell(world, copy["id"], "DELIVERY_CONFIRMED")


def hand_over(world: World, row: sqlite3.Row, target: Target) -> None:
    """DELIVERED here, and a copy of its own at the company that receives it."""
    with world.write() as db:
        names = ("type", "number", "reference", "document_identifier", "process_identifier", "source_format",
                 "transmission_id", "transmission_at")  # fmt: skip
        new = NewDocument(
            company_id=target.receiver_id or "",
            direction="RECEIVED",
            sender=json.loads(row["sender"]),
            recipient=json.loads(row["recipient"]),
            network=target.network,
            origin="INTERNAL",
            twin_id=row["id"],
            files=documents_rows.copies_of(db, row["id"]),
            **{name: row[name] for name in names},
        )
        twin_id = arrive(world, new)
        documents_rows.update(world, row["id"], twin_id=twin_id, network=target.network)
        settle(world, row)


def arrive(world: World, new: NewDocument) -> str:
    """Put a received document into its company's list, tell the company, and return the id."""
    with world.write():
        document_id = documents_rows.insert(world, new)
        documents_rows.add_event(world, document_id, "RECEIVED", "Document received")
        data = {
            "document_id": document_id,
            "document_number": new.number,
            "document_type": new.type,
            "origin": new.network,
            "sender_name": new.sender.get("name", ""),
            "sender_bid": new.sender.get("bid", ""),
        }
        world.emit(f"DOCUMENTS.{new.type}.RECEIVED", new.company_id, data)
    return document_id


def _tell(world: World, document_id: str, action: str, **more: str) -> None:
    row = documents_rows.get(world.db, document_id)
    if row is None:
        return
    recipient: dict[str, str] = json.loads(row["recipient"])
    data = {
        "document_id": row["id"],
        "document_number": row["number"],
        "document_type": row["type"],
        "destination": row["network"],
        "recipient_name": recipient.get("name", ""),
        "recipient_bid": recipient.get("bid", ""),
    }
    world.emit(f"DOCUMENTS.{row['type']}.{action}", row["company_id"], data | more)
