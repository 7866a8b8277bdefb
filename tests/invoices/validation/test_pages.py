"""The Validator's page, and its button where files are checked before they are sent, against the simulator."""

import re

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from companies.models import Company
from invoices.files import storing
from invoices.models import Invoice, Upload, invoice_uuid
from invoices.sending import packages
from invoices.validation import published
from portal.operations.models import Operation
from portal.partners.models import ApiCall
from tests.invoices.conftest import World, make_account
from tests.invoices.documents import finvoice, ubl

PAGE = "admin:validator"


@pytest.fixture
def browser(account_staff: User) -> Client:
    client = Client()
    client.force_login(account_staff)
    return client


@pytest.fixture
def account_staff(world: World) -> User:
    user = User.objects.create_superuser("lead", password="x")
    world.account.staff.add(user)
    return user


def ask(browser: Client, content: bytes, name: str = "invoice.xml", by: str = "autoinvoice", **more: object) -> str:
    data = {"file": SimpleUploadedFile(name, content), "by": by, **more}
    return browser.post(reverse(PAGE), data).content.decode()


@pytest.mark.slow
def test_errors_advice_and_lines_are_shown_apart_and_nothing_is_kept(browser: Client) -> None:
    html = ask(browser, ubl(gross="999.00"))

    errors, advice = html.index('id="group-error"'), html.index('id="group-advice"')
    assert errors < html.index("BR-CO-15") < advice
    assert re.search(r"<mark>.*LegalMonetaryTotal", html)
    assert "The file breaks rules." in html
    assert not Upload.objects.exists()
    assert not Operation.objects.exists()
    assert {call.path for call in ApiCall.objects.all()} == {"/oauth2/token", "/v1/validate"}


@pytest.mark.slow
def test_an_unknown_word_is_no_success(browser: Client, world: World) -> None:
    world.simulator.control("POST", "/validator/next", {"result": "SPLENDID", "assertions": []})

    html = ask(browser, finvoice())

    assert "SPLENDID" in html
    assert "Do not take it for a success" in html
    assert "note-good" not in html


@pytest.mark.slow
def test_hostile_texts_of_a_report_are_text(browser: Client, world: World) -> None:
    hostile = {"id": "<b>", "status": "ERROR", "title": "<script>x</script>", "location": "/<i>", "phasein": False}
    world.simulator.control("POST", "/validator/next", {"result": "ERROR", "assertions": [hostile]})

    html = ask(browser, finvoice(), name='"><script>y</script>.xml')

    assert "<script>x" not in html
    assert "<script>y" not in html
    assert "&lt;script&gt;x" in html


@pytest.mark.slow
def test_a_file_that_is_no_xml_is_judged_by_the_validator(browser: Client) -> None:
    html = ask(browser, b"%PDF-1.4", name="invoice.xml")

    assert "XML-01" in html
    assert "cannot show the lines" in html


def test_no_file_and_too_large_a_file_are_told_at_the_field(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "MAX_BYTES", 10)

    nothing = browser.post(reverse(PAGE), {"by": "autoinvoice"}).content.decode()
    large = ask(browser, b"x" * 100)
    empty = ask(browser, b"")

    assert "Choose a file." in nothing
    assert "at most" in large
    assert "The file is empty." in empty


def test_with_several_accounts_staff_choose_as_whom_to_ask(browser: Client, world: World) -> None:
    other = make_account("Other")

    html = browser.get(reverse(PAGE)).content.decode()

    assert re.search(rf'<option value="{other.pk}"', html)
    assert re.search(rf'<option value="{world.account.pk}"', html)


def test_without_the_extra_the_page_says_how_to_install_it(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "is_installed", lambda: False)

    html = browser.get(reverse(PAGE)).content.decode()

    assert "make install-einvoice" in html
    assert 'value="own"' not in html


@pytest.mark.slow
@pytest.mark.skipif(not published.is_installed(), reason="extra einvoice is not installed")
def test_the_offline_check_names_itself_and_asks_nobody(browser: Client) -> None:
    html = ask(browser, ubl(), by="own")

    assert "offline check (not AutoInvoice)" in html
    assert not ApiCall.objects.exists()


@pytest.mark.slow
def test_a_given_file_is_validated_from_its_preview_and_not_sent(browser: Client, world: World) -> None:
    upload = given(world.seller)

    files = browser.get(reverse("admin:invoices_files", args=[world.seller.pk]), {"u": upload.pk}).content.decode()
    html = browser.post(reverse("admin:validator_given", args=[upload.pk]), {"by": "autoinvoice"}).content.decode()

    assert reverse("admin:validator_given", args=[upload.pk]) in files
    assert 'id="verdict"' in html
    assert upload.name in html
    assert not Operation.objects.exists()
    assert not Invoice.objects.exists()


def test_whoever_may_not_send_may_not_ask_and_files_of_other_accounts_are_not_there(
    staff: User, company: Company
) -> None:
    upload = given(company)
    stranger = User.objects.create_user("stranger", password="x", is_staff=True)
    stranger.user_permissions.set(staff.user_permissions.all())
    viewer = User.objects.create_user("viewer", password="x", is_staff=True)
    address = reverse("admin:validator_given", args=[upload.pk])

    answers = []
    for user in (stranger, viewer):
        client = Client()
        client.force_login(user)
        answers.append(client.post(address, {"by": "own"}).status_code)

    assert answers == [404, 403]


def given(company: Company) -> Upload:
    content = ubl()
    stored, digest = storing.store(content), packages.read(content, "bill.xml").content_sha256
    return Upload.objects.create(
        account=company.account,
        company=company,
        uuid=invoice_uuid(company.account.key, company.uuid, digest, 0),
        content_sha256=digest,
        sha256=stored.sha256,
        size=stored.size,
        name="bill.xml",
    )
