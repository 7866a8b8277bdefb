"""An account, companies in their states, and a simulator for what has to be seen end to end."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.utils import timezone

from companies.enums import OnboardingState
from companies.models import Company, Onboarding
from portal.operations import outcomes
from portal.partners import clients
from portal.partners.models import Environment, PartnerAccount
from tests import sandbox
from tests.companies.fakes import FakeAutoInvoice
from tests.companies.staff import LogIn, client_of
from tests.sandbox import Sandbox

FINNISH = ("12345671", "01120389", "15728600", "07375462", "20774740")


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(outcomes, "PAUSE", 0.001)
    monkeypatch.setattr(outcomes, "LOOK_PAUSE", 0.001)
    settings.RESOLVE_GRACE = 0.05


@pytest.fixture
def account(transactional_db: None) -> PartnerAccount:
    return make_account()


def make_account(name: str = "Partner", **fields: Any) -> PartnerAccount:
    fields = {"environment": Environment.SANDBOX, "company_uuid": uuid4(), "user_key": "u", "vendor_key": "v"} | fields
    return PartnerAccount.objects.create(name=name, **fields)


@pytest.fixture
def log_in(account: PartnerAccount) -> LogIn:
    """Log a member of staff in, of one group and with the account unless told otherwise."""

    def make(group: str = "agent", accounts: tuple[PartnerAccount, ...] = (account,)) -> Client:
        return client_of(group, *accounts)

    return make


MakeOnboarding = Callable[..., Onboarding]
MakeCompany = Callable[..., Company]


@pytest.fixture
def make_onboarding(request: pytest.FixtureRequest, transactional_db: None) -> MakeOnboarding:
    """Save what staff typed for one company; a draft unless told otherwise."""

    def make(business_id: str = "1234567-1", country: str = "FI", **fields: Any) -> Onboarding:
        typed = {
            "name": "Example Oy", "address1": "Street 1", "post_code": "00100", "post_office": "Helsinki",
            "city": "Helsinki", "email": "office@example.com", "auth_email": "signer@example.com", "locale": "FI",
            "networks": ["VISMA", "PEPPOL"], "state": OnboardingState.DRAFT,
        } | fields  # fmt: skip
        typed["account"] = typed.get("account") or request.getfixturevalue("account")
        onboarding = Onboarding(country=country, **typed)
        onboarding.set_business_id(country, business_id)
        onboarding.save()
        return onboarding

    return make


@pytest.fixture
def make_company(account: PartnerAccount) -> MakeCompany:
    """Save a company's mirror row; not verified unless told otherwise."""

    def make(business_id: str = "1234567-1", country: str = "FI", **fields: Any) -> Company:
        known = {"uuid": uuid4(), "name": "Example Oy", "state": "UNVERIFIED", "auth_state": "NONE"} | fields
        known.setdefault("state_at", timezone.now() - timezone.timedelta(hours=1))
        company = Company(account=account, country=country, **known)
        company.set_business_id(country, business_id)
        company.save()
        return company

    return make


@pytest.fixture
def autoinvoice(monkeypatch: pytest.MonkeyPatch) -> FakeAutoInvoice:
    """AutoInvoice in memory, behind every client that operations, plans and watches make."""
    fake = FakeAutoInvoice()
    monkeypatch.setattr(clients, "for_account", lambda _account, *, company=None, **_more: fake.client(company))
    return fake


@pytest.fixture(scope="session")
def running_simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with sandbox.start(Path(tmp_path_factory.mktemp("companies-sandbox"))) as running:
        yield running


@pytest.fixture
def simulator(running_simulator: Sandbox) -> Sandbox:
    """A simulator with nothing in it but the partner company."""
    running_simulator.clear_faults()
    running_simulator.reset()
    return running_simulator


@pytest.fixture
def partner(simulator: Sandbox, transactional_db: None) -> PartnerAccount:
    """The simulator's partner company as an account."""
    keys = simulator.credentials
    return make_account(
        company_uuid=UUID(keys["company_uuid"]),
        user_key=keys["user_api_key"],
        vendor_key=keys["vendor_api_key"],
        own_kyc=True,
        sandbox_urls={name: url for name, url in keys.items() if name.endswith("_url")},
    )
