"""All rows on both sides of a running stack: what the simulator has, by bare HTTP, and what the mirror holds."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from uuid import UUID

import requests

from tests.e2e.stack import Stack

_PER_PAGE = 100
_INVOICES = """
    select c.uuid, i.uuid, i.direction, i.status, i.number, i.counterparty_name, i.total_amount, i.currency
    from invoices_invoice i join companies_company c on c.id = i.company_id
"""
_PROFILES = """
    select c.uuid, p.remote_id, p.network, p.status
    from companies_networkprofile p join companies_company c on c.id = p.company_id where p.status <> 'disabled'
"""

_WIDTH_OF_COMPANY = 3  # columns
Rows = set[tuple[str, ...]]


class Truth:
    """Both sides as sets of rows of words, to be held against each other."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self._http = requests.Session()

    def ours(self) -> Rows:
        """Return companies, registrations and invoices as the portal's database holds them."""
        with closing(read_only(self.stack)) as database:
            companies = database.execute("select uuid, state, auth_state from companies_company").fetchall()
            profiles = database.execute(_PROFILES).fetchall()
            invoices = database.execute(_INVOICES).fetchall()
        rows: Rows = {(_id(uuid), state, auth) for uuid, state, auth in companies}
        rows |= {(_id(uuid), *map(str, facts)) for uuid, *facts in profiles}
        return rows | {
            (_id(company), _id(uuid), *facts, _amount(total), currency)
            for company, uuid, *facts, total, currency in invoices
        }

    def remote(self) -> Rows:
        """Return the same as the simulator lists it to each company."""
        rows: Rows = set()
        for company in self._companies():
            rows.add((company["id"], company["company_state"], company["auth_state"]))
            if company["company_state"] == "VERIFIED":
                rows |= self._rows_of(company["id"])
        return rows

    def differences(self) -> list[str]:
        """Return a line for each row that only one side has."""
        ours, remote = self.ours(), self.remote()
        only_here = [f"only in the portal: {row}" for row in sorted(ours - remote)]
        return only_here + [f"only at AutoInvoice: {row}" for row in sorted(remote - ours)]

    def ids_missing_here(self) -> set[str]:
        """Return the ids of invoices and registrations that the simulator has and the portal has no row of."""
        known = {row[1] for row in self.ours() if len(row) > _WIDTH_OF_COMPANY}
        return {row[1] for row in self.remote() if len(row) > _WIDTH_OF_COMPANY} - known

    def invoices_of(self, company: str, direction: str) -> dict[str, str]:
        """Return number by id of a company's invoices, as the API lists them."""
        asked = self._listed(company, "/v1/invoices", direction=direction)
        return {entity["id"]: entity["number"] for entity in asked}

    def acknowledged(self) -> Counter[tuple[str, str, str]]:
        """Count the events whose webhooks got a good answer: by name, company and what they are about."""
        answer = self.stack.simulator.control("GET", "/webhooks?state=acknowledged&limit=1000000")
        return Counter(_told(event["body"]) for event in answer["events"])

    def stored(self) -> Counter[tuple[str, str, str]]:
        """Count the deliveries that the portal keeps, the same way."""
        with closing(read_only(self.stack)) as database:
            rows = database.execute("select event, company_uuid, subject from webhooks_delivery").fetchall()
        return Counter((event, _id(company), subject) for event, company, subject in rows)

    def _companies(self) -> list[dict[str, Any]]:
        """All but the partner itself, which is nobody's customer."""
        partner = self.stack.simulator.credentials["company_uuid"]
        return [one for one in self.stack.simulator.control("GET", "/companies") if one["id"] != partner]

    def _rows_of(self, company: str) -> Rows:
        profiles = self._listed(company, "/v1/company/profiles")
        rows: Rows = {(company, one["id"], one["network"], one["status"]) for one in profiles}
        for direction in ("SENT", "RECEIVED"):
            for entity in self._listed(company, "/v1/invoices", direction=direction):
                party = entity["sender" if direction == "RECEIVED" else "recipient"]
                total = f"{entity['sum_tax']:.2f}"
                facts = (direction, entity["status"], entity["number"], party["name"], total, entity["currency"])
                rows.add((company, entity["id"], *facts))
        return rows

    def _listed(self, company: str, path: str, **asked: str) -> Iterator[dict[str, Any]]:
        token = self.stack.simulator.token(scope="eui invoice:send invoice:receive", company=company)
        page = 1
        while True:
            answer = self._http.get(
                f"{self.stack.simulator.credentials['ax_url']}{path}",
                params={**asked, "page": str(page), "per_page": str(_PER_PAGE)},
                headers={"Authorization": f"Bearer {token}"},
                timeout=60,
            )
            answer.raise_for_status()
            yield from answer.json()
            if len(answer.json()) < _PER_PAGE or path.endswith("profiles"):  # which come whole
                return
            page += 1


def read_only(stack: Stack) -> sqlite3.Connection:
    """Open the portal's database as a bystander, for the thread that asks."""
    return sqlite3.connect(f"file:{stack.var / 'portal.sqlite3'}?mode=ro", uri=True, timeout=30)


def _told(body: dict[str, Any]) -> tuple[str, str, str]:
    data = body["event_data"]
    subject = next((str(data[name]) for name in ("invoice_id", "document_id", "id") if data.get(name)), "")
    return body["event"], body["company_id"], subject


def _id(value: str | None) -> str:
    return str(UUID(value)) if value else ""


def _amount(value: Any) -> str:
    return "unknown" if value is None else f"{float(value):.2f}"
