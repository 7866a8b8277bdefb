"""
The scan service: the company's registration in the SCAN network, seen from another side.

Rules: verified companies of six countries, VISMA first. It opens as a network registration does. Posting once more
changes it. The old way, a profile with network settings, and this one show the same return address.
"""

import json
import sqlite3
from typing import Any

from portal.sandbox.api import companies, profiles
from portal.sandbox.call import Answer, Call, Refusal, simulates
from portal.sandbox.company import Company
from portal.sandbox.mailboxes import check_email, mailbox
from portal.sandbox.world import World

MARKETS = ("FI", "SE", "NO", "DK", "NL", "BE")
NETWORK = "SCAN"
_POSTAL = "return_address[postal_address]"
# The form's words, and those of the older network settings.
_FIELDS = (
    (f"{_POSTAL}[street_name]", "street_address"),
    (f"{_POSTAL}[extra_lines]", "extra_lines"),
    (f"{_POSTAL}[city]", "post_office"),
    (f"{_POSTAL}[post_code]", "post_code"),
    (f"{_POSTAL}[country_code]", "country_code"),
)


@simulates("getV1ServicesScan")
def show(call: Call) -> Answer:
    company = companies.of(call)
    return Answer(body=_described(company, _registration(call.world.db, company.id)))


@simulates("postV1ServicesScan")
def activate(call: Call) -> Answer:
    company = companies.require_verified(call)
    settings = _settings(company, call.body)
    if company.country not in MARKETS:
        raise Refusal("bad_input", [f"the scan service is not for {company.country}"])
    if not profiles.active(call.world.db, company.id, "VISMA"):
        raise Refusal("bad_input", ["VISMA network must be enabled first"])
    with call.world.write() as db:
        held = _registration(db, company.id)
        if held is None:
            profiles.open_profile(call.world, company.id, NETWORK, [profiles.INVOICES], None, settings=settings)
        else:
            _store(call.world, held, settings)
    return show(call)


@simulates("putV1ServicesScan")
def change(call: Call) -> Answer:
    """Replaces the return address."""
    company = companies.of(call)
    held = _registration(call.world.db, company.id)
    if held is None:
        raise Refusal("bad_input", ["the scan service is not active"])
    _store(call.world, held, _settings(company, call.body))
    return show(call)


@simulates("deleteV1ServicesScan")
def close(call: Call) -> Answer:
    company = companies.of(call)
    with call.world.write() as db:
        held = _registration(db, company.id)
        if held is None:
            raise Refusal("not_found")
        profiles.close_profile(call.world, held["id"])
    return Answer(204)


def _registration(db: sqlite3.Connection, company_id: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(
        "select * from profiles where company_id = ? and network = ? order by created_at desc, rowid desc",
        (company_id, NETWORK),
    ).fetchone()
    return row


def _settings(company: Company, body: dict[str, Any]) -> dict[str, Any]:
    """
    The network settings that a form means.

    :raises Refusal: no e-mail address, or a postal address without street, post code or city
    """
    postal = {word: body[name] for name, word in _FIELDS if body.get(name)}
    needed = ("street_address", "post_code", "post_office")
    if postal and (missing := [word for word in needed if word not in postal]):
        raise Refusal("bad_input", [f"return_address.postal_address: {word} is missing" for word in missing])
    email = body.get("return_address[email_address]") or ""
    check_email("return_address.email_address", email)
    return {"return_email": email or company.email or "", "return_address": postal, "other_docs": True}


def _store(world: World, row: sqlite3.Row, settings: dict[str, Any]) -> None:
    merged = json.loads(row["network_settings"] or "{}") | settings
    with world.write() as db:
        db.execute("update profiles set network_settings = ? where id = ?", (json.dumps(merged), row["id"]))


def _described(company: Company, row: sqlite3.Row | None) -> dict[str, Any]:
    if row is None:
        return {"status": "disabled"}
    settings = json.loads(row["network_settings"] or "{}")
    postal = settings.get("return_address") or {}
    back = {
        "name": company.name,
        "address1": postal.get("street_address"),
        "address2": " ".join(postal.get("extra_lines") or []) or None,
        "post_code": postal.get("post_code"),
        "city": postal.get("post_office"),
        "country_code": postal.get("country_code") or company.country,
    }
    there = {"name": company.name, "address1": f"Scan {company.bid_key}", "post_code": "00021", "city": "Laskutus"}
    return {
        "status": row["status"],
        "error_message": row["event_message"] if row["status"] == "error" else "",
        "scan_address": {
            "email_address": mailbox(company, "scan"),
            "postal_address": there | {"country_code": company.country},
        },
        "return_address": {
            "email_address": settings.get("return_email") or "",
            "postal_address": {name: value for name, value in back.items() if value} if postal else {},
        },
        "features": {
            "other_docs": bool(settings.get("other_docs")),
            "scan_reminders": False,
            "cash_discount_field_scanning": False,
            "line_scanning": False,
            "vat_liable": True,
        },
    }
