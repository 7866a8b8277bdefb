"""Agencies, handing over, assignments and events against the simulator, from the act to the mirror."""

from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from invoices.models import Invoice
from portal.operations import runner
from portal.operations.models import Operation
from portal.partners.models import ApiCall, PartnerAccount
from portal.sync.models import Cursor
from receivables.collection import payers
from receivables.collection.service_mirror import FEEDS
from receivables.models import Assignment, AssignmentEvent, CollectionService, HandOver, Payer
from tests.companies.running import run
from tests.portal.sandbox.clients import Ax
from tests.receivables.borrowing import company_at
from tests.receivables.collecting import (
    AMILI,
    DAY,
    GIVEN,
    catch_up,
    creditor_at,
    handed_over,
    overdue_invoice,
    pass_days,
    prepare,
    remote,
)
from tests.sandbox import Sandbox

pytestmark = pytest.mark.slow

NUMBER = "131052-308T"


def test_amili_waits_with_a_link_and_becomes_active(simulator: Sandbox, partner: PartnerAccount) -> None:
    company = company_at(simulator, partner)

    operation = run("receivables.activate_amili", company, AMILI)
    waiting = CollectionService.objects.get()

    assert operation.state == "DONE", operation.error_text
    assert waiting.status == "PENDING"
    assert "/collection/" in waiting.activation_url
    Ax.until(lambda: bool(catch_up()) or CollectionService.objects.get().status == "ACTIVE", 15)
    assert set(Cursor.objects.filter(company_uuid=company.uuid, source__in=FEEDS).values_list("source", flat=True)) == {
        *FEEDS
    }


def test_an_agreement_that_is_declined_is_shown_as_declined(simulator: Sandbox, partner: PartnerAccount) -> None:
    company = company_at(simulator, partner)
    run("receivables.activate_amili", company, AMILI | {"contact_email": "refuse@puu.test"})

    Ax.until(lambda: bool(catch_up()) or CollectionService.objects.get().status == "DISABLED", 15)

    assert CollectionService.objects.get().was_pending


def test_services_are_changed_and_closed(simulator: Sandbox, partner: PartnerAccount) -> None:
    company = creditor_at(simulator, partner)

    changed = run("receivables.change_amili", company, {"service_type": "full", "accountable_party": "company"})
    runner.run_until_idle(partner, timeout=5)
    after = CollectionService.objects.get()
    closed = run("receivables.close_service", company, {"agency": "amili"})

    assert (changed.state, closed.state) == ("DONE", "DONE")
    assert (after.service_type, after.details["accountable_party"]) == ("full", "company")
    row = CollectionService.objects.get()
    assert (row.status, row.was_pending) == ("DISABLED", False)


def test_intrum_is_active_by_its_client_code(simulator: Sandbox, partner: PartnerAccount) -> None:
    company = company_at(simulator, partner)
    contact = {f"agreement_contact_{name}": f"x@puu.{name}" for name in ("email", "name", "phone")}
    run("receivables.activate_intrum", company, contact)

    run("receivables.give_client_code", company, {"client_code": "K-17"})
    runner.run_until_idle(partner, timeout=5)

    assert CollectionService.objects.get().status == "ACTIVE"


def test_the_whole_story_from_handing_over_to_the_end(simulator: Sandbox, partner: PartnerAccount) -> None:
    company = creditor_at(simulator, partner)
    assignment = handed_over(simulator, company)
    assert (assignment.agency, assignment.status, str(assignment.open_amount)) == ("amili", "open", "251.00")
    assert HandOver.objects.get().status == "sent"

    pass_days(simulator, 1.5)
    reminded = Assignment.objects.get()
    assert (reminded.stage, reminded.unseen) == ("reminder", 1)

    told = run("receivables.add_event", reminded, {"type": "paid", "amount": "251.00", "payment_date": "2026-11-01"})
    assert told.state == "DONE", told.error_text
    catch_up()
    assert Assignment.objects.get().status == "partially_closed"

    pass_days(simulator, 10)
    closed = Assignment.objects.get()
    assert (closed.status, closed.is_open, str(closed.open_amount)) == ("closed", False, "0.00")
    kinds = AssignmentEvent.objects.order_by("happened_at", "pk").values_list("type", flat=True)
    assert sorted(kinds) == ["close", "paid", "paid", "reminder_sent"]


def test_events_that_agencies_tell_are_marked_as_seen_here_and_there(
    simulator: Sandbox, partner: PartnerAccount
) -> None:
    company = creditor_at(simulator, partner)
    assignment = handed_over(simulator, company)
    pass_days(simulator, 1.5)
    event = AssignmentEvent.objects.unseen().get()  # type: ignore[attr-defined]

    run("receivables.mark_event_seen", event)
    catch_up()

    assert Assignment.objects.get().unseen == 0
    assert remote(simulator, company, f"/v1/assignments/{assignment.remote_id}")["events"][0]["seen"]


