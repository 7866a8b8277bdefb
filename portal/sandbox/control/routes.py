"""The control API under /_sandbox/: what demo, tests and training do to the simulated world. No login."""

import json
import time
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from portal.sandbox import coverage, schemas
from portal.sandbox.clock import stamp
from portal.sandbox.control import checks, collection, companies, documents, invoices, money, services
from portal.sandbox.control.errors import UnknownError, WrongInputError, from_elsewhere
from portal.sandbox.faults import KINDS, Rule
from portal.sandbox.signing import invitations, signers
from portal.sandbox.world import World

Body = dict[str, Any]
Action = Callable[[World, Request, Body], Any]

SETTLE_SECONDS = 30.0


def routes(world: World) -> list[Route]:
    table: list[tuple[str, str, Action]] = [
        ("GET", "/health", show_health),
        ("GET", "/state", show_state),
        ("POST", "/reset", reset),
        ("GET", "/clock", show_clock),
        ("POST", "/clock", move_clock),
        ("POST", "/clock/run", run_due),
        ("GET", "/faults", list_faults),
        ("POST", "/faults", add_fault),
        ("DELETE", "/faults", remove_faults),
        ("DELETE", "/faults/{id:int}", remove_fault),
        ("PUT", "/latency", set_latency),
        ("GET", "/invitations", list_invitations),
        ("POST", "/invitations/{token}/sign", sign),
        ("POST", "/invitations/{token}/decline", decline),
        ("GET", "/webhooks", list_webhooks),
        ("POST", "/webhooks/settle", settle_webhooks),
        ("GET", "/coverage", show_coverage),
        ("GET", "/calls", list_calls),
        *companies.TABLE,
        *services.TABLE,
        *signers.TABLE,
        *invoices.TABLE,
        *documents.TABLE,
        *checks.TABLE,
        *money.TABLE,
        *collection.TABLE,
    ]
    return [Route(f"/_sandbox{path}", _endpoint(world, action), methods=[method]) for method, path, action in table]


def _endpoint(world: World, action: Action) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        if from_elsewhere(request):
            return JSONResponse({"error": "calls of other origins are not taken"}, 403)
        try:
            body = await _body(request)
            result = await run_in_threadpool(action, world, request, body)
        except WrongInputError as error:
            return JSONResponse({"error": str(error)}, 400)
        except UnknownError as error:
            return JSONResponse({"error": str(error)}, 404)
        return JSONResponse({} if result is None else result)

    return answer


