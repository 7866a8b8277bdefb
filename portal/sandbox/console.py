"""The page for faults and clock: the part of the control API that a trainer wants under the mouse."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from portal import contract
from portal.sandbox import html
from portal.sandbox.control import routes as control
from portal.sandbox.control.errors import UnknownError, WrongInputError, from_elsewhere
from portal.sandbox.faults import KINDS
from portal.sandbox.html import tag
from portal.sandbox.signing import invitations
from portal.sandbox.world import World

TITLE = "Simulator"
PILLS = {"open": "wait", "signed": "good", "declined": "bad", "expired": "bad", "canceled": "wait"}
STEPS = {"1 minute": 60, "1 hour": 3600, "1 day": 86400, "7 days": 604800}


def routes(world: World) -> list[Route]:
    async def show(_request: Request) -> Response:
        return await run_in_threadpool(_page, world)

    async def act(request: Request) -> Response:
        if from_elsewhere(request):
            return html.page(TITLE, tag("p", "This form was sent from another site."), status=403)
        async with request.form() as form:
            fields = {name: str(value) for name, value in form.items() if value}
        try:
            await run_in_threadpool(ACTIONS[request.path_params["action"]], world, request, fields)
        except (WrongInputError, UnknownError, KeyError) as error:
            return html.page(TITLE, tag("p", error, class_="note bad", role="alert"), status=400)
        return RedirectResponse("/_sandbox/", 303)

    return [
        Route("/", lambda _request: RedirectResponse("/_sandbox/")),
        Route("/_sandbox", lambda _request: RedirectResponse("/_sandbox/")),
        Route("/_sandbox/", show),
        Route("/_sandbox/page/{action}", act, methods=["POST"]),
    ]


def _remove_fault(world: World, _request: Request, fields: dict[str, Any]) -> Any:
    return world.faults.remove(int(fields["id"]))


ACTIONS: dict[str, Callable[[World, Request, dict[str, Any]], Any]] = {
    "clock": control.move_clock,
    "fault": control.add_fault,
    "remove_fault": _remove_fault,
    "latency": control.set_latency,
    "reset": control.reset,
}


def _page(world: World) -> Response:
    parts = [
        tag("h1", "Faults and clock"),
        tag("p", f"Pace {world.clock.pace}. Everything here is also in the control API.", class_="quiet"),
        _section("Clock", _clock(world)),
        _section("Faults", _faults(world)),
        _section("Invitations to sign", _invitations(world)),
        _section("State", _state(world)),
    ]
    return html.page(TITLE, "\n".join(parts), wide=True)


def _section(title: str, body: str) -> str:
    return f'<section class="card" aria-label="{title}">{tag("h2", title)}{body}</section>'


def _clock(world: World) -> str:
    due = world.scheduler.next_due()
    shown = "nothing waits" if due is None else f"{datetime.fromtimestamp(due, UTC):%Y-%m-%d %H:%M:%S} UTC"
    rows = [("Now", f"{world.now():%Y-%m-%d %H:%M:%S} UTC"), ("Next job", shown)]
    steps = "".join(
        f'<button class="small second" name="advance" value="{seconds}">+ {name}</button>'
        for name, seconds in STEPS.items()
    )
    jump = '<button class="small" name="next" value="1">To the next job</button>'
    return f'{html.facts(rows)}<form method="post" action="/_sandbox/page/clock" class="buttons">{jump}{steps}</form>'


def _faults(world: World) -> str:
    rows = [
        [
            tag("strong", rule.kind),
            tag("span", f"{rule.api} {rule.method} {rule.path}"),
            tag("span", f"{rule.share:.0%}"),
            tag("span", "no limit" if rule.count is None else f"{rule.count} left"),
            tag("span", rule.hits),
            '<form method="post" action="/_sandbox/page/remove_fault">'
            f'<button class="small second" name="id" value="{rule.id}">Remove</button></form>',
        ]
        for rule in world.faults.rules
    ]
    heads = ("Kind", "Calls or events", "Share", "Count", "Hits", "Remove")
    latency = f"""<form method="post" action="/_sandbox/page/latency" class="fields">
<label>Latency of every call, seconds<input name="seconds" type="number" min="0" max="60" step="0.01"
 value="{world.faults.latency:g}" required></label><button class="small second">Set latency</button></form>"""
    return html.table(heads, rows, empty="No rule is in force.") + _fault_form() + latency


def _fault_form() -> str:
    return f"""<form method="post" action="/_sandbox/page/fault" class="fields">
<label>Kind<select name="kind">{html.options(KINDS)}</select></label>
<label>API<select name="api">{html.options(("*", *contract.APIS))}</select></label>
<label>Method<select name="method">{html.options(("*", "GET", "POST", "PUT", "PATCH", "DELETE"))}</select></label>
<label>Path or event, with *<input name="path" value="*"></label>
<label>Share, 0 to 1<input name="share" type="number" min="0" max="1" step="0.01" value="1"></label>
<label>Count, empty: no limit<input name="count" type="number" min="1"></label>
<label>Seconds (slow, Retry-After)<input name="seconds" type="number" min="0" step="0.1" value="2"></label>
<button class="small">Add rule</button></form>"""


def _invitations(world: World) -> str:
    rows = [
        [
            tag("a", item.email, href=f"/sign/{item.token}"),
            tag("span", len(item.company_ids)),
            tag("span", item.state, class_=f"pill {PILLS[item.state]}"),
            tag("span", f"{item.expires_at:%Y-%m-%d %H:%M} UTC"),
        ]
        for item in invitations.newest_first(world.db)[:50]
    ]
    return html.table(("To", "Companies", "State", "Valid until"), rows, empty="None was sent yet.")


def _state(world: World) -> str:
    jobs = world.db.execute("select count(*), count(error) from jobs").fetchone()
    count = "select count(*) from companies"
    outbox = {row[0]: row[1] for row in world.db.execute("select state, count(*) from outbox group by 1")}
    rows = [
        ("Companies", world.db.execute(count).fetchone()[0]),
        ("Jobs", f"{jobs[0] - jobs[1]} wait, {jobs[1]} failed"),
        ("Webhooks", ", ".join(f"{number} {state}" for state, number in outbox.items()) or "none"),
        ("Not simulated, but called", ", ".join(world.unsimulated) or "none"),
    ]
    return (
        html.facts(rows)
        + """<form method="post" action="/_sandbox/page/reset" class="buttons">
<button class="small second">Reset to an empty world</button></form>"""
    )
