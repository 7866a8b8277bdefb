"""Registrations as the mirror keeps them: a number that is a person's is concealed, one that only looks so is not."""

from typing import Any

import pytest
from django.utils import timezone

from companies import mirrors, services
from companies.models import NetworkProfile
from companies.networks import peppol
from companies.networks.peppol import Endpoint


@pytest.mark.parametrize(
    ("country", "scheme", "address", "kept", "secret"),
    [
        ("SE", "0007", "6408233234", "640823-••••", "6408233234"),
        ("FI", "0216", "003712345671", "003712345671", ""),
        ("DK", "0096", "2110625629", "2110625629", ""),  # a place
    ],
)
def test_address_is_kept_whole_unless_it_is_a_persons_number(
    make_company: Any, country: str, scheme: str, address: str, kept: str, secret: str
) -> None:
    numbers = {"SE": "6408233234", "FI": "1234567-1", "DK": "13585628"}
    company = make_company(numbers[country], country)
    told = services.Profile(id="p", network="PEPPOL", status="active", scheme=scheme, endpoint_id=address)

    mirrors.write_profiles(company, [told], timezone.now(), whole=True)

    row = NetworkProfile.objects.get()
    assert (row.endpoint_id, row.endpoint_id_secret) == (kept, secret)
    assert peppol.shown(Endpoint(scheme, address), country) == f"{scheme}:{kept}"
