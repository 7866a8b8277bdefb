"""
The story: the main job for a dozen companies, through the commands that staff use.

What staff do goes through `manage.py onboard` and `send_invoice`; what signers, strangers and time do goes through
the simulator. Told twice it changes nothing, so a story that was interrupted is simply told again.
"""

import csv
import json
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from portal.demo import invoices
from portal.demo.invoices import Party, Sale
from portal.demo.place import DATA, DemoError
from portal.demo.simulator import Simulator
from portal.demo.supervisor import Supervisor, say

_DAY = 86_400.0
_QUIET_DAYS = 372  # AutoInvoice has warned them, and closes them in some weeks
# A receiver that no network knows; the invoice to it fails, with a remedy.
_STRANGER = Party("Kadonneen Kaupungin Kello Oy", "38733314", "FI", "Kellokuja 1", "20100", "Turku")
# Receiver, number, sender, amount without tax.
_FROM_OUTSIDE = (
    ("38214506", "L-20931", "Pohjolan Lauta ja Lista Oy", "1840.00"),
    ("5598407715", "771204", "Nordiska Pappersbruket AB", "23150.00"),
    ("98761203", "2026-00418", "Melkcoöperatie De Wilg U.A.", "6120.50"),
    ("38214506", "99-1187", "Company Register Scam Nordic AS", "498.00"),
    ("38214506", "5521", "Kuusamon Kone Oy (bankrupt)", "2315.40"),
)
_WATCHES, _REPORTED = "38214506", "99-1187"  # a customer with Detect and an ERP of its own; what it is warned of
_SCANS, _AT_RISK, _COLLECTS = "38419261", "38307710", "937655126"  # customers with services
_HAS_AGENCY, _BORROWS = "38562148", "38214506"  # customers with Kassavirta, with credit for their invoices
_COLLECTS_LATE, _UNPAID = "38307710", "2026-091"  # a customer with Perintä, and what it is owed
_AGENCY_ASKS = (
    ("Invoice 2026-118", "Rannikon Sähkö says that it paid you on Monday. Has the money come?"),
    ("Address of a debtor", "Our letter came back. Do you know a newer address of Hämeen Kukka ja Lahja?"),
)
_BILLED = (("38214506", "letter"), ("38307710", "scanned_page"), ("38562148", "letter"), ("5598407715", "validation"))
_SETTLED = ("DELIVERED", "FAILED", "ERROR", "RECEIVED", "SENT")

Row = dict[str, str]


