"""Invoice credit against the simulator: asked for, signed, drawn, paid back; and withdrawals whose answer is lost."""

from decimal import Decimal
from typing import Any

import pytest

from companies.models import Company
from portal.operations import outcomes, queueing, registry, runner
from portal.operations.handlers import CannotTell, NotQueueableError
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount
from receivables import clients
from receivables.models import InvoiceCredit
from tests.companies.running import run
from tests.portal.sandbox.clients import Ax
from tests.receivables.borrowing import TERMS, borrower_at, company_at, look_at_what_is_due, owed, send_invoice, sign
from tests.sandbox import Sandbox

pytestmark = pytest.mark.slow
WITHDRAWAL = "/v1/services/op_invoice_credit/withdrawal"
FIFTY = {"amount": "50.00", "drawn_before": "0.00"}


@pytest.fixture
def company(simulator: Sandbox, partner: PartnerAccount) -> Company:
    return company_at(simulator, partner)


@pytest.fixture
def borrower(simulator: Sandbox, partner: PartnerAccount) -> Company:
    return borrower_at(simulator, partner)


def credit() -> InvoiceCredit:
    return InvoiceCredit.objects.get()


def test_looking_shows_the_offer_before_anything_is_asked_for(company: Company) -> None:
    operation = run("receivables.refresh_credit", company)

    assert (operation.state, credit().status) == ("DONE", "NONE")
    assert credit().offer["interest_rate"] == "6"


def test_credit_is_followed_until_it_is_signed_and_open(simulator: Sandbox, company: Company) -> None:
    asked = run("receivables.activate_credit", company, TERMS)
    pending, link = credit().status, credit().activation_url
    sign(simulator, company)

    look_at_what_is_due()

    assert (asked.state, pending, credit().status) == ("DONE", "PENDING", "ACTIVE")
    assert "/op/" in link
    assert (credit().activation_url, credit().available) == ("", Decimal(0))
    assert credit().bank_details["iban"].startswith("FI")


def test_credit_that_was_declined_is_looked_at_no_more(simulator: Sandbox, company: Company) -> None:
    run("receivables.activate_credit", company, TERMS)
    simulator.control("POST", f"/companies/{company.uuid}/op_credit/decline")

    look_at_what_is_due()

    assert (credit().status, credit().next_check_at) == ("DISABLED", None)


def test_an_agreement_that_waits_for_a_signature_is_not_asked_for_again(company: Company) -> None:
    run("receivables.activate_credit", company, TERMS)

    with pytest.raises(NotQueueableError, match="waits for a signature"):
        run("receivables.activate_credit", company, TERMS | {"bank": "Other"})


def test_a_lost_answer_to_the_activation_is_found(simulator: Sandbox, company: Company) -> None:
    simulator.fault("drop_after", method="PUT", path="/v1/services/op_invoice_credit", count=1)

    operation = run("receivables.activate_credit", company, TERMS)

    assert (operation.state, credit().status) == ("DONE", "PENDING")


def test_terms_are_changed_within_the_offer(borrower: Company) -> None:
    terms = {"b2c_enabled": False, "payment_percent": 50, "interest_rate": 6, "credit_limit": "100.00"}

    changed = run("receivables.change_credit_terms", borrower, terms)
    refused = run("receivables.change_credit_terms", borrower, terms | {"interest_rate": 1})

    assert (changed.state, refused.state) == ("DONE", "REFUSED")
    assert credit().terms["payment_percent"] == "50"
    assert credit().most == Decimal("100.00")


def test_a_withdrawal_is_drawn_and_looked_up(simulator: Sandbox, borrower: Company) -> None:
    before = credit().available

    operation = run("receivables.withdraw_credit", borrower, FIFTY)

    assert operation.state == "DONE"
    assert owed(simulator, borrower) == 50.0
    assert (before, credit().available, credit().withdrawn) == (Decimal(251), Decimal(201), Decimal(50))


@pytest.mark.parametrize("kind", ["drop_after", "500_after", "malformed", "html_after"])
def test_a_withdrawal_whose_answer_is_lost_is_drawn_once(simulator: Sandbox, borrower: Company, kind: str) -> None:
    simulator.fault(kind, method="POST", path=WITHDRAWAL, count=1)

    operation = run("receivables.withdraw_credit", borrower, FIFTY)

    assert operation.state == "DONE"
    assert owed(simulator, borrower) == 50.0