def test_a_case_that_the_agency_sends_back_keeps_its_reason_and_can_be_handed_over_again(
    simulator: Sandbox, partner: PartnerAccount
) -> None:
    company = creditor_at(simulator, partner, "ropo")
    invoice = overdue_invoice(simulator, company, days=3)
    known_here = invoice.due_date - timedelta(days=30)  # otherwise than there
    Invoice.objects.update(due_date=known_here)
    invoice.refresh_from_db()
    prepare(invoice, "ropo")
    given = GIVEN | {"agency": "ropo"}
    run("receivables.hand_over", invoice, given)

    Ax.until(lambda: bool(catch_up()) or HandOver.objects.get().status == "error", 15)
    assert HandOver.objects.get().error_reason == "7 days must have passed since the due date, 3 have"

    simulator.advance(5 * DAY)
    Invoice.objects.update(due_date=known_here)  # the invoice may have been read meanwhile
    again = run("receivables.hand_over", Invoice.objects.get(), given)
    Ax.until(lambda: bool(catch_up()) or HandOver.objects.get().status == "sent", 15)
    assert again.state == "DONE", again.error_text


@pytest.mark.parametrize("fault", ["drop_after", "500_after", "malformed", "503", "drop_before"])
def test_handing_over_happens_once_whatever_becomes_of_the_answer(
    simulator: Sandbox, partner: PartnerAccount, fault: str, settings: Any
) -> None:
    settings.CALL_DEADLINE = 2
    company = creditor_at(simulator, partner)
    invoice = overdue_invoice(simulator, company)
    prepare(invoice)
    simulator.fault(fault, api="ax", method="POST", path="*/assignment/*", count=1, seconds=0.01)

    operation = run("receivables.hand_over", invoice, GIVEN)
    Ax.until(lambda: _settled(partner, operation), 20)

    assert operation.state == "DONE", operation.error_text
    assert len(simulator.control("GET", "/assignments")) <= 1
    Ax.until(lambda: len(simulator.control("GET", "/assignments")) == 1, 10)


@pytest.mark.parametrize("fault", ["drop_after", "500_after", "html_after", "503", "drop_before"])
def test_an_event_is_told_once_whatever_becomes_of_the_answer(
    simulator: Sandbox, partner: PartnerAccount, fault: str, settings: Any
) -> None:
    settings.CALL_DEADLINE = 2
    company = creditor_at(simulator, partner)
    assignment = handed_over(simulator, company)
    simulator.fault(fault, api="receivables", method="POST", path="*/events", count=1, seconds=0.01)

    told = {"type": "paid", "amount": "51.00", "payment_date": "2026-11-01"}
    operation = run("receivables.add_event", assignment, told)
    Ax.until(lambda: _settled(partner, operation), 20)

    assert operation.state == "DONE", operation.error_text
    [case] = remote(simulator, company, "/v1/assignments")
    assert [event["amount"] for event in case["events"] if event["type"] == "paid"] == [51.0]


def test_a_personal_number_is_nowhere_but_encrypted(simulator: Sandbox, partner: PartnerAccount) -> None:
    company = creditor_at(simulator, partner, "ropo")
    invoice = overdue_invoice(simulator, company)
    prepare(invoice, "ropo", personal_number=NUMBER)
    HandOver.objects.update(receivables_type="b2c")

    run("receivables.hand_over", invoice, GIVEN | {"agency": "ropo", "receivables_type": "b2c"})
    Ax.until(lambda: bool(catch_up()) or Assignment.objects.exclude(status="").exists(), 20)

    assert Assignment.objects.get().debtor_number == NUMBER
    assert _rows_holding(NUMBER) == []
    assert not any(NUMBER in call.path for call in ApiCall.objects.all())


def _settled(partner: PartnerAccount, operation: Operation) -> bool:
    runner.run_until_idle(partner, timeout=2)
    operation.refresh_from_db()
    return operation.settled_at is not None


def _rows_holding(text: str) -> list[str]:
    """Return the columns of any table that hold a text in the clear."""
    found = []
    for model in apps.get_models():
        for column in model._meta.local_concrete_fields:
            if column.get_internal_type() not in ("TextField", "CharField", "JSONField"):
                continue
            table, name = model._meta.db_table, column.column
            with connection.cursor() as cursor:
                query = f'select count(*) from "{table}" where cast("{name}" as text) like %s'
                cursor.execute(query, [f"%{text}%"])
                if cursor.fetchone()[0]:
                    found.append(f"{table}.{name}")
    return found


def test_one_of_many_is_handed_over_without_a_row_that_staff_prepared(
    simulator: Sandbox, partner: PartnerAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = creditor_at(simulator, partner)
    invoice = overdue_invoice(simulator, company)
    known = Payer(role="main", name="A Oy", street="Katu 1", post_code="00100", city="Helsinki", country="FI")
    monkeypatch.setattr(payers, "of_invoice", lambda _invoice: known)  # as its file would name the buyer

    operation = run("receivables.hand_over", invoice, GIVEN)

    assert operation.state == "DONE", operation.error_text
    assert HandOver.objects.get().agency == "amili"
