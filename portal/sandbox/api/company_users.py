"""Users of a company and their roles."""

import sqlite3
from typing import Any

from portal.sandbox import logins
from portal.sandbox.api import companies, users
from portal.sandbox.call import Answer, Call, Refusal, simulates
from portal.sandbox.clock import stamp

FLAGS = ("notifications_disabled", "emails_disabled")
NAMES = ("first_name", "last_name", "phone")


@simulates("getV1CompanyUsers")
def list_users(call: Call) -> Answer:
    rows = call.world.db.execute(
        "select u.*, m.role, m.notifications_disabled, m.emails_disabled from users u"
        " join memberships m on m.user_id = u.id where m.company_id = ? order by m.created_at, m.rowid",
        (companies.of(call).id,),
    )
    return Answer(body=[_described(row) for row in rows])


@simulates("getV1CompanyUsersUserId")
def show_user(call: Call) -> Answer:
    return Answer(body=_described(_member(call)))


@simulates("postV1CompanyUsers")
def add_user(call: Call) -> Answer:
    """201 with the key for a new e-mail address, 200 without it for one that has a user already."""
    fields, company, now = call.body, companies.of(call), stamp(call.world.now())
    if missing := [name for name in ("email", "first_name") if not fields[name].strip()]:
        raise Refusal("no_name", [f"{name}: is required" for name in missing])
    if "@" not in fields["email"]:
        raise Refusal("bad_input", ["email: is not an e-mail address"])
    with call.world.write() as db:
        known = db.execute("select id from users where email = ? order by rowid", (fields["email"],)).fetchone()
        key = None
        if known is None:
            user_id, key = users.insert(db, fields, now, call.vendor_key)
        else:
            user_id = known["id"]
        db.execute(
            "insert or ignore into memberships (company_id, user_id, role, notifications_disabled, emails_disabled,"
            " created_at) values (?, ?, ?, ?, ?, ?)",
            (company.id, user_id, fields.get("user_role", "USER"), *[fields.get(name, False) for name in FLAGS], now),
        )
        described = _described(_row(db, company.id, user_id))
    return Answer(201, described | {"api_key": key}) if key else Answer(200, described)


@simulates("patchV1CompanyUsersUserId")
def change_user(call: Call) -> Answer:
    row, company = _member(call), companies.of(call)
    with call.world.write() as db:
        for name in NAMES:
            if name in call.body:
                db.execute(f"update users set {name} = ? where id = ?", (call.body[name], row["id"]))  # noqa: S608
        for name in FLAGS:
            if name in call.body:
                db.execute(
                    f"update memberships set {name} = ? where company_id = ? and user_id = ?",  # noqa: S608
                    (call.body[name], company.id, row["id"]),
                )
    return Answer(204)


@simulates("postV1CompanyUsersUserIdRoles")
def set_role(call: Call) -> Answer:
    row = _member(call)
    with call.world.write() as db:
        db.execute(
            "update memberships set role = ? where company_id = ? and user_id = ?",
            (call.body["user_role"], companies.of(call).id, row["id"]),
        )
    return Answer(204)


@simulates("deleteV1CompanyUsersUserId")
def remove_user(call: Call) -> Answer:
    """The user leaves the company; keys and tokens of that user no longer open it."""
    row, company = _member(call), companies.of(call)
    with call.world.write() as db:
        admins = db.execute(
            "select user_id from memberships where company_id = ? and role = 'ADMIN'", (company.id,)
        ).fetchall()
        if [admin["user_id"] for admin in admins] == [row["id"]]:
            raise Refusal("last_admin")
        db.execute("delete from memberships where company_id = ? and user_id = ?", (company.id, row["id"]))
    return Answer(204)


def _member(call: Call) -> sqlite3.Row:
    company_id, user_id = companies.of(call).id, call.params["user_id"]
    if logins.role_of(call.world.db, company_id, user_id) is None:
        raise Refusal("not_found")
    return _row(call.world.db, company_id, user_id)


def _row(db: sqlite3.Connection, company_id: str, user_id: str) -> sqlite3.Row:
    row: sqlite3.Row = db.execute(
        "select u.*, m.role, m.notifications_disabled, m.emails_disabled from users u"
        " join memberships m on m.user_id = u.id where m.company_id = ? and u.id = ?",
        (company_id, user_id),
    ).fetchone()
    return row


def _described(row: sqlite3.Row) -> dict[str, Any]:
    flags = {name: bool(row[name]) for name in FLAGS}
    names = {name: row[name] for name in NAMES if row[name] is not None}
    return {"id": row["id"], "email": row["email"], "role": row["role"]} | flags | names