async def _body(request: Request) -> Body:
    if request.headers.get("content-type", "").startswith("multipart/"):
        async with request.form(max_part_size=64 * 1024 * 1024) as form:
            return {
                name: value if isinstance(value, str) else {"filename": value.filename, "content": await value.read()}
                for name, value in form.items()
            }
    raw = await request.body()
    try:
        body = json.loads(raw) if raw.strip() else {}
    except ValueError as error:
        raise WrongInputError(f"body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise WrongInputError("body is not a JSON object")
    return body


def show_health(world: World, _request: Request, _body: Body) -> Any:
    return {"status": "ok", "now": stamp(world.now()), "pace": world.clock.pace}


def show_state(world: World, _request: Request, _body: Body) -> Any:
    """Counts, what waits, what failed, and the unsimulated operations that were called."""
    db = world.db
    tables = ("companies", "users", "profiles", "subscriptions", "tokens", "invitations", "invoices", "jobs")
    present = {row["name"] for row in db.execute("select name from sqlite_master where type = 'table'")}
    counts = {
        name: db.execute(f"select count(*) from {name}").fetchone()[0]  # noqa: S608
        for name in tables
        if name in present
    }
    failed = db.execute("select id, name, kwargs, error from jobs where error is not null").fetchall()
    return {
        "now": stamp(world.now()),
        "pace": world.clock.pace,
        "latency": world.faults.latency,
        "counts": counts,
        "companies": _by(world, "select company_state, count(*) from companies group by 1"),
        "profiles": _by(world, "select network || ' ' || status, count(*) from profiles group by 1"),
        "webhooks": _by(world, "select state, count(*) from outbox group by 1"),
        "jobs_waiting": counts["jobs"] - len(failed),
        "jobs_failed": [dict(row) for row in failed],
        "faults": world.faults.describe(),
        "unsimulated": world.unsimulated,
    }


def list_calls(world: World, request: Request, _body: Body) -> Any:
    """Calls in the order they came; `method` and a part of the `path` narrow it."""
    asked = request.query_params
    return {"calls": world.record.matching(asked.get("method", ""), asked.get("path", ""))}


def reset(world: World, _request: Request, _body: Body) -> Any:
    """Everything gone but the partner company and its keys."""
    world.reset()
    return show_health(world, _request, _body)


def show_clock(world: World, _request: Request, _body: Body) -> Any:
    due = world.scheduler.next_due()
    return {
        "now": stamp(world.now()),
        "pace": world.clock.pace,
        "stands_still": world.clock.stands_still,
        "next_job_at": None if due is None else stamp(datetime.fromtimestamp(due, UTC)),
    }


def move_clock(world: World, request: Request, body: Body) -> Any:
    """`set`: an instant; `advance`: seconds; `next`: to the next job that waits. Jobs on the way run at their time."""
    clock = world.clock
    if "set" in body:
        target = _instant(body["set"])
    elif "advance" in body:
        target = clock.time() + _number(body["advance"], "advance")
    elif body.get("next"):
        target = max(world.scheduler.next_due() or clock.time(), clock.time())
    else:
        raise WrongInputError("give set (an instant), advance (seconds) or next (true)")
    ran = world.advance(target)
    return show_clock(world, request, body) | {"jobs_run": ran}


def run_due(world: World, request: Request, body: Body) -> Any:
    return {"jobs_run": world.scheduler.run_due()} | show_clock(world, request, body)


def list_faults(world: World, _request: Request, _body: Body) -> Any:
    return {"kinds": KINDS, "rules": world.faults.describe()}


def add_fault(world: World, _request: Request, body: Body) -> Any:
    """One rule: kind, and optionally api, method, path (patterns), share, count, seconds."""
    known = {item.name for item in fields(Rule)} - {"id", "hits"}
    if unknown := sorted(set(body) - known):
        raise WrongInputError(f"unknown: {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    if body.get("kind") not in KINDS:
        raise WrongInputError(f"kind must be one of {', '.join(KINDS)}")
    given = {name: value for name, value in body.items() if value is not None}
    for name in ("share", "seconds"):
        if name in given:
            given[name] = _number(given[name], name)
    if not 0 <= given.get("share", 1.0) <= 1:
        raise WrongInputError("share must be between 0 and 1")
    if "count" in given:
        given["count"] = int(_number(given["count"], "count"))
    world.faults.add(Rule(**given))
    return world.faults.describe()[-1]


def remove_faults(world: World, _request: Request, _body: Body) -> Any:
    return {"removed": world.faults.remove()}


def remove_fault(world: World, request: Request, _body: Body) -> Any:
    if not world.faults.remove(request.path_params["id"]):
        raise UnknownError("no such fault rule")
    return {"removed": 1}


def set_latency(world: World, _request: Request, body: Body) -> Any:
    """Seconds that every API call takes longer; 0 ends it."""
    seconds = _number(body.get("seconds"), "seconds")
    if not 0 <= seconds <= 60:
        raise WrongInputError("seconds must be between 0 and 60")
    world.faults.set_latency(seconds)
    return {"seconds": seconds}


def list_invitations(world: World, request: Request, _body: Body) -> Any:
    """Newest first, with the link of the signing page; filter by company_id and state."""
    company_id, state = request.query_params.get("company_id") or None, request.query_params.get("state")
    if company_id:
        company_id = companies.find(world, company_id).id
    return [
        companies.described(world, item)
        for item in invitations.newest_first(world.db, company_id)
        if state in (None, item.state)
    ]


def sign(world: World, request: Request, _body: Body) -> Any:
    return companies.described(world, _settled(world, request, invitations.sign))


def decline(world: World, request: Request, _body: Body) -> Any:
    return companies.described(world, _settled(world, request, invitations.decline))


def list_webhooks(world: World, request: Request, _body: Body) -> Any:
    """
    Subscriptions, and events newest first (`limit`, `state`); secrets in addresses are left out.

    An event was posted `attempts` x `copies` times; one that is "lost" never.
    """
    limit, state = int(request.query_params.get("limit", "100")), request.query_params.get("state")
    events = world.db.execute(
        "select id, event, company_id, state, attempts, copies, last_answer, body from outbox"
        " where ? is null or state = ? order by rowid desc limit ?",
        (state, state, limit),
    )
    subscriptions = world.db.execute("select id, company_id, destination_type, events from subscriptions")
    return {
        "subscriptions": [dict(row) | {"events": json.loads(row["events"])} for row in subscriptions],
        "events": [dict(row) | {"body": json.loads(row["body"])} for row in events],
    }


def settle_webhooks(world: World, _request: Request, body: Body) -> Any:
    """
    Wait until no job and no event is due, being sent, or due within `horizon` seconds (1, if the clock runs).

    At most `timeout` seconds (5); tells whether it came true.
    """
    horizon = 0.0 if world.clock.stands_still else _number(body.get("horizon", 1), "horizon")
    deadline = time.monotonic() + min(_number(body.get("timeout", 5), "timeout"), SETTLE_SECONDS)
    while (waiting := _on_their_way(world, horizon)) and time.monotonic() < deadline:
        time.sleep(0.02)
    return {"settled": not waiting, "waiting": waiting}


def show_coverage(_world: World, _request: Request, _body: Body) -> Any:
    return {api: {"simulated": done, "all": known} for api, (done, known) in coverage.totals().items()}


def _on_their_way(world: World, horizon: float) -> int:
    """Jobs and events that are due by then, or being sent."""
    now = world.clock.time() + horizon
    row = world.db.execute(
        "select (select count(*) from jobs where due_at <= ? and error is null)"
        " + (select count(*) from outbox where state = 'sending' or (state = 'pending' and due_at <= ?)) as waiting",
        (now, now),
    ).fetchone()
    return int(row["waiting"])


def _settled(
    world: World, request: Request, settle: Callable[[World, str], invitations.Invitation]
) -> invitations.Invitation:
    try:
        return settle(world, request.path_params["token"])
    except invitations.NotOpenError as error:
        raise WrongInputError(f"the invitation is {error}") from error


def _by(world: World, query: str) -> dict[str, int]:
    return {str(row[0]): int(row[1]) for row in world.db.execute(query)}


def _number(value: Any, name: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise WrongInputError(f"{name} must be a number") from error


def _instant(value: Any) -> float:
    try:
        moment = schemas.parse_time(str(value))
    except ValueError as error:
        raise WrongInputError(str(error)) from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
