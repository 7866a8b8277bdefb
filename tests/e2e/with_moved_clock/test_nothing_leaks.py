"""
Nothing shows a whole personal identity number or a key: no page, no export, no log, no call log, no error page, and
not the database as it lies on the disk.

Numbers come in by every way there is: a form, an agency's message and event, a bank file, a refusal that repeats what
was sent. Where staff ask on purpose they are shown: that is how this test knows that it would find them.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.companies.csv_files import finnish_ids
from tests.e2e import collecting
from tests.e2e.collecting import Staff, days_from, number, send_invoice, until
from tests.e2e.moving import MovingStack
from tests.e2e.walking import Needles, Walker

BUSINESS_ID = finnish_ids(1, first=2_740_000)[0]
NAME = "Salaisuuden Saha Oy"
FINNISH, SWEDISH, NORWEGIAN = "131052-308T", "880320-0016", "15108695088"
NUMBERS = {
    "finnish": FINNISH,
    "finnish, closed up": FINNISH.replace("-", ""),
    "swedish": SWEDISH,
    "norwegian": NORWEGIAN,
}
ALL = f"{FINNISH}, {SWEDISH}, {NORWEGIAN}"
ASSIGNED = "select count(*) from receivables_assignment where company_id = ?"
_PAYERS = {
    "payers-TOTAL_FORMS": "2", "payers-INITIAL_FORMS": "1", "payers-MIN_NUM_FORMS": "1", "payers-MAX_NUM_FORMS": "10",
    "payers-0-role": "main", "payers-0-name": "Oksa Oksanen", "payers-0-personal_number": FINNISH,
    "payers-0-street": "Testitie 2", "payers-0-post_code": "02100", "payers-0-city": "Espoo", "payers-0-country": "FI",
    "payers-1-role": "co_debtor", "payers-1-name": "Sven Svensson", "payers-1-personal_number": SWEDISH,
    "payers-1-street": "Gatan 1", "payers-1-post_code": "11122", "payers-1-city": "Stockholm",
    "payers-1-country": "SE",
}  # fmt: skip
_CASE = {"collection_type": "reminder_and_collection", "receivables_type": "b2c", "capital_amount": "251.00"}


@dataclass
class Told:
    """The story's company, invoices and thread, by their numbers here."""

    company: int
    handed_over: int
    refused: int
    thread: int
    payer: int


@pytest.fixture(scope="module")
def story(moving: MovingStack) -> Told:
    staff = Staff(moving)
    company = collecting.onboard(moving, BUSINESS_ID, NAME)
    collecting.activate(moving, staff, company, "amili", collecting.AMILI)
    handed_over, refused = (send_invoice(moving, BUSINESS_ID, f"S-{n}", days_from(moving, -40)) for n in (1, 2))
    _hand_over(moving, staff, company, handed_over)
    _be_refused(moving, staff, refused)
    _meet_odd_answers(moving, staff, company)
    thread = _talk(moving, staff)
    _hear_of_events(moving, staff, company)
    _compare_with_bank(moving, staff, company)
    payer = number(
        moving,
        "select p.id from receivables_payer p join receivables_handover h on h.id = p.hand_over_id"
        " where h.invoice_id = ? and p.role = 'main'",
        handed_over,
    )
    return Told(company, handed_over, refused, thread, payer)


def _hand_over(moving: MovingStack, staff: Staff, company: int, invoice: int) -> None:
    path = f"/admin/receivables/hand-over/{invoice}/?agency=amili"
    staff.post(path, _CASE | _PAYERS)
    until(lambda: number(moving, ASSIGNED, company), "the case to be taken")


def _be_refused(moving: MovingStack, staff: Staff, invoice: int) -> None:
    """AutoInvoice repeats in its refusal what was sent."""
    moving.simulator.fault(
        "refusal", api="ax", method="POST", path="/v2/invoices/*/assignment/amili", count=1,
        message=f"payer {FINNISH} is not known", details=[f"payers[0].ssn: {FINNISH}", f"payers[1].ssn: {SWEDISH}"],
    )  # fmt: skip
    staff.post(f"/admin/receivables/hand-over/{invoice}/?agency=amili", _CASE | _PAYERS)
    state = "select count(*) from operations_operation where kind = 'receivables.hand_over' and state = 'REFUSED'"
    until(lambda: number(moving, state), "the refusal")


