"""How AutoInvoice is told to send: every parameter of its contract, as far as it fits, and defaults of companies."""

from typing import Any

import msgspec
import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from companies.models import Company
from invoices import links
from invoices.models import SendingDefaults, Upload
from invoices.operations import Send
from invoices.sending import defaults, submitting
from invoices.sending.archives import GivenFile
from invoices.sending.option_forms import OptionsForm, in_words
from invoices.services import SendingOptions
from portal import contract
from portal.operations.models import Operation
from tests.invoices.conftest import MakeCompany, World
from tests.invoices.documents import Who, finvoice

NORWEGIAN = Who("Fjell AS", "NO", "974760673", "974760673", "0192")


@pytest.fixture
def browser(staff: User) -> Client:
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def chief(world: World) -> Client:
    """A browser of somebody who sees the simulator's account."""
    cache.clear()
    client = Client()
    client.force_login(User.objects.create_superuser("chief", password="x"))
    return client


def form(country: str = "", *, one_receiver: bool = True, **values: Any) -> OptionsForm:
    return OptionsForm(values, country=country, one_receiver=one_receiver)


def contract_fields() -> dict[str, Any]:
    operation = contract.load("ax")["paths"]["/v1/invoices"]["post"]
    found: dict[str, Any] = operation["requestBody"]["content"]["multipart/form-data"]["schema"]["properties"]
    return found


def test_every_parameter_of_the_contract_has_a_field() -> None:
    everything = SendingOptions(
        **{
            field.name: {bool | None: True, tuple[str, ...]: ("print",)}.get(field.type, "x")
            for field in msgspec.structs.fields(SendingOptions)
        }
    )
    asked = {name for country in ("FI", "NO") for name in form(country).fields}

    assert set(everything.fields()) == set(contract_fields()) - {"file", "uuid"}
    assert asked == set(msgspec.structs.asdict(everything))


def test_choices_are_those_of_the_contract() -> None:
    known = contract_fields()
    fields: Any = {**form("FI").fields, **form("NO").fields}
    named = {"print_letter_class": "print_settings[letter_class]", "email_format": "email_settings[xml_format]"}

    for name in ("format", "recipient_type", "lang", "b2cno_document_type", *named):
        offered = {value for value, _word in fields[name].choices if value}
        assert offered == set(known[named.get(name, name)]["enum"]), name
    for name in ("route_order", "disabled_routes"):
        offered = {value for value, _word in fields[name].choices if value}
        assert offered == set(known[name]["items"]["enum"]), name


def test_only_what_fits_country_and_receiver_is_asked() -> None:
    assert "payment_instruction_identifier" in form("FI").fields
    assert "payment_instruction_identifier" not in form("SE").fields
    assert "route_order" in form("NO").fields
    assert "route_order" not in form("FI").fields
    assert "recipient_eia" not in form("FI", one_receiver=False).fields


@pytest.mark.parametrize(
    ("country", "values", "field"),
    [
        ("FI", {"recipient_operator": "003721291126"}, "recipient_eia"),
        ("FI", {"disabled_routes": ["print", "email", "einvoice"]}, "disabled_routes"),
        ("FI", {"disabled_routes": ["email"], "email_format": "FINVOICE30"}, "email_format"),
        ("FI", {"recipient_email": "nobody"}, "recipient_email"),
        ("NO", {"recipient_type": "b2b", "route_order_0": "vipps"}, "route_order"),
        ("NO", {"route_order_0": "vipps", "route_order_1": "vipps"}, "route_order"),
        ("NO", {"recipient_date_of_birth": "yesterday"}, "recipient_date_of_birth"),
    ],
)
def test_what_cannot_work_is_an_error_at_its_field(country: str, values: dict[str, Any], field: str) -> None:
    assert list(form(country, **values).errors) == [field]


def test_choices_become_options_in_their_order_and_words() -> None:
    chosen = form("NO", recipient_type="consumer", route_order_0="vipps", route_order_1="print", print_color="false")
    assert chosen.is_valid(), chosen.errors

    options = chosen.options()

    assert (options.route_order, options.print_color) == (("vipps", "print"), False)
    assert ("Letters in colour", "no") in in_words(msgspec.to_builtins(options))
    assert ("Ways to a consumer, in this order", "Vipps, letter") in in_words(msgspec.to_builtins(options))


