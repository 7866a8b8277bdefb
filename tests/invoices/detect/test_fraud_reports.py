"""Reports of fraud: confirmed, sent once, explained when refused, withdrawn, found when an answer was lost."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies.models import Company
from invoices import links
from invoices.enums import Direction
from invoices.models import FraudReport, Invoice
from invoices.operations import ReportFraud, WithdrawReport
from invoices.services import FraudReportService
from portal.operations import queueing, runner
from portal.operations.handlers import NotQueueableError
from portal.operations.models import Operation
from portal.partners import clients
from tests.invoices.conftest import World
from tests.invoices.test_end_to_end import until
from tests.invoices.test_pages import make_invoice

slow = pytest.mark.slow
WANTED = {"reasons": ["UNKNOWN_COMPANY", "NONEXISTENT_PRODUCT"], "contact_email": "desk@partner.example"}


@pytest.fixture
def browser(staff: User) -> Client:
    staff.user_permissions.add(*Permission.objects.filter(codename__in=("report_fraud", "view_fraudreport")))
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def arrived(world: World) -> Invoice:
    world.simulator.receive(str(world.buyer.uuid), number="F-1", sender_name="Dubious AS")
    until(lambda: Invoice.objects.filter(files_at__isnull=False).exists(), world)
    return Invoice.objects.select_related("company", "account").get()


def queue(kind: str, target: Any, world: World, parameters: Any = None) -> Operation:
    queued = queueing.queue(kind, target, parameters or {}, account=world.account, company_uuid=world.buyer.uuid)
    runner.run_until_idle(world.account, timeout=8)
    return Operation.objects.get(pk=queued.pk)


def listed(world: World, invoice: Invoice) -> list[Any]:
    service = FraudReportService(clients.for_account(world.account, company=world.buyer.uuid))
    return service.of_invoice(invoice.uuid)


@slow
def test_report_is_sent_shown_and_withdrawn(world: World, arrived: Invoice) -> None:
    sent = queue(ReportFraud.kind, arrived, world, {**WANTED, "description": "Never heard of them"})
    report = FraudReport.objects.get()
    at_autoinvoice = listed(world, arrived)
    taken_back = queue(WithdrawReport.kind, report, world)

    assert (sent.state, taken_back.state) == ("DONE", "DONE")
    assert (report.remote_id, sorted(report.reasons)) == (at_autoinvoice[0].id, sorted(WANTED["reasons"]))
    assert (report.contact_email, report.explanation) == ("desk@partner.example", "Never heard of them")
    assert listed(world, arrived) == []
    assert FraudReport.objects.get().withdrawn_at is not None


@slow
def test_invoice_is_reported_once_and_again_only_after_the_report_was_withdrawn(world: World, arrived: Invoice) -> None:
    queue(ReportFraud.kind, arrived, world, WANTED)
    with pytest.raises(NotQueueableError, match="one report an invoice"):
        queueing.queue(ReportFraud.kind, arrived, WANTED, account=world.account)
    queue(WithdrawReport.kind, FraudReport.objects.get(), world)

    again = queue(ReportFraud.kind, arrived, world, {**WANTED, "description": "second"})

    assert (again.state, len(listed(world, arrived)), FraudReport.objects.count()) == ("DONE", 1, 1)
    assert FraudReport.objects.get().withdrawn_at is None


@slow
def test_report_that_somebody_else_made_is_explained_and_then_shown(world: World, arrived: Invoice) -> None:
    client = clients.for_account(world.account, company=world.buyer.uuid)
    FraudReportService(client).create(arrived.uuid, ("MISLEADING_NAME",), "other@customer.example", "")

    refused = queue(ReportFraud.kind, arrived, world, WANTED)
    runner.run_until_idle(world.account, timeout=8)

    assert refused.state == "REFUSED"
    assert "reported before" in refused.remedy
    assert (FraudReport.objects.get().reasons, FraudReport.objects.get().reported_by) == (["MISLEADING_NAME"], None)


@slow
@pytest.mark.parametrize("kind", ["drop_after", "500_after", "drop_before"])
def test_lost_answer_is_settled_by_the_list_of_reports(
    world: World, arrived: Invoice, kind: str, settings: Any
) -> None:
    settings.CALL_DEADLINE = 2.0
    world.simulator.fault(kind, method="POST", path="/v1/invoices/*/reports", count=1)

    operation = queue(ReportFraud.kind, arrived, world, WANTED)

    assert (operation.state, len(listed(world, arrived))) == ("DONE", 1)
    assert FraudReport.objects.get().remote_id == listed(world, arrived)[0].id


@slow
def test_report_counts_as_made_when_only_the_look_at_it_fails(world: World, arrived: Invoice) -> None:
    world.simulator.fault("503", method="GET", path="/v1/invoices/*/reports", count=1, seconds=0)

    made = queue(ReportFraud.kind, arrived, world, WANTED)
    without_id = FraudReport.objects.get()
    taken_back = queue(WithdrawReport.kind, without_id, world)

    assert (made.state, made.attempts, without_id.remote_id) == ("DONE", 1, "")
    assert (taken_back.state, listed(world, arrived)) == ("DONE", [])


@slow
@pytest.mark.parametrize("kind", ["drop_after", "drop_before"])
def test_lost_answer_of_a_withdrawal_is_settled_too(world: World, arrived: Invoice, kind: str, settings: Any) -> None:
    settings.CALL_DEADLINE = 2.0
    queue(ReportFraud.kind, arrived, world, WANTED)
    world.simulator.fault(kind, method="DELETE", path="/v1/invoices/*/reports/*", count=1)

    taken_back = queue(WithdrawReport.kind, FraudReport.objects.get(), world)

    assert (taken_back.state, listed(world, arrived)) == ("DONE", [])


def received(company: Company) -> Invoice:
    return make_invoice(company, "F-1", direction=Direction.RECEIVED)


def test_report_is_confirmed_after_it_was_read_back(browser: Client, company: Company) -> None:
    invoice = received(company)
    url = reverse("admin:invoice_report", args=[invoice.pk])
    form = {"reasons": ["UNKNOWN_COMPANY"], "contact_email": "a@example.com", "description": "<b>They</b> called"}

    first = browser.get(url).text
    asked = browser.post(url, form).text
    nothing_yet = Operation.objects.count()
    browser.post(url, {**form, "confirmed": "1"})

    assert "does not dispute the invoice" in first
    assert "This will be sent" in asked
    assert "&lt;b&gt;They&lt;/b&gt; called" in asked
    assert (nothing_yet, Operation.objects.get().parameters["reasons"]) == (0, ["UNKNOWN_COMPANY"])


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"reasons": []}, "Choose at least one reason"),
        ({"contact_email": "nobody"}, "valid email"),
        ({"reasons": ["MADE_UP"]}, "not one of the available choices"),
        ({"description": "x" * 2001}, "at most 2000"),
    ],
)
def test_form_says_what_is_wrong_at_its_field_even_when_confirmed(
    browser: Client, company: Company, fields: dict[str, Any], why: str
) -> None:
    form = {"reasons": ["UNKNOWN_COMPANY"], "contact_email": "a@example.com", "confirmed": "1", **fields}

    answer = browser.post(reverse("admin:invoice_report", args=[received(company).pk]), form).text

    assert why in answer
    assert not Operation.objects.exists()


def test_sent_invoice_cannot_be_reported_and_the_right_is_needed(
    browser: Client, staff: User, company: Company
) -> None:
    sent = make_invoice(company)
    assert browser.get(reverse("admin:invoice_report", args=[sent.pk])).status_code == 404

    staff.user_permissions.remove(Permission.objects.get(codename="report_fraud"))
    page = browser.get(links.page_of(received(company))).text

    assert browser.get(reverse("admin:invoice_report", args=[sent.pk])).status_code == 403
    assert "Report fraud…" not in page


def test_reported_invoice_says_so_and_stands_in_the_list(browser: Client, company: Company) -> None:
    invoice = received(company)
    FraudReport.objects.create(
        account=company.account, invoice=invoice, remote_id="r", reasons=["UNKNOWN_COMPANY", "BRAND_NEW"],
        names={"UNKNOWN_COMPANY": {"EN": "Unknown to us"}}, reported_at=timezone.now(),
    )  # fmt: skip

    page = browser.get(links.page_of(invoice)).text
    reports = browser.get(reverse("admin:invoices_fraudreport_changelist")).text
    asked = browser.get(reverse("admin:invoice_report_withdraw", args=[invoice.pk])).text
    browser.post(reverse("admin:invoice_report_withdraw", args=[invoice.pk]))

    for text in (page, reports, asked):
        assert "Unknown to us" in text
        assert "BRAND_NEW" in text
    assert Operation.objects.get().kind == WithdrawReport.kind
