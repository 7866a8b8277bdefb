"""
Failed invoices sent another way on the running stack: answers lost after the effect, workers that die, every click
doubled. A letter that is printed twice costs postage and trust, so what went out is counted at the simulator.

One invoice and one fault at a time, without processes: tests/invoices/failures/test_rerouting.py.
"""

import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
import requests

from portal import contract
from tests.e2e.stack import Stack
from tests.faults.batches import SECONDS, Batch
from tests.faults.killing import WORKER, kill
from tests.invoices.documents import Who, finvoice

STRANGER = Who("Nobody Oy", "FI", "2077474-0", "003720774740")
LETTER = {
    "name": "Nobody Oy", "address1": "Street 1", "post_code": "00100", "post_office": "Helsinki", "country": "FI",
}  # fmt: skip
SENT = {"print": "action_sent_print", "email": "action_sent_email", "einvoice": "action_internal_sent"}
WAYS = tuple(SENT)
SMALL, FULL = 9, 210


@pytest.fixture(params=[pytest.param(SMALL, id="small"), pytest.param(FULL, id="full", marks=pytest.mark.prove)])
def size(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def sender(stack: Stack, size: int) -> Iterator[Batch]:
    """A company that may send and print, and one that it bills."""
    company = Batch(stack, 2, seconds=4 * SECONDS if size == SMALL else 12 * SECONDS)
    company.onboard()
    company.wait_until_ready()
    _call(stack, company, "PATCH", "/v1/company/settings", json={"send_invoice_print": {"enabled": True}})
    yield company
    stack.simulator.clear_faults()


@pytest.mark.timeout(1200)
def test_nothing_goes_out_twice_when_answers_are_lost_workers_die_and_clicks_are_doubled(
    stack: Stack, sender: Batch, size: int
) -> None:
    _strand(stack, sender, size)
    stack.simulator.fault("drop_after", method="PUT", path="/v1/invoices/*", share=0.2)
    stack.simulator.fault("slow", method="PUT", path="/v1/invoices/*", share=0.3, seconds=0.5)

    kills = 1 if size == SMALL else 10
    ways = [(pk, WAYS[place % len(WAYS)]) for place, pk in enumerate(sorted(_failed(sender)))]
    for part in range(kills):
        _click_twice(stack, sender, ways[part::kills])
        sender.eventually(lambda: sum(_count(sender, one) for one in _BEGUN) > 0, "the first to be under way")
        kill(stack, WORKER)

    sender.eventually(lambda: _count(sender, "DONE") == size, "all of them to be done")
    sender.eventually(lambda: not _on_their_way(stack, sender), "what was taken on to leave")
    assert _went_out(stack, sender) == Counter({("email",): size // 3, ("einvoice",): size // 3, ("print",): size // 3})
    assert _count(sender, "%") == size, f"one operation a double click; refused: {_count(sender, 'REFUSED')}"


_BEGUN = ("SENDING", "UNKNOWN", "DONE")


def _strand(stack: Stack, sender: Batch, size: int) -> None:
    """Send invoices that fail, because nobody has their receiver's address."""
    business_id = sender.ids[0]
    digits = business_id.replace("-", "")
    seller = Who(f"{business_id} Oy", "FI", business_id, f"0037{digits}")
    files = []
    for number in range(size):
        file = stack.var / f"stranded-{digits}-{number}.xml"
        file.write_bytes(finvoice(f"S{digits}{number}", seller=seller, buyer=STRANGER))
        files.append(str(file))
    done = stack.manage("send_invoice", digits, *files)
    assert done.returncode == 0, done.stdout + done.stderr
    sender.eventually(lambda: len(_failed(sender)) == size, "all of them to fail")


def _failed(sender: Batch) -> list[int]:
    """Return the rows of the company's failed invoices that were looked at."""
    query = """
        select i.id from invoices_invoice i join companies_company c on c.id = i.company_id
        where c.business_id = ? and i.status = 'FAILED' and i.next_check_at is null and i.direction = 'SENT'
    """
    return [pk for (pk,) in sender.rows(query, sender.ids[0].replace("-", ""))]


def _click_twice(stack: Stack, sender: Batch, ways: list[tuple[int, str]]) -> None:
    """Press the button of every invoice twice at once, each press in a session of its own."""
    sessions = [_session(stack) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        for pk, way in ways:
            list(pool.map(lambda session, pk=pk, way=way: _press(stack, sender, session, pk, way), sessions))


def _press(stack: Stack, sender: Batch, session: requests.Session, pk: int, way: str) -> None:
    """Fill the form of a way in, and say yes to what speaks against it."""
    page = f"{stack.url}/admin/invoices/page/{pk}/reroute/{way}/"
    seen = re.search(r'name="seen" value="(\d+)"', session.get(page, timeout=60).text)
    assert seen is not None, f"no form for {way}"
    form = {**_fields(sender, way), "seen": seen[1], "csrfmiddlewaretoken": session.cookies["portal_csrf"]}
    answer = session.post(page, form, headers={"Referer": page}, timeout=60)
    answer.raise_for_status()
    if doubts := re.search(r'name="sure" value="([\w|]+)"', answer.text):
        sure = {**form, "sure": doubts[1], "csrfmiddlewaretoken": session.cookies["portal_csrf"]}
        session.post(page, sure, headers={"Referer": page}, timeout=60).raise_for_status()


def _fields(sender: Batch, way: str) -> dict[str, str]:
    receiver = sender.ids[1].replace("-", "")
    own: str = contract.networks()["operators"]["own"]["operator_id"]
    known = {"email": {"email": "nobody@example.com"}, "einvoice": {"eia": f"0037{receiver}", "operator": own}}
    return known.get(way, LETTER)


def _session(stack: Stack) -> requests.Session:
    session, login = requests.Session(), f"{stack.url}/admin/login/"
    session.get(login, timeout=60)
    given = {"username": stack.username, "password": stack.password, "next": "/admin/"}
    form = {**given, "csrfmiddlewaretoken": session.cookies["portal_csrf"]}
    session.post(login, form, headers={"Referer": login}, timeout=60).raise_for_status()
    return session


def _on_their_way(stack: Stack, sender: Batch) -> list[dict[str, Any]]:
    """Return invoices that the simulator has taken on, and sends a moment after its answer."""
    asked = {"direction": "SENT", "status": "PENDING"}
    found: list[dict[str, Any]] = _call(stack, sender, "GET", "/v1/invoices", params=asked).json()
    return found


def _went_out(stack: Stack, sender: Batch) -> "Counter[tuple[str, ...]]":
    """Count invoices by the ways that they left by, as the simulator has it."""
    query = """
        select i.uuid from invoices_invoice i join companies_company c on c.id = i.company_id
        where c.business_id = ? and i.direction = 'SENT'
    """
    found: Counter[tuple[str, ...]] = Counter()
    for (text,) in sender.rows(query, sender.ids[0].replace("-", "")):
        uuid = UUID(text)  # SQLite has it without hyphens
        actions = _call(stack, sender, "GET", f"/v1/invoices/{uuid}/actions").json()
        found[tuple(way for action in actions for way, key in SENT.items() if action["key"] == key)] += 1
    return found


def _call(stack: Stack, sender: Batch, method: str, path: str, **given: Any) -> requests.Response:
    """Call the simulator's API as the company."""
    simulator, digits = stack.simulator, sender.ids[0].replace("-", "")
    company = next(one for one in simulator.control("GET", "/companies") if one["bid"] == digits)
    headers = {"Authorization": f"Bearer {simulator.token(company=company['id'])}"}
    url = f"{simulator.credentials['ax_url']}{path}"
    answer = requests.request(method, url, headers=headers, timeout=60, **given)
    answer.raise_for_status()
    return answer


def _count(sender: Batch, state: str) -> int:
    """Count the reroutes of this company's invoices in a state, which may hold SQL's `%`."""
    return sender.number(
        "select count(*) from operations_operation o join companies_company c on c.uuid = o.company_uuid"
        " where o.kind like 'invoices.reroute_%' and o.state like ? and c.business_id = ?",
        state,
        sender.ids[0].replace("-", ""),
    )
