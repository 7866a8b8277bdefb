"""Control calls about checks and letters: what Validator and Detect say next, test mode, bank messages that arrive."""

import json
from typing import Any

from starlette.requests import Request

from portal.sandbox.api import bank_messages
from portal.sandbox.control.companies import find
from portal.sandbox.control.errors import UnknownError, WrongInputError
from portal.sandbox.detect import rules, texts
from portal.sandbox.letters import accounts
from portal.sandbox.world import World

Body = dict[str, Any]


def order_report(world: World, _request: Request, body: Body) -> Any:
    """The next `count` reports (1) hold these fields: `result`, `assertions` … as in the contract; 0: no more of it."""
    count = _count(body)
    fields = {name: value for name, value in body.items() if name != "count"}
    with world.write() as db:
        if not count:
            db.execute("delete from validator_orders")
        else:
            db.execute("insert into validator_orders (left, body) values (?, ?)", (count, json.dumps(fields)))
    return {"count": count}


def order_finding(world: World, request: Request, body: Body) -> Any:
    """
    The next `count` runs (1) of `check` for this company find `reason_code`; `data` fills the sentence.

    A negative count: from now on; 0: by the rules again.
    """
    company, check = find(world, request.path_params["id"]), str(body.get("check", ""))
    if check not in texts.NAMES:
        raise WrongInputError(f"check must be one of {', '.join(texts.NAMES)}")
    reason = str(body.get("reason_code", "")).removeprefix(f"{check}_")
    count = _count(body)
    if count and rules.status_of(check, reason) is None:
        words = [word for reasons in texts.REASONS[check].values() for word in reasons]
        raise WrongInputError(f"reason_code must be one of {', '.join(words)}")
    with world.write() as db:
        if not count:
            db.execute("delete from analysis_orders where company_id = ? and name = ?", (company.id, check))
        else:
            db.execute(
                "insert into analysis_orders (company_id, name, reason, data, left) values (?, ?, ?, ?, ?)",
                (company.id, check, reason, json.dumps(body.get("data") or {}), count),
            )
    return {"company_id": company.id, "check": check, "count": count}


def change_printing(world: World, request: Request, body: Body) -> Any:
    """`test_mode` of a registered company, which only support can end."""
    company = find(world, request.path_params["id"])
    if accounts.of_company(world.db, company.id) is None:
        raise UnknownError("the company is not registered for mass printing")
    with world.write() as db:
        db.execute(
            "update print_accounts set test_mode = ? where company_id = ?",
            (int(bool(body.get("test_mode"))), company.id),
        )
    return {"company_id": company.id, "test_mode": bool(body.get("test_mode"))}


def list_letters(world: World, request: Request, _body: Body) -> Any:
    """The company's print jobs with everything they came with."""
    company = find(world, request.path_params["id"])
    rows = world.db.execute("select * from print_jobs where company_id = ? order by id", (company.id,))
    return [dict(row) for row in rows]


def settle_letters(world: World, request: Request, body: Body) -> Any:
    """`status`: the text that the status call answers for this job from now on."""
    status = str(body.get("status", ""))
    if not status.startswith(("OK", "ERROR: ")):
        raise WrongInputError("status must begin with OK or ERROR: ")
    with world.write() as db:
        changed = db.execute("update print_jobs set status = ? where id = ?", (status, request.path_params["id"]))
    if not changed.rowcount:
        raise UnknownError("no print job has this id")
    return {"id": request.path_params["id"], "status": status}


def receive_bank_message(world: World, request: Request, body: Body) -> Any:
    """A consumer asks for e-invoices of the company; with `ends` no longer wants them."""
    company = find(world, request.path_params["id"])
    return {"id": bank_messages.receive(world, company, ends=bool(body.get("ends")))}


def reject_bank_message(world: World, request: Request, body: Body) -> Any:
    """A sent message turns out wrong: `message`."""
    row = world.db.execute(
        "select * from bank_messages where id = ? and direction = 'SENT'", (request.path_params["id"],)
    ).fetchone()
    if row is None:
        raise UnknownError("no sent bank message has this id")
    text = str(body.get("message") or "MESSAGE REJECTED BY THE BANK")
    return {"id": row["id"], "error_message_id": bank_messages.reject(world, row, [text])}


def _count(body: Body) -> int:
    try:
        return int(body.get("count", 1))
    except (TypeError, ValueError) as error:
        raise WrongInputError("count must be a number") from error


TABLE = (
    ("POST", "/validator/next", order_report),
    ("POST", "/companies/{id}/detect", order_finding),
    ("PATCH", "/companies/{id}/printing", change_printing),
    ("GET", "/companies/{id}/printing", list_letters),
    ("POST", "/printing/{id:int}", settle_letters),
    ("POST", "/companies/{id}/bank_messages", receive_bank_message),
    ("POST", "/bank_messages/{id}/reject", reject_bank_message),
)
