"""Carrying a plan out: every row once, whatever happens meanwhile."""

from typing import Any

import pytest
from django.db import IntegrityError

from companies import onboarding
from companies.enums import ImportState, OnboardingState, RowOutcome, RowResult
from companies.models import ImportFile, Onboarding
from companies.planning import NotStartedError, carrying, doors, plan_again, start, start_planning, working
from portal.operations import batches
from portal.operations.enums import BatchState
from portal.operations.models import Batch, Operation
from portal.partners.models import PartnerAccount
from tests.companies.csv_files import finnish_ids
from tests.companies.fakes import FakeAutoInvoice
from tests.companies.planning.conftest import LOOKUP, MakeFile, carried_out, planned
from tests.companies.running import profile

Rows = list[dict[str, str]]


def counts() -> tuple[int, int, int]:
    return Onboarding.objects.count(), Operation.objects.count(), Batch.objects.count()


def test_what_a_file_does_is_one_batch(make_file: MakeFile) -> None:
    carried_out(make_file({}, {"bid": "0112038-9"}))

    batch = Batch.objects.get()
    assert (batch.kind, batch.state, batch.total, batch.operations.count()) == (onboarding.CHAIN, "RUNNING", 8, 8)
    assert batch.label == "Onboard 2 companies of customers.csv"


def test_only_what_is_missing_is_added_to_a_company_of_ours(make_file: MakeFile, make_company: Any) -> None:
    company = make_company(state="VERIFIED")
    profile(company, "VISMA")

    row = carried_out(make_file({"bid": "FI12345671"}))[0]

    operation = Operation.objects.get()
    assert (row.outcome, operation.parameters["network"]) == (RowOutcome.ADD, "PEPPOL")
    assert (operation.target, operation.company_uuid) == (company, company.uuid)
    assert Onboarding.objects.get().state == OnboardingState.REGISTERED


def test_the_same_file_again_does_nothing_and_says_so(make_file: MakeFile) -> None:
    rows: Rows = [{"bid": number} for number in finnish_ids(3)]
    carried_out(make_file(*rows))

    again = make_file(*rows)

    assert {row.outcome for row in planned(again)} == {RowOutcome.UNCHANGED}
    with pytest.raises(NotStartedError):
        start(again)
    assert counts() == (3, 12, 1)


def test_a_changed_file_acts_on_its_changed_rows_only(make_file: MakeFile, make_company: Any) -> None:
    one, two = finnish_ids(2)
    carried_out(make_file({"bid": one, "networks": "VISMA"}, {"bid": two, "networks": "VISMA"}))
    Operation.objects.update(state="DONE")  # and somebody has closed the networks since

    rows = carried_out(make_file({"bid": one, "networks": "VISMA"}, {"bid": two, "networks": "VISMA PEPPOL"}))

    assert [row.outcome for row in rows] == [RowOutcome.UNCHANGED, RowOutcome.NEW]
    assert set(Operation.objects.exclude(state="DONE").values_list("onboarding_id", flat=True)) == {
        rows[1].onboarding_id
    }


def test_a_row_that_failed_the_last_time_is_tried_again_though_it_says_the_same(make_file: MakeFile) -> None:
    carried_out(make_file({"networks": ""}))
    Operation.objects.filter(kind=onboarding.REGISTER).update(state="CANCELED")
    Operation.objects.exclude(kind=onboarding.REGISTER).update(state="SKIPPED")

    row = planned(make_file({"networks": ""}, name="again.csv"))[0]

    assert row.outcome == RowOutcome.NEW


def test_a_network_that_refused_the_company_is_left_to_a_person(make_file: MakeFile, make_company: Any) -> None:
    company = make_company(state="VERIFIED")
    profile(company, "VISMA")
    profile(company, "PEPPOL", "error")

    assert planned(make_file({}))[0].outcome == RowOutcome.NOTHING


def test_a_network_that_the_file_names_later_is_added(make_file: MakeFile) -> None:
    carried_out(make_file({"networks": ""}))

    row = carried_out(make_file({"networks": "PEPPOL"}))[0]

    assert (row.outcome, row.result) == (RowOutcome.ADD, RowResult.UNDER_WAY)
    assert Onboarding.objects.get().networks == ["PEPPOL"]


def test_a_refused_company_is_tried_again_only_when_its_id_is_free(
    make_file: MakeFile, autoinvoice: FakeAutoInvoice, make_onboarding: Any
) -> None:
    stored = make_onboarding(state=OnboardingState.REFUSED, problem_code="bid_taken", source="FILE")
    autoinvoice.on("GET", LOOKUP, [{"company_bid": "12345671", "company_status": "RESERVED"}])
    file = make_file({})
    still_taken = planned(file)[0]

    autoinvoice.on("GET", LOOKUP, [{"company_bid": "12345671", "company_status": "FREE"}])
    plan_again(file)
    doors.finish(file)
    free_now = carried_out(file)[0]

    stored.refresh_from_db()
    assert (still_taken.outcome, free_now.outcome) == (RowOutcome.RESERVED, RowOutcome.NEW)
    assert (Onboarding.objects.count(), stored.state) == (1, OnboardingState.SUBMITTED)


def test_rows_with_errors_are_left_alone_and_the_others_go(make_file: MakeFile) -> None:
    carried_out(make_file({"bid": "1"}, {"bid": "0112038-9"}))

    assert Onboarding.objects.get().business_id == "01120389"


# Once, whatever happens


