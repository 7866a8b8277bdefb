"""Peppol addresses that companies should have, and schemes that may be offered."""

import pytest

from companies.networks import catalogue, peppol
from companies.networks.peppol import Endpoint


@pytest.mark.parametrize(
    ("country", "business_id", "expected"),
    [
        ("FI", "1234567-1", Endpoint("0216", "003712345671")),
        ("FI", "FI12345671", Endpoint("0216", "003712345671")),
        ("SE", "SE556000461501", Endpoint("0007", "5560004615")),
        ("NO", "923609016", Endpoint("0192", "923609016")),
        ("DK", "13585628", Endpoint("0184", "13585628")),
        ("NL", "33031431", Endpoint("0106", "33031431")),
        ("NL", "NL004495445B01", Endpoint("9944", "NL004495445B01")),
        ("DE", "136695976", Endpoint("9930", "DE136695976")),
        ("BE", "0403019261", None),
        ("FI", "nonsense", None),
    ],
)
def test_expected_address_follows_from_country_and_business_id(
    country: str, business_id: str, expected: Endpoint | None
) -> None:
    assert peppol.expected_endpoint(country, business_id) == expected


def test_removed_and_deprecated_schemes_are_not_offered() -> None:
    codes = {scheme.code for scheme in peppol.active_schemes()}

    assert {"0216", "0007", "0192", "0184"} <= codes
    assert not {"0037", "0212", "9956", "0193"} & codes


def test_norway_has_a_document_version_of_its_own() -> None:
    assert (catalogue.usual_version("NO"), catalogue.usual_version("FI")) == ("EHF30", "PEPPOLBIS30")
