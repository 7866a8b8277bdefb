"""Which rows a bulk action is about: by filter, as they were, within rights and accounts; large ones by a worker."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from companies.models import Company
from portal.operations import batches, counting, previews, selections
from portal.operations.enums import BatchState
from portal.operations.models import Batch, BatchTarget
from portal.partners.models import PartnerAccount
from tests.companies.bulk_pages import (
    COMPANIES,
    act,
    make_many,
    page_of,
    pick,
    preview,
    start,
    text_of,
)
from tests.companies.conftest import make_account
from tests.companies.staff import LogIn


def test_all_matching_rows_are_taken_down_by_the_filter_and_no_others(log_in: LogIn, account: PartnerAccount) -> None:
    finns, swedes = make_many(account, 70), make_many(account, 60, 2_000_000, country="SE")
    client = log_in()

    pick(client, "companies_refresh", query="country=SE&p=2")

    batch = Batch.objects.get()
    assert batch.selection["filter"] == "country=SE"
    assert selections.after(batch, 0, 1000) == [company.pk for company in swedes]
    assert not BatchTarget.objects.filter(target_id__in=[company.pk for company in finns]).exists()
    assert batch.label == "Look up company: 60 companies"


def test_ticked_rows_can_be_widened_to_all_that_match_without_javascript(
    log_in: LogIn, account: PartnerAccount
) -> None:
    first, *_others = make_many(account, 70)
    client = log_in()
    pick(client, "companies_refresh", first, query="q=Company")
    batch = Batch.objects.get()
    assert "Take all 70 that match" in text_of(client.get(page_of(batch)))

    act(client, batch, "widen")

    batch.refresh_from_db()
    assert (batch.targets.count(), batch.label) == (70, "Look up company: 70 companies")


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten rows are many."""
    monkeypatch.setattr(selections, "AT_ONCE", 10)
    monkeypatch.setattr(counting, "CHUNK", 7)


@pytest.mark.usefixtures("large")
def test_a_large_pick_is_answered_at_once_and_counted_by_a_worker(log_in: LogIn, account: PartnerAccount) -> None:
    make_many(account, 30)
    client = log_in()

    pick(client, "companies_refresh")
    batch = Batch.objects.get()
    assert (batch.state, batch.targets.count()) == (BatchState.COUNTING, 0)
    assert "0 of 30 looked at" in text_of(client.get(page_of(batch)))
    counting.count_due(account.pk)

    batch.refresh_from_db()
    assert (batch.state, batch.preview["will_run"], batch.targets.count()) == (BatchState.DRAFT, 30, 30)
    assert "Look up now for 30 companies" in text_of(client.get(page_of(batch)))


@pytest.mark.usefixtures("large")
def test_rows_that_come_after_the_pick_are_not_meant(log_in: LogIn, account: PartnerAccount) -> None:
    make_many(account, 12)
    pick(log_in(), "companies_refresh")

    make_many(account, 5, 3_000_000)
    counting.count_due(account.pk)

    assert Batch.objects.get().targets.count() == 12


@pytest.mark.usefixtures("large")
def test_rows_that_leave_the_filter_while_the_batch_goes_on_stay_in_it(log_in: LogIn, account: PartnerAccount) -> None:
    make_many(account, 12)
    client = log_in()
    pick(client, "companies_refresh", query="country=FI")
    counting.count_due(account.pk)

    Company.objects.update(country="SE")
    batch = start(client, Batch.objects.get())

    assert batch.total == 12


@pytest.mark.usefixtures("large")
def test_a_filter_is_read_with_the_rights_that_its_viewer_still_has(log_in: LogIn, account: PartnerAccount) -> None:
    make_many(account, 12)
    client = log_in()
    pick(client, "companies_refresh")

    User.objects.update(is_active=False)
    counting.count_due(account.pk)

    batch = Batch.objects.get()
    assert (batch.state, batch.targets.count()) == (BatchState.CANCELED, 0)
    assert batch.skipped[0]["remedy"] == "Open the list and pick again."


@pytest.mark.usefixtures("large")
def test_a_preview_that_somebody_works_out_is_not_begun_by_a_second_worker(
    log_in: LogIn, account: PartnerAccount
) -> None:
    make_many(account, 12)
    pick(log_in(), "companies_refresh")
    batch = Batch.objects.get()
    assert counting._claimed(batch.pk, "first") is not None

    counting.count_due(account.pk)
    batch.refresh_from_db()
    assert batch.state == BatchState.COUNTING
    dead_since = timezone.now() - 2 * counting.DEAD_AFTER
    Batch.objects.update(preview={"claim": "first", "beat": dead_since.isoformat(), "seen": 7})
    counting.count_due(account.pk)

    batch.refresh_from_db()
    assert (batch.state, batch.preview["will_run"]) == (BatchState.DRAFT, 12)


