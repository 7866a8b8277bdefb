"""POST /v1/users: a user with a key, who belongs to no company yet."""

import secrets
import sqlite3
import uuid
from typing import Any

from portal.sandbox import logins
from portal.sandbox.call import Answer, Call, Refusal, simulates
from portal.sandbox.clock import stamp


@simulates("postV1Users")
def create_user(call: Call) -> Answer:
    """The key is in this answer only; the same e-mail may have several users, as the contract refuses none."""
    if logins.vendor(call.world.db, call.body["vendor_api_key"]) is None:
        raise Refusal("vendor_key_unknown")
    if "@" not in call.body["email"]:
        raise Refusal("no_email", ["email: is not an e-mail address"])
    with call.world.write() as db:
        _, api_key = insert(db, call.body, stamp(call.world.now()), call.body["vendor_api_key"])
    return Answer(201, {"user_api_key": api_key})


def insert(db: sqlite3.Connection, fields: dict[str, Any], now: str, vendor_key: str | None) -> tuple[str, str]:
    """Store a user (email, first_name, last_name, phone); returns id and key."""
    user_id, api_key = str(uuid.uuid4()), secrets.token_hex(20)
    names = [fields.get(name) for name in ("email", "first_name", "last_name", "phone")]
    db.execute(
        "insert into users (id, email, first_name, last_name, phone, api_key, vendor_key, created_at)"
        " values (?, ?, ?, ?, ?, ?, ?, ?)",
        (user_id, *names, api_key, vendor_key, now),
    )
    return user_id, api_key
