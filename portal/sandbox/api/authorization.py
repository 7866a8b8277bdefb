"""Authorization (KYC) of one company or of up to 50: Visma Sign, or the partner's own process."""

import json
import sqlite3
from typing import Any

from portal.sandbox import logins
from portal.sandbox.api import companies
from portal.sandbox.call import Answer, Call, Refusal, simulates
from portal.sandbox.company import Company
from portal.sandbox.signing import invitations, signers


@simulates("postV1CompanyAuthorization")
def authorize_one(call: Call) -> Answer:
    return _authorize(call, [companies.of(call)])


@simulates("postV1CompaniesAuthorizations")
def authorize_many(call: Call) -> Answer:
    """All companies of one country, the caller an admin in each: else nothing happens to any of them."""
    found = [_reachable(call, company_id) for company_id in dict.fromkeys(call.body["company_ids"])]
    if len({company.country for company in found}) > 1:
        raise Refusal("countries_mixed", ["company_ids: all companies must be of one country"])
    return _authorize(call, found)


@simulates("getV1CompanyAuthorization")
def show_own(call: Call) -> Answer:
    return _status(call, companies.of(call).id)


@simulates("getV1CompaniesIdStatus")
def show_status(call: Call) -> Answer:
    """Of any company that the token's user belongs to."""
    company_id = call.params["id"]
    if logins.role_of(call.world.db, company_id, call.user_id or "") is None:
        raise Refusal("not_found")
    return _status(call, company_id)


def _authorize(call: Call, found: list[Company]) -> Answer:
    if "@" not in call.body["auth_email"]:
        raise Refusal("no_auth_email", ["auth_email: is not an e-mail address"])
    method = _method(call.body.get("options"))
    if method is not None and not _own_kyc_agreed(call.world.db, call, found):
        raise Refusal("own_kyc_not_agreed", ["options: this partner has no agreement on its own process"])
    with call.world.write():
        if method is not None:
            for company in found:
                invitations.verify(call.world, company.id)
                invitations.cancel_open(call.world, company.id)
        else:
            ids = [company.id for company in found]
            token = invitations.invite(call.world, ids, call.body["auth_email"], call.body["locale"])
            signers.asked(call.world, token, call.body["auth_email"])
    return Answer(body={"status": "ok", "count": len(found)})


def _method(options: str | None) -> str | None:
    """The own process named in `options`, None if the call names none. :raises Refusal: not a JSON object"""
    if options is None or not options.strip():
        return None
    try:
        value: Any = json.loads(options)
    except ValueError as error:
        raise Refusal("bad_input", ["options: must be a JSON object written as text"]) from error
    if not isinstance(value, dict):
        raise Refusal("bad_input", ["options: must be a JSON object written as text"])
    method = value.get("authorization_method")
    if method is not None and (not isinstance(method, str) or not method.strip()):
        raise Refusal("bad_input", ["options: authorization_method must be a text"])
    return method


def _own_kyc_agreed(db: sqlite3.Connection, call: Call, found: list[Company]) -> bool:
    """By the vendor key of the token; without one, by the keys that all the companies are linked to."""
    if call.vendor_key:
        return _may_verify(db, [call.vendor_key])
    links = [
        [row["vendor_key"] for row in db.execute("select * from vendor_links where company_id = ?", (company.id,))]
        for company in found
    ]
    return all(_may_verify(db, keys) for keys in links)


def _may_verify(db: sqlite3.Connection, vendor_keys: list[str]) -> bool:
    rows = [logins.vendor(db, key) for key in vendor_keys]
    partners = [companies.get(db, row["partner_id"]) for row in rows if row is not None]
    return any(partner is not None and partner.own_kyc for partner in partners)


def _reachable(call: Call, company_id: str) -> Company:
    company = companies.get(call.world.db, company_id)
    role = logins.role_of(call.world.db, company_id, call.user_id or "")
    if company is None or role != "ADMIN":
        raise Refusal("company_not_reachable", [f"company_ids: {company_id} is not known to this user"])
    return company


def _status(call: Call, company_id: str) -> Answer:
    invitations.refresh_on_call(call.world, company_id)
    company = companies.get(call.world.db, company_id)
    if company is None:
        raise Refusal("not_found")
    return Answer(
        body={
            "auth_state": company.auth_state,
            "auth_email": company.auth_email,
            "company_state": company.company_state,
        }
    )
