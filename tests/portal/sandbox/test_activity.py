"""Quiet accounts by the simulator's clock."""

from datetime import datetime, timedelta

import pytest

from tests.portal.sandbox.clients import Ax, refusal


def after_months(ax: Ax, months: int, *, days: int = 0) -> None:
    """Move the clock; the token of before has expired then."""
    now = datetime.fromisoformat(ax.simulator.control("GET", "/clock")["now"])
    target = now.replace(year=now.year + (now.month - 1 + months) // 12, month=(now.month - 1 + months) % 12 + 1, day=1)
    ax.simulator.advance((target + timedelta(days=now.day - 1 + days) - now).total_seconds())


def is_disabled(ax: Ax, company: str) -> bool:
    return bool(ax.as_company(company).get("/oauth2/current")["company"]["disabled"])


@pytest.mark.parametrize(("days", "disabled"), [(-3, False), (3, True)])
def test_an_account_is_closed_after_thirteen_quiet_months(manual_ax: Ax, days: int, disabled: bool) -> None:
    company = manual_ax.register()

    after_months(manual_ax, 13, days=days)

    assert is_disabled(manual_ax, company) is disabled


def test_keeping_active_starts_the_count_anew(manual_ax: Ax) -> None:
    company = manual_ax.register()
    after_months(manual_ax, 11)

    manual_ax.as_company(company).post("/v1/company/keep_active", expected=201)

    after_months(manual_ax, 12)
    assert not is_disabled(manual_ax, company)
    after_months(manual_ax, 1, days=3)
    assert is_disabled(manual_ax, company)


def test_an_invoice_counts_as_activity(manual_ax: Ax) -> None:
    company = manual_ax.register()
    manual_ax.simulator.change(company, company_state="VERIFIED")
    manual_ax.as_company(company).post("/v1/company/profiles", {"network": "VISMA"}, expected=201)
    after_months(manual_ax, 11)

    manual_ax.simulator.receive(company, number="1", sender_name="Somebody Oy", net="10.00")

    after_months(manual_ax, 12)
    assert not is_disabled(manual_ax, company)


def test_a_closed_account_is_not_opened_by_keeping_it_active(manual_ax: Ax) -> None:
    company = manual_ax.register()
    after_months(manual_ax, 13, days=3)

    answer = manual_ax.as_company(company).call("POST", "/v1/company/keep_active")

    assert refusal(answer) == (400, "invalid_parameters")
    assert is_disabled(manual_ax, company)


def test_the_partner_itself_is_never_quiet(manual_ax: Ax) -> None:
    after_months(manual_ax, 20)

    assert not Ax(manual_ax.simulator).get("/oauth2/current")["company"]["disabled"]
