"""Invitations to sign (Visma Sign): one e-mail, up to 50 companies, open for 7 days, settled by one signing."""

import json
import secrets
import sqlite3
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from portal import contract
from portal.sandbox.api import companies, profiles
from portal.sandbox.clock import stamp
from portal.sandbox.store import register_schema
from portal.sandbox.world import World, job

VALID_DAYS = int(contract.networks()["limits"]["invitation_valid_days"])

register_schema(
    """
    create table if not exists invitations (
        id text primary key, token text not null unique, company_ids text not null, email text not null,
        locale text not null, state text not null, created_at real not null, expires_at real not null,
        settled_at real, is_known integer not null default 0
    );
    create index if not exists invitations_open on invitations (is_known) where is_known = 0;
    """
)


@dataclass(frozen=True, slots=True)
class Invitation:
    """
    One request to sign.

    :ivar state: open, signed, declined or expired, as Visma Sign sees it
    :ivar is_known: whether AutoInvoice has asked Visma Sign since the state changed
    """

    id: str
    token: str
    company_ids: list[str]
    email: str
    locale: str
    state: str
    created_at: datetime
    expires_at: datetime
    settled_at: datetime | None
    is_known: bool


class NotOpenError(Exception):
    """The invitation was signed, declined or has expired; its state is the argument."""


def invite(world: World, company_ids: list[str], email: str, locale: str) -> str:
    """Send one invitation for these companies; returns its token (the last part of the link)."""
    token, now = secrets.token_urlsafe(16), world.clock.time()
    with world.write() as db:
        db.execute(
            "insert into invitations (id, token, company_ids, email, locale, state, created_at, expires_at)"
            " values (?, ?, ?, ?, ?, 'open', ?, ?)",
            (str(uuid.uuid4()), token, json.dumps(company_ids), email, locale, now, now + VALID_DAYS * 86400),
        )
        for company_id in company_ids:
            companies.update(world, company_id, auth_state="SENT", auth_email=email)
        world.later(timedelta(days=VALID_DAYS), "expire_invitation", token=token)
    return token


def sign(world: World, token: str) -> Invitation:
    """:raises NotOpenError: too late, or done already"""
    return _settle(world, token, "signed")


def decline(world: World, token: str) -> Invitation:
    """:raises NotOpenError: too late, or done already"""
    return _settle(world, token, "declined")


@job("expire_invitation")
def expire(world: World, token: str) -> None:
    found = get(world.db, token)
    if found is not None and found.state == "open":
        _settle(world, token, "expired")


@job("poll_signing")
def refresh(world: World, company_id: str | None = None) -> None:
    """Take over from Visma Sign what was settled since: for one company, or for all."""
    with world.write() as db:
        for row in db.execute("select * from invitations where is_known = 0 and state != 'open'").fetchall():
            invitation = _invitation(row)
            if company_id is None or company_id in invitation.company_ids:
                _take_over(world, invitation)


def refresh_on_call(world: World, company_id: str) -> None:
    """What a status call does in the test environment; production polls every 15 minutes instead."""
    waiting = world.db.execute("select 1 from invitations where is_known = 0 and state != 'open'").fetchone()
    if world.clock.pace != "real" and waiting:
        refresh(world, company_id)


def verify(world: World, company_id: str) -> None:
    """The company is VERIFIED from now on; a Finnish one gets its bank network requested."""
    company = companies.get(world.db, company_id)
    if company is None or company.company_state == "VERIFIED":
        return
    with world.write() as db:
        companies.update(world, company_id, company_state="VERIFIED")
        world.emit("COMPANIES.AUTHORIZATION.VERIFIED", company_id, {"state": "VERIFIED"})
        held = db.execute("select 1 from profiles where company_id = ? and network = 'BANK'", (company_id,)).fetchone()
        if company.country == "FI" and held is None:
            profiles.open_profile(world, company_id, "BANK", [profiles.INVOICES], None)


def cancel_open(world: World, company_id: str) -> None:
    """Withdraw what is still open for a company that was verified in another way; others of the request keep it."""
    with world.write() as db:
        for row in db.execute("select * from invitations where state = 'open'").fetchall():
            if json.loads(row["company_ids"]) == [company_id]:
                db.execute("update invitations set state = 'canceled', is_known = 1 where id = ?", (row["id"],))


def get(db: sqlite3.Connection, token: str) -> Invitation | None:
    row = db.execute("select * from invitations where token = ?", (token,)).fetchone()
    return None if row is None else _invitation(row)


def newest_first(db: sqlite3.Connection, company_id: str | None = None) -> list[Invitation]:
    """All invitations, or those that name a company."""
    rows = db.execute(
        "select * from invitations where ? is null or instr(company_ids, ?) order by created_at desc, rowid desc",
        (company_id, company_id),
    )
    return [_invitation(row) for row in rows]


def _settle(world: World, token: str, state: str) -> Invitation:
    with world.write() as db:
        invitation = get(db, token)
        if invitation is None:
            raise NotOpenError("unknown")
        if invitation.state != "open":
            raise NotOpenError(invitation.state)
        if state == "signed" and invitation.expires_at <= world.now():
            raise NotOpenError("expired")
        db.execute(
            "update invitations set state = ?, settled_at = ? where token = ?", (state, world.clock.time(), token)
        )
        if world.clock.delay("signing_refresh") == 0:
            refresh(world)
        else:
            world.later("signing_refresh", "poll_signing")
        settled = get(db, token)
    return settled or invitation


def _take_over(world: World, invitation: Invitation) -> None:
    with world.write() as db:
        db.execute("update invitations set is_known = 1 where id = ?", (invitation.id,))
        for company_id in invitation.company_ids:
            if invitation.state == "signed":
                companies.update(world, company_id, auth_state="SIGNED")
                verify(world, company_id)
            elif not _has_newer(db, company_id, invitation):
                companies.update(world, company_id, auth_state="CANCELED")


def _has_newer(db: sqlite3.Connection, company_id: str, invitation: Invitation) -> bool:
    company = companies.get(db, company_id)
    newest = newest_first(db, company_id)[0]
    return company is None or company.auth_state == "SIGNED" or newest.id != invitation.id


def _invitation(row: sqlite3.Row) -> Invitation:
    return Invitation(
        id=row["id"],
        token=row["token"],
        company_ids=json.loads(row["company_ids"]),
        email=row["email"],
        locale=row["locale"],
        state=row["state"],
        created_at=datetime.fromtimestamp(row["created_at"], UTC),
        expires_at=datetime.fromtimestamp(row["expires_at"], UTC),
        settled_at=None if row["settled_at"] is None else datetime.fromtimestamp(row["settled_at"], UTC),
        is_known=bool(row["is_known"]),
    )


def stamps(invitation: Invitation) -> dict[str, str | None]:
    """The three times as the APIs write them."""
    settled = invitation.settled_at
    return {
        "created_at": stamp(invitation.created_at),
        "expires_at": stamp(invitation.expires_at),
        "settled_at": stamp(settled) if settled else None,
    }
