"""What the partner is billed for: reports of a quarter."""

from typing import Any

import pytest
import requests

from tests.portal.sandbox.clients import Ax
from tests.sandbox import Sandbox

REPORT = "/api/billing/v2/reports/billing_company_transactions"


@pytest.fixture
def quarter(manual: Sandbox) -> Sandbox:
    manual.control("POST", "/clock", {"set": "2026-05-20T09:00:00Z"})
    return manual


def asked(simulator: Sandbox, query: str = "", path: str = REPORT, scope: str = "billing:reports") -> requests.Response:
    token = simulator.token(scope)
    url = f"{simulator.credentials['billing_url']}{path}?{query}"
    return requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=20)


def used(simulator: Sandbox, company: str, month: str, action: str = "validation", count: int = 3) -> None:
    body = {"month": month, "action_name": action, "action_count": count}
    simulator.control("POST", f"/companies/{company}/billing", body)


def lines(answer: requests.Response) -> list[tuple[str, Any]]:
    assert answer.status_code == 200, answer.text
    return [(line["action_name"], line["action_count"]) for line in answer.json()]


def test_the_report_names_company_software_action_and_count(quarter: Sandbox) -> None:
    company = Ax(quarter).register("FI")
    used(quarter, company, "2026-05")

    [line] = asked(quarter, "year=2026&month=5").json()

    assert (line["company_id"], line["company_bid"], line["software_name"]) == (
        company,
        "0112038-9",
        "Training software",
    )
    assert (line["action_name"], line["action_count"]) == ("validation", 3)


def test_received_invoices_are_counted(quarter: Sandbox) -> None:
    company = Ax(quarter).verified("FI")
    company.post("/v1/company/profiles", {"network": "VISMA"})
    quarter.advance(3600)
    quarter.receive(company.company, number="7")

    assert lines(asked(quarter)) == [("invoice_received", 1)]


@pytest.mark.parametrize(
    ("today", "month", "is_there"),
    [
        ("2026-05-20", "month=4", True),
        ("2026-05-20", "month=3", False),
        ("2026-05-20", "month=6", False),
        ("2026-07-15", "month=4", True),
        ("2026-07-16", "month=6", False),
        ("2026-08-01", "month=6", False),
        ("2027-01-15", "year=2026&month=12", True),
    ],
)
def test_a_quarter_is_kept_until_the_15th_after_it(manual: Sandbox, today: str, month: str, is_there: bool) -> None:
    company = Ax(manual).register("FI")
    number = int(month.rpartition("=")[2])
    used(manual, company, f"2026-{number:02d}")
    manual.control("POST", "/clock", {"set": f"{today}T09:00:00Z"})

    query = month if month.startswith("year") else f"year=2026&{month}"

    assert bool(lines(asked(manual, query))) is is_there


def test_the_older_path_of_the_client_works_too(quarter: Sandbox) -> None:
    path = "/billing/api/v2/reports/billing_company_transactions"

    assert asked(quarter, path=path).status_code == 200


@pytest.mark.parametrize("query", ["year=2026&month=13", "year=2026&month=0", "year=soon&month=5", "year=1&month=5"])
def test_a_wrong_month_is_refused_with_a_message_only(quarter: Sandbox, query: str) -> None:
    answer = asked(quarter, query)

    assert answer.status_code == 400
    assert list(answer.json()) == ["message"]


def test_the_billing_scope_is_needed(quarter: Sandbox) -> None:
    assert asked(quarter, scope="company").status_code == 401


def reported(simulator: Sandbox, scope: str = "operator:billing:actions", **changes: str) -> requests.Response:
    """What a program reports: every field stands in the query, the body is empty."""
    query = {
        "software_origin_id": "s-1", "software_origin": "netvisor", "company_origin_id": "c-1", "company_origin": "ax",
        "action_name": "payslip", "origin_id": "use-1", "origin_time": "2026-05-20T08:00:00Z",
        "license_key": "L-1", "action_item_count": "4", **changes,
    }  # fmt: skip
    url = f"{simulator.credentials['billing_url']}/api/billing/v2/actions"
    headers = {"Authorization": f"Bearer {simulator.token(scope)}", "Content-Type": "application/json"}
    return requests.post(
        url, params={name: value for name, value in query.items() if value}, headers=headers, timeout=20
    )


def test_an_action_that_is_reported_twice_is_one(quarter: Sandbox) -> None:
    company = Ax(quarter).register("FI")

    first, second = (reported(quarter, company_origin_id=company) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert lines(asked(quarter, "year=2026&month=5")) == [("payslip", 4)]


def test_a_report_without_an_origin_or_by_a_stranger_is_refused(quarter: Sandbox) -> None:
    assert reported(quarter, origin_id="").status_code == 400
    assert reported(quarter, origin_time="soon").status_code == 400
    assert reported(quarter, scope="billing:reports").status_code == 401
