"""What staff see and press about documents."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies.models import Company
from invoices import links
from invoices.enums import Direction
from invoices.files import storing
from invoices.models import BusinessDocument, DocumentDraft, DocumentEvent, DocumentFile
from invoices.sending import packages
from invoices.trade.kinds import DocumentStatus
from portal.operations.models import Operation
from portal.partners.models import ApiCall
from tests.invoices.conftest import World
from tests.invoices.documents import BUYER
from tests.invoices.trade.conftest import OUTSIDE, keep, order

RIGHT = f"{BUYER.scheme}:{BUYER.endpoint}"
_RIGHTS = ("view_businessdocument", "send_document", "confirm_document", "view_company")


@pytest.fixture
def clerk(staff: User) -> Client:
    staff.user_permissions.set(Permission.objects.filter(codename__in=_RIGHTS))
    client = Client()
    client.force_login(staff)
    return client


def make_document(company: Company, number: str = "O-1", **fields: Any) -> BusinessDocument:
    known = {
        "account": company.account, "company": company, "remote_id": f"id-{number}", "direction": Direction.SENT,
        "type": "ORDER", "status": DocumentStatus.DELIVERED, "number": number, "counterparty_name": BUYER.name,
    }  # fmt: skip
    return BusinessDocument.objects.create(**(known | fields))


def give(client: Client, company: Company, content: bytes, name: str = "order.xml", **more: Any) -> Any:
    data = {"company": company.business_id, "files": SimpleUploadedFile(name, content), **more}
    return client.post(reverse("admin:document_new"), data)


@pytest.mark.parametrize(("name", "direction"), [("sentdocument", "SENT"), ("receiveddocument", "RECEIVED")])
def test_list_costs_the_same_however_many_rows_it_has(
    clerk: Client, company: Company, name: str, direction: str, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        make_document(company, f"O-{number}", direction=direction)
    make_document(company, "elsewhere", direction="SENT" if direction == "RECEIVED" else "RECEIVED")

    with django_assert_max_num_queries(12):
        html = clerk.get(reverse(f"admin:invoices_{name}_changelist")).content.decode()

    assert html.count(BUYER.name) == 30


@pytest.mark.parametrize("text", ["O-7", "id-o-7", "t-7", BUYER.name[:5]])
def test_documents_are_found_by_what_staff_paste(clerk: Client, company: Company, text: str) -> None:
    make_document(company, "O-7", remote_id="id-o-7", transmission_id="t-7")
    make_document(company, "O-8", counterparty_name="Someone else")

    html = clerk.get(reverse("admin:invoices_sentdocument_changelist"), {"q": text}).content.decode()

    assert "O-7" in html
    assert "O-8" not in html


def test_a_file_becomes_a_draft_and_its_receiver_is_read_from_it(clerk: Client, company: Company) -> None:
    answer = give(clerk, company, order("O-5"))

    html = clerk.get(answer["Location"]).content.decode()
    assert RIGHT in html
    assert 'value="PEPPOL"' in html
    assert BUYER.name in html
    assert not Operation.objects.exists()


def test_sending_asks_first_when_something_speaks_against_it(clerk: Client, company: Company) -> None:
    draft = keep(company)
    address = reverse("admin:document_draft", args=[draft.pk])
    form = {"recipient_eia": OUTSIDE, "recipient_operator": "peppol", "copy": "0"}

    asked = clerk.post(address, form).content.decode()
    wrong = clerk.post(address, form | {"sure": "something_else"}).content.decode()
    clerk.post(address, form | {"sure": "other_receiver"})
    clerk.post(address, form | {"sure": "other_receiver"})

    assert "The file names the receiver" in asked
    assert "The file names the receiver" in wrong
    (operation,) = Operation.objects.all()
    assert operation.parameters["recipient_operator"] == "PEPPOL"


@pytest.mark.parametrize("lacks", ["recipient_eia", "recipient_operator"])
def test_address_and_operator_are_both_needed(clerk: Client, company: Company, lacks: str) -> None:
    draft = keep(company)
    form = {"recipient_eia": RIGHT, "recipient_operator": "PEPPOL", lacks: ""}

    html = clerk.post(reverse("admin:document_draft", args=[draft.pk]), form).content.decode()

    assert "the look-up knows it" in html
    assert not Operation.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        (b"<Order><ID>1</ID>", "broken or cut off"),
        (b'<!DOCTYPE x [<!ENTITY e "b">]><x>&e;</x>', "DOCTYPE"),
        (b"<a/><b/>", "2 invoices"),
    ],
)
def test_bad_files_are_told_at_the_field(clerk: Client, company: Company, content: bytes, said: str) -> None:
    html = give(clerk, company, content).content.decode()

    assert said in html
    assert not DocumentDraft.objects.exists()


def test_files_that_are_too_large_are_told_before_they_are_read(
    clerk: Client, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "MAX_BYTES", 10)

    html = give(clerk, company, b"x" * 20, attachments=SimpleUploadedFile("a.pdf", b"y" * 20)).content.decode()

    assert html.count("at most 0 MB") == 2


def test_names_of_files_hold_no_paths_and_no_hidden_characters(clerk: Client, company: Company) -> None:
    give(clerk, company, b"%PDF-1.4", "bill\u202efdp.exe", type="VOUCHER")

    assert DocumentDraft.objects.get().name == "billfdp.exe"


@pytest.mark.slow
def test_the_look_up_beside_the_fields_fills_them(browser: Client, world: World) -> None:
    draft = keep(world.seller)
    address = reverse("admin:document_draft", args=[draft.pk])

    html = browser.get(address, {"find": "0192:987654325"}).content.decode()
    picked = browser.get(address, {"eia": OUTSIDE, "operator": "PEPPOL", "name": "Fjordhandel AS"}).content.decode()
    unknown = browser.get(address, {"find": "0192:111111111"}).content.decode()

    assert f"<code>{OUTSIDE}</code> · <code>PEPPOL</code>" in html
    assert f'value="{OUTSIDE}"' in picked
    assert "No network that can be looked up" in unknown
    assert ApiCall.objects.filter(path__contains="lookup").exists()


def test_reserved_is_explained_and_after_a_day_it_is_a_case_for_support(clerk: Client, company: Company) -> None:
    young = make_document(company, "O-1", status=DocumentStatus.RESERVED)
    old = make_document(company, "O-2", status=DocumentStatus.RESERVED, created_at=timezone.now() - timedelta(days=2))

    texts = [clerk.get(page_of(document)).content.decode() for document in (young, old)]

    assert "released by itself" in texts[0]
    assert "ask its support" in texts[1]


@pytest.mark.parametrize(
    ("status", "error", "said"),
    [
        ("FAILED", "Receiver address not known", "Nobody has this address"),
        ("FAILED", "Operator not known", "does not know this operator"),
        ("FAILED", "Something new", "Something new"),
        ("CONFIRMED_DELIVERY", "", "arrived well"),
        ("TELEPORTED", "", "Do not take it for delivered"),
    ],
)
def test_the_page_says_what_a_status_means(clerk: Client, company: Company, status: str, error: str, said: str) -> None:
    html = clerk.get(page_of(make_document(company, status=status, error_text=error))).content.decode()

    assert said in html


def test_only_delivered_received_documents_offer_to_be_confirmed(clerk: Client, company: Company) -> None:
    received = make_document(company, "O-1", direction=Direction.RECEIVED)
    confirmed = make_document(company, "O-2", direction=Direction.RECEIVED, status=DocumentStatus.CONFIRMED)
    address = reverse("admin:document_confirm", args=[received.pk])

    assert address in clerk.get(page_of(received)).content.decode()
    assert "document_confirm" not in clerk.get(page_of(confirmed)).content.decode()
    clerk.post(address)
    clerk.post(address)
    html = clerk.post(reverse("admin:document_confirm", args=[confirmed.pk]), follow=True).content.decode()

    assert Operation.objects.count() == 1
    assert "confirmed already" in html


def test_a_document_that_was_sent_can_be_sent_once_more_on_purpose(clerk: Client, company: Company) -> None:
    draft = keep(company)
    sent = make_document(company, draft=draft, counterparty_address=RIGHT, counterparty_operator="PEPPOL")

    html = clerk.get(page_of(sent)).content.decode()
    again = clerk.get(reverse("admin:document_draft", args=[draft.pk]), {"copy": "1"}).content.decode()

    assert f"{reverse('admin:document_draft', args=[draft.pk])}?copy=1" in html
    assert "once more on purpose" in again


def test_hostile_texts_are_text_and_files_are_downloads(clerk: Client, company: Company, settings: Any) -> None:
    document = make_document(company, "<script>n</script>", counterparty_name="<img src=x>")
    DocumentEvent.objects.create(document=document, position=0, message="<b>m</b>", happened_at=timezone.now())
    stored = storing.store(b"<html><script>1</script></html>")
    file = DocumentFile.objects.create(
        document=document,
        remote_id="f",
        name="x.html",
        content_type="text/html",
        size=stored.size,
        sha256=stored.sha256,
    )

    html = clerk.get(page_of(document)).content.decode()
    answer = clerk.get(reverse("admin:document_file", args=[document.pk, file.pk]))

    assert "<script>n" not in html
    assert "<img src=x>" not in html
    assert "<b>m</b>" not in html
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"


def test_documents_of_other_accounts_are_not_there(clerk: Client, company: Company, staff: User) -> None:
    document, draft = make_document(company), keep(company)
    company.account.staff.remove(staff)

    addresses = [page_of(document), reverse("admin:document_draft", args=[draft.pk])]
    posts = [reverse(f"admin:document_{name}", args=[document.pk]) for name in ("confirm", "look")]

    assert [clerk.get(address).status_code for address in addresses] == [404, 404]
    assert [clerk.post(address).status_code for address in posts] == [404, 404]


def test_viewers_see_and_press_nothing(staff: User, company: Company) -> None:
    staff.user_permissions.set(Permission.objects.filter(codename="view_businessdocument"))
    client = Client()
    client.force_login(staff)
    document = make_document(company, direction=Direction.RECEIVED)

    html = client.get(page_of(document)).content.decode()

    assert "Confirm delivery" not in html
    assert client.post(reverse("admin:document_confirm", args=[document.pk])).status_code == 403
    assert client.get(reverse("admin:document_new")).status_code == 403


def page_of(document: BusinessDocument) -> str:
    return links.page_of_document(document)
