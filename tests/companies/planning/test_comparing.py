"""Plan against outcome: what became of each row, hit or miss with the reason, and the rates."""

from typing import Any

import pytest
from django.utils import timezone

from companies.enums import ImportState, RowOutcome, RowResult
from companies.models import ImportFile, ImportRow, NetworkProfile
from companies.planning import comparing, rates
from portal import maventa
from portal.operations import batches, runner
from portal.operations.enums import BatchState
from portal.operations.models import Batch, Operation
from portal.partners.models import PartnerAccount
from tests.companies.fakes import FakeAutoInvoice, refusal
from tests.companies.planning.conftest import (
    COMPANIES,
    LOOKUP,
    OURS,
    RECEIVERS,
    MakeFile,
    carried_out,
    compared,
)
from tests.companies.running import PROFILES, profile

AUTHORIZATIONS = "/v1/companies/authorizations"


@pytest.fixture(autouse=True)
def _all_goes_well(autoinvoice: FakeAutoInvoice) -> None:
    autoinvoice.on("POST", COMPANIES, {"id": OURS})
    autoinvoice.on("POST", AUTHORIZATIONS, {"status": "sent"})
    autoinvoice.on("POST", PROFILES, {"id": "p1", "status": "active", "network": "PEPPOL"})


def verdict(row: ImportRow) -> tuple[str, str, bool | None]:
    return row.outcome, row.result, row.hit


def test_a_new_company_that_was_registered_is_a_hit_while_its_signer_is_waited_for(make_file: MakeFile) -> None:
    file = make_file({})
    carried_out(file, sends=True)

    assert verdict(compared(file)[0]) == (RowOutcome.NEW, RowResult.SIGNATURE, True)
    assert file.state == ImportState.STARTED


def test_a_row_still_under_way_is_neither_hit_nor_miss(make_file: MakeFile) -> None:
    file = make_file({})
    carried_out(file)

    assert verdict(compared(file)[0]) == (RowOutcome.NEW, RowResult.UNDER_WAY, None)
    assert file.plan["rates"] == {"new": {"hit": 0, "miss": 0, "open": 1}}


def test_a_company_that_was_free_and_is_taken_now_is_a_miss_with_the_reason(
    make_file: MakeFile, autoinvoice: FakeAutoInvoice
) -> None:
    autoinvoice.on("POST", COMPANIES, refusal("bid_already_taken", "BID ALREADY TAKEN"))
    file = make_file({})
    carried_out(file, sends=True)

    row = compared(file)[0]

    assert verdict(row) == (RowOutcome.NEW, RowResult.TAKEN, False)
    assert "BID ALREADY TAKEN" in row.reason


def test_a_refusal_stands_with_its_code(make_file: MakeFile, autoinvoice: FakeAutoInvoice) -> None:
    autoinvoice.on("POST", COMPANIES, refusal("invalid_parameters", "post_code is invalid", 400))
    file = make_file({})
    carried_out(file, sends=True)

    row = compared(file)[0]

    assert verdict(row) == (RowOutcome.NEW, RowResult.REFUSED, False)
    assert row.reason.startswith("invalid_parameters: post_code is invalid")


def joining(make_file: MakeFile, make_company: Any, autoinvoice: FakeAutoInvoice, answer: Any) -> ImportFile:
    """Carry a file out whose company of ours joins Peppol, which answers so."""
    company = make_company(state="VERIFIED")
    profile(company, "VISMA")
    autoinvoice.on("POST", PROFILES, answer)
    autoinvoice.on("GET", PROFILES, [])
    file = make_file({})
    carried_out(file, sends=True)
    return file


def expect_conflict(autoinvoice: FakeAutoInvoice) -> None:
    held = {
        "identifier": {"scheme": "0216", "endpoint_id": "003712345671"},
        "operator": "X",
        "participant": {"id": "1"},
    }
    autoinvoice.on("GET", RECEIVERS, [held])


ACTIVE = {"id": "p1", "status": "active", "network": "PEPPOL", "profiles": ["INVOICE_AND_CREDIT_NOTE"]}


@pytest.mark.parametrize(
    ("expected", "answer", "result", "hit"),
    [
        (True, refusal("profile_eia_conflict", "registered already"), RowResult.CONFLICT, True),
        (True, ACTIVE, RowResult.CONNECTED, False),
        (False, refusal("profile_eia_conflict", "registered already"), RowResult.CONFLICT, False),
        (False, refusal("profile_not_supported", "no"), RowResult.REFUSED, False),
        (False, ACTIVE, RowResult.CONNECTED, True),
    ],
)
def test_a_conflict_is_held_against_what_the_network_said(
    make_file: MakeFile,
    make_company: Any,
    autoinvoice: FakeAutoInvoice,
    expected: bool,
    answer: Any,
    result: RowResult,
    hit: bool,
) -> None:
    if expected:
        expect_conflict(autoinvoice)
    file = joining(make_file, make_company, autoinvoice, answer)

    row = compared(file)[0]

    assert verdict(row) == (RowOutcome.CONFLICT if expected else RowOutcome.ADD, result, hit)


def test_a_network_that_refuses_afterwards_turns_a_hit(
    make_file: MakeFile, make_company: Any, autoinvoice: FakeAutoInvoice
) -> None:
    file = joining(make_file, make_company, autoinvoice, ACTIVE)
    assert compared(file)[0].hit is True

    NetworkProfile.objects.filter(network="PEPPOL").update(
        status="error", error_text="address unknown", fact_at=timezone.now()
    )
    row = compared(file)[0]

    assert verdict(row) == (RowOutcome.ADD, RowResult.CONFLICT, False)
    assert row.reason == "address unknown"