def _meet_odd_answers(moving: MovingStack, staff: Staff, company: int) -> None:
    """An answer about the debtor that cannot be read: whoever logs the error must not log the answer."""
    case = number(moving, "select id from receivables_assignment where company_id = ?", company)
    calls = "select count(*) from partners_apicall where method = 'GET' and path like '%/v1/assignments/%'"
    for kind in ("malformed", "wrong_type", "500_after"):
        before = number(moving, calls)
        moving.simulator.fault(kind, api="receivables", method="GET", path="/v1/assignments/*", count=1)
        staff.post(f"/admin/receivables/assignments/{case}/look/", {})
        until(lambda before=before: number(moving, calls) > before, f"an answer that is {kind}")  # type: ignore[misc]
    moving.simulator.clear_faults()


def _talk(moving: MovingStack, staff: Staff) -> int:
    plain = BUSINESS_ID.replace("-", "")
    body = {"subject": f"Is {FINNISH} yours?", "text": f"Who of {ALL} lives there?"}
    moving.simulator.control("POST", f"/companies/{plain}/messages", body)
    assert moving.manage("demo_receivables", "--talk", plain).returncode == 0
    talk = "select t.id from receivables_messagethread t join companies_company c on c.id = t.company_id"
    talk += " where c.business_id = ? and t.unseen > 0"
    until(lambda: number(moving, talk, plain), "the message")
    thread = number(moving, talk, plain)
    staff.post(f"/admin/inbox/{thread}/do/reply/", {"text": f"It is {FINNISH}.", "numbers_are_meant": "1"})
    staff.post(f"/admin/inbox/{thread}/do/note/", {"text": f"She is {FINNISH}."})
    sent = "select count(*) from operations_operation where kind = 'receivables.send_message' and state = 'DONE'"
    until(lambda: number(moving, sent), "the answer to be sent")
    return thread


def _hear_of_events(moving: MovingStack, staff: Staff, company: int) -> None:
    [case] = [row for row in moving.simulator.control("GET", "/assignments") if row["invoice_number"] == "S-1"]
    for event in ({"text": f"Debtor {ALL} moved"}, {"text": f"Odd {FINNISH}", "type": "odd_event"}):
        moving.simulator.control("POST", f"/assignments/{case['id']}/happen", event)
    here = number(moving, "select id from receivables_assignment where company_id = ?", company)
    staff.post(f"/admin/receivables/assignments/{here}/look/", {})
    told = "select count(*) from receivables_assignmentevent where assignment_id = ? and type = 'odd_event'"
    until(lambda: number(moving, told, here), "the events")


def _compare_with_bank(moving: MovingStack, staff: Staff, company: int) -> None:
    rows = f"date;amount;reference;payer\n{date.today()};251,00;1232;Oksa Oksanen {FINNISH}\n".encode()
    staff.post(f"/admin/receivables/bank/{company}/", {}, files={"file": (f"{FINNISH}.csv", rows)})


@pytest.fixture(scope="module")
def keys(moving: MovingStack) -> dict[str, str]:
    """Everything that opens a door: of the portal, of the partner at AutoInvoice, and every token given out."""
    given = moving.simulator.credentials
    found = {name: given[name] for name in ("user_api_key", "vendor_api_key")}
    lines = (line.split("=", 1) for line in (moving.var / "env").read_text().splitlines() if "=" in line)
    found |= {name: value for name, value in lines if name in ("SECRET_KEY", "FIELD_KEYS", "DIGEST_KEY")}
    with closing(sqlite3.connect(f"file:{moving.var / 'sandbox' / 'state.sqlite3'}?mode=ro", uri=True)) as database:
        tokens = database.execute("select token from tokens").fetchall()
    assert tokens
    return found | {f"token {place}": token for place, (token,) in enumerate(tokens)}


