"""Control calls about services: what old accounts, banks, suppliers and former holders of accounts would do."""

from typing import Any

from starlette.requests import Request

from portal.sandbox import elsewhere
from portal.sandbox.api import autoscan, b2c, odp, takeovers
from portal.sandbox.control.companies import find
from portal.sandbox.control.errors import UnknownError, WrongInputError
from portal.sandbox.world import World

Body = dict[str, Any]


def register_elsewhere(world: World, _request: Request, body: Body) -> Any:
    """`bid`, `country`, `name`, `networks`: a company that another software brought in; it can be taken over."""
    return {"company_id": elsewhere.register(world, body)}


def open_autoscan(world: World, request: Request, body: Body) -> Any:
    """AutoScan as an old account has it: `return_email_address` may be empty, then it is closed after a while."""
    company = find(world, request.path_params["id"])
    autoscan.store(world, company.id, str(body.get("return_email_address", "")))
    return {"company_id": company.id}


def set_b2cno(world: World, request: Request, body: Body) -> Any:
    """`status` of the Norwegian consumer service; empty: by the rule again."""
    company, status = find(world, request.path_params["id"]), str(body.get("status", ""))
    if status and status not in b2c.NO_STATES:
        raise WrongInputError(f"status must be one of {', '.join(b2c.NO_STATES)}")
    b2c.set_norwegian(world, company.id, status)
    return {"company_id": company.id, "status": status}


def show_odp(world: World, request: Request, _body: Body) -> Any:
    """A company's number at ODP, which its support would tell."""
    company = find(world, request.path_params["id"])
    return {"company_id": company.id, "number": odp.number_of(world.db, company.id)}


def add_supplier(world: World, request: Request, body: Body) -> Any:
    """`bid`, `country`, `name`, `email`, `invoices`: somebody who sends the company paper."""
    company = find(world, request.path_params["id"])
    if missing := [name for name in ("bid", "country", "name") if not body.get(name)]:
        raise WrongInputError(f"give {', '.join(missing)}")
    values = (
        company.id,
        body["bid"],
        body["country"],
        body["name"],
        body.get("email", ""),
        int(body.get("invoices", 1)),
    )
    with world.write() as db:
        db.execute("insert or replace into paper_suppliers values (?, ?, ?, ?, ?, ?)", values)
    return {"company_id": company.id}


def list_supplier_mails(world: World, request: Request, _body: Body) -> Any:
    """The mails that suppliers of a company got."""
    company = find(world, request.path_params["id"])
    rows = world.db.execute(
        "select email, name, language, sent_at from supplier_mails where company_id = ?", (company.id,)
    )
    return [dict(row) for row in rows]


def bring_documents(world: World, request: Request, _body: Body) -> Any:
    """The documents of a takeover arrive now."""
    takeover_id = request.path_params["id"]
    if world.db.execute("select 1 from takeovers where id = ?", (takeover_id,)).fetchone() is None:
        raise UnknownError("no such takeover")
    takeovers.documents_arrive(world, takeover_id)
    return {"id": takeover_id}


def list_takeovers(world: World, _request: Request, _body: Body) -> Any:
    rows = world.db.execute("select id, company_id, state, requested_at, documents_at from takeovers order by rowid")
    return [dict(row) for row in rows]


TABLE = (
    ("POST", "/companies", register_elsewhere),
    ("POST", "/companies/{id}/autoscan", open_autoscan),
    ("POST", "/companies/{id}/b2cno", set_b2cno),
    ("GET", "/companies/{id}/odp", show_odp),
    ("POST", "/companies/{id}/suppliers", add_supplier),
    ("GET", "/companies/{id}/supplier_mails", list_supplier_mails),
    ("GET", "/takeovers", list_takeovers),
    ("POST", "/takeovers/{id}/documents", bring_documents),
)
