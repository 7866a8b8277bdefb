"""Companies with agencies and invoices past their due date, on a stack whose clock moves."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import requests
from playwright.sync_api import Page

from tests.companies.csv_files import sheet
from tests.e2e.browser import WORK
from tests.e2e.moving import MovingStack
from tests.e2e.stack import Stack
from tests.portal.sandbox.invoice_files import finvoice

_ZONE = ZoneInfo("Europe/Helsinki")  # the demo's

AMILI = {
    "service_type": "express", "accountable_party": "vfsfi", "iban": "FI2112345600000785", "bic": "NDEAFIHH",
    "bank": "Nordea", "contact_person": "Pirjo Puu", "contact_email": "pirjo@puu.example",
    "contact_phone_number": "+358 40 123 4567", "customer_service_email": "help@puu.example",
    "billing_street": "Katu 1", "billing_zip_code": "93600", "billing_city": "Kuusamo", "billing_country": "FI",
}  # fmt: skip
ROPO = {"agreement_contact_email": "pirjo@puu.example"}
INTRUM = {
    "agreement_contact_name": "Pirjo Puu", "agreement_contact_email": "pirjo@puu.example",
    "agreement_contact_phone": "+358 40 123 4567",
}  # fmt: skip


class Staff:
    """A member of staff who fills forms without looking: what a story needs and does not tell of."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._session = requests.Session()
        given = {cookie["name"]: cookie["value"] for cookie in stack.cookies()}
        self._session.cookies.update(given)
        self._token = {"csrfmiddlewaretoken": given["portal_csrf"]}

    def post(self, path: str, form: dict[str, Any], files: dict[str, Any] | None = None) -> str:
        """Return where the answer leads to."""
        answer = self._session.post(
            f"{self._stack.url}{path}", {**form, **self._token}, headers={"Referer": self._stack.url}, timeout=60,
            files=files, allow_redirects=False,
        )  # fmt: skip
        assert answer.status_code == 302, answer.text[:3000]
        return answer.headers["Location"]


def number(stack: Stack, query: str, *values: Any) -> int:
    """Return the one number that a query of the portal's database gives; 0 for none."""
    with closing(sqlite3.connect(f"file:{stack.var / 'portal.sqlite3'}?mode=ro", uri=True)) as database:
        row = database.execute(query, values).fetchone()
    return int(row[0] or 0) if row else 0


def until(fact: Callable[[], Any], what: str) -> None:
    give_up_at = time.monotonic() + WORK / 1000
    while not fact():
        assert time.monotonic() < give_up_at, f"waited for {what}"
        time.sleep(0.2)


def onboard(stack: Stack, business_id: str, name: str, **row: str) -> int:
    """Bring a company in that needs nobody to sign; returns its number here."""
    proof = {"method": "own", "authorization_id": f"proof-{business_id}", "networks": "VISMA"}
    file = stack.var / f"{business_id}.csv"
    file.write_bytes(sheet({"bid": business_id, "name": name, **proof, **row}).read())
    done = stack.manage("onboard", str(file))
    assert done.returncode == 0, done.stdout + done.stderr
    ready = """
        select c.id from companies_company c join companies_networkprofile p on p.company_id = c.id
        where c.business_id = ? and c.state = 'VERIFIED' and p.network = 'VISMA' and p.status = 'active'
    """
    plain = business_id.replace("-", "")
    until(lambda: number(stack, ready, plain), f"{name} to be ready")
    return number(stack, ready, plain)


def activate(stack: Stack, staff: Staff, company: int, agency: str, form: dict[str, str]) -> None:
    staff.post(f"/admin/companies/{company}/collection/receivables.activate_{agency}/", form)
    there = "select count(*) from receivables_collectionservice where company_id = ? and agency = ? and status = ?"
    if agency == "intrum":
        until(lambda: number(stack, there, company, agency, "PENDING"), f"{agency} to wait")
        staff.post(f"/admin/companies/{company}/collection/receivables.give_client_code/", {"client_code": "K-17"})
    until(lambda: number(stack, there, company, agency, "ACTIVE"), f"{agency} to be active")


def send_invoice(stack: Stack, business_id: str, invoice: str, due: date, **changes: str) -> int:
    """
    Send an invoice of 251 euros by command and wait until it has arrived; returns its number here.

    :param changes: what stands in the file, and what shall stand there instead
    """
    plain = business_id.replace("-", "")
    changes = {"2345678-0": business_id, "FI23456780": f"FI{plain}", ">20260316<": f">{due:%Y%m%d}<", **changes}
    content = finvoice(number=invoice, buyer_email="buyer@example.test").decode()
    for old, new in changes.items():
        content = content.replace(old, new)
    file = stack.var / f"{invoice}.xml"
    file.write_text(content, encoding="utf-8")
    sent = stack.manage("send_invoice", plain, str(file), "--wait")
    assert sent.returncode == 0, sent.stdout + sent.stderr
    return number(stack, "select id from invoices_invoice where number = ?", invoice)


def today(stack: MovingStack) -> date:
    """Return the day as the portal has it."""
    return datetime.fromtimestamp(stack.now(), _ZONE).date()


def days_from(stack: MovingStack, days: int) -> date:
    return today(stack) + timedelta(days=days)


def pass_days(page: Page, stack: MovingStack, days: float) -> None:
    """Let days pass and come back to the portal: the session has ended meanwhile."""
    stack.move(days)
    page.context.clear_cookies()
    page.context.add_cookies(stack.cookies())  # type: ignore[arg-type]
