"""The settings of a company on its page: values beside the change, errors at their field, changes noticed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from companies.models import Company
from companies.settings.forms import BulkSettingsForm
from portal import maventa
from portal.operations.models import Operation
from tests.companies.conftest import MakeCompany
from tests.companies.fakes import FakeAutoInvoice
from tests.companies.settings.test_settings import NOW, SETTINGS, answer_of, png


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def company(make_company: MakeCompany, autoinvoice: FakeAutoInvoice) -> Company:
    autoinvoice.on("GET", SETTINGS, answer_of(NOW))
    return make_company(settings={"details": {"name": "Example Oy", "email": "known@example.com"}})


@pytest.fixture
def lead(log_in: Callable[..., Client]) -> Client:
    return log_in("lead")


def url(company: Company, block: str) -> str:
    return reverse("admin:company_settings", args=[company.pk, block])


def post(client: Client, company: Company, block: str, **typed: Any) -> Any:
    """Open the form, type, and press save."""
    opened = client.get(url(company, block))
    form = opened.context["form"]
    shown = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    return client.post(url(company, block), {**shown, "held": opened.context["held"], **typed})


def errors(answer: Any) -> dict[str, list[str]]:
    return dict(answer.context["form"].errors)


def test_the_form_shows_what_autoinvoice_has_now(lead: Client, company: Company) -> None:
    page = lead.get(url(company, "details")).content.decode()

    assert "old@example.com" in page
    assert "known@example.com" not in page


def test_the_form_says_that_its_values_are_old_when_nobody_answers(
    lead: Client, company: Company, autoinvoice: FakeAutoInvoice
) -> None:
    autoinvoice.on("GET", SETTINGS, maventa.TemporaryError())

    page = lead.get(url(company, "details")).content.decode()

    assert "known@example.com" in page
    assert "could not be asked just now" in page


def test_only_what_was_typed_is_queued_with_the_value_it_was_made_from(lead: Client, company: Company) -> None:
    post(lead, company, "details", email="new@example.com")

    operation = Operation.objects.get()
    assert operation.parameters == {
        "blocks": {"details": {"email": "new@example.com"}},
        "pictures": {},
        "seen": {"details.email": "old@example.com"},
    }
    assert (operation.company_uuid, operation.actor.username) == (company.uuid, "lead@example.com")


@pytest.mark.parametrize(
    ("block", "typed", "field"),
    [
        ("details", {"email": "nobody"}, "email"),
        ("details", {"name": ""}, "name"),
        ("invoice_notifications", {"on_receiving__enabled": "on"}, "on_receiving__other_email"),
        ("invoice_notifications", {"on_send_errors__to_emails": "a@example.com\nnobody"}, "on_send_errors__to_emails"),
        ("send_invoice_email", {"reminder_frequency": "soon"}, "reminder_frequency"),
        ("email_reports", {"report_interval": "weekly"}, "email_reports"),
    ],
)
def test_a_wrong_value_is_told_at_its_field_and_nothing_is_queued(
    lead: Client, company: Company, block: str, typed: dict[str, str], field: str
) -> None:
    answer = post(lead, company, block, **typed)

    assert list(errors(answer)) == [field]
    assert not Operation.objects.exists()


def test_a_change_at_autoinvoice_is_told_at_its_field_and_the_second_save_goes_on_from_it(
    lead: Client, company: Company, autoinvoice: FakeAutoInvoice
) -> None:
    opened = lead.get(url(company, "details")).context["held"]
    autoinvoice.on("GET", SETTINGS, answer_of({"details": {"name": "Example Oy", "email": "theirs@example.com"}}))
    typed = {"name": "Example Oy", "email": "new@example.com"}

    told = lead.post(url(company, "details"), {**typed, "held": opened})
    lead.post(url(company, "details"), {**typed, "held": told.context["held"]})

    assert "it is theirs@example.com now" in errors(told)["email"][0]
    assert Operation.objects.get().parameters["seen"] == {"details.email": "theirs@example.com"}


def test_saving_again_after_a_clash_brings_no_old_value_back(
    lead: Client, company: Company, autoinvoice: FakeAutoInvoice
) -> None:
    opened = lead.get(url(company, "send_invoice_email")).context["held"]
    theirs = {"enabled": False, "reminder_frequency": 9, "content_data": {"note_to_receiver": "Theirs"}}
    autoinvoice.on("GET", SETTINGS, answer_of({"send_invoice_email": theirs}))
    typed = {"enabled": "on", "content_data__note_to_receiver": "Ours", "content_data__contact__name": "Aino"}

    told = lead.post(url(company, "send_invoice_email"), {**typed, "held": opened})
    form = told.context["form"]
    again = {name: form[name].value() for name in form.fields if form[name].value()}
    lead.post(url(company, "send_invoice_email"), {**again, "held": told.context["held"]})

    assert list(form.errors) == ["content_data__note_to_receiver"]
    assert (form["reminder_frequency"].value(), form["enabled"].value()) == (9, False)
    assert Operation.objects.get().parameters["blocks"] == {
        "send_invoice_email": {"content_data": {"note_to_receiver": "Ours"}}
    }


def test_a_made_up_hidden_field_counts_for_nothing(lead: Client, company: Company) -> None:
    lead.post(url(company, "details"), {"name": "Example Oy", "email": "old@example.com", "held": "x:y:z"})

    assert not Operation.objects.exists()


@pytest.mark.parametrize(
    ("content", "words"), [(b"%PDF-1.7", "no picture"), (png() + bytes(2**20), "at most 1 MB"), (b"", "empty")]
)
def test_a_logo_that_is_none_is_told_at_its_field(lead: Client, company: Company, content: bytes, words: str) -> None:
    answer = post(lead, company, "logos", pdf__content=SimpleUploadedFile("logo.png", content, "image/png"))

    assert words in errors(answer)["pdf__content"][0]
    assert not Operation.objects.exists()


def test_a_logo_is_shown_before_it_is_saved_and_need_not_be_chosen_again(lead: Client, company: Company) -> None:
    shown = post(lead, company, "logos", preview="1", pdf__content=SimpleUploadedFile("x", png()))
    lead.post(url(company, "logos"), {"held": shown.context["held"]})

    assert shown.context["letter"]["logo"].startswith("data:image/png;base64,")
    assert list(Operation.objects.get().parameters["pictures"]) == ["pdf.content"]


def test_the_page_of_a_company_shows_the_blocks_as_known(lead: Client, company: Company) -> None:
    page = lead.get(reverse("admin:companies_company_change", args=[company.pk]), {"tab": "settings"}).content.decode()

    assert "known@example.com" in page
    assert url(company, "send_invoice_print") in page


def test_settings_are_for_those_with_the_right(log_in: Callable[..., Client], company: Company) -> None:
    agent = log_in("agent")

    page = agent.get(reverse("admin:companies_company_change", args=[company.pk]), {"tab": "settings"}).content.decode()

    assert agent.get(url(company, "details")).status_code == 403
    assert url(company, "details") not in page


def test_blocks_that_are_none_and_companies_of_others_are_not_there(
    log_in: Callable[..., Client], lead: Client, company: Company
) -> None:
    assert lead.get(url(company, "telex")).status_code == 404
    assert log_in("admin", accounts=()).get(url(company, "details")).status_code == 404


def test_a_form_for_many_asks_for_the_block_first_and_leaves_empty_fields_alone() -> None:
    first = BulkSettingsForm({"block": "send_invoice_print"})
    second = BulkSettingsForm({"block": "send_invoice_print", "enabled": "off", "letter_class": "", "use_own_pdf": ""})

    assert not first.is_valid()
    assert "letter_class" in first.fields
    assert second.is_valid()
    assert second.cleaned_data == {"blocks": {"send_invoice_print": {"enabled": False}}}


def test_a_form_for_many_keeps_a_wrong_value_at_its_field() -> None:
    form = BulkSettingsForm({"block": "email_reports", "email_reports": "nobody"})

    assert list(form.errors) == ["email_reports"]
