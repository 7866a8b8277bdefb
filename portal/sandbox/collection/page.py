"""Where a company's representative signs the agreement with an agency: what `activation_url` leads to."""

import sqlite3

from starlette.responses import Response
from starlette.routing import Route

from portal.sandbox import decision_pages, html
from portal.sandbox.api import collection_services, companies
from portal.sandbox.html import tag
from portal.sandbox.world import World

TITLE = "Agreement on collection"
_NOTES = {
    "ACTIVE": ("good", "Signed. The agency collects for the company from now on."),
    "DISABLED": ("bad", "Declined. Nothing is collected for the company."),
}


def routes(world: World) -> list[Route]:
    return decision_pages.routes(world, "collection", TITLE, _page, _decide)


def _page(world: World, token: str) -> Response:
    row = _row(world, token)
    company = companies.get(world.db, row["company_id"]) if row else None
    if row is None or company is None:
        return decision_pages.missing(TITLE, "agreement")
    facts = html.facts([("Company", company.name), ("Business id", company.bid), ("Agency", row["agency"].title())])
    end = decision_pages.end(row["status"], _NOTES)
    return html.page(TITLE, f"{tag('h1', TITLE)}{decision_pages.card('Agreement', facts)}{end}")


def _decide(world: World, token: str, signed: bool) -> None:
    if row := _row(world, token):
        collection_services.settle(world, row["company_id"], row["agency"], signed=signed)


def _row(world: World, token: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = world.db.execute("select * from collection_services where token = ?", (token,)).fetchone()
    return row
