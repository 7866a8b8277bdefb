"""Receiving: wanted forms, safe saving before the mark, storage that takes nothing, files that change."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.storage import FileSystemStorage, default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies.models import Company
from invoices import links
from invoices.enums import Direction, FileKind, SavingProblem
from invoices.files import storing
from invoices.models import EarlierFile, Invoice, InvoiceFile, ReceivingChoice
from invoices.receiving import choices as receiving
from invoices.receiving.return_formats import ANY_IMAGE, AS_IT_CAME, DRAWN_IMAGE, OWN_IMAGE, USUAL, Wanted
from portal.operations.models import Operation
from portal.sync import runs
from portal.sync.models import Cursor
from tests.invoices.conftest import World, make_account
from tests.invoices.documents import finvoice, samples, ubl
from tests.invoices.test_end_to_end import until
from tests.invoices.test_pages import keep_original, make_invoice

slow = pytest.mark.slow
NO_ROOM = OSError(28, "No space left on device")


@pytest.fixture
def browser(staff: User) -> Client:
    staff.user_permissions.add(Permission.objects.get(codename="choose_receiving"))
    client = Client()
    client.force_login(staff)
    return client


def received(company: Company, **fields: Any) -> Invoice:
    return make_invoice(company, direction=Direction.RECEIVED, **fields)


def attachment(invoice: Invoice, sha256: str) -> InvoiceFile:
    kept = {"kind": "ATTACHMENT", "remote_id": "1", "name": "a.pdf", "size": 5, "sha256": sha256}
    return InvoiceFile.objects.create(invoice=invoice, **kept)


def handled(world: World) -> bool:
    return Invoice.objects.filter(handled_at__isnull=False).exists()


def marks(world: World) -> list[str]:
    calls = world.simulator.control("GET", "/calls?method=PATCH&path=/invoice_events")["calls"]
    return [call["path"] for call in calls]


def test_company_follows_the_account_until_it_chooses(company: Company, make_company: Any) -> None:
    other, account = make_company(name="Other Oy"), company.account
    receiving.choose(account, None, Wanted(xml=("FINVOICE30",), images=()), None)
    receiving.choose(account, company, Wanted(attachments=False), None)
    rows = [received(company), received(other), make_invoice(company, direction=Direction.SENT)]

    receiving.attach_wanted(rows)

    assert [row.wanted for row in rows] == [Wanted(attachments=False), Wanted(xml=("FINVOICE30",), images=()), USUAL]
    receiving.follow_account(company)
    assert receiving.wanted_by(account, company) == (Wanted(xml=("FINVOICE30",), images=()), False)


@slow
def test_received_invoice_is_fetched_in_every_chosen_form(world: World) -> None:
    wanted = Wanted(xml=(AS_IT_CAME, "FINVOICE30"), images=(ANY_IMAGE, DRAWN_IMAGE))
    receiving.choose(world.account, world.buyer, wanted, None)
    world.simulator.receive(str(world.buyer.uuid), number="R-1", with_attachment=True)

    until(lambda: handled(world), world)

    files = {(file.kind, file.remote_id): file for file in InvoiceFile.objects.exclude(kind=FileKind.ATTACHMENT)}
    assert set(files) == {("ORIGINAL", ""), ("ORIGINAL", "FINVOICE30"), ("IMAGE", ""), ("IMAGE", DRAWN_IMAGE)}
    with storing.opened(files["ORIGINAL", "FINVOICE30"].sha256) as stream:
        assert b"<Finvoice" in stream.read()
    assert files["ORIGINAL", "FINVOICE30"].name == "R-1.finvoice30.xml"


@slow
def test_form_that_autoinvoice_does_not_give_is_said_and_the_invoice_kept_as_it_came(world: World) -> None:
    receiving.choose(world.account, None, Wanted(xml=("FATTURAPA12",), images=(OWN_IMAGE,), attachments=False), None)
    world.simulator.receive(str(world.buyer.uuid), number="R-2", with_attachment=True)

    until(lambda: handled(world), world)

    invoice = Invoice.objects.get()
    assert [(file.kind, file.remote_id) for file in invoice.files.all()] == [("ORIGINAL", "")]
    assert [one["form"] for one in invoice.files_missing] == ["FATTURAPA12", OWN_IMAGE]


@slow
def test_full_storage_leaves_the_invoice_new_at_autoinvoice_until_there_is_room(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = FileSystemStorage.save

    def full(*_args: Any, **_kwargs: Any) -> str:
        raise NO_ROOM

    monkeypatch.setattr(FileSystemStorage, "save", full)
    world.simulator.receive(str(world.buyer.uuid), number="R-3")
    until(lambda: Invoice.objects.filter(files_tries__gt=1).exists(), world)
    stuck = Invoice.objects.get()

    assert (stuck.files_problem, stuck.files_problem_text) == (SavingProblem.STORAGE, "No space left on device")
    assert stuck.files_at is None
    assert stuck.next_check_at is not None
    assert (marks(world), InvoiceFile.objects.count()) == ([], 0)

    monkeypatch.setattr(FileSystemStorage, "save", real)
    until(lambda: handled(world), world)
    stuck.refresh_from_db()
    assert (stuck.files_problem, stuck.files_tries) == ("", 0)
    assert len(marks(world)) == 1


@slow
def test_pauses_grow_while_nothing_can_be_saved(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: Any, **_kwargs: Any) -> str:
        raise NO_ROOM

    monkeypatch.setattr(FileSystemStorage, "save", full)
    world.simulator.receive(str(world.buyer.uuid), number="R-3")
    until(lambda: Invoice.objects.filter(files_tries=1).exists(), world)
    pauses = []
    for tries in (3, 20):
        Invoice.objects.update(files_tries=tries, next_check_at=timezone.now())
        cursor = Cursor.objects.get(source="invoices.watch", account=world.account)
        cursor.next_at = timezone.now()
        cursor.save()
        runs.run_now("invoices.watch", world.account)
        pauses.append(Invoice.objects.get().next_check_at - timezone.now())  # type: ignore[operator]

    assert timedelta(minutes=7) < pauses[0] < timedelta(minutes=9)
    assert timedelta(minutes=59) < pauses[1] <= timedelta(hours=1)


@slow
@pytest.mark.parametrize("kind", ["wrong_type", "html_after"])
def test_answer_that_is_not_the_attachment_keeps_the_invoice_from_being_called_saved(world: World, kind: str) -> None:
    world.simulator.fault(kind, method="GET", path="/v1/invoices/*/files/*", count=3)
    world.simulator.receive(str(world.buyer.uuid), number="R-4", with_attachment=True)

    until(lambda: Invoice.objects.exclude(files_problem="").exists() or handled(world), world)
    stuck = Invoice.objects.get()
    marked = marks(world)
    until(lambda: handled(world), world)

    assert (stuck.files_problem, stuck.files_at, marked) == (SavingProblem.INCOMPLETE, None, [])
    assert "specification.pdf" in stuck.files_problem_text
    assert InvoiceFile.objects.filter(kind=FileKind.ATTACHMENT).count() == 1
    assert len(marks(world)) == 1


@slow
def test_half_an_invoice_is_not_taken_for_a_whole_one(world: World) -> None:
    world.simulator.fault("malformed", method="GET", path="/v1/invoices/????????-*", count=40)
    world.simulator.receive(str(world.buyer.uuid), number="R-4")

    until(lambda: Invoice.objects.exclude(files_problem="").exists() or handled(world), world, seconds=30)
    stuck, marked = Invoice.objects.get(), marks(world)
    world.simulator.clear_faults()
    until(lambda: handled(world), world)

    assert (stuck.files_problem, stuck.files_at, marked) == (SavingProblem.INCOMPLETE, None, [])


@slow
def test_attachment_that_changed_under_its_id_is_kept_beside_the_old_and_raised(world: World) -> None:
    arrived = world.simulator.receive(str(world.buyer.uuid), number="R-5", with_attachment=True)
    until(lambda: handled(world), world)
    before = InvoiceFile.objects.get(kind=FileKind.ATTACHMENT)
    content = base64.b64encode(b"%PDF-1.4 other").decode()

    world.simulator.control("POST", f"/invoices/{arrived['id']}/change", {"attachment": content, "again": True})
    Invoice.objects.update(handled_at=timezone.now() - timedelta(minutes=10))
    until(lambda: EarlierFile.objects.exists() and handled(world), world)

    now = InvoiceFile.objects.get(kind=FileKind.ATTACHMENT)
    earlier = EarlierFile.objects.get(file__kind=FileKind.ATTACHMENT)
    assert (earlier.sha256, earlier.file_id) == (before.sha256, now.pk)
    assert now.sha256 != before.sha256
    assert Invoice.objects.get().files_changed_at is not None
    for sha256 in (now.sha256, earlier.sha256):
        storing.opened(sha256).close()
    assert len(marks(world)) == 2


@slow
def test_invoice_that_changed_under_its_id_is_raised_but_a_new_drawing_is_not(world: World) -> None:
    world.simulator.receive(str(world.buyer.uuid), xml=base64.b64encode(ubl("8")).decode())
    until(lambda: handled(world), world)
    image = InvoiceFile.objects.get(kind=FileKind.IMAGE)
    InvoiceFile.objects.filter(pk=image.pk).update(sha256=storing.store(b"drawn otherwise").sha256)

    receiving.fetch_again(Invoice.objects.get())
    until(lambda: Invoice.objects.exclude(files_at=None).filter(next_check_at=None).exists(), world)
    drawn_anew = (EarlierFile.objects.count(), Invoice.objects.get().files_changed_at)
    uuid = Invoice.objects.get().uuid
    world.simulator.control(
        "POST", f"/invoices/{uuid}/change", {"xml": base64.b64encode(ubl("8", gross="1.00")).decode()}
    )
    receiving.fetch_again(Invoice.objects.get())
    until(lambda: Invoice.objects.exclude(files_changed_at=None).exists(), world)

    assert drawn_anew == (1, None)
    assert EarlierFile.objects.filter(file__kind=FileKind.ORIGINAL).count() == 1


@slow
def test_damaged_file_is_fetched_anew(world: World, tmp_path: Any) -> None:
    world.simulator.receive(str(world.buyer.uuid), number="R-6")
    until(lambda: handled(world), world)
    file = InvoiceFile.objects.get(kind=FileKind.ORIGINAL)
    path = default_storage.path(file.path)
    with open(path, "r+b") as stored:  # noqa: PTH123
        stored.write(b"X")

    receiving.fetch_again(Invoice.objects.get())
    until(lambda: Invoice.objects.exclude(files_at=None).filter(next_check_at=None).exists(), world)

    storing.opened(file.sha256).close()
    assert Invoice.objects.get().files_changed_at is None


def test_page_says_that_nothing_was_saved_and_that_autoinvoice_knows_nothing(browser: Client, company: Company) -> None:
    invoice = received(
        company, files_problem=SavingProblem.STORAGE, files_problem_text="No space left on device",
        next_check_at=timezone.now() + timedelta(minutes=4),
    )  # fmt: skip

    page = browser.get(links.page_of(invoice)).text
    listed = browser.get(links.list_of("receivedinvoice", saved="problem")).text
    dashboard = browser.get(reverse("admin:index")).text

    assert "No space left on device" in page
    assert "keeps the invoice as new" in page
    assert "Not saved" in listed
    assert "Received, not saved" in dashboard


def test_changed_file_shows_both_checksums_until_somebody_has_compared(browser: Client, company: Company) -> None:
    old, new = storing.store(b"old"), storing.store(b"new")
    invoice = received(company, files_at=timezone.now(), files_changed_at=timezone.now())
    file = InvoiceFile.objects.create(
        invoice=invoice, kind="ATTACHMENT", remote_id="1", name="a.pdf", size=3, sha256=new.sha256
    )
    was = EarlierFile.objects.create(file=file, name="a.pdf", size=3, sha256=old.sha256, stored_at=timezone.now())

    page = browser.get(links.page_of(invoice)).text
    given = browser.get(reverse("admin:invoice_earlier_file", args=[invoice.pk, was.pk]))
    content = b"".join(given.streaming_content)  # type: ignore[attr-defined]
    browser.post(reverse("admin:invoice_change_seen", args=[invoice.pk]))
    after = browser.get(links.page_of(invoice)).text

    assert (old.sha256 in page, new.sha256 in page, "changed under the same id" in page) == (True, True, True)
    assert content == b"old"
    assert (old.sha256 in after, "changed under the same id" in after) == (True, False)


def test_damaged_file_is_never_handed_out(browser: Client, company: Company, tmp_path: Any) -> None:
    stored = storing.store(b"bytes")
    invoice = received(company, files_at=timezone.now())
    file = InvoiceFile.objects.create(
        invoice=invoice, kind="ATTACHMENT", remote_id="1", name="a.pdf", size=5, sha256=stored.sha256
    )
    (tmp_path / "files" / file.path).write_bytes(b"bytez")

    answer = browser.get(reverse("admin:invoice_file", args=[invoice.pk, file.pk]))

    assert answer.status_code == 503
    assert "checksum differs" in answer.text


def test_choice_is_made_for_an_account_and_for_a_company(browser: Client, company: Company) -> None:
    forms = {"xml": ["as_it_came", "FINVOICE30"], "images": [OWN_IMAGE], "attachments": "on"}
    of_account = reverse("admin:receiving_account", args=[company.account_id])
    of_company = reverse("admin:receiving_company", args=[company.pk])

    browser.post(of_account, forms)
    usual = browser.get(of_company).text
    browser.post(of_company, {"xml": ["FINVOICE30"]})
    overview = browser.get(reverse("admin:receiving")).text
    none_chosen = browser.post(of_company, {"images": [OWN_IMAGE]}).text
    browser.post(of_company, {"as_usual": "1"})

    assert "follows what is usual" in usual
    assert "Finvoice 3.0 · The sender&#x27;s image only · Attachments" in overview
    assert "without its XML is not saved" in none_chosen
    assert ReceivingChoice.objects.get().wanted == Wanted(xml=("", "FINVOICE30"), images=(OWN_IMAGE,))


def test_choice_needs_its_right_and_stays_in_the_account(browser: Client, staff: User, make_company: Any) -> None:
    foreign = make_company(account=make_account("Other"))

    assert browser.get(reverse("admin:receiving_company", args=[foreign.pk])).status_code == 404
    staff.user_permissions.remove(Permission.objects.get(codename="choose_receiving"))
    assert browser.get(reverse("admin:receiving_account", args=[foreign.account_id])).status_code == 403


def test_hostile_note_is_shown_as_text_in_a_page_that_nothing_can_run_in(browser: Client, company: Company) -> None:
    content = finvoice().replace(
        b"</InvoiceDetails>",
        b"<InvoiceFreeText>&lt;script&gt;alert(1)&lt;/script&gt;</InvoiceFreeText></InvoiceDetails>",
    )
    invoice = received(company, files_at=timezone.now())
    file = keep_original(invoice, content)

    drawn = browser.get(reverse("admin:invoice_drawn", args=[invoice.pk, file.pk]))
    page = browser.get(reverse("admin:invoice_read", args=[invoice.pk])).text

    assert "&lt;script&gt;alert(1)" in drawn.text
    assert "<script" not in drawn.text
    assert drawn["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert 'sandbox=""' in page


@pytest.mark.parametrize(
    ("price", "shown"), [("23100", "23\xa0100"), ("1234567.125", "1\xa0234\xa0567.125"), ("0.50", "0.50")]
)
def test_price_of_a_line_keeps_its_own_decimals(browser: Client, company: Company, price: str, shown: str) -> None:
    content = samples.content("peppol3").replace(b">12.48</cbc:PriceAmount>", f">{price}</cbc:PriceAmount>".encode())
    invoice = received(company, files_at=timezone.now())
    file = keep_original(invoice, content)

    drawn = browser.get(reverse("admin:invoice_drawn", args=[invoice.pk, file.pk])).text

    assert f'data-label="Price">{shown}</td>' in drawn


@pytest.mark.parametrize("content", [b"not xml", b"<Other/>", b"<!DOCTYPE a [<!ENTITY b 'c'>]><Invoice>&b;</Invoice>"])
def test_what_cannot_be_read_is_said_and_no_error(browser: Client, company: Company, content: bytes) -> None:
    invoice = received(company)
    file = keep_original(invoice, content)

    drawn = browser.get(reverse("admin:invoice_drawn", args=[invoice.pk, file.pk]))

    assert drawn.status_code == 200
    assert "<h1>" not in drawn.text


def test_mark_that_autoinvoice_forgot_is_received_once_more(world: World) -> None:
    """The feed names an invoice that was marked long ago: it was set back to new on purpose."""
    arrived = world.simulator.receive(str(world.buyer.uuid), number="R-9")
    until(lambda: handled(world), world)
    Invoice.objects.update(handled_at=timezone.now() - timedelta(minutes=10))
    world.simulator.control("POST", f"/invoices/{arrived['id']}/change", {"again": True})

    until(lambda: Operation.objects.filter(kind="invoices.mark_handled", state="DONE").count() == 2, world)

    assert InvoiceFile.objects.count() == len({(f.kind, f.remote_id) for f in InvoiceFile.objects.all()})
    assert not EarlierFile.objects.exclude(file__kind=FileKind.IMAGE).exists()