def test_a_second_start_gives_the_batch_of_the_first(make_file: MakeFile) -> None:
    file = make_file({})
    planned(file)
    in_two_tabs = [ImportFile.objects.get(pk=file.pk) for _ in range(2)]

    first, second = (start(tab, number=1) for tab in in_two_tabs)
    doors.work(file.account_id)

    assert first == second
    assert counts() == (1, 4, 1)


def test_a_plan_that_has_changed_since_it_was_confirmed_is_not_started(make_file: MakeFile) -> None:
    file = make_file({})
    planned(file)

    with pytest.raises(NotStartedError):
        start(file, number=2)

    file.refresh_from_db()
    assert (file.state, file.batch) == (ImportState.PLANNED, None)


class WorkerDiedError(BaseException):
    """kill -9, as far as a test in one process can say."""


def test_each_row_is_queued_once_though_the_worker_dies_in_every_chunk(
    make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "CHUNK", 2)
    file = make_file(*({"bid": number} for number in finnish_ids(7)))
    planned(file)
    start(file)
    real, deaths = carrying.update_many, iter([True, False] * 10)

    def dies_now_and_then(*arguments: Any) -> None:
        real(*arguments)
        if arguments[1] == ("onboarding", "result", "hit", "reason") and next(deaths):
            raise WorkerDiedError

    monkeypatch.setattr(carrying, "update_many", dies_now_and_then)
    for _ in range(10):
        ImportFile.objects.update(leased_until=None)  # the lease of the dead runs out
        try:
            doors.work(file.account_id)
        except WorkerDiedError:
            continue

    batch = Batch.objects.get()
    assert counts() == (7, 28, 1)
    assert (batch.state, batch.total) == (BatchState.RUNNING, 28)


def test_planning_goes_on_where_a_worker_died(
    make_file: MakeFile, autoinvoice: FakeAutoInvoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "_chunk_size", lambda _file: 10)
    file = make_file(*({"bid": number, "networks": ""} for number in finnish_ids(25)))
    start_planning(file)
    real, lived = working.update_many, []

    def dies_the_second_time(*arguments: Any) -> None:
        lived.append(1)
        if len(lived) == 2:
            raise WorkerDiedError
        real(*arguments)

    monkeypatch.setattr(working, "update_many", dies_the_second_time)
    with pytest.raises(WorkerDiedError):
        doors.work(file.account_id)
    doors.work(file.account_id)  # too early: the dead still holds its lease
    assert working.progress(file) == (10, 25)

    ImportFile.objects.update(leased_until=None)
    doors.work(file.account_id)

    file.refresh_from_db()
    assert (file.state, file.plan["will_run"]) == (ImportState.PLANNED, 25)
    assert len(autoinvoice.called("GET", LOOKUP)) == 4


def test_two_workers_do_not_plan_one_file(make_file: MakeFile, autoinvoice: FakeAutoInvoice) -> None:
    file = make_file({"networks": ""})
    start_planning(file)

    with working.lease(file.pk) as first:
        doors.work(file.account_id)
        assert first is not None
        assert autoinvoice.calls == []


def test_a_file_left_behind_is_found_by_the_sweep(make_file: MakeFile, monkeypatch: pytest.MonkeyPatch) -> None:
    file, sent = make_file({}), []
    start_planning(file)
    monkeypatch.setattr(doors.waking, "send", lambda *message: sent.append(message))

    doors.sweep()
    ImportFile.objects.update(leased_until=working.timezone.now() + working.LEASE)
    doors.sweep()

    assert sent == [(working.TASK, file.account_id)]


def test_a_company_that_somebody_else_brings_in_this_moment_is_theirs(
    make_file: MakeFile, make_onboarding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = make_file({})
    planned(file)
    start(file)
    real, tries = carrying._submit, []

    def overtaken(*arguments: Any) -> int:
        tries.append(1)
        if len(tries) == 1:
            raise IntegrityError
        return real(*arguments)

    monkeypatch.setattr(carrying, "_submit", overtaken)
    doors.work(file.account_id)

    assert (len(tries), *counts()) == (2, 1, 4, 1)


def test_a_canceled_batch_is_not_filled_further(make_file: MakeFile, monkeypatch: pytest.MonkeyPatch) -> None:
    file = make_file({}, {"bid": "0112038-9"})
    planned(file)
    batch = start(file)

    batches.cancel(batch, None)
    doors.work(file.account_id)

    assert counts() == (0, 0, 1)


def test_five_hundred_rows_need_few_statements(
    make_file: MakeFile, account: PartnerAccount, django_assert_max_num_queries: Any
) -> None:
    file = make_file(*({"bid": number} for number in finnish_ids(500)))
    with django_assert_max_num_queries(40):
        planned(file, asks=False)

    start(file)
    with django_assert_max_num_queries(140):
        doors.work(file.account_id)

    assert counts() == (500, 2000, 1)


def test_companies_of_ours_need_no_statement_each_either(
    make_file: MakeFile, make_company: Any, django_assert_max_num_queries: Any
) -> None:
    ids = finnish_ids(60)
    for number in ids:
        profile(make_company(number, state="VERIFIED"), "VISMA")
    file = make_file(*({"bid": number} for number in ids))
    with django_assert_max_num_queries(40):
        planned(file, asks=False)

    start(file)
    with django_assert_max_num_queries(60):
        doors.work(file.account_id)

    assert set(file.rows.values_list("outcome", "result")) == {(RowOutcome.ADD, RowResult.UNDER_WAY)}
    assert Operation.objects.count() == 60