def test_personal_number_is_encrypted_where_it_is_kept_and_masked_where_it_is_shown() -> None:
    chosen = form("NO", recipient_ssn="01019012345")
    assert chosen.is_valid()

    stored = msgspec.to_builtins(chosen.options())

    assert "01019012345" not in str(stored)
    assert ("Consumer's personal number", "•••") in in_words(stored)


@pytest.mark.django_db
def test_personal_number_reaches_autoinvoice_as_it_is(make_company: MakeCompany) -> None:
    chosen = form("NO", recipient_ssn="01019012345")
    assert chosen.is_valid()
    given = submitting.send_files(make_company(NORWEGIAN), [GivenFile("a.xml", finvoice())], actor=None,
                               options=chosen.options())[0]  # fmt: skip
    assert given.operation is not None

    request = Send().prepare([Operation.objects.get(pk=given.operation.pk)])

    assert request.options.fields()["recipient_ssn"] == "01019012345"
    assert "01019012345" not in repr(request)


def test_defaults_hold_where_nothing_else_is_said(company: Company) -> None:
    defaults.save(company, SendingOptions(lang="SE", disabled_routes=("print",), print_color=True), actor=None)

    plain = submitting.send_files(company, [GivenFile("1.xml", finvoice("1"))], actor=None)[0]
    other = submitting.send_files(
        company, [GivenFile("2.xml", finvoice("2"))], actor=None, options=SendingOptions(lang="FI", print_color=False)
    )[0]

    first, second = (given.operation.parameters["options"] for given in (plain, other) if given.operation)
    assert (first["lang"], first["disabled_routes"], first["print_color"]) == ("SE", ("print",), True)
    assert (second["lang"], second["disabled_routes"], second["print_color"]) == ("FI", ("print",), False)


def test_staff_change_the_defaults_and_see_them_where_they_apply(browser: Client, company: Company) -> None:
    page = reverse("admin:invoices_defaults", args=[company.pk])

    saved = browser.post(page, {"lang": "NL", "disabled_routes": ["print"]})
    upload = _given(company)
    shown = browser.get(links.files_page(company.pk, [upload.pk])).text

    assert saved.status_code == 302
    assert "Dutch" in shown
    assert "not as letter" in shown
    assert 'value="NL" selected' in browser.get(page).text
    browser.post(page, {})
    assert not SendingDefaults.objects.exists()


def _given(company: Company) -> Upload:
    given = submitting.send_files(company, [GivenFile("a.xml", finvoice())], actor=None)[0]
    Operation.objects.all().delete()
    assert given.upload is not None
    return given.upload


def test_defaults_of_other_accounts_are_not_shown(browser: Client, company: Company) -> None:
    company.account.staff.clear()

    assert browser.get(reverse("admin:invoices_defaults", args=[company.pk])).status_code == 404
    assert browser.get(reverse("admin:invoices_receivers", args=[company.pk]) + "?find=abc").status_code == 404


@pytest.mark.parametrize("asked", ["Aalto", "0112038-9", "003701120389"])
def test_receivers_are_found_by_name_business_id_and_address(world: World, chief: Client, asked: str) -> None:
    answer = chief.get(reverse("admin:invoices_receivers", args=[world.seller.pk]), {"find": asked})

    assert "Aalto Astiat Oy" in answer.text
    assert 'data-fill-recipient_eia="003701120389"' in answer.text


def test_look_up_says_when_nobody_is_found_or_autoinvoice_is_away(world: World, chief: Client) -> None:
    page = reverse("admin:invoices_receivers", args=[world.seller.pk])

    nobody = chief.get(page, {"find": "Zzzz"}).text
    short = chief.get(page, {"find": "Z"}).text
    world.account.sandbox_urls = dict.fromkeys(world.account.sandbox_urls, "http://127.0.0.1:9")
    world.account.save()
    away = chief.get(page, {"find": "Aalto"}).text

    assert "Nobody receives" in nobody
    assert short.strip() == ""
    assert "Type the address by hand" in away


def test_operators_are_suggested_by_name(world: World, chief: Client) -> None:
    answer = chief.get(reverse("admin:invoices_operators", args=[world.seller.pk]))

    assert '<option value="003721291126">' in answer.text
