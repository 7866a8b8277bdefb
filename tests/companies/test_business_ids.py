"""Business ids: how they are written, checked, told apart and hidden."""

import pytest

from companies import business_ids
from companies.business_ids import InvalidBusinessIdError


@pytest.mark.parametrize(
    ("country", "text", "value", "kind", "vat"),
    [
        ("FI", "1234567-1", "12345671", "ORGNR", False),
        ("FI", " 12 34567-1 ", "12345671", "ORGNR", False),
        ("FI", "fi12345671", "FI12345671", "VAT", True),
        ("FI", "112038-9", "01120389", "ORGNR", False),
        ("SE", "556000-4615", "5560004615", "ORGNR", False),
        ("SE", "SE556000461501", "SE556000461501", "VAT", True),
        ("NO", "923 609 016", "923609016", "ORGNR", False),
        ("NO", "NO923609016MVA", "923609016", "ORGNR", False),
        ("DK", "DK13585628", "13585628", "CVR", False),
        ("NL", "33031431", "33031431", "KVK", False),
        ("NL", "NL004495445B01", "NL004495445B01", "VAT", True),
        ("BE", "0403.019.261", "0403019261", "EN", False),
        ("EE", "10137025", "10137025", "CC", False),
        ("EE", "EE100594102", "EE100594102", "VAT", True),
        ("DE", "136695976", "DE136695976", "VAT", True),
        ("LV", "LV40003032949", "LV40003032949", "VAT", True),
        ("IT", "00743110157", "IT00743110157", "IVA", True),
        ("IT", "RCCMNL83S18D969H", "RCCMNL83S18D969H", "CFI", False),
        ("PL", "856-734-62-15", "PL8567346215", "VAT", True),
    ],
)
def test_parse_returns_what_is_sent(country: str, text: str, value: str, kind: str, vat: bool) -> None:
    parsed = business_ids.parse(country, text)

    assert (parsed.value, parsed.kind, parsed.vat) == (value, kind, vat)


@pytest.mark.parametrize(
    ("country", "text"),
    [
        ("FI", "1234567-2"), ("SE", "556000-4616"), ("NO", "923609017"), ("DK", "13585627"), ("BE", "0403019262"),
        ("EE", "10137026"), ("DE", "DE136695977"), ("LV", "LV40003032948"),
        ("IT", "IT00743110158"), ("PL", "PL8567346216"),
    ],
)  # fmt: skip
def test_parse_names_the_check_digit_when_it_does_not_match(country: str, text: str) -> None:
    with pytest.raises(InvalidBusinessIdError) as caught:
        business_ids.parse(country, text)

    assert "check digit" in caught.value.text


@pytest.mark.parametrize(
    ("country", "text"), [("FI", "12"), ("SE", "abc"), ("NO", "123456785"), ("NL", "3303143"), ("FI", ""), ("PL", "%")]
)
def test_parse_shows_what_an_id_looks_like_when_the_form_is_wrong(country: str, text: str) -> None:
    with pytest.raises(InvalidBusinessIdError) as caught:
        business_ids.parse(country, text)

    assert "looks like" in caught.value.text


def test_parse_names_the_countries_when_the_country_is_unknown() -> None:
    with pytest.raises(InvalidBusinessIdError) as caught:
        business_ids.parse("FR", "123")

    assert "FI, SE, NO" in caught.value.text


@pytest.mark.parametrize(
    ("country", "one", "other"),
    [
        ("FI", "1234567-1", "FI12345671"),
        ("SE", "SE556000461501", "556000-4615"),
        ("SE", "19640823-3234", "6408233234"),
        ("NO", "923609016", "NO 923 609 016 MVA"),
        ("BE", "BE0403019261", "403.019.261".rjust(12, "0")),
        ("DE", "DE 136 695 976", "136695976"),
    ],
)
def test_two_ways_of_writing_are_one_company(country: str, one: str, other: str) -> None:
    digests = {business_ids.digest(country, text) for text in (one, other)}

    assert business_ids.same(country, one, other)
    assert len(digests) == 1


def test_a_personal_number_is_masked_and_kept_apart() -> None:
    stored = business_ids.conceal("SE", "640823-3234")

    assert stored.shown == "640823-••••"
    assert stored.secret == "6408233234"
    assert stored.digest == business_ids.digest("SE", "SE640823323401")


def test_an_organisation_number_is_shown() -> None:
    stored = business_ids.conceal("SE", "556000-4615")

    assert (stored.shown, stored.secret) == ("5560004615", "")


def test_an_id_that_breaks_the_rules_is_kept_as_it_came() -> None:
    stored = business_ids.conceal("FI", "1234567-8")

    assert stored.shown == "1234567-8"
    assert stored.digest
