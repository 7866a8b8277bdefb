"""Staff who press everything twice while many invoices are collected, agencies are told and money is drawn."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import requests

from tests.e2e.stack import Stack
from tests.faults.batches import Batch
from tests.faults.invoices import Hands, Sending
from tests.invoices.documents import Who, finvoice, zipped
from tests.portal.sandbox.invoice_files import finvoice as deliverable

HAND_OVER, TELL, WRITE = "receivables.hand_over", "receivables.tell_payment", "receivables.send_message"
WITHDRAW = "receivables.withdraw_credit"
OPEN, BAD = ("WAITING", "QUEUED", "SENDING", "UNKNOWN"), ("UNKNOWN", "FAILED", "REFUSED")
PAID = Decimal("60.00")  # of each invoice's 125.50 euros, so that it stays open
ACCOUNT = {"iban": "FI2112345600000785", "bic": "NDEAFIHH", "bank": "Nordea", "contact_email": "pirjo@office.example"}
_AMILI = {
    **ACCOUNT,
    "service_type": "express",
    "accountable_party": "vfsfi",
    "contact_person": "Pirjo Puu",
    "contact_phone_number": "+358401234567",
    "customer_service_email": "help@office.example",
    "billing_street": "Katu 1",
    "billing_zip_code": "53900",
    "billing_city": "Lappeenranta",
    "billing_country": "FI",
}
_PER_PAGE = 100


class Clicks(Hands):
    """Posts of which the second may be answered by the form with words, not by another page."""

    def once(self, path: str, form: dict[str, Any], file: tuple[str, bytes] | None = None) -> requests.Response:
        return self._session.post(
            f"{self._url}{path}",
            {**form, **self._token()},
            files={"file": file} if file else None,
            headers={"Referer": self._url},
            allow_redirects=False,
            timeout=120,
        )

    def twice(self, path: str, form: dict[str, Any], file: tuple[str, bytes] | None = None) -> list[str]:
        """Post twice at once; returns where those that were taken lead to. One at least was taken, none broke."""
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda _click: self.once(path, form, file), range(2)))
        assert {answer.status_code for answer in answers} <= {200, 302}, [answer.text[:2000] for answer in answers]
        taken = [answer.headers["Location"] for answer in answers if answer.status_code == 302]
        assert taken, answers[0].text[:4000]
        return taken

    def start_batch(self, batch: str, form: dict[str, str] | None = None, *, may_be_empty: bool = False) -> None:
        """
        Choose, look at the preview and start, each step twice at once.

        :param may_be_empty: everything in it may be under way by another batch
        """
        if form:
            self.twice(batch, form)
        preview = self.look(f"{batch}?preview=1")
        token = re.search(r'name="token" value="(\w+)"', preview)
        number = re.search(r"This acts on ([\d,.\s]+) rows", preview)
        if token is None and may_be_empty:
            return
        assert token, preview
        typed = "".join(filter(str.isdigit, number[1])) if number else ""
        pk = re.findall(r"\d+", batch)[-1]
        self.twice(f"/admin/batches/{pk}/do/start/", {"token": token[1], "number": typed})


class _Overdue(Sending):
    """Invoices that nobody gets and that fell due a month ago, each with a reference of its own."""

    def _start_batch(self, batch: str) -> None:
        Clicks(self.stack).start_batch(batch, {"lang": "FI", "prevent_routing": "true"}, may_be_empty=True)

    def _files(self) -> bytes:
        bid, due = self.company.ids[0], datetime.now(UTC) - timedelta(days=30)
        seller = Who(f"{bid} Oy", "FI", bid, f"0037{bid.replace('-', '')}")
        return zipped(
            {
                f"{number}.xml": finvoice(f"{bid}-{number}", seller=seller)
                .replace(b">20261115<", f">{due:%Y%m%d}<".encode())
                .replace(b"<EpiReference>1<", f"<EpiReference>{reference(number)}<".encode())
                for number in range(self.count)
            }
        )


class Collecting:
    """Invoices of one company at an agency. What is counted is counted on both sides."""

    def __init__(self, company: Batch, count: int) -> None:
        self.company, self.count, self.stack = company, count, company.stack
        self.hands = Clicks(self.stack)
        self.pk = pk_of(company, company.ids[0])
        self.uuid = uuid_of(self.stack, company.ids[0])

    def prepare(self) -> None:
        """Have the agency active and the invoices sent, all of it undisturbed."""
        self.hands.twice(f"/admin/companies/{self.pk}/collection/receivables.activate_amili/", _AMILI)
        active = "select count(*) from receivables_collectionservice where company_id = ? and status = 'ACTIVE'"
        self.company.eventually(lambda: self.company.number(active, self.pk) == 1, "the agency to be active")
        sending = _Overdue(self.company, self.count)
        sending.start()
        sending.wait()
        arrived = """
            select count(*) from invoices_invoice
            where company_id = ? and status not in ('PENDING', 'FAILED') and due_date is not null
        """
        self.company.eventually(lambda: self.company.number(arrived, self.pk) == self.count, "invoices to be taken")

    def hand_over(self) -> None:
        found = self.hands.twice(
            "/admin/receivables/overdueinvoice/",  # what others had is handed over, or not overdue
            {"action": "bulk_receivables_hand_over", "select_across": "1", "_selected_action": "0", "index": "0"},
        )
        chosen = {"agency": "amili", "collection_type": "reminder_and_collection", "receivables_type": "b2b"}
        self.hands.start_batch(found[0], chosen)

    def tell_payments(self) -> None:
        """Give a bank file in which the buyer of every invoice has paid a part, and confirm all of it."""
        rows = [f"2026-11-20;{PAID};{reference(number)};Aalto Astiat Oy" for number in range(self.count)]
        file = ("rows.csv", "\n".join(("date;amount;reference;payer", *rows)).encode())
        self.hands.twice(f"/admin/receivables/bank/{self.pk}/", {}, file)
        found = self.hands.twice(
            "/admin/receivables/paymentproposal/?state=proposed",
            {"action": "bulk_receivables_tell_payment", "select_across": "1", "_selected_action": "0", "index": "0"},
        )
        self.hands.start_batch(found[0])

    def write(self) -> None:
        """Write about every assignment, pressing Send twice."""
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(self._write_about, self._assignments()))

    def _write_about(self, row: tuple[int, str]) -> None:
        pk, number = row
        path = f"/admin/inbox/about/{pk}/"
        shown = re.search(r'name="form" value="([^"]+)"', self.hands.look(path))
        assert shown
        self.hands.twice(path, {"text": f"Is {number} on its way?", "form": shown[1]})

    def _assignments(self) -> list[tuple[int, str]]:
        return self.company.rows(
            f"select id, invoice_number from receivables_assignment where company_id = {self.pk} order by id"
        )

    def wait(self, kind: str, before: int) -> None:
        """Wait until nothing of a kind is open any more and all of it is done."""
        self.company.eventually(
            lambda: (
                sum(self.company.operations(state, kind) for state in OPEN) == 0
                and self.company.operations("DONE", kind) >= before + self.count
            ),
            f"{kind} to be done",
        )

    def wait_for_assignments(self) -> None:
        there = "select count(*) from receivables_assignment where company_id = ? and is_open"
        self.company.eventually(lambda: self.company.number(there, self.pk) == self.count, "assignments to be read")

    def check_handed_over(self) -> None:
        """Each invoice has one assignment there and one here."""
        rows = [row for row in self.stack.simulator.control("GET", "/assignments") if row["company_id"] == self.uuid]
        assert len(rows) == self.count
        assert set(Counter(row["invoice_id"] for row in rows).values()) == {1}

    def check_payments(self) -> None:
        """The agency was told of each payment once; the sums are as if it was."""
        told = Counter(event["assignment_id"] for event in self._at_agency("/v1/events", type="paid"))
        assert set(told.values()) == {1}
        assert len(told) == self.count
        paid = {Decimal(str(row["paid_amount"])) for row in self._at_agency("/v1/assignments")}
        assert paid == {PAID}

    def check_messages(self) -> None:
        """Each text stands once in its thread."""
        threads = self._at_agency("/v1/message_threads")
        assert len(threads) == self.count
        for thread in threads:
            there = self._at_agency(f"/v1/message_threads/{thread['id']}/messages")
            ours = [message["text"] for message in there if message["sender"] == "company"]
            assert len(ours) == 1, ours

    def check_ended(self, kind: str) -> None:
        for bad in BAD:
            assert self.company.operations(bad, kind) == 0, (kind, bad)

    def _at_agency(self, path: str, **query: str) -> list[dict[str, Any]]:
        """Return a whole list of the Receivables API, as the company sees it."""
        token = self.stack.simulator.token("receivables:assignments", self.uuid)
        found: list[dict[str, Any]] = []
        while True:
            asked = {**query, "per_page": str(_PER_PAGE), "page": str(len(found) // _PER_PAGE + 1)}
            url = f"{self.stack.simulator.credentials['receivables_url']}{path}"
            answer = requests.get(url, params=asked, headers={"Authorization": f"Bearer {token}"}, timeout=60)
            rows = answer.json()
            found += rows
            if len(rows) < _PER_PAGE:
                return found


class Drawing:
    """Companies that borrow from the bank, once each a round."""

    def __init__(self, companies: Batch) -> None:
        self.companies, self.stack = companies, companies.stack
        self.hands = Clicks(self.stack)
        self.pks = [pk_of(companies, bid) for bid in companies.ids]

    def prepare(self) -> None:
        """Have every company's credit signed and active, with an invoice that stands for it."""
        for bid, pk in zip(self.companies.ids, self.pks, strict=True):
            self.hands.twice(f"/admin/companies/{pk}/credit/receivables.activate_credit/", ACCOUNT)
            self._send_invoice(uuid_of(self.stack, bid))
        self._until_credit("PENDING")
        for bid in self.companies.ids:
            self.stack.simulator.control("POST", f"/companies/{bid.replace('-', '')}/op_credit/sign", {})
        for pk in self.pks:
            self.hands.once(f"/admin/companies/{pk}/credit/receivables.refresh_credit/", {})
        self._until_credit("ACTIVE")
        self.stack.simulator.settle()

    def draw(self) -> None:
        """Draw ten euros for every company, pressing the button twice."""
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(self._draw, self.pks))

    def _draw(self, pk: int) -> None:
        path = f"/admin/companies/{pk}/credit/withdraw/"
        seen = re.search(r'name="drawn_before" value="([^"]*)"', self.hands.look(path))
        assert seen
        form = {"amount": "10.00", "consequence": "the loan costs interest", "drawn_before": seen[1]}
        self.hands.twice(path, form)

    def wait(self, done: int) -> None:
        """:param done: withdrawals of this stack that shall be done by then"""
        self.companies.eventually(
            lambda: (
                sum(self.companies.operations(state, WITHDRAW) for state in OPEN) == 0
                and self.companies.operations("DONE", WITHDRAW) >= done
            ),
            "withdrawals to be done",
        )

    def check(self, rounds: int) -> None:
        """Each company owes what was drawn, and not a cent more; nothing is left to a person."""
        for bid in self.companies.ids:
            token = self.stack.simulator.token("company", uuid_of(self.stack, bid))
            url = f"{self.stack.simulator.credentials['ax_url']}/v1/services/op_invoice_credit/available_credit"
            told = requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=60).json()
            assert told["total_withdrawn"] == 10.0 * rounds, bid
        for bad in BAD:
            assert self.companies.operations(bad, WITHDRAW) == 0, bad

    def _send_invoice(self, uuid: str) -> None:
        due = datetime.now(UTC) + timedelta(days=30)
        xml = deliverable(number=f"{due:%H%M%S%f}", buyer_email="buyer@example.test")
        xml = xml.replace(b">20260316<", f">{due:%Y%m%d}<".encode())
        answer = requests.post(
            f"{self.stack.simulator.credentials['ax_url']}/v1/invoices",
            files={"file": ("invoice.xml", xml)},
            headers={"Authorization": f"Bearer {self.stack.simulator.token('invoice:send', uuid)}"},
            timeout=60,
        )
        assert answer.status_code == 201, answer.text

    def _until_credit(self, status: str) -> None:
        marks = ", ".join("?" * len(self.pks))
        query = f"select count(*) from receivables_invoicecredit where company_id in ({marks}) and status = ?"
        self.companies.eventually(
            lambda: self.companies.number(query, *self.pks, status) == len(self.pks), f"credit to be {status}"
        )


def reference(number: int) -> str:
    """Return a Finnish payment reference with its check digit."""
    digits = str(1000 + number)
    weighed = sum(int(digit) * (7, 3, 1)[place % 3] for place, digit in enumerate(reversed(digits)))
    return f"{digits}{-weighed % 10}"


def pk_of(company: Batch, business_id: str) -> int:
    query = "select id from companies_company where business_id = ?"
    return company.number(query, business_id.replace("-", ""))


def uuid_of(stack: Stack, business_id: str) -> str:
    return str(stack.simulator.control("GET", f"/companies?bid={business_id.replace('-', '')}")[0]["id"])
