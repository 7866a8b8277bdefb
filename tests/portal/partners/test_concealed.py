"""Business ids that are a person's own number."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.partners import concealed


@pytest.mark.parametrize(
    "number", ["640823-3234", "6408233234", "19640823-3234", "196408233234", "640823+3234", "701063-2391"]
)
def test_swedish_personal_number_is_masked_and_kept_secret(number):
    given = concealed.conceal("SE", number)

    assert given.shown.endswith("-••••")
    assert "3234" not in given.shown
    assert given.secret == number


@pytest.mark.parametrize(
    ("country", "number", "hidden"),
    [
        ("IT", "RSSMRA85T10A562S", "85T10"),
        ("LV", "161175-19997", "19997"),
        ("FI", "131052-308T", "308T"),
        ("FI", "290200A002C", "002C"),
        ("NO", "151086 95088", "95088"),
        ("DK", "211062-5629", "5629"),
    ],
)
def test_personal_number_of_another_country_is_masked_too(country, number, hidden):
    given = concealed.conceal(country, number)

    assert given.shown.endswith("-••••")
    assert hidden not in given.shown
    assert given.secret == number


@pytest.mark.parametrize(
    ("country", "number"),
    [
        ("IT", "00743110157"),
        ("LV", "40003521600"),
        ("SE", "556036-0793"),
        ("SE", "5560360793"),
        ("FI", "0112038-9"),
        ("NO", "974760673"),
        ("FI", "131052-308U"),
        ("NO", "15108695077"),
        ("DK", "211062-5620"),
    ],
)
def test_company_number_is_shown(country, number):
    given = concealed.conceal(country, number)

    assert (given.shown, given.secret) == (number, "")


def test_digest_is_the_same_for_all_ways_of_writing():
    ways = ["640823-3234", "640823 3234", "6408233234", "640823+3234"]

    assert len({concealed.conceal("SE", way).digest for way in ways}) == 1


def test_digest_differs_between_countries_and_keys(settings):
    first = concealed.digest("SE", "5560360793")
    assert concealed.digest("NO", "5560360793") != first

    settings.DIGEST_KEY = "another"
    assert concealed.digest("SE", "5560360793") != first


def test_digest_without_a_key_is_refused(settings):
    settings.DIGEST_KEY = ""

    with pytest.raises(ImproperlyConfigured, match="DIGEST_KEY"):
        concealed.digest("SE", "5560360793")