def test_a_company_that_turns_out_to_be_ours_was_not_new(make_file: MakeFile, autoinvoice: FakeAutoInvoice) -> None:
    autoinvoice.on("POST", COMPANIES, refusal("bid_already_taken", "BID ALREADY TAKEN"))
    autoinvoice.on("GET", COMPANIES, [{"id": OURS, "bid": "12345671"}])
    file = make_file({})
    carried_out(file, sends=True)  # the look-up said free

    row = compared(file)[0]

    assert (row.outcome, row.hit) == (RowOutcome.NEW, False)
    assert "ours" in row.reason


def test_a_company_of_ours_that_is_taken_over_is_a_hit(make_file: MakeFile, autoinvoice: FakeAutoInvoice) -> None:
    autoinvoice.on("GET", LOOKUP, [{"company_bid": "12345671", "company_status": "RESERVED"}])
    autoinvoice.on("GET", COMPANIES, [{"id": OURS, "bid": "12345671"}])
    autoinvoice.on("POST", COMPANIES, refusal("bid_already_taken", "BID ALREADY TAKEN"))
    file = make_file({"networks": ""})
    carried_out(file, sends=True)

    assert verdict(compared(file)[0]) == (RowOutcome.ADD, RowResult.OURS, True)


def test_what_could_not_be_asked_is_never_a_hit(make_file: MakeFile, autoinvoice: FakeAutoInvoice) -> None:
    autoinvoice.on("GET", LOOKUP, maventa.TemporaryError(0.001))
    file = make_file({})
    carried_out(file, sends=True)

    assert verdict(compared(file)[0]) == (RowOutcome.UNASKED, RowResult.SIGNATURE, None)


def test_rows_that_were_left_out_count_when_something_tells_of_them(
    make_file: MakeFile, make_company: Any, make_onboarding: Any, autoinvoice: FakeAutoInvoice
) -> None:
    autoinvoice.on(
        "GET",
        LOOKUP,
        lambda given: [
            {"company_bid": bid, "company_status": "FREE" if bid == "15728600" else "RESERVED"}
            for bid in given["params"]["bids"]
        ],
    )
    profile(make_company("0112038-9", state="VERIFIED"), "VISMA")
    file = make_file({"bid": "1"}, {}, {"bid": "0112038-9", "networks": "VISMA"}, {"bid": "1572860-0"})
    carried_out(file, sends=True)

    first = {row.outcome: (row.result, row.hit) for row in compared(file)}
    make_company("1234567-1", created_at=timezone.now())
    second = {row.outcome: (row.result, row.hit) for row in compared(file)}

    assert first == {
        RowOutcome.ERROR: (RowResult.LEFT_OUT, None),
        RowOutcome.RESERVED: (RowResult.LEFT_OUT, None),
        RowOutcome.NOTHING: (RowResult.NOTHING, True),
        RowOutcome.NEW: (RowResult.SIGNATURE, True),
    }
    assert second[RowOutcome.RESERVED] == (RowResult.LEFT_OUT, False)


def test_a_canceled_batch_leaves_rows_that_were_not_tried(make_file: MakeFile) -> None:
    file = make_file({})
    carried_out(file)
    batches.cancel(Batch.objects.get(), None)

    assert verdict(compared(file)[0]) == (RowOutcome.NEW, RowResult.CANCELED, None)
    assert file.state == ImportState.DONE


def test_a_file_is_done_when_its_batch_is_and_goes_on_when_that_does(make_file: MakeFile) -> None:
    file = make_file({})
    carried_out(file, sends=True)
    Batch.objects.update(state=BatchState.DONE)
    compared(file)
    assert file.state == ImportState.DONE

    Batch.objects.update(state=BatchState.RUNNING)
    Operation.objects.filter(kind="companies.activate_network").update(state="CANCELED", settled_at=timezone.now())
    comparing.follow()

    file.refresh_from_db()
    assert (file.state, file.rows.get().result) == (ImportState.DONE, RowResult.CONNECTED)


def test_only_what_has_moved_is_compared_again(make_file: MakeFile, django_assert_max_num_queries: Any) -> None:
    file = make_file({}, {"bid": "0112038-9"})
    carried_out(file, sends=True)
    compared(file)
    Operation.objects.update(settled_at=timezone.now() - timezone.timedelta(hours=1))
    Batch.objects.update(started_at=timezone.now() - timezone.timedelta(hours=1))

    assert comparing.compare(ImportFile.objects.select_related("batch").get(pk=file.pk)) == 0
    with django_assert_max_num_queries(5):
        comparing.follow()


def test_the_rates_of_all_files_of_the_account_are_added_up(make_file: MakeFile, account: PartnerAccount) -> None:
    for business_id in ("1234567-1", "0112038-9"):
        file = make_file({"bid": business_id}, {"bid": "1"}, name=f"{business_id}.csv")
        carried_out(file)
        runner.run_until_idle(account, timeout=5)
        compared(file)

    found = rates.over_all([account])

    assert [(rate.outcome, rate.hits, rate.misses, rate.percent) for rate in found] == [
        (RowOutcome.ERROR, 0, 0, None),
        (RowOutcome.NEW, 2, 0, 100),
    ]
    assert rates.total(found) == (2, 2)
