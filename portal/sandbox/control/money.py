"""Control calls about money: what the bank's customers, the collection agency and the month's use would do."""

import re
from typing import Any

from starlette.requests import Request

from portal.sandbox.api import invoices_rows, op_credit
from portal.sandbox.collection import threads
from portal.sandbox.control.companies import find
from portal.sandbox.control.errors import UnknownError, WrongInputError
from portal.sandbox.credit import ledger
from portal.sandbox.world import World

Body = dict[str, Any]


def sign_op_credit(world: World, request: Request, _body: Body) -> Any:
    return _decide(world, request, op_credit.SIGNED)


def decline_op_credit(world: World, request: Request, _body: Body) -> Any:
    return _decide(world, request, op_credit.DECLINED)


def pay_op_invoice(world: World, request: Request, body: Body) -> Any:
    """`invoice_id`: its buyer pays to the account at OP."""
    company = find(world, request.path_params["id"])
    held = ledger.account(world.db, company.id)
    invoice = invoices_rows.get(world.db, str(body.get("invoice_id", "")), company.id)
    if held is None or invoice is None:
        raise UnknownError("no such credit or invoice")
    ledger.pay(world, held, invoice)
    return {"company_id": company.id, "owed": str(ledger.owed(world.db, company.id))}


def write_as_agency(world: World, request: Request, body: Body) -> Any:
    """`text`; `thread_id`, or `assignment_id` and `subject` for a new thread; `author`: the agency writes."""
    company, text = find(world, request.path_params["id"]), str(body.get("text", "")).strip()
    if not text:
        raise WrongInputError("give text")
    case = str(body["assignment_id"]) if body.get("assignment_id") else None
    with world.write() as db:
        if body.get("thread_id"):
            thread = threads.get(db, company.id, str(body["thread_id"]))
            if thread is None:
                raise UnknownError("no such thread")
        else:
            there = threads.of_assignment(db, company.id, case) if case else None
            subject = str(body.get("subject", "Question about a case"))
            thread = there or threads.open_thread(world, company.id, subject, case)
        author = str(body.get("author", threads.AGENT))
        message = threads.write(world, thread, threads.AGENCY, author, text)
    return {"thread_id": thread["id"], "message_id": message["id"]}


def bill_action(world: World, request: Request, body: Body) -> Any:
    """`month` (2026-05), `action_name`, `action_count`, `license_key`: use of a month that no call here makes."""
    company, month = find(world, request.path_params["id"]), str(body.get("month", ""))
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        raise WrongInputError("month must be such as 2026-05")
    values = (
        company.id,
        month,
        str(body.get("action_name", "validation")),
        int(body.get("action_count", 1)),
        str(body.get("license_key", "")),
    )
    with world.write() as db:
        db.execute("insert or replace into billed_actions values (?, ?, ?, ?, ?)", values)
    return {"company_id": company.id, "month": month}


def _decide(world: World, request: Request, decision: str) -> Any:
    company = find(world, request.path_params["id"])
    held = ledger.account(world.db, company.id)
    if held is None or not op_credit.decide(world, held["token"], decision):
        raise WrongInputError("no agreement of this company is open")
    return {"company_id": company.id, "decision": decision}


TABLE = (
    ("POST", "/companies/{id}/op_credit/sign", sign_op_credit),
    ("POST", "/companies/{id}/op_credit/decline", decline_op_credit),
    ("POST", "/companies/{id}/op_credit/payment", pay_op_invoice),
    ("POST", "/companies/{id}/messages", write_as_agency),
    ("POST", "/companies/{id}/billing", bill_action),
)