def test_a_withdrawal_that_never_arrived_is_sent_again_once(simulator: Sandbox, borrower: Company) -> None:
    simulator.fault("drop_before", method="POST", path=WITHDRAWAL, count=1)

    operation = run("receivables.withdraw_credit", borrower, FIFTY)
    for _ in range(20):
        runner.run_until_idle(borrower.account, timeout=5)

    operation.refresh_from_db()
    assert (operation.state, operation.attempts) == ("DONE", 2)
    assert owed(simulator, borrower) == 50.0


def test_a_withdrawal_is_not_made_from_old_figures(simulator: Sandbox, borrower: Company) -> None:
    run("receivables.withdraw_credit", borrower, FIFTY)

    stale = run("receivables.withdraw_credit", borrower, {"amount": "70.00", "drawn_before": "0.00"})

    assert (stale.state, stale.error_code) == ("REFUSED", "drawn_meanwhile")
    assert owed(simulator, borrower) == 50.0


def test_a_lost_withdrawal_with_other_movements_between_is_a_case_for_a_person(
    simulator: Sandbox, borrower: Company
) -> None:
    operation = queueing.queue(
        "receivables.withdraw_credit", borrower, FIFTY, account=borrower.account, company_uuid=borrower.uuid
    )
    handler = registry.get(operation.kind)
    request = handler.prepare([operation])
    ax = Ax(simulator, str(borrower.uuid), "", "company")
    ax.post(WITHDRAWAL, {"amount": 20})

    verdict = handler.resolve(
        request, operation.uuid, lambda company: clients.for_company(borrower), handler.before(request)
    )

    assert isinstance(verdict, CannotTell)
    assert verdict.for_a_person
    outcomes.judged(handler, operation, verdict)
    assert (operation.state, operation.named_case[:26]) == ("UNKNOWN", "Was the money drawn? Compa")


def test_two_withdrawals_of_a_company_are_not_under_way_together(borrower: Company) -> None:
    queueing.queue("receivables.withdraw_credit", borrower, FIFTY, account=borrower.account, company_uuid=borrower.uuid)

    with pytest.raises(NotQueueableError, match="under way"):
        queueing.queue(
            "receivables.withdraw_credit", borrower, {"amount": "60.00", "drawn_before": "0.00"},
            account=borrower.account, company_uuid=borrower.uuid,
        )  # fmt: skip


@pytest.mark.parametrize("amount", ["0", "-1", "1.001"])
def test_wrong_amounts_are_not_queued(borrower: Company, amount: str) -> None:
    with pytest.raises(NotQueueableError, match="above zero"):
        run("receivables.withdraw_credit", borrower, {"amount": amount, "drawn_before": "0.00"})


def test_more_than_is_available_is_refused_by_the_bank(simulator: Sandbox, borrower: Company) -> None:
    operation = run("receivables.withdraw_credit", borrower, {"amount": "251.01", "drawn_before": "0.00"})

    assert operation.state == "REFUSED"
    assert "Look at what is available" in operation.remedy
    assert owed(simulator, borrower) == 0


def test_a_direct_payment_takes_the_invoice_out_of_the_collateral(simulator: Sandbox, borrower: Company) -> None:
    invoice = send_invoice(simulator, borrower)
    run("receivables.refresh_credit", borrower)
    before = credit().collateral

    operation = run("receivables.tell_credit_payment", borrower, {"invoice": invoice, "number": "1001"})

    assert operation.state == "DONE"
    assert (before, credit().collateral) == (Decimal(502), Decimal(251))


def test_a_lost_answer_to_a_direct_payment_is_a_case_for_a_person(simulator: Sandbox, borrower: Company) -> None:
    invoice = send_invoice(simulator, borrower)
    simulator.fault("drop_after", method="POST", path="/v1/services/op_invoice_credit/direct_payment", count=1)

    operation = run("receivables.tell_credit_payment", borrower, {"invoice": invoice})

    assert operation.state == "UNKNOWN"
    assert "direct payment" in operation.named_case


def test_swedish_companies_get_none(make_company: Any) -> None:
    with pytest.raises(NotQueueableError, match="Finnish"):
        run("receivables.refresh_credit", make_company("5560125790", "SE"))


def test_all_withdrawals_stand_in_the_companys_timeline(borrower: Company) -> None:
    queueing.queue("receivables.withdraw_credit", borrower, FIFTY, account=borrower.account, company_uuid=borrower.uuid)

    assert Operation.objects.filter(company_uuid=borrower.uuid, kind="receivables.withdraw_credit").count() == 1
