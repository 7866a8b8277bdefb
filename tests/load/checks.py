"""What must be true of a stack after a long load: nothing lost, nothing twice, nothing left open."""

import time
from collections.abc import Callable, Iterable
from contextlib import closing
from typing import Any
from uuid import UUID

from tests.e2e.stack import Stack
from tests.load.clients import Sender
from tests.load.truth import Truth, read_only

_READY = """
    select count(*) from companies_company c where c.state = 'VERIFIED' and (
        select count(distinct p.network) from companies_networkprofile p
        where p.company_id = c.id and p.status = 'active' and p.network in ('VISMA', 'PEPPOL')
    ) = 2
"""
_OPEN = {
    "operations": "operations_operation where state in ('QUEUED', 'SENDING', 'UNKNOWN', 'WAITING')",
    "deliveries": "webhooks_delivery where state = 'STORED'",
    "batches": "operations_batch where state in ('COUNTING', 'FILLING', 'RUNNING')",
}
_BAD = {
    "operations": "operations_operation where state in ('FAILED', 'REFUSED', 'UNKNOWN') or named_case <> ''",
    "deliveries": "webhooks_delivery where state = 'FAILED'",
}


def rows(stack: Stack, query: str) -> list[Any]:
    with closing(read_only(stack)) as database:
        return database.execute(query).fetchall()


def count(stack: Stack, where: str) -> int:
    return int(rows(stack, f"select count(*) from {where}")[0][0])


def ready_companies(stack: Stack) -> int:
    return int(rows(stack, _READY)[0][0])


def wait(is_true: Callable[[], bool], seconds: float, what: str) -> None:
    """:raises AssertionError: it did not come true"""
    give_up_at = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < give_up_at, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.5)


def wait_for_rest(stack: Stack, arrived: list[str], seconds: float) -> list[str]:
    """Wait until nothing is open and every invoice that arrived is saved and marked; return what did not come to it."""

    def left() -> list[str]:
        found = [f"{number} {name} still open" for name, where in _OPEN.items() if (number := count(stack, where))]
        handled = "select uuid from invoices_invoice where files_at is not null and handled_at is not null"
        lacking = set(arrived) - {str(UUID(uuid)) for (uuid,) in rows(stack, handled)}
        return found + [f"arrived, but not saved and marked: {uuid}" for uuid in sorted(lacking)]

    give_up_at = time.monotonic() + seconds
    while (found := left()) and time.monotonic() < give_up_at:
        time.sleep(1)
    return found


def lost_deliveries(truth: Truth) -> list[str]:
    """Return events that the portal acknowledged and does not have."""
    lost = truth.acknowledged() - truth.stored()
    return [f"acknowledged and not kept: {event} of {company} about {what}" for event, company, what in lost]


def of_senders(truth: Truth, senders: Iterable[Sender]) -> list[str]:
    """Return what is wrong with the invoices that companies sent: each must be there once."""
    problems = []
    by_bid = {company["bid"]: company["id"] for company in truth.stack.simulator.control("GET", "/companies")}
    for sender in senders:
        there = truth.invoices_of(by_bid[sender.business_id.replace("-", "")], "SENT")
        wanted = {f"{sender.business_id}-{number}" for number in range(sender.sent)}
        problems += [f"never sent: {number}" for number in sorted(wanted - set(there.values()))]
        if len(there) != len(set(there.values())):
            problems.append(f"{sender.business_id} sent {len(there)} invoices with {len(set(there.values()))} numbers")
    return problems


def of_companies(stack: Stack, business_ids: Iterable[str]) -> list[str]:
    """Return business ids that are not at AutoInvoice exactly once."""
    there = [company["bid"] for company in stack.simulator.control("GET", "/companies")]
    times = {bid: there.count(bid.replace("-", "")) for bid in business_ids}
    return [f"{bid} was registered {number} times" for bid, number in times.items() if number != 1]


def of_operations(stack: Stack) -> list[str]:
    """Return what ended badly or needs a person."""
    found = []
    for name, where in _BAD.items():
        if number := count(stack, where):
            told = "kind, error_text, named_case" if name == "operations" else "event, reason, ''"
            found.append(f"{number} {name} ended badly: {rows(stack, f'select {told} from {where} limit 5')}")
    return found


def of_forgeries(stack: Stack, victims: Iterable[str]) -> list[str]:
    """Return forged events that did anything."""
    told = {subject for (subject,) in rows(stack, "select subject from webhooks_delivery")}
    known = {str(UUID(uuid)) for (uuid,) in rows(stack, "select uuid from invoices_invoice")}
    return [f"a forged event was taken: {victim}" for victim in victims if victim in told | known]
