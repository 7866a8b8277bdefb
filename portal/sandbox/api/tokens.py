"""POST /oauth2/token and what a token tells about itself."""

import base64
import binascii
import secrets
from datetime import UTC, datetime
from urllib.parse import unquote

from portal import contract
from portal.sandbox import auth, logins
from portal.sandbox.api import activity, companies
from portal.sandbox.call import Answer, Call, Refusal, simulates
from portal.sandbox.clock import stamp
from portal.sandbox.company import Company

GRANT_TYPE = "client_credentials"
PARTNER_PREFIX, OPERATOR_PREFIX = "partner:", "operator:"
REPORTS_ACTIONS = "operator:billing:actions"  # the one operator's scope that partners' programs are known to ask for


@simulates("postOauth2Token")
def create_token(call: Call) -> Answer:
    """A new token for company + user key. Older ones stay valid until they expire."""
    if call.body.get("grant_type") != GRANT_TYPE:
        raise Refusal("other_grant_type")
    client_id, client_secret = _credentials(call)
    company, user_id = _login(call, client_id, client_secret)
    scopes = _granted(call, company)
    token = secrets.token_urlsafe(32)
    expires_at = call.world.clock.time() + auth.TOKEN_SECONDS
    with call.world.write() as db:
        db.execute(
            "insert into tokens (token, company_id, user_id, vendor_key, scopes, expires_at) values (?, ?, ?, ?, ?, ?)",
            (token, company.id, user_id, call.body.get("vendor_api_key"), " ".join(scopes), expires_at),
        )
        db.execute("delete from tokens where expires_at < ?", (call.world.clock.time(),))
    return Answer(
        body={
            "access_token": token,
            "token_type": "bearer",
            "expires_in": auth.TOKEN_SECONDS,
            "scope": " ".join(scopes),
        },
        headers={"Cache-Control": "no-store"},
    )


@simulates("getStatusAuthenticated")
def show_token(call: Call) -> Answer:
    row = call.world.db.execute("select * from tokens where token = ?", (call.token,)).fetchone()
    expires_at = datetime.fromtimestamp(row["expires_at"], UTC)
    return Answer(body={"client_id": row["company_id"], "expires_at": stamp(expires_at)})


@simulates("getOauth2Current")
def show_current(call: Call) -> Answer:
    """User, company and scopes of the token: what a "test connection" button asks."""
    company = companies.of(call)
    user = call.world.db.execute("select * from users where id = ?", (call.user_id,)).fetchone()
    names = {name: user[name] for name in ("id", "first_name", "last_name", "email") if user[name] is not None}
    party = {
        "id": company.id,
        "bid": company.bid,
        "name": company.name,
        "country": company.country,
        "vat": company.vat,
        "wizard_done": True,
        "disabled": activity.is_disabled(call, company),
    }
    return Answer(
        body={
            "user": names,
            "company": {name: value for name, value in party.items() if value is not None},
            "scopes": sorted(call.scopes),
        }
    )


@simulates("getStatusAlb")
def show_health(_call: Call) -> Answer:
    return Answer(body="OK", content_type="text/plain")


def _credentials(call: Call) -> tuple[str, str]:
    """client_id and client_secret, from the form or from HTTP Basic."""
    kind, _, text = call.headers.get("authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            name, _, secret = base64.b64decode(text, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise Refusal("wrong_secret") from error
        return call.body.get("client_id", unquote(name)), call.body.get("client_secret", unquote(secret))
    return call.body.get("client_id", ""), call.body.get("client_secret", "")


def _login(call: Call, client_id: str, client_secret: str) -> tuple[Company, str]:
    db, vendor_key = call.world.db, call.body.get("vendor_api_key")
    user = logins.user_by_key(db, client_secret)
    company = companies.get(db, client_id)
    if user is None or company is None or logins.role_of(db, company.id, user["id"]) is None:
        raise Refusal("wrong_secret", ["client_id or client_secret is wrong"])
    if vendor_key and logins.vendor(db, vendor_key) is None:
        raise Refusal("wrong_secret", ["vendor_api_key is unknown"])
    return company, user["id"]


def _granted(call: Call, company: Company) -> list[str]:
    """
    The scopes asked for that this company may have; partner scopes are left out where it is no partner.

    The contract words no refusal for scopes: the answer's `scope` tells what was granted, and a call that needs
    another one answers 401.
    """
    asked = call.body.get("scope", "").split() or _default_scopes(call)
    unknown = [scope for scope in asked if scope not in logins.known_scopes()]
    if unknown:
        raise Refusal("bad_input", [f"scope: {scope} is not known" for scope in unknown])
    return [scope for scope in dict.fromkeys(asked) if _may_have(company, scope)]


def _may_have(company: Company, scope: str) -> bool:
    if scope.startswith(OPERATOR_PREFIX):
        return scope == REPORTS_ACTIONS and company.is_partner
    return not scope.startswith(PARTNER_PREFIX) or (company.is_partner and scope not in company.withheld_scopes)


def _default_scopes(_call: Call) -> list[str]:
    return list(contract.load("ax")["x-default-scopes"]["scopes"])