class Story:
    """One telling; each chapter leaves what the next one needs."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        self._folder = supervisor.place.var / "story"
        credentials = json.loads(supervisor.place.credentials_file.read_text())
        self._simulator = Simulator(supervisor.place.sandbox_url, credentials)
        self.customers = _rows("customers.csv")
        self._waiting, self._expired, self._taken = _rows("undecided.csv")

    def tell(self) -> None:
        """:raises DemoError: a chapter did not end well"""
        self._let_companies_fall_quiet()
        self._let_a_signature_expire()
        self._leave_some_for_humans()
        self._fill_the_desk()
        self._onboard_customers()
        self._run("demo_notes")
        self._run_services()
        self._exchange_documents()
        self._meet_refusals()
        self._send_invoices()
        self._receive_from_outside()
        self._see_to_money()
        self._wait_until_quiet()
        self._see_to_received()

    def _let_companies_fall_quiet(self) -> None:
        """Register companies more than a year ago that have sent and received nothing since."""
        quiet = _rows("quiet.csv")
        say(f"Onboarding {len(quiet)} companies that fell quiet a year ago …")
        self._simulator.move_clock(-_QUIET_DAYS * _DAY)
        try:
            self._run("onboard", str(self._file("quiet", quiet)), "--wait", "--timeout", "60", may_fail=True)
        finally:
            self._simulator.move_clock(0)
        for row in quiet:
            self._run("demo_past", row["bid"], "--days", str(_QUIET_DAYS))

    def _let_a_signature_expire(self) -> None:
        """Ask one company eight days ago, on the simulator's calendar and in our records; then come back to today."""
        say(f"Onboarding {self._expired['name']}, whose signature will expire …")
        self._simulator.move_clock(-8 * _DAY)
        try:
            self._run("onboard", str(self._file("expired", [self._expired])))
            self._supervisor.wait_for(
                lambda: self._expired["bid"] in self._simulator.companies_asked_to_sign(),
                seconds=60,
                what="the request to sign",
            )
            self._run("demo_past", self._expired["bid"], "--days", "8")
        finally:
            self._simulator.move_clock(0)

    def _leave_some_for_humans(self) -> None:
        say(
            f"Onboarding {self._waiting['name']}, which nobody signs, and {self._taken['name']}, registered elsewhere …"
        )
        self._simulator.register_elsewhere(self._taken)
        # Without look-ups: a plan that asked would leave the taken one out, and nobody would see it refused.
        rows = self._file("undecided", [self._waiting, self._taken])
        self._run("onboard", "--no-look-ups", str(rows), may_fail=True)

    def _fill_the_desk(self) -> None:
        """Leave signers who wait, one who declined, one whom mail does not reach, and one who may not sign."""
        signers = _rows("signers.csv")
        first, late, none_more, declines, bounces, wrong = (row["bid"] for row in signers)
        say(f"Onboarding {len(signers)} companies for the signature desk …")
        self._run("onboard", str(DATA / "signers.csv"))
        theirs = {row["bid"] for row in signers}
        told = self._folder / "desk"
        if told.exists():
            return
        self._supervisor.wait_for(
            lambda: theirs <= self._simulator.companies_asked_to_sign(), seconds=60, what="the requests to sign"
        )
        for business_id in (first, late, none_more):
            self._run("demo_past", business_id, "--days", "6")
        self._simulator.decline(declines)
        self._run("demo_mark", bounces, "BOUNCED", "elin@bergslagens-bageri.example: 550 5.1.1 no such user")
        self._run("demo_mark", wrong, "WRONG_PERSON", "Left the board in May; ask for the new chair")
        told.touch()

    def _onboard_customers(self) -> None:
        say(f"Onboarding {len(self.customers)} companies; their signers sign as they are asked …")
        self._run("onboard", str(DATA / "customers.csv"))
        theirs = {row["bid"] for row in self.customers}

        def are_connected() -> bool:
            asked = sorted(theirs & self._simulator.companies_asked_to_sign())
            for business_id in asked:
                self._simulator.sign(business_id)
                say(f"  signed for {business_id}")
            active = {} if asked else self._status()["companies"]["active_profiles"]
            return all(active.get(network, 0) >= len(theirs) for network in ("VISMA", "PEPPOL"))

        self._supervisor.wait_for(are_connected, seconds=180, what="onboarding", every=1.0)

    def _meet_refusals(self) -> None:
        """Let one company meet its former operator's registration, and one a registry that refuses it."""
        taken, refused = _rows("troubled.csv")
        say(f"Onboarding {taken['name']} and {refused['name']}, which Peppol refuses …")
        self._run("onboard", str(DATA / "troubled.csv"))
        theirs = {taken["bid"], refused["bid"]}
        told = self._folder / "refusals"
        if told.exists():
            return
        self._supervisor.wait_for(
            lambda: theirs <= self._simulator.companies_asked_to_sign(), seconds=60, what="the requests to sign"
        )
        text = "Registration refused: the participant is blocked in the SMP of another country"
        self._simulator.refuse_network(refused["bid"], "PEPPOL", text)
        before = int(self._status()["companies"]["open_cases"])
        for business_id in sorted(theirs):
            self._simulator.sign(business_id)
        self._supervisor.wait_for(
            lambda: int(self._status()["companies"]["open_cases"]) >= before + len(theirs),
            seconds=90,
            what="the refusals",
            every=1.0,
        )
        told.touch()

    def _run_services(self) -> None:
        """Scan and collect for some companies, leave one AutoScan at risk, and begin to take the reserved one over."""
        say(f"Activating scanning and AvtaleGiro; requesting the account of {self._taken['name']} …")
        self._simulator.open_old_autoscan(_AT_RISK)
        taken = [self._taken[name] for name in ("country", "bid", "name")]
        account = self._simulator.account_of(self._taken["bid"])
        self._run("demo_services", "--scan", _SCANS, "--autoscan", _SCANS, "--suppliers", _SCANS, "--atg", _COLLECTS)
        self._run("demo_services", "--look", _AT_RISK, "--look", _COLLECTS, "--takeover", *taken, account)

    def _exchange_documents(self) -> None:
        """Send an order, open printing in test mode, and check and hand over what one customer receives."""
        say("Sending an order, registering for letters, switching Detect on …")
        wanted = ("--detect", "--hand-over", "--order", "--register")
        self._run("demo_invoices", *(word for option in wanted for word in (option, _WATCHES)))

    def _see_to_received(self) -> None:
        """Report what Detect warned of; letters, bank message and a late invoice go now that services are open."""
        say("Reporting a fraud, printing letters, telling the banks, handing an unpaid invoice over …")
        self._run("demo_invoices", "--print", _WATCHES, "--bank", _WATCHES, "--report", _REPORTED)
        self._run("demo_receivables", "--hand-over", _UNPAID)
        self._wait_until_quiet()

    def _send_invoices(self) -> None:
        sales = [self._sale(row) for row in _rows("invoices.csv")]
        say(f"Sending {len(sales)} invoices …")
        for sender, files in groupby(sales, key=itemgetter(0)):
            self._run("send_invoice", sender, *[str(path) for _, path in files])

    def _sale(self, row: Row) -> tuple[str, Path]:
        parties = {company["bid"]: Party.of(company) for company in self.customers}
        sale = Sale(
            seller=parties[row["sender"]],
            buyer=parties.get(row["receiver"], _STRANGER),
            number=row["number"],
            issued=date.today() - timedelta(days=int(row["days_ago"])),  # noqa: DTZ011 (a date on paper has no zone)
            item=row["item"],
            quantity=Decimal(row["quantity"]),
            price=Decimal(row["price"]),
            currency=row["currency"],
        )
        path = self._folder / f"{row['number']}.xml"
        path.write_text(invoices.FORMATS[row["format"]](sale), encoding="utf-8")
        return row["sender"], path

    def _receive_from_outside(self) -> None:
        say(f"Receiving {len(_FROM_OUTSIDE)} invoices from companies outside …")
        for business_id, number, sender, net in _FROM_OUTSIDE:
            arrived = self._folder / f"arrived-{number}"
            if not arrived.exists():
                self._simulator.receive(business_id, number=number, sender=sender, net=net)
                arrived.touch()

    def _see_to_money(self) -> None:
        """Let an agency ask questions, a company borrow on its invoices, and AutoInvoice bill two months."""
        say("Activating Kassavirta and invoice credit; an agency writes …")
        self._run("demo_receivables", "--kassavirta", _HAS_AGENCY, "--perinta", _COLLECTS_LATE, "--credit", _BORROWS)
        told = self._folder / "money"
        if not told.exists():
            for subject, text in _AGENCY_ASKS:
                self._simulator.write_as_agency(_HAS_AGENCY, subject, text)
            today = date.today()  # noqa: DTZ011 (a month of a bill has no zone)
            for day in (today, today.replace(day=1) - timedelta(days=1)):
                for number, (business_id, action) in enumerate(_BILLED, start=1):
                    self._simulator.bill(business_id, f"{day:%Y-%m}", action, 7 * number + day.month)
            self._supervisor.wait_for(self._credit_waits, seconds=60, what="the credit's agreement", every=1.0)
            told.touch()
        self._run("demo_receivables", "--look-at-credit", _BORROWS, "--talk", _HAS_AGENCY)

    def _credit_waits(self) -> bool:
        """Sign the agreement once it is there."""
        try:
            self._simulator.sign_credit(_BORROWS)
        except DemoError:
            return False
        return True

    def _wait_until_quiet(self) -> None:
        say("Waiting until every invoice has arrived or failed …")
        self._supervisor.wait_for(lambda: not _unsettled(self._status()), seconds=90, what="delivery", every=1.0)

    def _status(self) -> dict[str, Any]:
        answer = self._folder / "status.json"
        self._supervisor.finish(self._supervisor.begin("status", "--json", output=answer), seconds=60)
        return dict(json.loads(answer.read_text()))

    def _file(self, name: str, rows: list[Row]) -> Path:
        path = self._folder / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        return path

    def _run(self, *arguments: str, may_fail: bool = False) -> None:
        """Run a staff command; with exit code 1 it says that some rows failed, which a chapter may want."""
        child = self._supervisor.begin(*arguments)
        self._supervisor.wait_for(lambda: not child.is_running, seconds=600, what=child.name)
        if not (may_fail and child.exit_code == 1):
            self._supervisor.finish(child, seconds=1)


def _unsettled(status: dict[str, Any]) -> int:
    """Count what still moves by itself; operations that wait for a human's signature do not."""
    operations, sent = status["operations"]["by_state"], status["invoices"]["by_status"]
    moving = sum(int(operations.get(state, 0)) for state in ("QUEUED", "SENDING", "UNKNOWN"))
    return moving + sum(int(count) for word, count in sent.items() if word not in _SETTLED)


def _rows(name: str) -> list[Row]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
