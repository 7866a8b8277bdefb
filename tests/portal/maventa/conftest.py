from collections.abc import Callable, Iterator
from uuid import UUID

import pytest

from portal import maventa
from portal.maventa import tokens
from tests.portal.maventa.fake_api import FakeApi

COMPANY = UUID("11111111-1111-4111-8111-111111111111")
PARTNER = UUID("22222222-2222-4222-8222-222222222222")


@pytest.fixture
def api() -> Iterator[FakeApi]:
    fake = FakeApi()
    fake.start()
    yield fake
    fake.stop()


@pytest.fixture(autouse=True)
def _no_remembered_tokens() -> None:
    tokens.forget_all()


@pytest.fixture
def make_credentials(api: FakeApi) -> Callable[..., maventa.Credentials]:
    def make(**changes: object) -> maventa.Credentials:
        names = ("ax", "receivables", "payslip")
        given = {
            "account_id": 7,
            "version": 1,
            "environment": maventa.Environment.SANDBOX,
            "urls": maventa.hosts("SANDBOX", {f"{name}_url": f"{api.url}/{name}" for name in names}),
            "partner_company": PARTNER,
            "user_key": "user-key-0123456789",
            "vendor_key": "vendor-key-9876543210",
            "calls_per_second": 1000.0,
            "parallel_calls": 64,
        }
        return maventa.Credentials(**{**given, **changes})

    return make


@pytest.fixture
def make_client(make_credentials: Callable[..., maventa.Credentials]) -> Callable[..., maventa.Client]:
    def make(company: UUID | None = COMPANY, deadline: float = 5.0, log=None, **changes: object) -> maventa.Client:
        return maventa.Client(make_credentials(**changes), company, log or (lambda record: None), deadline)

    return make


@pytest.fixture
def client(make_client: Callable[..., maventa.Client]) -> maventa.Client:
    return make_client()
