"""The atlas itself: six languages, unknown errors counted and explained, pages."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from portal.atlas import advice, catalogue, texts, unknown
from portal.atlas.models import UnknownError
from portal.operations import refusals
from portal.operations.models import Operation

AREAS = ("companies", "invoices")
ENTRIES = [(area.name, entry) for area in catalogue.areas() for entry in (*area.entries, area.general)]


@pytest.fixture
def browser(db: None) -> Client:
    user = User.objects.create_user("lead", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="atlas"))
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize(("area", "entry"), ENTRIES, ids=lambda one: getattr(one, "key", one))
def test_every_entry_is_worded_in_every_language(area: str, entry: catalogue.Entry, language: str) -> None:
    told = advice.of_entry(area, entry, language)

    assert all((told.name, told.cause, told.remedy))
    assert bool(told.next_step) == bool(entry.next)
    assert texts.mover(entry.by, language) != entry.by or entry.by == "autoinvoice"
    assert texts.severity(entry.severity, language) != entry.severity


@pytest.mark.parametrize("area", AREAS)
@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_no_text_is_left_over_and_none_is_english_by_mistake(area: str, language: str) -> None:
    known = catalogue.area_of(area)
    assert known is not None

    told, english = texts.of_area(known.folder, language), texts.of_area(known.folder, "en")

    assert set(told["entries"]) == {entry.key for entry in (*known.entries, known.general)}
    if language != "en":
        same = [key for key, words in told["entries"].items() if words[1] == english["entries"][key][1]]
        assert not same


@pytest.mark.parametrize(
    ("code", "language"),
    [("en", "en"), ("fi", "fi"), ("nb", "no"), ("nn", "no"), ("sv-fi", "sv"), ("de", "en"), ("da", "da")],
)
def test_viewer_s_language_chooses_the_words(code: str, language: str) -> None:
    with translation.override(code):
        found = advice.of("invoices", "receiver_unknown")

    assert found.name == advice.of("invoices", "receiver_unknown", language).name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Invoice 1001 of 2026-11-30 refused", "Invoice 99-A7 of 2027-01-02 refused"),
        ("Mail to a@b.fi returned", "Mail to who.ever@else.example returned"),
        ("Field “Order” is wrong", "Field “Buyer” is wrong"),
        ("Id 8f0a4f7b-50a0-4a43-9d54-b5a8a1d2c702 lost", "Id 11111111-50a0-4a43-9d54-b5a8a1d2c702 lost"),
        ("Person 640823-3234 unknown", "Person 19640823-3242 unknown"),
    ],
)
def test_error_is_recognised_whatever_numbers_it_mentions(one: str, other: str) -> None:
    assert unknown.shape_of(one) == unknown.shape_of(other)
    assert "3234" not in unknown.shape_of(one)


def test_different_errors_are_told_apart() -> None:
    assert unknown.shape_of("Order 1 missing") != unknown.shape_of("Buyer 1 missing")


@pytest.mark.django_db
def test_unknown_error_is_counted_once_a_happening() -> None:
    keys = {unknown.key_of("invoices", "x", f"Flux capacitor {number} empty") for number in range(3)}
    unknown.key_of("invoices", "x", "Flux capacitor 9 empty", counted=False)

    row = UnknownError.objects.get()
    assert keys == {f"unknown:{row.pk}"}
    assert (row.count, row.text) == (3, "Flux capacitor # empty")


@pytest.mark.django_db
def test_known_error_leaves_no_row() -> None:
    assert unknown.key_of("invoices", "action_route_failed", "No routing found") == "receiver_unknown"
    assert not UnknownError.objects.exists()


def test_explanation_of_staff_is_used_from_then_on(browser: Client) -> None:
    key = unknown.key_of("invoices", "x", "Flux capacitor 1 empty")
    before = advice.of("invoices", key).name
    page = reverse("admin:atlas_unknownerror_change", args=[UnknownError.objects.get().pk])
    given = {"name": "Flux empty", "cause": "It ran dry.", "remedy": "Fill it.", "by": "customer"}

    answer = browser.post(page, given)

    found = advice.find("invoices", "x", "Flux capacitor 77 empty")
    assert answer.status_code == 302
    assert before == "Not known to the portal"
    assert found == advice.of("invoices", key)
    assert (found.name, found.cause, found.by) == ("Flux empty", "It ran dry.", "customer")  # type: ignore[union-attr]
    assert UnknownError.objects.get().edited_by is not None


def test_half_an_explanation_is_an_error_at_its_field(browser: Client) -> None:
    unknown.key_of("invoices", "x", "Flux capacitor 1 empty")
    page = reverse("admin:atlas_unknownerror_change", args=[UnknownError.objects.get().pk])

    answer = browser.post(page, {"cause": "It ran dry.", "remedy": "", "by": "staff"})

    assert "Colleagues need both" in answer.text
    assert not UnknownError.objects.get().is_explained


def test_list_shows_the_most_frequent_first(browser: Client, django_assert_max_num_queries: Any) -> None:
    for number, letter in enumerate("abcdef"):
        for _time in range(number + 1):
            unknown.key_of("invoices", "x", f"Trouble {letter} here")

    with django_assert_max_num_queries(10):
        text = browser.get(reverse("admin:atlas_unknownerror_changelist"), {"explained": "no"}).text

    assert text.index("Trouble f here") < text.index("Trouble a here")


def test_viewer_reads_but_explains_nothing(browser: Client) -> None:
    User.objects.get().user_permissions.remove(Permission.objects.get(codename="change_unknownerror"))
    unknown.key_of("invoices", "x", "Flux capacitor 1 empty")
    page = reverse("admin:atlas_unknownerror_change", args=[UnknownError.objects.get().pk])

    assert browser.get(page).status_code == 200
    assert browser.post(page, {"cause": "a", "remedy": "b", "by": "staff"}).status_code == 403


@pytest.mark.parametrize(
    ("asked", "there", "not_there"),
    [
        ({}, "Receiver not found", "Vastaanottajaa ei löydy"),
        ({"language": "fi"}, "Vastaanottajaa ei löydy", "Receiver not found"),
        ({"q": "profile_eia_conflict"}, "Address taken", "Receiver not found"),
        ({"area": "companies"}, "Business id taken", "Receiver not found"),
        ({"by": "receiver"}, "Not opened in time", "Receiver not found"),
        ({"q": "zzz"}, "Nothing fits", "Receiver not found"),
    ],
)
def test_atlas_is_browsed_and_searched(browser: Client, asked: dict[str, str], there: str, not_there: str) -> None:
    text = browser.get(reverse("admin:atlas"), asked).text

    assert (there in text, not_there in text) == (True, False)


def test_remedy_of_an_operation_speaks_the_viewer_s_language() -> None:
    entry = catalogue.entry_of("companies", "conflict")
    operation = Operation(
        kind="companies.keep_active", state="REFUSED", error_code="conflict", error_text="not possible",
        remedy=advice.of_entry("companies", entry, "en").text,
    )  # fmt: skip
    own = Operation(kind="companies.keep_active", state="REFUSED", error_code="conflict", remedy="In words of its own")

    with translation.override("sv"):
        assert refusals.remedy_of(operation).startswith("Läget hos AutoInvoice")
        assert refusals.remedy_of(own) == "In words of its own"


@pytest.mark.django_db
def test_refusal_that_nobody_knows_is_counted_when_it_is_settled() -> None:
    operations = [
        Operation(kind="companies.keep_active", state="REFUSED", error_code="odd", error_text="Odd thing"),
        Operation(kind="companies.keep_active", state="REFUSED", error_code="policy", error_text="Ours"),
        Operation(kind="companies.keep_active", state="DONE"),
        Operation(kind="companies.keep_active", state="REFUSED", error_code="conflict", error_text="x"),
    ]

    with transaction.atomic():
        refusals.count_unknown(operations)

    assert [(row.area, row.code, row.text, row.count) for row in UnknownError.objects.all()] == [
        ("companies", "odd", "Odd thing", 1)
    ]