@pytest.mark.usefixtures("large")
def test_a_long_count_is_laid_aside_and_gone_on_with(
    log_in: LogIn, account: PartnerAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_many(account, 20, state="UNVERIFIED", auth_state="NONE", auth_email="anna@example.com")
    make_many(account, 4, 2_000_000)
    client = log_in()
    pick(client, "companies_authorize_many")
    batch = Batch.objects.get()
    client.post(page_of(batch), {"signer": "own"})
    batch.refresh_from_db()
    monkeypatch.setattr(counting, "LONGEST", -1.0)

    seen = []
    while batch.state == BatchState.COUNTING or not seen:
        counting.count_due(account.pk)
        batch.refresh_from_db()
        seen.append(batch.preview.get("seen"))

    assert seen == [7, 14, 21, 24, None]
    assert [batch.preview[name] for name in ("will_run", "left_out", "calls")] == [20, 4, 1]


@pytest.mark.usefixtures("large")
def test_a_draft_discarded_while_it_is_counted_stays_discarded(
    log_in: LogIn, account: PartnerAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_many(account, 30)
    client = log_in()
    pick(client, "companies_refresh")
    batch = Batch.objects.get()
    growing = previews.growing

    def discarded_meanwhile(*args: Any) -> Any:
        for number, found in enumerate(growing(*args)):
            if number == 2:
                act(client, batch, "cancel")
            yield found

    monkeypatch.setattr(previews, "growing", discarded_meanwhile)
    counting.count_due(account.pk)

    batch.refresh_from_db()
    assert batch.state == BatchState.CANCELED


def queries(request: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        request()
    return len(captured)


def answers(client: Client, action: str, parameters: dict[str, Any], query: str) -> list[int]:
    """Return the number of queries of each answer, from the pick to the start."""
    counts = [queries(lambda: pick(client, action, query=query))]
    batch = Batch.objects.latest("pk")
    if parameters:
        counts.append(queries(lambda: client.post(page_of(batch), parameters)))
    counts.append(queries(lambda: preview(client, batch)))
    confirmed = {"token": batch.preview["token"], "number": str(batch.preview["will_run"])}
    counts.append(queries(lambda: act(client, batch, "start", **confirmed)))
    return counts


@pytest.mark.parametrize(
    ("action", "parameters"),
    [
        ("companies_refresh", {}),
        ("companies_authorize_many", {"signer": "own"}),
        ("companies_join_networks", {"networks": ["PEPPOL", "BANK"]}),
        ("companies_leave_networks", {"networks": ["PEPPOL"]}),
        ("companies_change_settings", {"block": "details", "website": "https://example.com"}),
    ],
)
def test_every_answer_takes_the_same_number_of_queries_for_few_and_for_many_rows(
    log_in: LogIn, account: PartnerAccount, action: str, parameters: dict[str, Any]
) -> None:
    for first, count in ((1_000_000, 60), (2_000_000, 60), (3_000_000, 150)):
        make_many(account, count, first, state="UNVERIFIED", auth_state="NONE", auth_email="anna@example.com")
    client = log_in("lead")

    # The first round also reads what is read once in the life of a process.
    _first, few, many = [answers(client, action, parameters, query=f"q=Company+{number}") for number in (1, 2, 3)]

    assert few == many


def test_rows_of_several_accounts_are_asked_which_and_only_that_one_is_taken(
    log_in: LogIn, account: PartnerAccount
) -> None:
    other = make_account("Other partner")
    make_many(account, 3), make_many(other, 4, 2_000_000)
    client = log_in(accounts=(account, other))

    asked = pick(client, "companies_refresh")
    assert not Batch.objects.exists()
    assert "Other partner" in text_of(asked)
    fields = dict(asked.context["repeated"])
    client.post(COMPANIES, {**fields, "batch_account": str(other.pk)})

    batch = Batch.objects.get()
    assert (batch.account, batch.targets.count()) == (other, 4)


def test_an_account_that_the_viewer_does_not_see_cannot_be_asked_for(log_in: LogIn, account: PartnerAccount) -> None:
    stranger = make_account("Other partner")
    make_many(account, 3), make_many(stranger, 4, 2_000_000)

    pick(log_in(), "companies_refresh", batch_account=str(stranger.pk))

    assert not Batch.objects.exists()


def test_rows_of_other_accounts_are_no_part_of_all_that_match(log_in: LogIn, account: PartnerAccount) -> None:
    make_many(account, 3), make_many(make_account("Other"), 4, 2_000_000)

    pick(log_in(), "companies_refresh")

    assert Batch.objects.get().targets.count() == 3


def test_a_program_made_batch_of_many_rows_is_counted_when_staff_ask(
    log_in: LogIn, account: PartnerAccount, large: None
) -> None:
    companies = make_many(account, 20)
    batch = batches.create_batch(
        "companies.keep_active", Company, [row.pk for row in companies], account=account, actor=None, label="All"
    )
    client = log_in()
    assert "Show what would happen" in text_of(client.get(page_of(batch)))

    act(client, batch, "count")
    counting.count_due(account.pk)

    batch.refresh_from_db()
    assert batch.preview["will_run"] == 20
