"""Where a company's representative signs the agreement with an agency: what `activation_url` leads to."""

import sqlite3

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from portal.sandbox import html
from portal.sandbox.api import collection_services, companies
from portal.sandbox.control.errors import from_elsewhere
from portal.sandbox.html import tag
from portal.sandbox.world import World

TITLE = "Agreement on collection"
_NOTES = {
    "ACTIVE": ("good", "Signed. The agency collects for the company from now on."),
    "DISABLED": ("bad", "Declined. Nothing is collected for the company."),
}


def routes(world: World) -> list[Route]:
    async def show(request: Request) -> Response:
        return await run_in_threadpool(_page, world, request.path_params["token"])

    async def decide(request: Request) -> Response:
        if from_elsewhere(request):
            return html.page(TITLE, tag("p", "This form was sent from another site."), status=403)
        async with request.form() as form:
            decision = str(form.get("decision", ""))
        return await run_in_threadpool(_decide, world, request.path_params["token"], decision)

    return [Route("/collection/{token}", show), Route("/collection/{token}", decide, methods=["POST"])]


def _page(world: World, token: str) -> Response:
    row = _row(world, token)
    company = companies.get(world.db, row["company_id"]) if row else None
    if row is None or company is None:
        return html.page(TITLE, tag("h1", "No such agreement"), status=404)
    facts = html.facts([("Company", company.name), ("Business id", company.bid), ("Agency", row["agency"].title())])
    kind, text = _NOTES.get(row["status"], ("", ""))
    end = tag("p", text, class_=f"note {kind}", role="status") if kind else _form()
    return html.page(TITLE, f'{tag("h1", TITLE)}<section class="card" aria-label="Agreement">{facts}</section>{end}')


def _decide(world: World, token: str, decision: str) -> Response:
    row = _row(world, token)
    if row is None or decision not in ("sign", "decline"):
        return html.page(TITLE, tag("p", "Choose to sign or to decline."), status=400)
    collection_services.settle(world, row["company_id"], row["agency"], signed=decision == "sign")
    return RedirectResponse(f"/collection/{token}", 303)


def _row(world: World, token: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = world.db.execute("select * from collection_services where token = ?", (token,)).fetchone()
    return row


def _form() -> str:
    return """<form method="post" class="card"><div class="buttons">
<button name="decision" value="sign">Sign</button>
<button name="decision" value="decline" class="second">Decline</button>
</div></form>"""
