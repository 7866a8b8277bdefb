"""
The look-up's search: active registrations of this simulator and participants outside, by address, business id, name.

An address or a business id is found over an index and a page is cut by the database, so that a look-up costs the same
with 20,000 companies as with 20. Upper and lower case of names are told apart beyond A to Z.
"""

import re
import sqlite3
from typing import Any

from portal.sandbox.api import profiles
from portal.sandbox.company import VAT_FORMS, bid_key, compact
from portal.sandbox.networks import rules
from portal.sandbox.store import register_schema

register_schema(
    """
    create index if not exists external_receivers_endpoint on external_receivers (endpoint_id);
    create index if not exists external_receivers_bid on external_receivers (bid);
    """
)

_INSIDE = (
    "select p.network, p.scheme, p.endpoint_id, p.profiles, '' as operator, c.id as participant, c.name, c.bid,"
    " c.country from profiles p join companies c on c.id = p.company_id"
    " where p.status = 'active' and p.endpoint_id is not null"
)
_OUTSIDE = (
    f"select network, scheme, endpoint_id, '[\"{profiles.INVOICES}\"]' as profiles, operator,"  # noqa: S608
    " scheme || ':' || endpoint_id as participant, name, bid, country from external_receivers where 1"
)


def search(db: sqlite3.Connection, params: dict[str, Any], limits: tuple[int, int]) -> tuple[int, list[sqlite3.Row]]:
    """How many receivers the look-up's parameters name, and those between the limits, by name."""
    inside, inside_values = _narrowed(params, bid="c.bid_key", keys=_keys(params))
    outside, outside_values = _narrowed(params, bid="bid", keys=[*_keys(params), str(params.get("bid", ""))])
    everywhere, values = _everywhere(params)
    both = f"select * from ({_INSIDE}{inside} union all {_OUTSIDE}{outside}) where {everywhere}"  # noqa: S608
    given = [*inside_values, *outside_values, *values]
    total = db.execute(f"select count(*) from ({both})", given).fetchone()[0]  # noqa: S608
    rows = db.execute(f"{both} order by name, network limit ? offset ?", [*given, *limits])
    return int(total), rows.fetchall()


def _keys(params: dict[str, Any]) -> list[str]:
    """The forms in which a business id may be stored, whatever its country."""
    if "bid" not in params:
        return []
    return sorted({bid_key(params["bid"], country) for country in (None, *VAT_FORMS)})


def _narrowed(params: dict[str, Any], *, bid: str, keys: list[str]) -> tuple[str, list[Any]]:
    """Conditions that an index serves: the address and the business id."""
    clauses, values = "", list[Any]()
    if "eia" in params and not params.get("allow_eia_variants"):
        asked = str(params["eia"])
        clauses += " and endpoint_id in (?, ?)"
        values += [asked, asked.partition(":")[2] or asked]
    if "bid" in params:
        clauses += f" and {bid} in ({', '.join('?' * len(keys))})"
        values += keys
    return clauses, values


def _everywhere(params: dict[str, Any]) -> tuple[str, list[Any]]:
    """Conditions that every row keeps."""
    wanted = {rules.canonical(name) for name in params["network"]}
    names = sorted(wanted | {alias for alias, name in rules.ALIASES.items() if name in wanted})
    clauses, values = [f"network in ({_marks(names)})"], list[Any](names)
    if params.get("country"):
        clauses.append(f"country in ({_marks(params['country'])})")
        values += params["country"]
    if params.get("name"):
        clauses.append("name like ? escape '\\'")
        values.append(_containing(params["name"]))
    if "eia" in params:
        clause, more = _address(str(params["eia"]), variants=bool(params.get("allow_eia_variants")))
        clauses.append(clause)
        values += more
    if types := params.get("document_type"):
        held = sorted({name for word in types for name in _profiles_with(word)})
        clauses.append(f"({' or '.join(['profiles like ?'] * len(held))})")
        values += [f'%"{name}"%' for name in held]
    return " and ".join(clauses), values


def _address(asked: str, *, variants: bool) -> tuple[str, list[str]]:
    """Exactly, with or without the scheme in front; as a variant also without the Finnish prefix or with a suffix."""
    exact = "(endpoint_id = ? or scheme || ':' || endpoint_id = ?)"
    if not variants:
        return exact, [asked, asked]
    return f"({exact} or endpoint_id like ?)", [asked, asked, f"%{compact(asked).removeprefix('0037')}%"]


def _profiles_with(document_type: str) -> tuple[str, ...]:
    """The profiles under which documents of a type are received."""
    return (profiles.INVOICES,) if document_type in ("INVOICE", "CREDIT_NOTE") else (document_type,)


def _containing(text: str) -> str:
    return "%" + re.sub(r"([%_\\])", r"\\\1", text) + "%"


def _marks(items: list[str]) -> str:
    return ", ".join("?" * len(items))
