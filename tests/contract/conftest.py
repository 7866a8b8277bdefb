from uuid import UUID

import pytest
from pytest_httpserver import HTTPServer

from portal import maventa
from portal.maventa import tokens
from tests.contract.recorder import Recorder

COMPANY = UUID("11111111-1111-4111-8111-111111111111")
PARTNER = UUID("22222222-2222-4222-8222-222222222222")


@pytest.fixture
def recorder(httpserver: HTTPServer) -> Recorder:
    tokens.forget_all()
    return Recorder(httpserver)


@pytest.fixture
def client(recorder: Recorder) -> maventa.Client:
    credentials = maventa.Credentials(
        account_id=7,
        version=1,
        environment=maventa.Environment.SANDBOX,
        urls=maventa.hosts("SANDBOX", {f"{api.lower()}_url": f"{recorder.url}/{api.lower()}" for api in maventa.Api}),
        partner_company=PARTNER,
        user_key="user-key-0123456789",
        vendor_key="vendor-key-9876543210",
        calls_per_second=1000.0,
        parallel_calls=16,
    )
    return maventa.Client(credentials, COMPANY, log=lambda record: None, deadline=5.0)
