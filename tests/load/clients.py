"""Those who keep a portal busy for a long time, each on a thread of its own and never faster than it is answered."""

import json
import random
import threading
import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import requests

from tests.companies.csv_files import finnish_ids, sheet
from tests.e2e.stack import Stack
from tests.faults.batches import Batch
from tests.faults.invoices import Hands, Sending
from tests.load.truth import read_only

_PAGES = (
    "/admin/",
    "/admin/companies/company/",
    "/admin/companies/company/?q=Soak",
    "/admin/desk/",
    "/admin/invoices/receivedinvoice/",
    "/admin/invoices/sentinvoice/?status=DELIVERED",
    "/admin/invoices/sentinvoice/?q=17",
    "/admin/operations/operation/",
    "/admin/operations/batch/",
    "/admin/webhooks/delivery/?state=DONE",
    "/admin/sync/drift/",
    "/admin/sync/syncrun/",
)
_FIRST_COMPANY = 2_700_000  # business ids that no other test has
_AT_ONCE = 60  # operations that may be open before more is asked for: the clients are bounded


class Client(threading.Thread):
    """
    Does one thing again and again until it is told to stop.

    :ivar problems: what went wrong, in words; a client goes on after it
    """

    pause = 1.0  # seconds between two acts

    def __init__(self, stack: Stack) -> None:
        super().__init__(name=type(self).__name__, daemon=True)
        self.stack = stack
        self.problems: list[str] = []
        self.tries = self.acts = 0  # acts: those that went well
        self._is_over = threading.Event()
        self._chance = random.Random(type(self).__name__)

    def run(self) -> None:
        try:
            self.begin()
            while not self._is_over.is_set():
                self._act_once()
                self._is_over.wait(self.pause)
        except Exception as error:  # noqa: BLE001  shown by the verdict
            self.problems.append(f"{self.name} gave up: {error!r}"[:500])

    def _act_once(self) -> None:
        self.tries += 1
        try:
            self.act()
            self.acts += 1
        except (AssertionError, requests.RequestException) as error:
            self.problems.append(f"{self.name}: {error!r}"[:500])

    def begin(self) -> None:
        """Prepare, on the client's own thread."""

    def act(self) -> None:
        """:raises AssertionError: the portal answered wrongly"""
        raise NotImplementedError

    def end(self) -> None:
        self._is_over.set()

    def open_operations(self, kind: str = "%") -> int:
        states = "('QUEUED', 'SENDING', 'UNKNOWN', 'WAITING')"
        query = f"select count(*) from operations_operation where state in {states} and kind like ?"
        return int(self._database.execute(query, (kind,)).fetchone()[0])

    def usable(self) -> list[str]:
        """Return the ids of companies that may send and receive: verified, and in VISMA."""
        in_visma = "select company_id from companies_networkprofile where network = 'VISMA' and status = 'active'"
        query = f"select uuid from companies_company where state = 'VERIFIED' and id in ({in_visma}) order by id"
        return [str(UUID(uuid)) for (uuid,) in self._database.execute(query)]

    @property
    def _database(self) -> Any:
        if not hasattr(self, "_opened"):
            self._opened = read_only(self.stack)
        return self._opened


class Staff(Client):
    """Somebody who looks at one page after the other."""

    pause = 1.0

    def begin(self) -> None:
        self._hands = Hands(self.stack)
        self.took: list[float] = []

    def act(self) -> None:
        page = _PAGES[self.tries % len(_PAGES)]
        if self.tries % 5 == 4:
            page = f"/admin/companies/company/{self._chance.randint(1, max(1, len(self.usable())))}/change/"
        began = time.monotonic()
        self._hands.look(page)
        self.took.append(time.monotonic() - began)


class Looker(Client):
    """Somebody who has AutoInvoice asked about all companies, from the list, pressing everything twice."""

    pause = 30.0

    def begin(self) -> None:
        self._hands = Hands(self.stack)

    def act(self) -> None:
        if self.open_operations() > _AT_ONCE:
            return
        ticked = {"action": "bulk_companies_refresh", "_selected_action": "0", "select_across": "1"}
        for batch in set(self._hands.press("/admin/companies/company/?q=Soak", ticked)):
            self._hands.start_batch(batch)


class Arrivals(Client):
    """Invoices that come in from outside, for one company after the other."""

    pause = 1.5

    def begin(self) -> None:
        self.ids: list[str] = []

    def act(self) -> None:
        companies = self.usable()
        company = companies[self._chance.randrange(len(companies))]
        arrived = self.stack.simulator.receive(company, number=f"IN-{self.tries}", with_attachment=self.tries % 10 == 0)
        self.ids.append(arrived["id"])


class Sender(Client):
    """A company whose invoices are sent by the dozen through the pages, every click twice."""

    pause = 10.0
    dozen = 12

    def __init__(self, stack: Stack, business_id: str) -> None:
        super().__init__(stack)
        self.business_id = business_id
        self.sent = 0

    def begin(self) -> None:
        self._company = Batch(self.stack, [self.business_id], seconds=300)

    def act(self) -> None:
        if self.open_operations("invoices.send") > _AT_ONCE:
            return
        first, self.sent = self.sent, self.sent + self.dozen
        Sending(self._company, self.dozen, first=first).start()


class Registrar(Client):
    """Somebody who brings companies in by file, a few at a time."""

    pause = 20.0
    few = 2

    def begin(self) -> None:
        self._ids = iter(finnish_ids(20_000, first=_FIRST_COMPANY))
        self.business_ids: list[str] = []

    def act(self) -> None:
        if self.open_operations("companies.%") <= _AT_ONCE:
            self.bring_in([next(self._ids) for _ in range(self.few)])

    def bring_in(self, ids: list[str]) -> None:
        self.business_ids += ids
        bring_in(self.stack, ids)


class Forger(Client):
    """Somebody outside who posts events without knowing the secret."""

    pause = 3.0

    def begin(self) -> None:
        self._account = str(self._database.execute("select key from partners_partneraccount").fetchone()[0])
        self.victims: list[str] = []

    def act(self) -> None:
        self.victims.append(str(uuid4()))
        body = {
            "event": "DOCUMENTS.INVOICE.FAILED",
            "company_id": self.usable()[0],
            "event_timestamp": datetime.now(UTC).isoformat(),
            "event_data": {"invoice_id": self.victims[-1], "error_message": "forged"},
        }
        secret = ("guessed", "x" * 43, "%00")[self.tries % 3]
        url = f"{self.stack.url}/hooks/{self._account}/{secret}/"
        answer = requests.post(url, data=json.dumps(body), timeout=30)
        assert answer.status_code == 404, f"a forged event got {answer.status_code}"


def bring_in(stack: Stack, ids: list[str]) -> None:
    """Queue the onboarding of companies that prove themselves, from a file."""
    rows = [{"bid": bid, "name": f"Soak {bid} Oy", "method": "own", "authorization_id": f"proof-{bid}"} for bid in ids]
    file = stack.var / f"soak-{ids[0]}.csv"
    file.write_bytes(sheet(*rows).read())
    done = stack.manage("onboard", str(file))
    assert done.returncode == 0, done.stdout + done.stderr
