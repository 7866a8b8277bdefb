"""The ready partner company: its keys outlive a reset and a restart."""

import secrets
import sqlite3
import uuid

from portal.sandbox.api import companies
from portal.sandbox.clock import stamp
from portal.sandbox.world import World, on_reset

NAMES = ("company_uuid", "user_api_key", "vendor_api_key")
PARTNER_BID = "20000016"


def keys(db: sqlite3.Connection) -> dict[str, str]:
    """company_uuid, user_api_key and vendor_api_key."""
    return {row["name"]: row["value"] for row in db.execute("select name, value from identity") if row["name"] in NAMES}


@on_reset
def create_partner(world: World) -> None:
    """The partner company, its integration user and its vendor key, unless the state file has them already."""
    with world.write() as db:
        held = keys(db) or _new_keys(db)
        if companies.get(db, held["company_uuid"]):
            return
        now = stamp(world.now())
        companies.insert(
            world,
            {
                "id": held["company_uuid"],
                "bid": PARTNER_BID,
                "country": "FI",
                "name": "Training Partner Oy",
                "address1": "Harjoituskatu 1",
                "post_code": "00100",
                "post_office": "Helsinki",
                "city": "Helsinki",
                "email": "partner@example.test",
                "company_state": "VERIFIED",
                "auth_state": "SIGNED",
                "auth_email": "partner@example.test",
                "is_partner": 1,
                "own_kyc": 1,
            },
        )
        user_id = str(uuid.uuid5(uuid.NAMESPACE_URL, held["company_uuid"]))
        db.execute(
            "insert into users (id, email, first_name, last_name, api_key, vendor_key, created_at)"
            " values (?, 'integration@example.test', 'Integration', 'User', ?, ?, ?)",
            (user_id, held["user_api_key"], held["vendor_api_key"], now),
        )
        db.execute(
            "insert into memberships (company_id, user_id, role, created_at) values (?, ?, 'ADMIN', ?)",
            (held["company_uuid"], user_id, now),
        )
        db.execute(
            "insert into vendor_keys (key, partner_id, name) values (?, ?, 'Training software')",
            (held["vendor_api_key"], held["company_uuid"]),
        )


def _new_keys(db: sqlite3.Connection) -> dict[str, str]:
    made = {
        "company_uuid": str(uuid.uuid4()),
        "user_api_key": secrets.token_hex(20),
        "vendor_api_key": str(uuid.uuid4()),
    }
    db.executemany("insert into identity (name, value) values (?, ?)", made.items())
    return made
