"""Months of billing: when they close, that they are read by themselves, and what staff see of them."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from lxml import html

from portal.partners.models import PartnerAccount
from portal.sync import runs
from portal.sync.models import Cursor
from receivables.billing import calendar
from receivables.billing import sync as billing_sync
from receivables.models import BilledUse, BillingMonth
from receivables.services.billing import Transaction
from tests.companies.conftest import make_account
from tests.companies.staff import LogIn
from tests.portal.sandbox.clients import Ax
from tests.sandbox import Sandbox


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize(
    ("month", "closes"),
    [
        ("2026-04-01", "2026-05-04"),  # 1 May is a holiday and a Friday
        ("2026-05-01", "2026-06-01"),
        ("2026-07-01", "2026-08-03"),  # a Saturday
        ("2026-12-01", "2027-01-04"),  # New Year's Day is a Friday
        ("2024-03-01", "2024-04-02"),  # Easter Monday
    ],
)
def test_a_month_closes_on_the_next_ones_first_working_day(month: str, closes: str) -> None:
    assert calendar.closes_at(date.fromisoformat(month)) == at(f"{closes}T12:10:00")


@pytest.mark.parametrize(
    ("now", "months"),
    [
        ("2026-05-20", ["2026-04", "2026-05"]),
        ("2026-07-15", ["2026-04", "2026-05", "2026-06", "2026-07"]),
        ("2026-07-16", ["2026-07"]),
        ("2027-01-01", ["2026-10", "2026-11", "2026-12", "2027-01"]),
    ],
)
def test_a_quarter_can_be_read_until_the_15th_after_it(now: str, months: list[str]) -> None:
    found = calendar.readable(at(f"{now}T09:00:00"))

    assert [f"{month:%Y-%m}" for month in found] == months


def test_a_month_is_read_daily_then_when_it_closes_then_no_more() -> None:
    may, closes = date(2026, 5, 1), at("2026-06-01T12:10:00")

    reads = [billing_sync.next_read(may, at(text)) for text in ("2026-05-20T09:00", "2026-06-01T06:00")]

    assert reads == [at("2026-05-21T09:00:00"), closes]
    assert billing_sync.next_read(may, closes) is None


@pytest.fixture
def used(simulator: Sandbox, partner: PartnerAccount) -> str:
    """A company of the partner that used two actions in this month and the last one."""
    company = Ax(simulator).register("FI")
    this = timezone.localdate()
    for month in (this, calendar.before(this.replace(day=1))):
        for action, count in (("validation", 3), ("letter", 12)):
            body = {"month": f"{month:%Y-%m}", "action_name": action, "action_count": count}
            simulator.control("POST", f"/companies/{company}/billing", body)
    return company


def read_reports(account: PartnerAccount) -> None:
    billing_sync.open_months(account)
    BillingMonth.objects.exclude(next_check_at=None).update(next_check_at=timezone.now())
    Cursor.objects.filter(source="receivables.billing").update(next_at=timezone.now())
    runs.run_due(budget=2)


@pytest.mark.slow
def test_reports_are_read_by_themselves(partner: PartnerAccount, used: str) -> None:
    read_reports(partner)

    this = BillingMonth.objects.get(month=timezone.localdate().replace(day=1))
    assert (this.totals, this.companies, this.is_final) == ({"validation": 3, "letter": 12}, 1, False)
    assert this.next_check_at is not None
    assert this.next_check_at > timezone.now()
    assert set(BilledUse.objects.filter(month=this).values_list("company_uuid", "action", "count")) == {
        (used, "validation", 3), (used, "letter", 12),
    }  # fmt: skip


@pytest.mark.slow
def test_a_month_that_changed_is_written_anew(simulator: Sandbox, partner: PartnerAccount, used: str) -> None:
    read_reports(partner)
    month = f"{timezone.localdate():%Y-%m}"
    body = {"month": month, "action_name": "letter", "action_count": 40}
    simulator.control("POST", f"/companies/{used}/billing", body)

    read_reports(partner)

    row = BillingMonth.objects.get(month=timezone.localdate().replace(day=1))
    assert row.totals == {"validation": 3, "letter": 40}
    assert row.lines.count() == 2


@pytest.mark.slow
def test_an_error_is_kept_in_words_and_tried_again(simulator: Sandbox, partner: PartnerAccount, used: str) -> None:
    simulator.fault("malformed", api="billing", count=20)
    read_reports(partner)
    failed = BillingMonth.objects.get(month=timezone.localdate().replace(day=1))
    simulator.clear_faults()

    read_reports(partner)

    assert failed.error_text
    assert failed.read_at is None
    assert not BillingMonth.objects.filter(read_at=None).exists()
    assert not BillingMonth.objects.exclude(error_text="").exists()


def make_month(account: PartnerAccount, month: date, **fields: Any) -> BillingMonth:
    return BillingMonth.objects.create(account=account, month=month, **fields)


def shown(client: Client, **query: Any) -> str:
    return text_of(client.get(reverse("admin:billing"), query))


@time_machine.travel("2026-07-16T09:00:00Z", tick=False)
def test_each_month_says_how_it_stands(log_in: LogIn, account: PartnerAccount) -> None:
    PartnerAccount.objects.update(created_at=at("2026-05-10T08:00"))
    make_month(account, date(2026, 4, 1), read_at=at("2026-05-04T13:00"), is_final=True, totals={"letter": 4})
    make_month(account, date(2026, 6, 1), read_at=at("2026-06-30T13:00"), totals={"letter": 6})
    make_month(account, date(2026, 7, 1), read_at=at("2026-07-16T08:00"), totals={"letter": 7})

    page = shown(log_in("lead"))

    cells = [row.findall("td") for row in html.fromstring(page).iterfind(".//tbody/tr")]
    said = {row[0].text_content().strip(): " ".join(row[1].text_content().split()) for row in cells if len(row) == 4}
    names = ("March 2026", "April 2026", "May 2026", "June 2026", "July 2026")
    kinds = ("Not final", "Final", "Changes still", "Missing", "before the account came here")
    words = {name: next(word for word in kinds if word in said[name]) for name in names}
    assert words == {
        "March 2026": "before the account came here",
        "April 2026": "Final", "May 2026": "Missing", "June 2026": "Not final", "July 2026": "Changes still",
    }  # fmt: skip


@time_machine.travel("2026-07-16T09:00:00Z", tick=False)
def test_actions_stand_in_words_month_by_month(log_in: LogIn, account: PartnerAccount) -> None:
    make_month(account, date(2026, 7, 1), read_at=at("2026-07-16T08:00"), totals={"scanned_page": 7, "letter": 9})

    page = html.fromstring(shown(log_in("lead")))

    rows = [row.findall("td") for row in page.iterfind(".//tbody/tr")]
    assert [[cell.text_content() for cell in row] for row in rows if row[0].get("data-label") == "Action"] == [
        ["Letter", "–", "–", "9"], ["Scanned page", "–", "–", "7"],
    ]  # fmt: skip


def test_a_month_closes_as_time_goes_on(log_in: LogIn, account: PartnerAccount) -> None:
    month = make_month(account, date(2026, 7, 1))
    client = log_in("lead")
    seen = []
    for now in ("2026-07-10T08:00:00Z", "2026-08-03T11:00:00Z", "2026-08-03T13:00:00Z"):
        with time_machine.travel(now, tick=False):
            billing_sync.write(
                account, month, [Transaction(action_name="letter", action_count=Decimal(7))], timezone.now()
            )
            client.force_login(User.objects.get(username="lead@example.com"))
            seen.append("Can change until" in shown(client))

    assert seen == [True, True, False]
    assert month.is_final


def test_an_empty_answer_after_the_month_was_dropped_takes_nothing_away(account: PartnerAccount) -> None:
    month = make_month(account, date(2020, 4, 1), read_at=at("2020-04-20T08:00"), totals={"letter": 7})

    billing_sync.write(account, month, [], timezone.now())

    month.refresh_from_db()
    assert month.totals == {"letter": 7}


def test_lines_are_exported_with_no_formula_in_them(log_in: LogIn, account: PartnerAccount) -> None:
    month = make_month(account, date(2026, 4, 1), read_at=timezone.now(), totals={"letter": 4})
    line = BilledUse.objects.create(
        month=month, account=account, company_name="=HYPERLINK()", action="letter", count=4, company_uuid="c"
    )
    url = reverse("admin:receivables_billeduse_changelist")
    given = {"action": "export", "_selected_action": [line.pk], "columns_asked": "1", "columns": ["company", "count"]}

    answer = log_in("lead").post(url, given)

    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert lines[1] == "'=HYPERLINK(),4"


def test_what_is_billed_is_for_leads_of_the_account(log_in: LogIn, account: PartnerAccount) -> None:
    month = make_month(account, date(2026, 4, 1), read_at=timezone.now(), totals={"letter": 4})
    BilledUse.objects.create(month=month, account=account, company_name="Kuura Oy", action="letter", count=4)
    lines = reverse("admin:receivables_billeduse_changelist")

    agent = log_in("agent").get(reverse("admin:billing"))
    other = log_in("lead", accounts=(make_account("Other"),))

    assert agent.status_code == 403
    assert "Kuura Oy" not in text_of(other.get(lines))
    assert "Kuura Oy" not in shown(other, account=account.pk)
    assert re.search(r">\s*letter\s*<", shown(other, account=account.pk)) is None


def test_the_lines_cost_the_same_for_one_and_for_many(log_in: LogIn, account: PartnerAccount) -> None:
    client, url, costs = log_in("lead"), reverse("admin:receivables_billeduse_changelist"), []
    month = make_month(account, date(2026, 4, 1), read_at=timezone.now(), totals={"letter": 4})
    for number in range(3):
        BilledUse.objects.create(month=month, account=account, action="letter", count=4, company_uuid=str(number))
        with CaptureQueriesContext(connection) as queries:
            client.get(url, {"month__id__exact": month.pk})
        costs.append(len(queries))

    assert costs[1:] == costs[:-1]
