"""
A partner's customers at size: companies, networks, invoices, their actions, operations, deliveries and calls.

Everything follows from a row's number, so that the same sizes make the same rows. Names and amounts look like real
ones; each fifth company is busy, so that lists of one company are long too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Max

from tests.load.filling import analyze, fill

_WHERE = ("Kuusamon", "Rannikon", "Saimaan", "Hämeen", "Mälaren", "Öresund", "Fjordkyst", "Trøndelag", "Fyn", "Zaanse")
_WHAT = ("Puusepät", "Sähkö", "Venepalvelu", "Kukka ja Lahja", "Bygg", "Redovisning", "Fisk", "Maskin", "Grønt", "Kaas")
_FORMS = (("Oy", "FI"), ("AB", "SE"), ("AS", "NO"), ("ApS", "DK"), ("B.V.", "NL"))
_STEPS = (
    ("CREATED", "action_created", ""),
    ("INFO", "action_internal_sent", ""),
    ("SENT", "action_sent_email", "EMAIL"),
    ("INFO", "action_trx_ok", "EINVOICE"),
    ("DELIVERED", "action_confirmed", "EINVOICE"),
)
_YEAR = 365 * 86400


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many rows of each kind; actions are five an invoice."""

    companies: int
    invoices: int
    operations: int
    deliveries: int

    @classmethod
    def of(cls, invoices: int) -> "Sizes":
        """Return sizes that fit each other: 1,000,000 invoices are those of 100,000 companies."""
        return cls(max(10, invoices // 10), invoices, invoices // 2, invoices // 2)


class World:
    """Rows of one partner account, up to `now`."""

    def __init__(self, account: Any, now: datetime | None = None) -> None:
        self.account = account
        self.now = (now or datetime.now(UTC)).replace(microsecond=0)
        self._zone = "+00" if connection.vendor == "postgresql" else ""
        self._companies_from = 0
        self._first = 0  # number of the first row: a second filling has others

    def fill(self, sizes: Sizes) -> None:
        """Write everything, then let the planner know."""
        self._first = self._rows_there()
        self.companies(sizes.companies)
        self.invoices(sizes.invoices, sizes.companies)
        self.operations(sizes.operations, sizes.companies)
        self.deliveries(sizes.deliveries, sizes.companies)
        analyze()

    def _rows_there(self) -> int:
        from invoices.models import Invoice

        return int(Invoice.objects.count())

    def moment(self, ago: float) -> str:
        """Return a time before now as the column takes it."""
        at = self.now - timedelta(seconds=int(ago))
        return f"{at:%Y-%m-%d %H:%M:%S}{self._zone}"

    def day(self, ago: float) -> str:
        return f"{self.now - timedelta(seconds=int(ago)):%Y-%m-%d}"

    def companies(self, count: int) -> None:
        """Write companies, and VISMA and PEPPOL for each."""
        from companies.models import Company, NetworkProfile

        fields = ("uuid", "name", "country", "business_id", "business_id_digest", "state", "state_at", "created_at")
        fill(Company, fields, map(self._company, range(count)), account=self.account)
        self._companies_from = _first_of_last(Company, count)
        profiles = ((self._companies_from + number, name, f"{name}-{self._first + number}")
                    for number in range(count) for name in ("VISMA", "PEPPOL"))  # fmt: skip
        fill(
            NetworkProfile, ("company", "network", "remote_id"), profiles, account=self.account, status="active",
            profiles=["INVOICE_AND_CREDIT_NOTE"], fact_at=self.now,
        )  # fmt: skip

    def _company(self, number: int) -> tuple[Any, ...]:
        name, country = company_name(self._first + number)
        at = self.moment(number * 3_000 % _YEAR)
        state = "UNVERIFIED" if number % 20 == 7 else "VERIFIED"
        one = self._first + number
        return _uuid(1, one), name, country, str(10_000_000 + one), f"{one:064d}", state, at, at

    def invoices(self, count: int, companies: int) -> None:
        """Write invoices, half of them received, and five actions each."""
        from invoices.models import Invoice, InvoiceAction

        fields = (
            "company", "uuid", "direction", "status", "number", "counterparty_name", "counterparty_country",
            "business_id", "business_id_digest", "invoice_date", "due_date", "sum_amount", "total_amount", "remedy_key",
            "remedy_by", "created_at", "fact_at",
        )  # fmt: skip
        rows = (self._invoice(number, companies, count) for number in range(count))
        fill(Invoice, fields, rows, account=self.account, currency="EUR", source_format="PEPPOLBIS30")
        steps = ("invoice", "position", "happened_at", "type", "key", "channel")
        fill(InvoiceAction, steps, self._actions(_first_of_last(Invoice, count), count))

    def _invoice(self, number: int, companies: int, count: int) -> tuple[Any, ...]:
        name, country = company_name(number * 7 + 3)
        ago = number * _YEAR // count
        status = "FAILED" if number % 40 == 11 else "PENDING" if number % 500 == 2 else "DELIVERED"
        total = 50 + number % 9_973 + (number % 100) / 100
        company = self._companies_from + (number % (companies // 5) * 5 if number % 2 else number % companies)
        failed = ("receiver_unknown", "customer") if status == "FAILED" else ("", "")
        at = self.moment(ago)
        return (
            company, _uuid(2, self._first + number), "RECEIVED" if number % 4 < 2 else "SENT", status,
            f"{2_026_000_000 + self._first + number}",
            name, country, str(20_000_000 + number % 50_000), f"{number % 50_000:064x}", self.day(ago),
            self.day(ago - 1_209_600), f"{total / 1.25:.2f}", f"{total:.2f}", *failed, at, at,
        )  # fmt: skip

    def _actions(self, first: int, count: int) -> Iterator[tuple[Any, ...]]:
        for number in range(count):
            at = self.moment(number * _YEAR // count)
            for position, (kind, key, channel) in enumerate(_STEPS):
                yield first + number, position, at, kind, key, channel

    def operations(self, count: int, companies: int) -> None:
        from companies.models import Company
        from portal.operations.models import Operation

        fields = ("uuid", "kind", "state", "target_id", "company_uuid", "fingerprint", "created_at", "settled_at")
        kinds = ("companies.refresh", "companies.activate_network", "companies.settings")
        states = ("DONE", "DONE", "DONE", "REFUSED", "DONE", "CANCELED", "DONE", "FAILED")
        rows = (
            (
                _uuid(3, self._first + number), kinds[number % 3], states[number % 8],
                self._companies_from + number % companies,
                _uuid(1, self._first + number % companies), f"{number:064d}", self.moment(at), self.moment(at),
            )
            for number in range(count)
            if (at := (count - number) * _YEAR // count) >= 0
        )  # fmt: skip
        fill(Operation, fields, rows, account=self.account, target_type=ContentType.objects.get_for_model(Company))

    def deliveries(self, count: int, companies: int) -> None:
        from portal.webhooks.models import Delivery

        fields = ("digest", "event", "state", "company_uuid", "received_at", "processed_at")
        events = ("DOCUMENTS.INVOICE.DELIVERED", "DOCUMENTS.INVOICE.RECEIVED", "NETWORKS.PEPPOL.ENABLED")
        rows = (
            (
                f"{number:064d}", events[number % 3], "FAILED" if number % 5_000 == 9 else "DONE",
                _uuid(1, self._first + number % companies), self.moment(at), self.moment(at),
            )
            for number in range(count)
            if (at := (count - number) * _YEAR // count) >= 0
        )  # fmt: skip
        fill(Delivery, fields, rows, account=self.account)


def company_name(number: int) -> tuple[str, str]:
    """Return a name and a country; a number makes every name another."""
    form, country = _FORMS[number % 5]
    return f"{_WHERE[number // 5 % 10]} {_WHAT[number // 50 % 10]} {number // 500 + 1} {form}", country


def _uuid(kind: int, number: int) -> str:
    return f"{kind:08x}00004000800{number:013x}"


def uuid_of(kind: int, number: int) -> UUID:
    """Return the uuid of a row: kind 1 companies, 2 invoices, 3 operations."""
    return UUID(_uuid(kind, number))


def _first_of_last(model: Any, count: int) -> int:
    """Return the id of the first of the rows that were written last; they are numbered without gaps."""
    return int(model.objects.aggregate(highest=Max("pk"))["highest"] or 0) - count + 1
