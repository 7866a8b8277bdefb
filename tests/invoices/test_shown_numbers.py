"""Personal identity numbers in invoices: never shown whole; what is no person's number is."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies.models import Company
from invoices import links
from invoices.counterparties import shown_address, shown_endpoint, shown_id, without_personal_number
from invoices.documents import Party
from invoices.documents.party import Identifier
from invoices.enums import Direction
from invoices.failures.reroute_forms import initial_of
from invoices.files import storing
from invoices.models import Invoice, Upload
from invoices.operations.documents import SendDocumentParameters
from invoices.sending import submitting
from invoices.sending.archives import GivenFile
from invoices.trade import drafting
from invoices.trade.header import Header
from invoices.trade.header import Party as HeaderParty
from tests.invoices.documents import Who, finvoice, ubl
from tests.invoices.failures.test_rerouting import failed
from tests.invoices.test_pages import keep_original, make_invoice

MATTI = Who("Matti Mallikas", "FI", "131052-308T", "")
ERIK = Who("Erik", "SE", "640823-3234", "6408233234", "0007")


@pytest.mark.parametrize(
    ("country", "number", "shown"),
    [
        ("FI", "131052-308T", "131052-••••"),
        ("FI", "131052A308T", "131052-••••"),
        ("FI", "FI131052-308T", "131052-••••"),
        ("SE", "19640823-3234", "640823-••••"),
        ("SE", "SE640823323401", "640823-••••"),
        ("SE", "701063-2391", "701063-••••"),
        ("NO", "151086 95088", "151086-••••"),
        ("DK", "211062-5629", "211062-••••"),
        ("", "131052-308T", "131052-••••"),
        ("", "15108695088", "151086-••••"),
        ("FI", "0007:6408233234", "0007:640823-••••"),
        ("DK", "DK:CPR:0101659999", "DK:CPR:010165-••••"),
    ],
)
def test_number_of_a_person_is_shown_by_its_birth_only(country: str, number: str, shown: str) -> None:
    assert shown_address(country, number) == shown


@pytest.mark.parametrize(
    ("country", "number"),
    [
        ("FI", "0112038-9"),
        ("FI", "FI01120389"),
        ("FI", "003701120389"),
        ("FI", "131052-308U"),
        ("SE", "556036-0793"),
        ("SE", "SE556036079301"),
        ("SE", "640823-3235"),
        ("NO", "987654325"),
        ("NO", "15108695077"),
        ("DK", "13585628"),
        ("DK", "211062-5620"),
        ("DK", "DK:P:2110625629"),
        ("DE", "131052-308T"),
        ("", "6430001000012"),
        ("", ""),
    ],
)
def test_what_is_no_persons_number_is_shown_whole(country: str, number: str) -> None:
    assert shown_address(country, number) == number


def test_parties_scheme_tells_whose_number_it_is() -> None:
    place = Party("Kro", identifiers=(Identifier("2110625629", "DK:P"), Identifier("131052-308T")), scheme="0007",
                  endpoint="6408233234")  # fmt: skip

    assert shown_endpoint(place) == "0007:640823-••••"
    assert [shown_id(place, value) for value in place.ids] == ["2110625629", "131052-••••"]
    assert shown_endpoint(Party("Nobody")) == ""


@pytest.mark.parametrize(
    ("country", "text", "kept"),
    [
        ("NO", "15108695088", "151086-••••"),
        ("SE", "640823-3235", "640823-••••"),  # one that is mistyped too
        ("DK", "0096:2110625629", "0096:2110625629"),
        ("IT", "communications12", "communications12"),
        ("FI", "10:00", "10:00"),
    ],
)
def test_texts_of_autoinvoice_are_kept_without_the_number(country: str, text: str, kept: str) -> None:
    assert without_personal_number(country, text) == kept


@pytest.mark.parametrize("content", [finvoice(buyer=MATTI), ubl(buyer=MATTI), ubl(buyer=ERIK)])
def test_page_before_sending_shows_no_persons_number(browser: Client, company: Company, content: bytes) -> None:
    submitting.send_files(company, [GivenFile("a.xml", content)], actor=None)
    upload = Upload.objects.get()
    upload.operations.all().delete()

    page = browser.get(links.files_page(company.pk, [upload.pk])).text

    assert "-••••" in page
    assert "1234567-1" in page
    assert not any(part in page for part in ("308T", "3234"))


def test_page_of_a_received_invoice_shows_no_persons_number(browser: Client, company: Company) -> None:
    invoice = make_invoice(company, direction=Direction.RECEIVED, files_at=timezone.now())
    file = keep_original(invoice, ubl(seller=ERIK, buyer=ERIK))

    drawn = browser.get(reverse("admin:invoice_drawn", args=[invoice.pk, file.pk])).text

    assert "0007:640823-••••" in drawn
    assert "3234" not in drawn


@pytest.fixture
def mended(staff: User, browser: Client, company: Company) -> tuple[Client, Invoice, dict[str, str]]:
    """A failed invoice to a person, and what its form holds."""
    staff.user_permissions.add(Permission.objects.get(codename="reroute_invoice"))
    row = failed(company, ubl(buyer=ERIK), counterparty_country="SE", remedy_key="receiver_unknown")
    answer = browser.get(reverse("admin:invoice_mend", args=[row.pk]))
    fields = [*answer.context["about"], *answer.context["others"]]
    assert "3234" not in answer.text
    return browser, row, {one.value.name: str(field.value()) for one, field in fields}


def test_masked_number_that_is_left_in_the_form_stays_what_it_was(
    mended: tuple[Client, Invoice, dict[str, str]],
) -> None:
    browser, row, form = mended

    browser.post(reverse("admin:invoice_mend", args=[row.pk]), {**form, "buyer_reference": "KP 4"})

    upload = Upload.objects.get(replaces=row.uuid)
    with storing.opened(upload.sha256) as stream:
        content = stream.read()
    assert form["receiver_address"] == "0007:640823-••••"
    assert [one["field"] for one in upload.changes] == ["buyer_reference"]
    assert b"640823-3234" in content
    assert "•".encode() not in content


def test_masked_number_that_was_edited_is_an_error_at_its_field(
    mended: tuple[Client, Invoice, dict[str, str]],
) -> None:
    browser, row, form = mended

    answer = browser.post(reverse("admin:invoice_mend", args=[row.pk]), {**form, "receiver_business_id": "640824-••••"})

    assert "Write the whole number" in answer.text
    assert not Upload.objects.filter(replaces=row.uuid).exists()


def test_address_of_a_person_is_typed_anew_to_reroute(company: Company) -> None:
    assert initial_of("einvoice", failed(company, ubl(buyer=ERIK)))["eia"] == ""
    assert initial_of("einvoice", failed(company, ubl(), number="2"))["eia"] == "003701120389"


def test_doubt_about_a_documents_address_shows_no_persons_number() -> None:
    told = Header(receiver=HeaderParty(eia="0007:6408233234"))
    given = SendDocumentParameters(recipient_eia="0007:7010632391", recipient_operator="APIX")

    (doubt,) = drafting.about_address(given, told)

    assert "0007:640823-••••, not 0007:701063-••••" in str(doubt.text)
