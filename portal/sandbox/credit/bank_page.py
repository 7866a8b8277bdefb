"""The bank's page: where somebody of a company signs OP Laskulaina, or declines it."""

import sqlite3

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from portal.sandbox import html
from portal.sandbox.api import companies, op_credit
from portal.sandbox.control.errors import from_elsewhere
from portal.sandbox.html import tag
from portal.sandbox.world import World

TITLE = "OP Laskulaina"
_DECISIONS = {"sign": op_credit.SIGNED, "decline": op_credit.DECLINED}
_NOTES = {
    op_credit.SIGNED: ("good", "Signed. The credit opens when AutoInvoice asks for it the next time."),
    op_credit.DECLINED: ("bad", "Declined. No credit was opened."),
}


def routes(world: World) -> list[Route]:
    async def show(request: Request) -> Response:
        return await run_in_threadpool(_page, world, request.path_params["token"])

    async def decide(request: Request) -> Response:
        if from_elsewhere(request):
            return html.page(TITLE, tag("p", "This form was sent from another site."), status=403)
        async with request.form() as form:
            decision = _DECISIONS.get(str(form.get("decision", "")))
        if decision is None:
            return html.page(TITLE, tag("p", "Choose to sign or to decline."), status=400)
        token = request.path_params["token"]
        await run_in_threadpool(op_credit.decide, world, token, decision)
        return RedirectResponse(f"/op/{token}", 303)

    return [Route("/op/{token}", show), Route("/op/{token}", decide, methods=["POST"])]


def _page(world: World, token: str) -> Response:
    held: sqlite3.Row | None = world.db.execute("select * from op_credit where token = ?", (token,)).fetchone()
    company = companies.get(world.db, held["company_id"]) if held else None
    if held is None or company is None:
        return html.page(TITLE, tag("h1", "No such agreement"), status=404)
    rows = [
        ("Company", f"{company.name} · {company.bid}"),
        ("Account", held["iban"]),
        ("Limit", f"{held['credit_limit']} EUR"),
        ("Interest", f"{held['interest_rate']} % a year"),
    ]
    parts = [tag("h1", "Credit for sent invoices"), f'<section class="card">{html.facts(rows)}</section>']
    if held["decision"] == op_credit.OPEN:
        parts.append(
            '<form method="post" class="card"><div class="buttons"><button name="decision" value="sign">Sign</button>'
            '<button name="decision" value="decline" class="second">Decline</button></div></form>'
        )
    else:
        kind, text = _NOTES[held["decision"]]
        parts.append(tag("p", text, class_=f"note {kind}", role="status"))
    return html.page(TITLE, "\n".join(parts))
