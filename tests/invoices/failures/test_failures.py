"""The failed queue: what stands in it, by cause, and how it leaves."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies.models import Company
from invoices import links
from invoices.enums import Status
from invoices.failures import queue as failures
from invoices.models import Invoice, Upload
from invoices.operations import Resend, Send, SendParameters
from invoices.sending import submitting
from invoices.sending.submitting import GivenFile
from portal.operations import queueing, runner
from portal.operations.handlers import NotQueueableError
from portal.operations.models import Batch, Operation
from tests.invoices.conftest import MakeCompany, World, make_account
from tests.invoices.documents import finvoice
from tests.invoices.test_end_to_end import STRANGER, at_autoinvoice, send, settled, until
from tests.invoices.test_pages import make_invoice

QUEUE = "admin:invoices_failed"


@pytest.fixture
def worker(staff: User, browser: Client) -> Client:
    staff.user_permissions.add(*Permission.objects.filter(codename__in=("reroute_invoice", "view_batch")))
    return browser


def failed(
    company: Company, number: str, key: str = "receiver_unknown", by: str = "customer", **fields: Any
) -> Invoice:
    return make_invoice(company, number, status=Status.FAILED, remedy_key=key, remedy_by=by, **fields)


def refused(company: Company, number: str = "9") -> Upload:
    """A file that was sent and not taken."""
    upload = submitting.send_files(company, [GivenFile("a.xml", finvoice(number))], actor=None)[0].upload
    assert upload is not None
    Operation.objects.update(state="REFUSED")
    failures.note_refusal(upload, "invoice_create_api_error", "ERROR: INVOICE DATE NOT FOUND")
    return Upload.objects.get(pk=upload.pk)


def standing(company: Company) -> tuple[set[str], set[str]]:
    accounts = [company.account]
    assert failures.count_invoices(accounts) == failures.invoices(accounts).count(), "the dashboard counts otherwise"
    return {str(row) for row in failures.invoices(accounts)}, {row.number for row in failures.files(accounts)}


def test_queue_shows_causes_with_remedy_mover_and_age(worker: Client, company: Company) -> None:
    failed(company, "1", fact_at=timezone.now() - timedelta(days=3))
    failed(company, "2", delivered_at=timezone.now())
    failed(company, "3", "bank_closed", "staff")
    refused(company)

    text = worker.get(reverse(QUEUE)).text

    assert "Receiver not found" in text
    assert "Work on 2 invoices" in text
    assert "The oldest failed 3" in text
    assert "1 had been delivered before" in text
    assert "Activate the BANK network" in text
    assert "1 file that AutoInvoice did not take" in text
    assert "Content missing" in text


def test_queue_narrows_to_one_mover(worker: Client, company: Company) -> None:
    failed(company, "1")
    failed(company, "3", "bank_closed", "staff")

    text = worker.get(reverse(QUEUE), {"by": "staff"}).text

    assert ("Bank network not open" in text, "Receiver not found" in text) == (True, False)


def test_queue_costs_the_same_however_many_failed(
    worker: Client, company: Company, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        failed(company, str(number), ["receiver_unknown", "bank_closed", ""][number % 3])

    with django_assert_max_num_queries(14):
        worker.get(reverse(QUEUE))


def test_queue_and_lists_show_only_accounts_of_the_viewer(worker: Client, make_company: MakeCompany) -> None:
    foreign = make_company(account=make_account("Other"))
    failed(foreign, "secret")
    refused(foreign)

    assert "Nothing has failed" in worker.get(reverse(QUEUE)).text
    assert "secret" not in worker.get(links.list_of("failedinvoice")).text
    assert "a.xml" not in worker.get(links.list_of("refusedupload")).text


@pytest.mark.parametrize("name", ["failedinvoice", "refusedupload"])
def test_list_costs_the_same_however_many_rows_it_has(
    worker: Client, company: Company, name: str, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        failed(company, f"F{number}")
        refused(company, f"U{number}")

    with django_assert_max_num_queries(11):
        text = worker.get(links.list_of(name)).text

    assert ("F11" if name == "failedinvoice" else "U11") in text


def test_refused_file_stands_in_the_queue_until_it_is_taken(company: Company) -> None:
    upload = refused(company)
    there = standing(company)

    failures.taken([upload])

    assert there == (set(), {"9"})
    assert standing(company) == (set(), set())


def test_refused_file_that_is_being_sent_again_is_no_work(company: Company) -> None:
    upload = refused(company)

    parameters = SendParameters(sha256=upload.sha256)
    queueing.queue(Send.kind, upload, parameters, account=company.account, company_uuid=company.uuid)

    assert standing(company) == (set(), set())


def test_failure_leaves_the_queue_when_something_was_sent_in_its_place(company: Company) -> None:
    invoice = failed(company, "1")
    again = submitting.send_files(company, [GivenFile("a.xml", finvoice("1"))], actor=None)[0].upload
    Upload.objects.update(replaces=invoice.uuid)
    sent = standing(company)
    Operation.objects.update(state="CANCELED")

    assert again is not None
    assert sent == (set(), set())
    assert standing(company) == ({"1"}, set()), "a sending that was taken back replaces nothing"


def test_staff_settle_a_failure_with_a_note_and_take_it_back(worker: Client, company: Company) -> None:
    invoice = failed(company, "1")
    page = reverse("admin:invoice_settle", args=[invoice.pk])

    worker.post(page, {"note": "Paid in cash"})
    shown = worker.get(links.page_of(invoice)).text
    without = standing(company)
    worker.post(page, {"undo": "1"})

    assert "Paid in cash" in shown
    assert without == (set(), set())
    assert standing(company) == ({"1"}, set())


def test_list_settles_many_and_shows_them_as_done(worker: Client, company: Company) -> None:
    rows = [failed(company, str(number)) for number in (101, 102)]
    chosen = {"action": "settle", "_selected_action": [row.pk for row in rows]}

    answer = worker.post(links.list_of("failedinvoice"), chosen, follow=True)

    assert "2 failures are settled" in answer.text
    assert ">101<" not in answer.text
    assert ">101<" in worker.get(links.list_of("failedinvoice", work="done")).text
    assert ">101<" in worker.get(links.list_of("failedinvoice", work="all")).text


def test_viewer_may_look_but_not_settle(browser: Client, company: Company) -> None:
    invoice = failed(company, "1")

    assert browser.get(reverse(QUEUE)).status_code == 200
    assert browser.post(reverse("admin:invoice_settle", args=[invoice.pk])).status_code == 403
    assert "Settled otherwise" not in browser.get(links.list_of("failedinvoice")).text


def test_page_sends_a_failure_again_once_and_links_both(worker: Client, company: Company) -> None:
    given = submitting.send_files(company, [GivenFile("a.xml", finvoice("1"))], actor=None)[0].upload
    assert given is not None
    Operation.objects.all().delete()
    invoice = failed(company, "1", uuid=given.uuid)
    page = reverse("admin:invoice_resend", args=[invoice.pk])

    answers = [worker.post(page, follow=True).text for _click in range(2)]

    assert "on its way as a new invoice" in answers[0]
    assert "being sent again or another way already" in answers[1]
    assert Operation.objects.get().kind == "invoices.resend"


def test_pages_of_both_name_each_other(worker: Client, company: Company) -> None:
    old = failed(company, "1")
    upload = submitting.send_files(company, [GivenFile("a.xml", finvoice("1"))], actor=None)[0].upload
    assert upload is not None
    Upload.objects.update(replaces=old.uuid, changes=[{"field": "operator", "was": "1", "now": "2"}])
    new = make_invoice(company, "1", uuid=upload.uuid)

    assert links.page_of(new) in worker.get(links.page_of(old)).text
    assert links.page_of(old) in worker.get(links.page_of(new)).text


def test_ages_filter_both_lists(worker: Client, company: Company) -> None:
    failed(company, "old", fact_at=timezone.now() - timedelta(days=9))
    failed(company, "new")
    refused(company, "77")

    assert ">new<" not in worker.get(links.list_of("failedinvoice", age="8")).text
    assert ">old<" in worker.get(links.list_of("failedinvoice", age="8")).text
    assert "77" in worker.get(links.list_of("refusedupload", age="1")).text
    assert "77 " not in worker.get(links.list_of("refusedupload", age="8")).text


# Over HTTP


def stranded(world: World) -> Invoice:
    send(world, finvoice(buyer=STRANGER))
    until(lambda: settled(world), world)
    return Invoice.objects.sent().get()


def resend(invoice: Invoice) -> Operation:
    return queueing.queue(Resend.kind, invoice, account=invoice.account, company_uuid=invoice.company.uuid)


@pytest.mark.slow
@pytest.mark.parametrize("fault", [None, "drop_after", "500_after", "drop_before"])
def test_failed_invoice_is_sent_again_once_and_linked(world: World, fault: str | None, settings: Any) -> None:
    settings.CALL_DEADLINE = 2.0
    invoice = stranded(world)
    before = at_autoinvoice(world)
    if fault:
        world.simulator.fault(fault, method="POST", path="/v1/invoices", count=1, seconds=0)

    resend(invoice)
    until(lambda: Invoice.objects.sent().count() == 2 and settled(world), world)

    again = Upload.objects.get(replaces=invoice.uuid)
    invoice.refresh_from_db()
    assert at_autoinvoice(world) == before + 1
    assert (invoice.status, again.number, again.copy) == (Status.FAILED, "1001", 1)
    assert set(failures.invoices([world.account])) == {Invoice.objects.get(uuid=again.uuid)}
    with pytest.raises(NotQueueableError, match="sent again already"):
        resend(invoice)


@pytest.mark.slow
def test_invoice_of_other_software_is_sent_again_from_the_fetched_file(world: World) -> None:
    invoice = stranded(world)
    Operation.objects.all().delete()
    Upload.objects.all().delete()

    resend(invoice)
    until(lambda: Invoice.objects.sent().count() == 2 and settled(world), world)

    assert Upload.objects.get().replaces == invoice.uuid


@pytest.mark.slow
def test_file_that_autoinvoice_refuses_stands_in_the_queue_with_its_cause(world: World) -> None:
    send(world, finvoice(date=""))

    runner.run_until_idle(world.account, timeout=5)

    upload = failures.files([world.account]).get()
    assert (upload.remedy_key, upload.error_text) == ("content_missing", "ERROR: INVOICE DATE NOT FOUND")


@pytest.mark.slow
def test_refusal_after_a_lost_answer_stands_in_the_queue_too(world: World, settings: Any) -> None:
    settings.CALL_DEADLINE = 2.0
    world.simulator.fault("drop_before", method="POST", path="/v1/invoices", count=1)
    send(world, finvoice(date=""))

    until(lambda: Operation.objects.filter(state="REFUSED").exists(), world)

    assert failures.files([world.account]).get().remedy_key == "content_missing"


@pytest.mark.slow
def test_refused_files_are_sent_again_in_bulk_when_the_cause_is_mended(world: World) -> None:
    world.simulator.change(str(world.seller.uuid), company_state="UNVERIFIED")
    send(world, finvoice())
    runner.run_until_idle(world.account, timeout=5)
    assert failures.files([world.account]).get().remedy_key == "company_unverified"
    world.simulator.change(str(world.seller.uuid), company_state="VERIFIED")
    client = Client()
    client.force_login(User.objects.create_superuser("lead", password="x"))
    chosen = {"action": "bulk_invoices_send_again", "_selected_action": [Upload.objects.get().pk]}

    page = client.post(links.list_of("refusedupload"), chosen).url
    seen = client.get(page).context["seen"]
    client.post(reverse("admin:batch_act", args=[Batch.objects.get().pk, "start"]), {"token": seen["token"]})
    until(lambda: Invoice.objects.sent().exists() and settled(world), world)

    assert seen["will_run"] == 1
    assert Invoice.objects.sent().get().status == Status.DELIVERED
    assert not failures.files([world.account]).exists()