@pytest.fixture(scope="module")
def needles(keys: dict[str, str]) -> Needles:
    return Needles(NUMBERS | keys)


def test_no_page_and_no_export_shows_a_number_or_a_key(moving: MovingStack, story: Told, needles: Needles) -> None:
    walker = Walker(moving, needles)
    pages = (
        "/admin/", "/admin/inbox/?box=all", f"/admin/inbox/?box=all&thread={story.thread}", "/admin/money/",
        "/admin/billing/", f"/admin/receivables/hand-over/{story.handed_over}/",
        f"/admin/receivables/hand-over/{story.refused}/?agency=amili", f"/admin/receivables/bank/{story.company}/",
        f"/admin/companies/company/{story.company}/change/", "/admin/partners/apicall/", "/admin/search/?s=S-1",
    )  # fmt: skip

    walker.walk(pages)

    assert walker.found == {}
    assert walker.broken == []
    kinds = {"text/html", "text/csv", "application/pdf", "application/json", "application/zip"}
    assert kinds <= set(walker.opened), walker.opened
    assert walker.opened["text/html"] > 100


def test_no_error_page_repeats_a_number(moving: MovingStack, story: Told, needles: Needles) -> None:
    walker = Walker(moving, needles)
    hand_over = f"/admin/receivables/hand-over/{story.refused}/?agency=amili"
    case = number(moving, "select id from receivables_assignment where company_id = ?", story.company)
    wrong: dict[str, tuple[str, dict[str, object]]] = {
        "a mistake beside the number": (hand_over, _CASE | _PAYERS | {"payers-0-street": ""}),
        "a number in another field": (hand_over, _CASE | _PAYERS | {"payers-0-identifier": FINNISH}),
        "a number of another country": (hand_over, _CASE | _PAYERS | {"payers-0-country": "NO"}),
        "a number in an event": (f"/admin/receivables/assignments/{case}/tell/comment/", {"text": ALL}),
        "no such page": (f"/admin/receivables/hand-over/{10**12}/", {}),
        "no such agency": (f"/admin/receivables/hand-over/{story.refused}/?agency=nobody", _PAYERS),
        "a file that is none": (f"/admin/receivables/bank/{story.company}/", {"file": FINNISH}),
    }

    for name, (path, form) in wrong.items():
        walker.take(name, walker.post(path, form))

    assert walker.found == {}
    assert walker.broken == []


def test_no_log_and_nothing_on_the_disk_holds_a_number_or_a_key(
    moving: MovingStack, story: Told, needles: Needles
) -> None:
    found = {}
    # Reading a database's file drops this process's locks on it: no connection to it may be open here.
    for path in _written(moving.var):
        if names := needles.in_bytes(path.read_bytes()):
            found[str(path.relative_to(moving.var))] = names

    assert found == {}


def _written(var: Path) -> list[Path]:
    """Return what the processes write: a log each, the database, the broker's file, mails, uploads."""
    logs = [*(var / "logs").glob("*.log"), var / "stack.log"]
    assert {"web.log", "worker.log", "beat.log"} <= {path.name for path in logs}
    folders = [path for name in ("valkey", "files", "mail") for path in (var / name).rglob("*") if path.is_file()]
    database = list(var.glob("portal.sqlite3*"))
    assert database
    return [*logs, *folders, *database]


@pytest.mark.parametrize(
    "ask",
    [
        lambda walker, told: walker.post(f"/admin/receivables/hand-over/{told.handed_over}/payers/{told.payer}/", {}),
        lambda walker, told: walker.look(f"/admin/inbox/?box=all&thread={told.thread}&numbers=shown"),
    ],
    ids=["payer", "message"],
)
def test_who_asks_on_purpose_sees_the_number_and_is_written_down(
    moving: MovingStack, story: Told, needles: Needles, ask: Callable[[Walker, Any], Any]
) -> None:
    walker = Walker(moving, needles)
    written = "select count(*) from django_admin_log where change_message like '%ersonal%number%'"
    before = number(moving, written)

    walker.take("on purpose", ask(walker, story))

    assert "finnish" in walker.found["on purpose"]
    assert number(moving, written) == before + 1
