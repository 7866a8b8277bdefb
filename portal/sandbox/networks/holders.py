"""
Addresses that somebody outside holds in a network: put in by the control API, or by a rule, until they are let go.

Rule: a company whose business id's digits begin with 88800 meets a former operator's registration when it first asks
for Peppol, so that a training company can have a conflict without anybody preparing it.
"""

import re
import sqlite3

from portal.sandbox.networks.endpoints import Endpoint
from portal.sandbox.store import register_schema

OPERATOR = "003723327487"  # one of delivery_outside
_RULE = re.compile(r"(?:0037|[A-Z]{2})?88800\d+")

register_schema(
    """
    create table if not exists let_go (
        network text not null, scheme text not null, endpoint_id text not null,
        primary key (network, scheme, endpoint_id)
    );
    """
)


def is_held(db: sqlite3.Connection, network: str, endpoint: Endpoint) -> bool:
    """Whether somebody outside has the address in the network."""
    found = db.execute(
        "select 1 from external_receivers where network = ? and scheme = ? and endpoint_id = ?",
        (network, endpoint.scheme, endpoint.endpoint_id),
    ).fetchone()
    return found is not None


def is_ruled(network: str, endpoint: Endpoint) -> bool:
    """Whether the rule is about this address."""
    return network == "PEPPOL" and _RULE.fullmatch(endpoint.endpoint_id) is not None


def apply_rule(db: sqlite3.Connection, network: str, endpoint: Endpoint, country: str) -> None:
    """Let a former operator hold the address, unless it was let go."""
    named = (network, endpoint.scheme, endpoint.endpoint_id)
    if db.execute("select 1 from let_go where network = ? and scheme = ? and endpoint_id = ?", named).fetchone():
        return
    bid = re.sub(r"^0037|\D", "", endpoint.endpoint_id)
    db.execute(
        "insert or ignore into external_receivers (network, scheme, endpoint_id, bid, name, country, operator)"
        " values (?, ?, ?, ?, ?, ?, ?)",
        (*named, bid, f"Registered before: {bid}", country, OPERATOR),
    )


def let_go(db: sqlite3.Connection, network: str, endpoint: Endpoint) -> bool:
    """Whoever holds the address outside gives it up; False: nobody had it."""
    named = (network, endpoint.scheme, endpoint.endpoint_id)
    gone = db.execute("delete from external_receivers where network = ? and scheme = ? and endpoint_id = ?", named)
    db.execute("insert or ignore into let_go values (?, ?, ?)", named)
    return gone.rowcount > 0
