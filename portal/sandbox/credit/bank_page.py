"""The bank's page: where somebody of a company signs OP Laskulaina, or declines it."""

import sqlite3

from starlette.responses import Response
from starlette.routing import Route

from portal.sandbox import decision_pages, html
from portal.sandbox.api import companies, op_credit
from portal.sandbox.html import tag
from portal.sandbox.world import World

TITLE = "OP Laskulaina"
_NOTES = {
    op_credit.SIGNED: ("good", "Signed. The credit opens when AutoInvoice asks for it the next time."),
    op_credit.DECLINED: ("bad", "Declined. No credit was opened."),
}


def routes(world: World) -> list[Route]:
    return decision_pages.routes(world, "op", TITLE, _page, _decide)


def _page(world: World, token: str) -> Response:
    held: sqlite3.Row | None = world.db.execute("select * from op_credit where token = ?", (token,)).fetchone()
    company = companies.get(world.db, held["company_id"]) if held else None
    if held is None or company is None:
        return decision_pages.missing(TITLE, "agreement")
    facts = html.facts(
        [
            ("Company", f"{company.name} · {company.bid}"),
            ("Account", held["iban"]),
            ("Limit", f"{held['credit_limit']} EUR"),
            ("Interest", f"{held['interest_rate']} % a year"),
        ]
    )
    end = decision_pages.end(held["decision"], _NOTES)
    return html.page(TITLE, f"{tag('h1', 'Credit for sent invoices')}{decision_pages.card('Agreement', facts)}{end}")


def _decide(world: World, token: str, signed: bool) -> None:
    op_credit.decide(world, token, op_credit.SIGNED if signed else op_credit.DECLINED)
