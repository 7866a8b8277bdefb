"""Recognising columns by their names, in six languages, and remembering what staff chose."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companies.files import headers
from companies.files.fields import NAMES
from companies.files.synonyms import COUNTRIES, SYNONYMS


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Company name", "name"), ("Yrityksen nimi", "name"), ("FÖRETAGSNAMN", "name"), ("Firmanavn", "name"),
        ("Virksomhedens navn", "name"), ("Bedrijfsnaam", "name"),
        ("Business ID", "bid"), ("y-tunnus", "bid"), ("Org.nr", "bid"), ("Organisasjonsnummer", "bid"),
        ("CVR-nr", "bid"), ("KvK-nummer", "bid"),
        ("Country", "country"), ("Maa", "country"), ("Landskod", "country"), ("Landkode", "country"),
        ("Land", "country"),
        ("Street", "address1"), ("Katuosoite", "address1"), ("Gatuadress", "address1"), ("Gateadresse", "address1"),
        ("Vej", "address1"), ("Straat", "address1"),
        ("ZIP", "post_code"), ("Postinumero", "post_code"), ("Postnr", "post_code"), ("Postcode", "post_code"),
        ("Kaupunki", "city"), ("Stad", "city"), ("By", "city"), ("Plaats", "city"),
        ("Postitoimipaikka", "post_office"), ("Postort", "post_office"), ("Poststed", "post_office"),
        ("Sähköposti", "email"), ("sahkoposti", "email"), ("E-post", "email"), ("E-mailadres", "email"),
        ("Signer's e-mail", "auth_email"), ("Nimenkirjoittajan sähköposti", "auth_email"),
        ("Firmatecknarens e-post", "auth_email"), ("E-mail ondertekenaar", "auth_email"),
        ("Kieli", "locale"), ("Språk", "locale"), ("Sprog", "locale"), ("Taal", "locale"),
        ("Verkostot", "networks"), ("Nätverk", "networks"), ("Netværk", "networks"),
    ],
)  # fmt: skip
def test_a_column_is_recognised_by_its_name(header: str, field: str) -> None:
    assert headers.recognised([header]) == {field: 0}


def test_no_name_stands_for_two_fields() -> None:
    names = [(key, field) for field, words in SYNONYMS.items() for key in set(headers._split(words))]

    assert len(dict(names)) == len(names)
    assert set(SYNONYMS) == set(NAMES)


@given(field=st.sampled_from(sorted(SYNONYMS)), data=st.data())
def test_case_blanks_and_signs_around_a_name_do_not_matter(field: str, data: st.DataObject) -> None:
    words = [word.strip() for line in SYNONYMS[field].splitlines() for word in line.split(",") if word.strip()]
    word = data.draw(st.sampled_from(words))
    written = data.draw(st.sampled_from([word.upper(), word.title(), f"  {word} ", f"{word}:", word.replace(" ", "_")]))

    assert headers.recognised([written]) == {field: 0}


def test_a_field_that_two_columns_could_be_is_left_to_staff() -> None:
    assert headers.recognised(["Name", "Customer", "Email"]) == {"email": 2}


def test_columns_of_one_name_are_told_apart_and_neither_is_taken_for_granted() -> None:
    columns = headers.labels(["Name", "name", "", "Name"])

    assert columns == ["Name", "name (2)", "Column C", "Name (3)"]
    assert headers.recognised(columns) == {}


def test_hidden_columns_are_not_looked_at() -> None:
    assert headers.recognised(["Name", "Email"], without={0}) == {"email": 1}


@given(st.permutations(["Kundnamn", "Org.nr", "Colour", "E-post"]))
def test_a_header_is_the_same_whatever_its_order_and_case(columns: list[str]) -> None:
    known = headers.fingerprint(["kundnamn", "ORG NR", "colour", "e-post"])

    assert headers.fingerprint(columns) == known
    assert headers.fingerprint([*columns, "What is wrong"]) == known  # our own download's column
    assert headers.fingerprint(columns[1:]) != known


@given(st.permutations(["Kundnamn", "Org.nr", "Colour", "E-post"]))
def test_what_was_chosen_is_found_again_in_any_order(columns: list[str]) -> None:
    chosen = {"name": "Kundnamn", "authorization_id": "Colour"}

    found = headers.remembered(columns, chosen)

    assert found is not None
    assert {field: columns[index] for field, index in found.items()} == chosen
    assert headers.remembered([*columns[:1], "Other"], chosen) is None


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_columns_are_lettered_as_spreadsheets_do(index: int, letters: str) -> None:
    assert headers.letter(index) == letters


@pytest.mark.parametrize(
    ("text", "code"),
    [("Suomi", "FI"), ("SVERIGE", "SE"), ("norge", "NO"), ("Nederland", "NL"), ("fi", "FI"), ("Atlantis", "ATLANTIS")],
)
def test_a_country_is_known_by_its_name(text: str, code: str) -> None:
    assert headers.country_code(text) == code


def test_no_name_stands_for_two_countries() -> None:
    names = [(key, code) for code, words in COUNTRIES.items() for key in set(headers._split(words))]

    assert len(dict(names)) == len(names)
