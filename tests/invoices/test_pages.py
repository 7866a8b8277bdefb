"""What staff see and press, through Django's client; no JavaScript."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies.models import Company
from invoices import links
from invoices.enums import Direction, FileKind, Status
from invoices.files import storing
from invoices.models import Invoice, InvoiceAction, InvoiceFile, Upload
from invoices.sending import forms, packages
from portal.operations import queueing
from portal.operations.models import Operation
from tests.invoices.conftest import MakeCompany, make_account
from tests.invoices.documents import BUYER, finvoice, zipped

LISTS = ("sentinvoice", "receivedinvoice", "failedinvoice")


def make_invoice(company: Company, number: str = "1001", **fields: Any) -> Invoice:
    known = {
        "account": company.account, "company": company, "uuid": uuid4(), "direction": Direction.SENT,
        "status": Status.DELIVERED, "number": number, "counterparty_name": BUYER.name,
        "total_amount": Decimal("125.50"), "currency": "EUR",
    }  # fmt: skip
    invoice = Invoice(**(known | fields))
    invoice.set_business_id("FI", BUYER.business_id)
    invoice.save()
    return invoice


def keep_original(invoice: Invoice, content: bytes) -> InvoiceFile:
    """Store XML as the file that an invoice came as."""
    kept = {"name": "a.xml", "content_type": "application/xml", "size": len(content)}
    return InvoiceFile.objects.create(
        invoice=invoice, kind=FileKind.ORIGINAL, sha256=storing.store(content).sha256, **kept
    )


def give(browser: Client, company: Company, *files: tuple[str, bytes]) -> Any:
    data = {
        "company": company.business_id,
        "files": [SimpleUploadedFile(name, content, "application/xml") for name, content in files],
    }
    return browser.post(reverse("admin:invoices_send"), data)


@pytest.mark.parametrize("name", LISTS)
def test_list_costs_the_same_however_many_rows_it_has(
    browser: Client, company: Company, name: str, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        direction = Direction.RECEIVED if name == "receivedinvoice" else Direction.SENT
        status = Status.FAILED if name == "failedinvoice" else Status.DELIVERED
        make_invoice(company, str(number), direction=direction, status=status)

    with django_assert_max_num_queries(10):
        answer = browser.get(links.list_of(name))

    assert answer.status_code == 200
    assert "29" in answer.text


@pytest.mark.parametrize("text", ["1001", "0112038-9", "FI01120389", "aalto"])
def test_list_finds_by_number_business_id_and_name(browser: Client, company: Company, text: str) -> None:
    make_invoice(company)
    other = make_invoice(company, "2002", counterparty_name="Somebody else")
    other.set_business_id("FI", "1572860-0")
    other.save()

    answer = browser.get(links.list_of("sentinvoice", q=text))

    assert ("1001" in answer.text, "2002" in answer.text) == (True, False)


def test_list_finds_by_uuid(browser: Client, company: Company) -> None:
    invoice = make_invoice(company)
    make_invoice(company, "2002")

    answer = browser.get(links.list_of("sentinvoice", q=str(invoice.uuid)))

    assert ("1001" in answer.text, "2002" in answer.text) == (True, False)


def test_list_shows_an_unknown_status_word_as_it_came(browser: Client, company: Company) -> None:
    make_invoice(company, status="HELD_BACK")

    assert "Held back" in browser.get(links.list_of("sentinvoice")).text


def test_filters_narrow_a_list(browser: Client, company: Company) -> None:
    make_invoice(company, "old", created_at=timezone.now() - timezone.timedelta(days=40))
    make_invoice(company, "moving", status=Status.PENDING)
    today = timezone.localdate().isoformat()

    by_status = browser.get(links.list_of("sentinvoice", status="PENDING")).text
    by_day = browser.get(links.list_of("sentinvoice", created=today)).text

    assert (">moving<" in by_status, ">old<" in by_status) == (True, False)
    assert (">moving<" in by_day, ">old<" in by_day) == (True, False)


def test_staff_see_only_their_accounts(browser: Client, make_company: MakeCompany) -> None:
    foreign = make_company(account=make_account("Other"))
    invoice = make_invoice(foreign, "secret")
    file = InvoiceFile.objects.create(invoice=invoice, kind=FileKind.IMAGE, name="a.pdf", size=1, sha256="0" * 64)

    assert "secret" not in browser.get(links.list_of("sentinvoice")).text
    assert browser.get(links.page_of(invoice)).status_code == 404
    assert browser.get(reverse("admin:invoice_file", args=[invoice.pk, file.pk])).status_code == 404
    assert browser.get(reverse("admin:invoices_send") + f"?company={foreign.pk}").text.count(str(foreign.uuid)) == 0


def test_viewer_without_the_right_cannot_send(staff: User, browser: Client, company: Company) -> None:
    staff.user_permissions.remove(*staff.user_permissions.filter(codename="send_invoice"))

    assert browser.get(reverse("admin:invoices_send")).status_code == 403
    assert give(browser, company, ("a.xml", finvoice())).status_code == 403
    assert browser.get(links.list_of("sentinvoice")).status_code == 200


def test_export_is_csv_that_runs_no_formula(browser: Client, company: Company) -> None:
    row = make_invoice(company, "=1+1", counterparty_name="@SUM(A1)", total_amount=Decimal("-5.00"))
    form = {"action": "export_csv", "_selected_action": [row.pk]}

    answer = browser.post(links.list_of("sentinvoice"), form)

    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "'=1+1,'@SUM(A1)" in text
    assert ",-5.0000," in text


def test_failed_invoice_shows_cause_remedy_next_step_and_the_raw_text(browser: Client, company: Company) -> None:
    invoice = make_invoice(
        company, status=Status.FAILED, error_text="Receiver address not known <b>", remedy_key="receiver_unknown",
        remedy_by="customer",
    )  # fmt: skip

    text = browser.get(links.page_of(invoice)).text

    assert "Receiver not found" in text
    assert "Correct the invoice" in text
    assert "Customer" in text
    assert "Receiver address not known &lt;b&gt;" in text


def test_failure_that_nobody_knows_is_shown_raw_with_general_advice(browser: Client, company: Company) -> None:
    invoice = make_invoice(company, status=Status.FAILED, error_text="Flux capacitor empty")

    text = browser.get(links.page_of(invoice)).text

    assert "Flux capacitor empty" in text
    assert "ask AutoInvoice support" in text


def test_timeline_speaks_staff_words(browser: Client, company: Company) -> None:
    invoice = make_invoice(company)
    for position, key in enumerate(("action_trx_ok", "action_brand_new")):
        InvoiceAction.objects.create(
            invoice=invoice, position=position, happened_at=timezone.now(), type="SENT", key=key, message="raw words"
        )

    text = browser.get(links.page_of(invoice)).text

    assert "Handed to the receiver&#x27;s operator" in text
    assert "raw words" in text


@pytest.mark.parametrize(
    ("name", "content_type", "shown_as"),
    [
        ("a.xml", "application/xml", "text/plain; charset=utf-8"),
        ("a.html", "text/html", None),
        ("a.svg", "image/svg+xml", None),
        ("a.pdf", "application/pdf", "application/pdf"),
    ],
)
def test_files_never_run_as_pages_of_ours(
    browser: Client, company: Company, name: str, content_type: str, shown_as: str | None
) -> None:
    stored = storing.store(b"<script>alert(1)</script>")
    invoice = make_invoice(company)
    file = InvoiceFile.objects.create(
        invoice=invoice, kind=FileKind.ATTACHMENT, name=name, content_type=content_type, size=1, sha256=stored.sha256
    )

    download = browser.get(reverse("admin:invoice_file", args=[invoice.pk, file.pk]))
    preview = browser.get(reverse("admin:invoice_file_preview", args=[invoice.pk, file.pk]))
    download.close()
    preview.close()

    assert download["Content-Disposition"].startswith("attachment")
    assert (download["Content-Type"], download["X-Content-Type-Options"]) == ("application/octet-stream", "nosniff")
    assert "default-src 'none'" in download["Content-Security-Policy"]
    if shown_as is None:
        assert preview.status_code == 404
    else:
        assert (preview["Content-Type"], "script-src" in preview["Content-Security-Policy"]) == (shown_as, False)


def test_given_files_are_checked_before_one_button_sends_them(browser: Client, company: Company) -> None:
    page = give(browser, company, ("a.xml", finvoice("1")), ("b.zip", zipped({"b.xml": finvoice("2", gross="1,00")})))
    nothing_yet = Operation.objects.count()
    shown = browser.get(page.url).text
    uploads = list(Upload.objects.order_by("number"))

    sent = browser.post(page.url, {"send": [upload.pk for upload in uploads], "sender_comment": "Thank you"})

    assert nothing_yet == 0
    assert "Send 2 invoices as Puro Puu Oy" in shown
    assert "do not add up" in shown
    assert sent.status_code == 302
    assert [operation.target for operation in Operation.objects.order_by("pk")] == uploads
    assert {operation.parameters["options"]["sender_comment"] for operation in Operation.objects.all()} == {"Thank you"}


def test_pressing_twice_queues_once_and_says_so(browser: Client, company: Company) -> None:
    page = give(browser, company, ("a.xml", finvoice()))
    upload = Upload.objects.get()

    answers = [browser.post(page.url, {"send": [upload.pk]}, follow=True).text for _click in range(2)]

    assert Operation.objects.count() == 1
    assert "1 invoice is on its way." in answers[0]
    assert "being sent already" in answers[1]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("d.xml", b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "DOCTYPE"),
        ("t.xml", finvoice()[:-40], "broken or cut off"),
        ("n.xml", b"<html><body>no</body></html>", "not an invoice"),
        ("p.zip", zipped({"../../etc/passwd.xml": finvoice()}), "points outside"),
        ("b.zip", zipped({"a.xml": finvoice(), "b.txt": b"0" * (50 * 2**20)}), "far more"),
        ("e.xml", b"", "empty"),
        ("c.csv", b"number;sum\n1;2", "no invoice"),
    ],
)
def test_bad_file_is_an_error_at_its_field_and_changes_nothing(
    browser: Client, company: Company, name: str, content: bytes, says: str
) -> None:
    answer = give(browser, company, (name, content))

    assert answer.status_code == 200
    errors = answer.context["form"].errors["files"]
    assert len(errors) == 1
    assert name in errors[0]
    assert says in errors[0]
    assert says in answer.text
    assert (Upload.objects.count(), Operation.objects.count()) == (0, 0)


def test_too_many_files_are_an_error_at_their_field(
    browser: Client, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "MOST_FILES", 2)

    many = give(browser, company, *((f"{number}.xml", finvoice()) for number in range(3)))

    assert "At most 2 files" in many.context["form"].errors["files"][0]
    assert not Upload.objects.exists()


def test_company_that_nobody_knows_is_an_error_at_its_field(browser: Client, company: Company) -> None:
    company.business_id = "9999999-9"

    answer = give(browser, company, ("a.xml", finvoice()))

    assert "Onboard it first" in answer.context["form"].errors["company"][0]


def test_copy_is_asked_for_and_a_second_click_makes_no_second_one(browser: Client, company: Company) -> None:
    give(browser, company, ("a.xml", finvoice()))
    upload = Upload.objects.get()
    make_invoice(company, uuid=upload.uuid)
    page = reverse("admin:invoices_copy", args=[upload.pk])
    asked = browser.get(page).text

    for _click in range(2):
        browser.post(page, {"copy": "1"})

    assert "Send 1 invoice again" in asked
    assert (Upload.objects.count(), Operation.objects.count()) == (2, 1)


def test_live_part_stops_asking_when_nothing_moves(browser: Client, company: Company) -> None:
    page = give(browser, company, ("a.xml", finvoice()))
    live = page.url.replace(f"/files/{company.pk}/", f"/files/{company.pk}/live/")
    upload = Upload.objects.get()
    browser.post(page.url, {"send": [upload.pk]})

    moving = browser.get(live)
    Operation.objects.update(state="DONE")
    make_invoice(company, uuid=upload.uuid)
    settled = browser.get(live)

    assert ("X-Settled" in moving, settled["X-Settled"]) == (False, "1")
    assert "Delivered" in settled.text


@pytest.mark.parametrize(("minutes", "asks"), [(1, True), (10, False)])
def test_page_of_a_rerouted_invoice_asks_for_a_while_though_no_look_is_due(
    browser: Client, company: Company, minutes: int, asks: bool
) -> None:
    at = timezone.now() - timedelta(minutes=minutes)
    invoice = make_invoice(company, status=Status.FAILED, rerouted_at=at, delivered_at=None)

    assert ("X-Settled" not in browser.get(reverse("admin:invoice_live", args=[invoice.pk]))) is asks


def test_following_many_files_costs_few_queries(
    browser: Client, company: Company, django_assert_max_num_queries: Any
) -> None:
    page = give(browser, company, *((f"{number}.xml", finvoice(str(number))) for number in range(10)))
    browser.post(page.url, {"send": [upload.pk for upload in Upload.objects.all()]})

    with django_assert_max_num_queries(10):
        live = browser.get(page.url.replace(f"/files/{company.pk}/", f"/files/{company.pk}/live/"))

    assert live.text.count("<section") == 10


def test_page_of_an_invoice_on_its_way_asks_until_nothing_is_awaited(browser: Client, company: Company) -> None:
    invoice = make_invoice(company, status=Status.PENDING, next_check_at=timezone.now())
    page, live = browser.get(links.page_of(invoice)).text, reverse("admin:invoice_live", args=[invoice.pk])

    moving = browser.get(live)
    Invoice.objects.update(status=Status.DELIVERED, next_check_at=None)
    settled = browser.get(live)

    assert live in page
    assert ("X-Settled" in moving, settled["X-Settled"], "Delivered" in settled.text) == (False, "1", True)
    assert live not in browser.get(links.page_of(invoice)).text


def test_page_of_a_failed_invoice_shows_what_is_under_way_until_it_ends(browser: Client, company: Company) -> None:
    invoice = make_invoice(company, status=Status.FAILED)
    given = {"email": "office@aalto.example"}
    queueing.queue("invoices.reroute_email", invoice, given, account=company.account, company_uuid=company.uuid)
    live = reverse("admin:invoice_live", args=[invoice.pk])

    page, moving = browser.get(links.page_of(invoice)).text, browser.get(live)
    Operation.objects.update(state="DONE")
    settled = browser.get(live)

    assert live in page
    assert ("X-Settled" in moving, "nothing has to be pressed again" in moving.text) == (False, True)
    assert (settled["X-Settled"], "nothing has to be pressed again" in settled.text) == ("1", False)


@pytest.mark.parametrize(("seconds", "asks"), [(1, True), (10, False)])
def test_page_is_read_once_more_when_something_ended_while_it_was_read(
    browser: Client, company: Company, seconds: int, asks: bool
) -> None:
    invoice = make_invoice(company, status=Status.FAILED)
    given = {"email": "office@aalto.example"}
    queueing.queue("invoices.reroute_email", invoice, given, account=company.account, company_uuid=company.uuid)
    Operation.objects.update(state="DONE", settled_at=timezone.now() - timedelta(seconds=seconds))

    assert ("X-Settled" not in browser.get(reverse("admin:invoice_live", args=[invoice.pk]))) is asks


def test_staff_can_have_an_invoice_looked_up_at_once(browser: Client, company: Company) -> None:
    invoice = make_invoice(company)

    browser.post(reverse("admin:invoice_look", args=[invoice.pk]))

    invoice.refresh_from_db()
    assert invoice.next_check_at is not None
    assert browser.get(reverse("admin:invoice_look", args=[invoice.pk])).status_code == 405


def test_invoice_page_costs_few_queries(browser: Client, company: Company, django_assert_max_num_queries: Any) -> None:
    invoice = make_invoice(company)

    with django_assert_max_num_queries(15):
        browser.get(links.page_of(invoice))


def test_upload_limit_is_below_fifty_megabytes() -> None:
    assert packages.MAX_BYTES < 50 * 2**20
