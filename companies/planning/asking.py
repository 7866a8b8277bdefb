"""
What a plan asks of AutoInvoice, read-only: which business ids are free, which are ours, who answers for an address.

Ten business ids go into a call; the receivers' look-up takes one address, so it is asked only where a conflict can be.
What cannot be asked is said so, never taken for free.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar
from uuid import UUID

from companies import business_ids, clients, services
from companies.enums import RUNNING_OUTCOMES, RowOutcome
from companies.networks import catalogue, peppol
from companies.planning.predicting import Planned
from companies.services.lookups import BIDS_PER_LOOKUP, Receiver
from portal import maventa
from portal.partners import calls as call_log
from portal.partners.models import PartnerAccount

T = TypeVar("T")
R = TypeVar("R")
# An address in these is known to the world, so that another operator can answer for it.
_PUBLIC = (catalogue.PEPPOL,)
_TRIES, _PAUSE, _LONGEST_PAUSE = 3, 0.5, 10.0  # seconds
_MANY = 2  # reserved ids of a country from which its whole list is one call less
_FINAL = (401, 403)  # refusals that the next call would meet too

Tick = Callable[[], None]


@dataclass(slots=True)
class Asker:
    """Asks for one account; lives as long as one run of a plan, so that a list is read once."""

    account: PartnerAccount
    tick: Tick = lambda: None  # called while answers are waited for
    asked: Counter[str] = field(default_factory=Counter)  # "availability", "ours", "receivers", "failed"
    _ours: dict[str, dict[str, UUID]] = field(default_factory=dict)  # by country: digest of the business id → company
    _hopeless: dict[str, str] = field(default_factory=dict)  # kind of call → why it is not asked any more
    _records: list[maventa.CallRecord] = field(default_factory=list)
    _counting: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, planned: Sequence[Planned]) -> None:
        """Complete the predictions of some hundred rows."""
        client = clients.for_partner(self.account, log=self._records.append)
        try:
            self._ask_availability(client, [line for line in planned if line.registers])
            joining = [line for line in planned if line.outcome in RUNNING_OUTCOMES and _public(line)]
            self._each(partial(self._ask_receiver, client), joining)
        finally:
            call_log.store(self.account.pk, self._records)
            self._records.clear()

    def _ask_availability(self, client: maventa.Client, lines: Sequence[Planned]) -> None:
        reserved = self._each(partial(self._availability, client), _groups(lines))
        by_country: dict[str, list[Planned]] = {}
        for line in (line for group in reserved for line in group):
            by_country.setdefault(line.row.country, []).append(line)
        for country, held in by_country.items():
            self._tell_ours(client, country, held)

    def _availability(self, client: maventa.Client, group: list[Planned]) -> list[Planned]:
        """Return those of at most ten rows whose business id has an account."""
        country, wanted = group[0].row.country, {line.row.real_business_id: line for line in group}
        service = services.PartnerLookupService(client)
        answers = self._call("availability", lambda: service.availability(country, list(wanted)), group)
        found, told = [], set()
        for answer in answers or ():
            line = _line_of(country, answer.company_bid or "", wanted)
            if line is None:
                continue
            told.add(line.row.pk)
            if answer.company_status == "RESERVED":
                found.append(line)
            elif answer.company_status != "FREE":
                _unasked(line, "unknown_word", answer.company_status or "–")
        for line in group if answers is not None else ():
            if line.row.pk not in told:
                _unasked(line, "no_answer", "")
        return found

    def _tell_ours(self, client: maventa.Client, country: str, lines: Sequence[Planned]) -> None:
        """Part the reserved business ids that are ours from those of others."""
        service = services.CompanyService(client)
        if country not in self._ours and len(lines) >= _MANY:
            listed = self._call("ours", partial(service.listed, country=country), lines)
            if listed is None:
                return
            self._ours[country] = _by_digest(country, listed)
        for line in lines:
            ours = self._ours.get(country)
            if ours is None:
                bid = line.row.real_business_id
                listed = self._call("ours", partial(service.listed, bid=bid, country=country), [line])
                ours = None if listed is None else _by_digest(country, listed)
            if ours is not None:
                _judge_reserved(line, ours.get(line.row.business_id_digest), self.account)

    def _ask_receiver(self, client: maventa.Client, line: Planned) -> None:
        draft = line.draft
        endpoint = None if draft is None else peppol.expected_endpoint(draft.country, draft.real_business_id)
        if endpoint is None:
            return
        service = services.LookupService(client)
        found = self._call("receivers", lambda: service.receivers(_public(line), eia=endpoint.endpoint_id), [line])
        holder = next((entry for entry in found or () if _is_held(entry, endpoint, line)), None)
        if holder is not None:
            line.outcome = RowOutcome.CONFLICT
            line.why.append("conflict")
            line.facts["holder"] = (holder.participant.name if holder.participant else None) or ""
            line.facts["operator"] = holder.operator or ""

    def _call(self, kind: str, call: Callable[[], list[T]], lines: Sequence[Planned]) -> list[T] | None:
        """Make one call, with some patience; None: its rows say that it could not be asked."""
        why = self._hopeless.get(kind, "")
        if not why:
            self._count(kind)
            try:
                return _patiently(call)
            except maventa.MaventaError as error:
                self._count("failed")
                why = error.staff_text
                if isinstance(error, maventa.RejectedError) and error.status in _FINAL:
                    self._hopeless[kind] = why
        for line in lines:
            _unasked(line, f"unasked_{kind}", why)
        return None

    def _count(self, what: str) -> None:
        with self._counting:
            self.asked[what] += 1

    def _each(self, act: Callable[[T], R], items: Iterable[T]) -> list[R]:
        """Do it for all items, some at a time: half of the account's places are left to what is running."""
        wanted, results = list(items), list[R]()
        if not wanted:
            return []
        with ThreadPoolExecutor(max(self.account.parallel_calls // 2, 1), thread_name_prefix="plan") as pool:
            for result in pool.map(act, wanted):
                results.append(result)
                self.tick()
        return results


def leave_unasked(planned: Sequence[Planned]) -> None:
    """Say of the companies that would be registered that nobody asked."""
    for line in planned:
        if line.registers:
            line.outcome = RowOutcome.UNASKED
            line.why.append("not_asked")


def _patiently(call: Callable[[], list[T]]) -> list[T]:
    for number in range(1, _TRIES):
        try:
            return call()
        except maventa.TemporaryError as error:
            time.sleep(min(error.retry_after or _PAUSE * number, _LONGEST_PAUSE))
    return call()


def _groups(lines: Sequence[Planned]) -> list[list[Planned]]:
    by_country: dict[str, list[Planned]] = {}
    for line in lines:
        by_country.setdefault(line.row.country, []).append(line)
    return [
        group[start : start + BIDS_PER_LOOKUP]
        for group in by_country.values()
        for start in range(0, len(group), BIDS_PER_LOOKUP)
    ]


def _line_of(country: str, bid: str, wanted: dict[str, Planned]) -> Planned | None:
    return wanted.get(bid) or next(
        (line for value, line in wanted.items() if business_ids.same(country, value, bid)), None
    )


def _public(line: Planned) -> list[str]:
    return [network for network in line.joins if network in _PUBLIC]


def _unasked(line: Planned, why: str, text: str) -> None:
    line.outcome = RowOutcome.UNASKED
    line.why.append(why)
    line.facts["said"] = text


def _by_digest(country: str, listed: Iterable[services.ListedCompany]) -> dict[str, UUID]:
    return {business_ids.digest(country, company.bid or ""): company.id for company in listed}


def _judge_reserved(line: Planned, ours: UUID | None, account: PartnerAccount) -> None:
    if ours is None:
        line.refuse(RowOutcome.RESERVED, "reserved")
    elif ours == account.company_uuid:
        line.refuse(RowOutcome.REFUSED, "own_company")
    else:
        line.outcome, line.why = RowOutcome.ADD, ["taken_over"]
        line.facts["company"] = str(ours)


def _is_held(entry: Receiver, endpoint: peppol.Endpoint, line: Planned) -> bool:
    """Tell whether a registration stands in the way: the same address, and not the company's own."""
    found = entry.identifier
    if found is None or (found.endpoint_id or "").upper() != endpoint.endpoint_id.upper():
        return False
    if (found.scheme or endpoint.scheme) != endpoint.scheme:
        return False
    own = str(line.company.uuid) if line.company else line.facts.get("company", "")
    return entry.participant is None or not own or entry.participant.id != own
