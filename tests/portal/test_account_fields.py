"""Accounts as people copy them: an IBAN in groups of four, a BIC in small letters."""

import pytest
from django.core.exceptions import ValidationError

from portal.account_fields import BicField, IbanField


@pytest.mark.parametrize("typed", ["FI2112345600000785", "fi21 1234 5600 0007 85", " FI21-1234-5600-0007-85 "])
def test_iban_is_taken_however_it_is_spaced(typed: str) -> None:
    assert IbanField().clean(typed) == "FI2112345600000785"


@pytest.mark.parametrize(
    "typed", ["FI2112345600000786", "FI21123456000007850", "12345600000785", "NDEAFIHH"],
    ids=["check digits", "length", "no country", "a BIC"],
)  # fmt: skip
def test_what_is_no_iban_is_told_what_to_do(typed: str) -> None:
    with pytest.raises(ValidationError, match=r"This is no IBAN.*Copy it from the bank once more"):
        IbanField().clean(typed)


@pytest.mark.parametrize(("typed", "taken"), [("ndeafihh", "NDEAFIHH"), (" NDEA FI HH XXX", "NDEAFIHHXXX")])
def test_bic_is_taken_however_it_is_spaced(typed: str, taken: str) -> None:
    assert BicField().clean(typed) == taken


@pytest.mark.parametrize("typed", ["NDEA", "NDEAFIHHX", "NDEA1IHH"])
def test_what_is_no_bic_is_told_what_one_looks_like(typed: str) -> None:
    with pytest.raises(ValidationError, match="8 or 11 letters and digits, such as NDEAFIHH"):
        BicField().clean(typed)


@pytest.mark.parametrize("field", [IbanField, BicField])
def test_account_that_may_be_left_out_is_empty_and_one_that_is_needed_is_asked_for(
    field: type[IbanField | BicField],
) -> None:
    assert field(required=False).clean(" ") == ""
    with pytest.raises(ValidationError, match="required"):
        field().clean("")
