"""Control calls about collection: what representatives, debtors and agencies would do."""

from decimal import Decimal, InvalidOperation
from typing import Any

from starlette.requests import Request

from portal.sandbox.api import collection_services
from portal.sandbox.collection import course
from portal.sandbox.collection import rows as collection_rows
from portal.sandbox.collection.rows import AGENCY, CLOSED
from portal.sandbox.control.companies import find
from portal.sandbox.control.errors import UnknownError, WrongInputError
from portal.sandbox.world import World

Body = dict[str, Any]


def settle_agreement(world: World, request: Request, body: Body) -> Any:
    """`agency` and `decision` (sign, decline): the agreement that waits is settled."""
    company, agency = find(world, request.path_params["id"]), str(body.get("agency", ""))
    if body.get("decision") not in ("sign", "decline"):
        raise WrongInputError("decision must be sign or decline")
    if not collection_services.settle(world, company.id, agency, signed=body["decision"] == "sign"):
        raise WrongInputError(f"no agreement with {agency or 'an agency'} waits")
    return {"company_id": company.id, "agency": agency}


def list_assignments(world: World, _request: Request, _body: Body) -> Any:
    """All assignments of all companies, in short."""
    rows = world.db.execute(
        "select id, company_id, invoice_id, agency, status, stage, invoice_number from assignments order by seq"
    )
    return [dict(row) for row in rows]


def happen(world: World, request: Request, body: Body) -> Any:
    """
    Something happens to an assignment: `paid` (the amount a debtor pays), `text` (the agency's comment), `type` with
    `text` (an event of any other name), or `close` (the reason).
    """
    row = collection_rows.get(world.db, request.path_params["id"])
    if row is None:
        raise UnknownError("no such assignment")
    if row["status"] == CLOSED:
        raise WrongInputError("the assignment is closed")
    if "paid" in body:
        course.paid(world, row, _amount(body["paid"]), AGENCY)
    elif "close" in body:
        course.close(world, row, str(body["close"]))
    elif "text" in body:
        collection_rows.add_event(world, row, str(body.get("type", "comment")), AGENCY, text=str(body["text"]))
    else:
        raise WrongInputError("give paid, text or close")
    return {"id": row["id"]}


def _amount(value: Any) -> Decimal:
    try:
        amount = Decimal(str(value)).quantize(Decimal("0.01"))
    except InvalidOperation as error:
        raise WrongInputError("paid must be an amount") from error
    if amount <= 0:
        raise WrongInputError("paid must be more than 0")
    return amount


TABLE = (
    ("POST", "/companies/{id}/collection", settle_agreement),
    ("GET", "/assignments", list_assignments),
    ("POST", "/assignments/{id}/happen", happen),
)
