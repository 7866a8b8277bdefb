"""Control calls about one company, named by its id or its business id."""

import uuid
from typing import Any

from starlette.requests import Request

from portal.sandbox.api import activity, companies
from portal.sandbox.clock import stamp
from portal.sandbox.company import Company
from portal.sandbox.control.errors import UnknownError, WrongInputError
from portal.sandbox.networks import agreements
from portal.sandbox.signing import invitations
from portal.sandbox.world import World

SWITCHES = {"is_partner": bool, "own_kyc": bool, "disabled": bool}
STATES = ("VERIFIED", "UNVERIFIED", "UNKNOWN")


def list_companies(world: World, request: Request, _body: dict[str, Any]) -> Any:
    """By name; filtered by `bid` in any writing."""
    bid = request.query_params.get("bid")
    if bid:
        found = companies.find_by_bid(world.db, bid)
        return [_described(found) | {"last_activity": stamp(activity.last_activity(world.db, found))}] if found else []
    ids = [row["id"] for row in world.db.execute("select id from companies order by name, id")]
    return [_described(company) for company_id in ids if (company := companies.get(world.db, company_id))]


def change(world: World, request: Request, body: dict[str, Any]) -> Any:
    """is_partner, own_kyc, disabled, company_state, withheld_scopes (partner scopes it must not get)."""
    company = find(world, request.path_params["id"])
    columns: dict[str, Any] = {name: bool(body[name]) for name in SWITCHES if name in body}
    if "company_state" in body:
        if body["company_state"] not in STATES:
            raise WrongInputError(f"company_state must be one of {', '.join(STATES)}")
        columns["company_state"] = body["company_state"]
    if "withheld_scopes" in body:
        columns["withheld_scopes"] = " ".join(body["withheld_scopes"])
    if not columns:
        raise WrongInputError(f"give one of {', '.join([*SWITCHES, 'company_state', 'withheld_scopes'])}")
    companies.update(world, company.id, **columns)
    if columns.get("company_state", company.company_state) != company.company_state:
        state = columns["company_state"]
        world.emit(f"COMPANIES.AUTHORIZATION.{state}", company.id, {"state": state})
    return _described(find(world, company.id))


def sign(world: World, request: Request, _body: dict[str, Any]) -> Any:
    """Sign the newest open invitation of the company; it settles all companies of that request."""
    return described(world, invitations.sign(world, _open_invitation(world, request).token))


def decline(world: World, request: Request, _body: dict[str, Any]) -> Any:
    return described(world, invitations.decline(world, _open_invitation(world, request).token))


def refuse_network(world: World, request: Request, body: dict[str, Any]) -> Any:
    """Let the registry of a network refuse this company from now on; an empty message ends it."""
    company, network = find(world, request.path_params["id"]), request.path_params["network"]
    message = str(body.get("message", "Registration refused by the registry"))
    with world.write() as db:
        db.execute("delete from network_refusals where company_id = ? and network = ?", (company.id, network))
        if message:
            db.execute("insert into network_refusals values (?, ?, ?)", (company.id, network, message))
    return {"company_id": company.id, "network": network, "message": message}


def agree(world: World, request: Request, body: dict[str, Any]) -> Any:
    """Note what was agreed with AutoInvoice: `what`, a network or ADDRESSES (further addresses); `ended` ends it."""
    company, what = find(world, request.path_params["id"]), str(body.get("what", ""))
    if what not in agreements.subjects():
        raise WrongInputError(f"what must be one of {', '.join(agreements.subjects())}")
    with world.write() as db:
        agreements.agree(db, company.id, what, ended=bool(body.get("ended")))
    return {"company_id": company.id, "what": what, "ended": bool(body.get("ended"))}


def add_vendor_key(world: World, request: Request, body: dict[str, Any]) -> Any:
    """One more vendor key; the company is a partner from now on."""
    company, key = find(world, request.path_params["id"]), str(uuid.uuid4())
    with world.write() as db:
        db.execute(
            "insert into vendor_keys (key, partner_id, name) values (?, ?, ?)",
            (key, company.id, str(body.get("name", "Software"))),
        )
        companies.update(world, company.id, is_partner=1)
    return {"vendor_api_key": key, "company_id": company.id}


def find(world: World, id_or_bid: str) -> Company:
    """:raises UnknownError: no company has that id or business id"""
    company = companies.get(world.db, id_or_bid) or companies.find_by_bid(world.db, id_or_bid)
    if company is None:
        raise UnknownError("no such company")
    return company


def described(world: World, invitation: invitations.Invitation) -> dict[str, Any]:
    """An invitation with the link of its page."""
    return {
        "token": invitation.token,
        "url": f"{world.base_url}/sign/{invitation.token}",
        "state": invitation.state,
        "email": invitation.email,
        "locale": invitation.locale,
        "company_ids": invitation.company_ids,
    } | invitations.stamps(invitation)


def _open_invitation(world: World, request: Request) -> invitations.Invitation:
    company = find(world, request.path_params["id"])
    for invitation in invitations.newest_first(world.db, company.id):
        if invitation.state == "open":
            return invitation
    raise UnknownError("no invitation of this company is open")


def _described(company: Company) -> dict[str, Any]:
    names = ("id", "bid", "country", "name", "company_state", "auth_state", "auth_email", "is_partner", "own_kyc")
    return {name: getattr(company, name) for name in names} | {"disabled": company.disabled}


TABLE = (
    ("GET", "/companies", list_companies),
    ("PATCH", "/companies/{id}", change),
    ("POST", "/companies/{id}/vendor_keys", add_vendor_key),
    ("POST", "/companies/{id}/sign", sign),
    ("POST", "/companies/{id}/decline", decline),
    ("POST", "/companies/{id}/networks/{network}/refuse", refuse_network),
    ("POST", "/companies/{id}/agreements", agree),
)
