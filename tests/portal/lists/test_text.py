"""A part of a name is found by index on both databases, and what an index holds follows its table."""

from typing import Any

import pytest
from django.db import connection

from companies.models import Company
from portal.lists import text
from tests.companies.conftest import MakeCompany


def found(part: str) -> set[str]:
    return set(Company.objects.filter(text.containing(Company, "name", part)).values_list("name", flat=True))


@pytest.fixture
def names(make_company: MakeCompany) -> dict[str, Company]:
    names = ("Kuusamon Puusepät Oy", 'Saw "Mill" AB', "50 % Off_AS", "Åland Öl")
    return {name: make_company(f"{10_000_000 + place}", name=name) for place, name in enumerate(names)}


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("uusep", {"Kuusamon Puusepät Oy"}),
        ("kuusa", {"Kuusamon Puusepät Oy"}),
        ('"mill"', {'Saw "Mill" AB'}),
        ("0 % O", {"50 % Off_AS"}),
        ("f_a", {"50 % Off_AS"}),
        ("AND", {"Åland Öl"}),
        ("oy OR öl", set()),
        ("AB", {'Saw "Mill" AB'}),
        ("nothing", set()),
    ],
)
def test_parts_are_found_in_whichever_case_and_no_letter_is_an_operator(
    names: dict[str, Company], part: str, expected: set[str]
) -> None:
    assert found(part) == expected


def test_the_index_follows_changes_and_deletions(names: dict[str, Company]) -> None:
    changed, gone = names["Kuusamon Puusepät Oy"], names["Åland Öl"]
    Company.objects.filter(pk=changed.pk).update(name="Rannikon Sähkö Oy")
    gone.delete()

    assert (found("puusep"), found("nikon"), found("land")) == (set(), {"Rannikon Sähkö Oy"}, set())


def test_a_text_that_many_rows_hold_is_found_by_reading(
    names: dict[str, Company], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text, "_MOST", 0)

    assert found("uusep") == {"Kuusamon Puusepät Oy"}
    with text.in_order():
        assert found("uusep") == {"Kuusamon Puusepät Oy"}


def test_an_index_that_went_with_its_table_is_made_anew(names: dict[str, Company]) -> None:
    index = "companies_company_name_text"
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"DROP TRIGGER {index}_new")  # as when SQLite makes a table anew
            cursor.execute(f"INSERT INTO {index}({index}) VALUES ('delete-all')")
        else:
            cursor.execute(f"DROP INDEX {index}")

    text.make_missing()

    assert found("uusep") == {"Kuusamon Puusepät Oy"}
    assert "uses" in _plan_of_search() or connection.vendor == "sqlite"


def _plan_of_search() -> str:
    if connection.vendor == "sqlite":
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        rows: Any = Company.objects.filter(text.containing(Company, "name", "uusep")).order_by()
        plan = str(rows.explain())
        cursor.execute("SET enable_seqscan = on")
    return "uses" if "companies_company_name_text" in plan else plan
