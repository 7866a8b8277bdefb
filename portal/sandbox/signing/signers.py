"""How signers behave who are not played by hand: they sign, decline or ignore, some time after they were asked."""

import sqlite3
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from starlette.requests import Request

from portal.sandbox.control.errors import UnknownError, WrongInputError
from portal.sandbox.signing import invitations
from portal.sandbox.store import register_schema
from portal.sandbox.world import World, job

DECISIONS = ("sign", "decline", "ignore")

register_schema(
    """
    create table if not exists signers (
        email text primary key, decision text not null, after real not null default 0
    );
    """
)


class Habit(NamedTuple):
    """What the signers of an address, or of a pattern with *, do so many seconds after they were asked."""

    email: str
    decision: str
    after: float


def habits(db: sqlite3.Connection) -> list[Habit]:
    """All habits, the one that was set last first."""
    rows = db.execute("select email, decision, after from signers order by rowid desc")
    return [Habit(row["email"], row["decision"], row["after"]) for row in rows]


def asked(world: World, token: str, email: str) -> None:
    """Let the signer of a new invitation do what is their habit; without one somebody plays them by hand."""
    for habit in habits(world.db):
        if fnmatchcase(email.lower(), habit.email):
            if habit.decision != "ignore":
                world.later(timedelta(seconds=habit.after), "signer_decides", token=token, decision=habit.decision)
            return


@job("signer_decides")
def decide(world: World, token: str, decision: str) -> None:
    """Sign or decline, unless it is too late or has been done."""
    act = invitations.sign if decision == "sign" else invitations.decline
    try:
        act(world, token)
    except invitations.NotOpenError:
        return  # somebody was quicker, or the seven days


def list_habits(world: World, _request: Request, _body: dict[str, Any]) -> Any:
    return [habit._asdict() for habit in habits(world.db)]


def set_habit(world: World, _request: Request, body: dict[str, Any]) -> Any:
    """`email` (or a pattern with *), `decision` (sign, decline, ignore), `after` in its seconds."""
    email, decision = str(body.get("email", "")).strip().lower(), body.get("decision")
    if not email:
        raise WrongInputError("email is missing: an address, or a pattern such as *@example.com")
    if decision not in DECISIONS:
        raise WrongInputError(f"decision must be one of {', '.join(DECISIONS)}")
    try:
        after = float(body.get("after", 0))
    except (TypeError, ValueError) as error:
        raise WrongInputError("after must be a number of seconds") from error
    if not 0 <= after <= 366 * 86400:
        raise WrongInputError("after must be between 0 and a year of seconds")
    with world.write() as db:
        db.execute("delete from signers where email = ?", (email,))
        db.execute("insert into signers (email, decision, after) values (?, ?, ?)", (email, decision, after))
    return Habit(email, str(decision), after)._asdict()


def forget_habit(world: World, request: Request, _body: dict[str, Any]) -> Any:
    with world.write() as db:
        gone = db.execute("delete from signers where email = ?", (request.path_params["email"].lower(),)).rowcount
    if not gone:
        raise UnknownError("this signer has no habit")
    return {"removed": gone}


TABLE = (
    ("GET", "/signers", list_habits),
    ("PUT", "/signers", set_habit),
    ("DELETE", "/signers/{email}", forget_habit),
)
