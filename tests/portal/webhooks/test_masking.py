"""What was posted is shown without persons' numbers, in JSON and in text of any form."""

import json

import pytest

from portal.webhooks import masking

PERSONS = ("640823-3234", "131052-308T", "15108695088", "2110625629")  # of Sweden, Finland, Norway, Denmark
COMPANIES = ("5560360793", "1234567-1", "923609016", "13585628")


@pytest.mark.parametrize("number", PERSONS)
def test_business_id_that_is_a_persons_number_is_masked(number: str) -> None:
    shown = masking.body(json.dumps({"event_data": {"recipient_bid": number, "number": "17"}}))

    assert number[-4:] not in shown
    assert json.loads(shown)["event_data"] == {"recipient_bid": f"{number[:6]}-••••", "number": "17"}


@pytest.mark.parametrize("number", COMPANIES)
def test_business_id_of_a_company_is_shown(number: str) -> None:
    assert json.loads(masking.body(json.dumps({"bid": number}))) == {"bid": number}


@pytest.mark.parametrize("number", PERSONS)
def test_what_looks_like_a_persons_number_is_masked_in_text(number: str) -> None:
    assert masking.plain(f"ValueError at {number}, line 3") == f"ValueError at {number[:6]}-••••, line 3"


@pytest.mark.parametrize("text", [*COMPANIES, "2026-11-30", "INV-20261130-77"])
def test_other_text_is_left_as_it_is(text: str) -> None:
    assert masking.plain(f"at {text}.") == f"at {text}."
