"""Forms about networks: what they offer a company, and what they refuse before AutoInvoice does."""

from typing import Any

import pytest

from companies.networks import catalogue, peppol
from companies.networks.forms import ActivateForm
from companies.networks.peppol import Endpoint, InvalidEndpointError


def choices(form: ActivateForm, name: str) -> list[str]:
    """The values that a field offers, groups opened."""
    field: Any = form.fields[name]
    found: list[str] = []
    for value, label in field.choices:
        found += [inner for inner, _name in label] if isinstance(label, list | tuple) else [value]
    return found


def filled(company: Any, **values: Any) -> ActivateForm:
    return ActivateForm({"network": "PEPPOL", "profiles": [catalogue.INVOICES]} | values, company=company)


def test_a_company_is_offered_the_networks_of_its_country(make_company: Any) -> None:
    finnish, swedish = ActivateForm(company=make_company()), ActivateForm(company=make_company("5560004615", "SE"))

    assert choices(finnish, "network")[:3] == ["VISMA", "PEPPOL", "BANK"]
    assert "BANK" not in choices(swedish, "network")
    assert not {"AISPROOM", "AUTOSCAN", "RECEIVABLES"} & set(choices(finnish, "network"))


def test_schemes_out_of_use_are_not_offered(make_company: Any) -> None:
    offered = choices(ActivateForm(company=make_company()), "scheme")

    assert {"0216", "0088", "0184"} <= set(offered)
    assert not {"0037", "9902", "0182", "0193", "0205"} & set(offered)


def test_extensions_are_offered_where_the_market_has_them(make_company: Any) -> None:
    dutch, finnish = ActivateForm(company=make_company("33031431", "NL")), ActivateForm(company=make_company())

    assert choices(dutch, "extensions") == ["GACCOUNT10"]
    assert "extensions" not in finnish.fields


def test_what_the_wizard_would_ask_for_is_said_the_same_way(make_company: Any) -> None:
    form = filled(make_company())

    assert form.is_valid()
    assert form.cleaned_data["profiles"] == []


def test_the_norwegian_version_is_offered_first_and_in_norway_only(make_company: Any) -> None:
    norwegian = ActivateForm(company=make_company("923609016", "NO"))

    assert choices(norwegian, "profile_version") == ["", "EHF30", "PEPPOLBIS30"]
    assert choices(ActivateForm(company=make_company()), "profile_version") == ["", "PEPPOLBIS30"]


def test_orders_need_a_version(make_company: Any) -> None:
    company = make_company()

    without, given = (
        filled(company, profiles=["ORDER"]),
        filled(company, profiles=["ORDER", "CATALOGUE"], profile_version="PEPPOLBIS30"),
    )

    assert "need a version" in str(without.errors["profile_version"])
    assert given.is_valid(), given.errors


def test_orders_are_for_peppol(make_company: Any) -> None:
    form = filled(make_company(), network="VISMA", profiles=["ORDER"])

    assert "VISMA takes no ORDER" in str(form.errors["profiles"])


def test_an_address_is_read_however_it_is_written(make_company: Any) -> None:
    form = filled(make_company(), scheme="0088", endpoint_id=" iso6523-actorid-upis::0088:4006-3813 33931 ")

    assert form.is_valid(), form.errors
    assert (form.cleaned_data["scheme"], form.cleaned_data["endpoint_id"]) == ("0088", "4006381333931")


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"scheme": "0216"}, "endpoint_id", "belong together"),
        ({"endpoint_id": "003712345671"}, "scheme", "belong together"),
        ({"scheme": "0088", "endpoint_id": "4006381333932"}, "endpoint_id", "check digit"),
        ({"scheme": "0192", "endpoint_id": "4006381333931"}, "endpoint_id", "form of 0088 (GLN)"),
        ({"scheme": "0216", "endpoint_id": "003701120389"}, "endpoint_id", "another business id"),
        ({"scheme": "0216", "endpoint_id": "003712345672"}, "endpoint_id", "check digit"),
        ({"scheme": "0208", "endpoint_id": "12"}, "endpoint_id", "no address of scheme 0208"),
    ],
)
def test_a_wrong_address_is_told_at_its_field(make_company: Any, given: dict[str, str], field: str, words: str) -> None:
    form = filled(make_company(), **given)

    assert words in str(form.errors[field])


@pytest.mark.parametrize(
    ("scheme", "words"),
    [
        ("0037", "Use 0216 (FI:OVT2)"),
        ("9902", "Use 0184 (DK:DIGST)"),
        ("0182", "though a document names it. Use 0184"),
        ("0205", "Choose an active scheme"),
        ("7777", "no Peppol scheme"),
    ],
)
def test_a_scheme_out_of_use_names_what_took_its_place(scheme: str, words: str) -> None:
    with pytest.raises(InvalidEndpointError) as caught:
        peppol.check_endpoint(Endpoint(scheme, "1"))

    assert words in caught.value.text


def test_a_foreign_gln_with_a_right_digit_is_taken(make_company: Any) -> None:
    form = filled(make_company(), scheme="0088", endpoint_id="4006381333931")

    assert form.is_valid(), form.errors


def test_an_address_in_which_hyphens_count_keeps_them() -> None:
    endpoint = peppol.read_endpoint("0204", "04011000-1234512345-06")

    assert endpoint.endpoint_id == "04011000-1234512345-06"


def test_a_personal_number_in_an_address_is_masked() -> None:
    assert peppol.shown(Endpoint("0007", "6408233234"), "SE") == "0007:640823-••••"


def test_the_address_that_follows_anyway_is_not_kept(make_company: Any) -> None:
    form = filled(make_company("6408233234", "SE"), scheme="0007", endpoint_id="640823-3234")

    assert form.is_valid(), form.errors
    assert (form.cleaned_data["scheme"], form.cleaned_data["endpoint_id"]) == ("", "")
