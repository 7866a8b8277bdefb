"""Networks that are agreed on, addresses that others hold, banks that take days, and the look-up at size."""

import sqlite3
from collections.abc import Callable
from typing import Any

import pytest

from portal.sandbox.api import companies, profiles
from portal.sandbox.networks import holders, receivers
from tests.portal.sandbox.clients import Ax
from tests.portal.sandbox.invoice_bench import Bench


def ask(company: Ax, network: str, **fields: object) -> tuple[int, str]:
    answer = company.call("POST", "/v1/company/profiles", json={"network": network} | fields)
    return (answer.status_code, answer.json().get("code", answer.json().get("status")))


@pytest.mark.parametrize("network", ["NEMHANDEL", "INEXCHANGE", "AISPROOM"])
def test_a_network_by_agreement_opens_after_it_only(ax: Ax, network: str) -> None:
    company = ax.verified("DK")
    company.on_network("VISMA")

    before = ask(company, network)
    ax.simulator.control("POST", f"/companies/{company.company}/agreements", {"what": network})

    assert before == (422, "profile_not_supported")
    assert ask(company, network) == (201, "pending")


def test_a_second_address_is_given_after_an_agreement_only(ax: Ax) -> None:
    company = ax.verified("SE")
    company.on_network("VISMA")
    company.on_network("PEPPOL")
    gln = {"scheme": "0088", "endpoint_id": "4006381333931"}

    before = ask(company, "PEPPOL", **gln)
    ax.simulator.control("POST", f"/companies/{company.company}/agreements", {"what": "ADDRESSES"})

    assert before == (422, "profile_name_conflict")
    assert ask(company, "PEPPOL", **gln) == (201, "pending")
    assert ask(company, "PEPPOL") == (422, "profile_name_conflict")


def test_a_number_of_the_rule_is_held_by_a_former_operator_until_it_lets_go(ax: Ax) -> None:
    company = ax.verified("DK", "88800011")
    company.on_network("VISMA")

    refused = ask(company, "PEPPOL")
    [holder] = ax.get("/v1/lookup/receivers?network=PEPPOL&eia=88800011")
    let_go = ax.simulator.control("DELETE", "/receivers", {"scheme": "0184", "endpoint_id": "88800011"})

    assert refused == (422, "profile_eia_conflict")
    assert (holder["operator"], holder["participant"]["country"]) == (holders.OPERATOR, "DK")
    assert let_go == {"released": True}
    assert ax.get("/v1/lookup/receivers?network=PEPPOL&eia=88800011") == []
    assert company.on_network("PEPPOL")["status"] == "active"


def test_a_bank_opens_after_one_to_three_days(manual_ax: Ax) -> None:
    manual_ax.verified("FI")

    def statuses() -> set[str]:
        counts: dict[str, Any] = manual_ax.simulator.state()["profiles"]
        return set(counts)

    before = statuses()
    manual_ax.simulator.advance(0.9 * 86400)
    after_a_day = statuses()
    manual_ax.simulator.advance(2.2 * 86400)

    assert before == after_a_day == {"BANK pending"}
    assert statuses() == {"BANK active"}


def steps(db: sqlite3.Connection, ask: Callable[[], Any]) -> int:
    """Return the steps of SQLite's virtual machine for what `ask` asks by this connection: no clock, no luck."""
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += 10
        return 0

    db.set_progress_handler(count, 10)
    try:
        ask()
    finally:
        db.set_progress_handler(None, 0)
    return counted


def test_the_look_up_costs_the_same_among_many_companies(bench: Bench) -> None:
    world = bench.world

    def fill(first: int, count: int) -> None:
        with world.write() as db:
            for number in range(first, first + count):
                bid = str(10_000_000 + number)
                company_id = companies.insert(world, {"bid": bid, "country": "NL", "name": f"Company {number}"})
                db.execute(
                    "insert into profiles values"
                    " (?, ?, 'PEPPOL', ?, null, '0106', ?, 'active', '', '', '{}', null, '')",
                    (f"p{number}", company_id, f'["{profiles.INVOICES}"]', bid),
                )

    def cost(**asked: Any) -> int:
        def ask() -> None:
            total, rows = receivers.search(world.db, {"network": ["PEPPOL"]} | asked, (100, 0))
            assert (total, len(rows)) == (1, 1)

        return steps(world.db, ask)

    fill(0, 200)
    few = [cost(eia="10000007"), cost(bid="10000007")]
    fill(200, 4000)
    many = [cost(eia="10000007"), cost(bid="10000007")]

    assert all(late < 1.5 * early for early, late in zip(few, many, strict=True)), (few, many)
