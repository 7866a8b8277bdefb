"""Company settings: blocks that are read whole or by name, and changed field by field."""

import json
import sqlite3
from typing import Any

from portal.sandbox import settings_rules
from portal.sandbox.api import companies
from portal.sandbox.call import Answer, Call, Refusal, simulates
from portal.sandbox.company import Company

# Fields of the account itself, which other parts of the simulator read: block, field, column.
COLUMNS = (
    ("details", "name", "name"),
    ("details", "email", "email"),
    ("address", "street_address", "address1"),
    ("address", "post_code", "post_code"),
    ("address", "post_office", "post_office"),
    ("address", "city", "city"),
)
READ_ONLY = {"details": ("country", "bid", "vat_number"), "address": ("country",)}


@simulates("getV1CompanySettings")
def show_settings(call: Call) -> Answer:
    blocks = effective(call.world.db, companies.of(call))
    wanted = call.params.get("fields")
    return Answer(body={name: block for name, block in blocks.items() if not wanted or name in wanted})


@simulates("patchV1CompanySettings")
def change_settings(call: Call) -> Answer:
    """Only what is named changes; country and business id of an account never do."""
    company = companies.of(call)
    sent = {
        name: {field: value for field, value in block.items() if field not in READ_ONLY.get(name, ())}
        for name, block in call.body.items()
        if isinstance(block, dict)
    }
    with call.world.write() as db:
        held = _merged(companies.settings_of(db, company.id), sent)
        if faults := settings_rules.faults(sent, _merged(_defaults(company), held), company):
            raise Refusal("bad_input", faults)
        columns = {
            column: sent[block][field] for block, field, column in COLUMNS if sent.get(block, {}).get(field) is not None
        }
        companies.update(call.world, company.id, settings=json.dumps(held), **columns)
    return Answer(204)


@simulates("getV1ServicesDetectChecks")
def show_checks(call: Call) -> Answer:
    """The same setting as the block `checks`, as one text."""
    checks: list[str] = effective(call.world.db, companies.of(call))["checks"]["on_invoice_receive"]
    return Answer(body={"on_invoice_receive": ",".join(checks)})


@simulates("patchV1ServicesDetectChecks")
def change_checks(call: Call) -> Answer:
    """Replaces the whole list; none given switches all off."""
    company = companies.of(call)
    sent = {"checks": {"on_invoice_receive": call.params.get("on_invoice_receive", [])}}
    with call.world.write() as db:
        held = _merged(companies.settings_of(db, company.id), sent)
        companies.update(call.world, company.id, settings=json.dumps(held))
    return Answer(204)


def effective(db: sqlite3.Connection, company: Company) -> dict[str, Any]:
    """All blocks: the defaults, and over them what was changed."""
    return _merged(_defaults(company), companies.settings_of(db, company.id))


def _defaults(company: Company) -> dict[str, Any]:
    details = {
        "name": company.name,
        "email": company.email,
        "website": None,
        "country": company.country,
        "bid": company.bid,
        "vat_number": company.vat,
    }
    address = {
        "street_address": company.address1,
        "post_code": company.post_code,
        "post_office": company.post_office,
        "city": company.city,
        "country": company.country,
    }
    return {
        "details": _present(details),
        "address": _present(address),
        "invoice_notifications": {
            "on_receiving": {"enabled": False, "how_to_send": "OTHER_EMAIL", "other_email": ""},
            "on_send_errors": {"to_user": True, "to_emails": []},
        },
        "send_invoice_email": {"enabled": True, "how_to_send": "EMBEDDED", "reminder_frequency": 0},
        "send_invoice_print": {
            "enabled": company.country != "IT",
            "letter_class": "ECONOMY",
            "color_scheme": "BLACK_AND_WHITE",
            "attachment_print": False,
            "marketing_page": False,
            "use_own_pdf": True,
        },
        "send_invoice_general": {"stop_duplicate_numbers": False, "hold_multiple_recipients": False},
        "logos": {},
        "email_reports": {"report_interval": "off", "email_reports": []},
        "billing_details": {},
        "checks": {"on_invoice_receive": []},
    }


def _present(block: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in block.items() if value is not None}


def _merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Blocks inside blocks are joined; lists and values are replaced."""
    result = dict(old)
    for name, value in new.items():
        both = isinstance(value, dict) and isinstance(result.get(name), dict)
        result[name] = _merged(result[name], value) if both else value
    return result
