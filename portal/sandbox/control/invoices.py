"""Control calls about invoices: let one arrive, let a delivered one fail, add receivers outside."""

import base64
import binascii
from decimal import Decimal, InvalidOperation
from typing import Any

from starlette.requests import Request

from portal.sandbox.api import invoices_rows
from portal.sandbox.control.companies import find
from portal.sandbox.control.errors import UnknownError, WrongInputError
from portal.sandbox.delivery import arrivals, carrying
from portal.sandbox.documents.errors import DocumentError
from portal.sandbox.networks import holders
from portal.sandbox.networks.endpoints import Endpoint
from portal.sandbox.world import World

MADE_UP = ("number", "sender_name", "network")


def receive(world: World, request: Request, body: dict[str, Any]) -> Any:
    """
    An invoice arrives for the company: the XML given (multipart `file`, or base64 in `xml`), else one made up from
    `number`, `sender_name`, `net`, `network` (PEPPOL, VISMA, BANK, SCAN) and `with_attachment`.
    """
    company = find(world, request.path_params["id"])
    given: dict[str, Any] = {name: str(body[name]) for name in MADE_UP if body.get(name)}
    if given.get("network", "PEPPOL") not in arrivals.NETWORKS:
        raise WrongInputError(f"network must be one of {', '.join(arrivals.NETWORKS)}")
    if body.get("net") not in (None, ""):
        given["net"] = _amount(body["net"])
    given["with_attachment"] = body.get("with_attachment") in (True, "true", "on", "1")
    try:
        invoice_id = arrivals.receive(world, company.id, xml=_xml(body), **given)
    except (DocumentError, arrivals.NotReceivingError) as error:
        raise WrongInputError(str(error)) from error
    return {"id": invoice_id, "company_id": company.id}


def fail_later(world: World, request: Request, body: dict[str, Any]) -> Any:
    """A delivered invoice fails afterwards: `message` and `key` of the action, `seconds` from now (0 by default)."""
    message = body.get("message")
    try:
        carrying.fail_later(
            world,
            request.path_params["id"],
            None if message is None else str(message),
            float(body.get("seconds", 0)),
            str(body.get("key", "")),
        )
    except LookupError as error:
        raise UnknownError("no sent invoice has this id") from error
    except ValueError as error:
        raise WrongInputError("seconds must be a number") from error
    return {"id": request.path_params["id"]}


def change(world: World, request: Request, body: dict[str, Any]) -> Any:
    """
    Other bytes under the same id, which the real service should never give: of the invoice (`xml`, base64) or of its
    first attachment (`attachment`, base64). With `again` a received one is listed as new once more.
    """
    row = invoices_rows.get(world.db, request.path_params["id"])
    if row is None:
        raise UnknownError("no invoice has this id")
    with world.write() as db:
        if xml := _xml(body):
            invoices_rows.update(db, row["id"], xml_sha=invoices_rows.keep(db, xml))
        if body.get("attachment"):
            sha = invoices_rows.keep(db, _bytes(body["attachment"], "attachment"))
            first = "select min(seq) from invoice_files where invoice_id = ?"
            db.execute(f"update invoice_files set sha = ? where seq = ({first})", (sha, row["id"]))  # noqa: S608
        if body.get("again") and row["direction"] == "RECEIVED":
            invoices_rows.update(db, row["id"], event_state="CREATED")
    return {"id": row["id"]}


def add_receiver(world: World, _request: Request, body: dict[str, Any]) -> Any:
    """A receiver that is no company here: scheme, endpoint_id, name; bid, country, network and operator if need be."""
    if missing := [name for name in ("scheme", "endpoint_id", "name") if not body.get(name)]:
        raise WrongInputError(f"{', '.join(missing)} must be given")
    defaults = {"bid": body["endpoint_id"], "country": "FI", "network": "PEPPOL", "operator": "PEPPOL"}
    names = ("scheme", "endpoint_id", "network", "bid", "name", "country", "operator")
    row = {name: str(body.get(name) or defaults.get(name, "")) for name in names}
    with world.write() as db:
        db.execute(
            f"insert or replace into external_receivers ({', '.join(names)}) values (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            list(row.values()),
        )
    return row


def let_receiver_go(world: World, _request: Request, body: dict[str, Any]) -> Any:
    """Whoever holds an address outside gives it up: scheme, endpoint_id, and network (PEPPOL by default)."""
    if missing := [name for name in ("scheme", "endpoint_id") if not body.get(name)]:
        raise WrongInputError(f"{', '.join(missing)} must be given")
    endpoint = Endpoint(str(body["scheme"]), str(body["endpoint_id"]))
    with world.write() as db:
        held = holders.let_go(db, str(body.get("network") or "PEPPOL"), endpoint)
    return {"released": held}


def _xml(body: dict[str, Any]) -> bytes | None:
    if isinstance(body.get("file"), dict):
        content: bytes = body["file"]["content"]
        return content or None
    return _bytes(body["xml"], "xml") if body.get("xml") else None


def _bytes(given: Any, name: str) -> bytes:
    try:
        return base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError, TypeError) as error:
        raise WrongInputError(f"{name} must be base64") from error


def _amount(value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation as error:
        raise WrongInputError("net must be an amount") from error


TABLE = (
    ("POST", "/companies/{id}/receive", receive),
    ("POST", "/invoices/{id}/fail", fail_later),
    ("POST", "/invoices/{id}/change", change),
    ("POST", "/receivers", add_receiver),
    ("DELETE", "/receivers", let_receiver_go),
)
