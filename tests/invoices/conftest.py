"""An account with companies, a folder for files, and a simulator for what has to be seen end to end."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import requests
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from companies.models import Company
from invoices.sending import further_checks
from portal.operations import outcomes
from portal.partners.models import Environment, PartnerAccount
from tests import sandbox
from tests.invoices.documents import BUYER, SELLER, Who
from tests.sandbox import Sandbox

MakeCompany = Callable[..., Company]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    monkeypatch.setattr(outcomes, "PAUSE", 0.001)
    monkeypatch.setattr(outcomes, "LOOK_PAUSE", 0.001)
    monkeypatch.setattr(further_checks, "today", lambda: date(2026, 11, 20))  # the files of tests are of that month
    settings.RESOLVE_GRACE = 0.05
    settings.MEDIA_ROOT = str(tmp_path / "files")


@pytest.fixture
def account(transactional_db: None) -> PartnerAccount:
    return make_account()


def make_account(name: str = "Partner", **fields: Any) -> PartnerAccount:
    fields = {"environment": Environment.SANDBOX, "company_uuid": uuid4(), "user_key": "u", "vendor_key": "v"} | fields
    return PartnerAccount.objects.create(name=name, **fields)


@pytest.fixture
def make_company(account: PartnerAccount) -> MakeCompany:
    """Save a company's mirror row, verified unless told otherwise."""

    def make(who: Who = SELLER, **fields: Any) -> Company:
        known = {"uuid": uuid4(), "name": who.name, "state": "VERIFIED", "state_at": timezone.now(), "account": account}
        company = Company(country=who.country, **(known | fields))
        company.set_business_id(who.country, who.business_id)
        company.save()
        return company

    return make


@pytest.fixture
def company(make_company: MakeCompany) -> Company:
    return make_company()


@pytest.fixture
def staff(account: PartnerAccount) -> User:
    """A member of staff who may see and send invoices of the account."""
    user = User.objects.create_user("agent", password="x", is_staff=True)
    wanted = ("view_invoice", "view_upload", "send_invoice", "handle_invoice", "view_company")
    user.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    account.staff.add(user)
    return user


@pytest.fixture
def browser(staff: User) -> Client:
    client = Client()
    client.force_login(staff)
    return client


@dataclass
class World:
    """A simulator with two verified companies that receive, and the account that speaks for them."""

    simulator: Sandbox
    account: PartnerAccount
    seller: Company
    buyer: Company


@pytest.fixture(scope="session")
def running_simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with sandbox.start(Path(tmp_path_factory.mktemp("invoices-sandbox"))) as running:
        yield running


@pytest.fixture
def world(running_simulator: Sandbox, transactional_db: None) -> World:
    running_simulator.clear_faults()
    running_simulator.reset()
    keys = running_simulator.credentials
    account = make_account(
        company_uuid=UUID(keys["company_uuid"]),
        user_key=keys["user_api_key"],
        vendor_key=keys["vendor_api_key"],
        own_kyc=True,
        sandbox_urls={name: url for name, url in keys.items() if name.endswith("_url")},
    )
    companies = [_register(running_simulator, account, who) for who in (SELLER, BUYER)]
    running_simulator.advance(10)  # their profiles become active
    return World(running_simulator, account, *companies)


def _register(simulator: Sandbox, account: PartnerAccount, who: Who) -> Company:
    """Bring a company in by bare HTTP, so that these tests lean on nothing but what they prove."""
    keys = simulator.credentials
    form = {
        "vendor_api_key": keys["vendor_api_key"], "user_api_key": keys["user_api_key"], "name": who.name,
        "bid": who.business_id, "no_vat": "true", "address1": "Street 1", "post_code": "00100",
        "post_office": "Helsinki", "city": "Helsinki", "country": who.country, "email": "office@example.com",
    }  # fmt: skip
    made = requests.post(f"{keys['ax_url']}/v1/companies", files={n: (None, v) for n, v in form.items()}, timeout=10)
    uuid = made.json()["id"]
    simulator.change(uuid, company_state="VERIFIED")
    headers = {"Authorization": f"Bearer {simulator.token(company=uuid)}"}
    profile = {"network": "VISMA", "profiles": ["INVOICE_AND_CREDIT_NOTE"]}
    requests.post(f"{keys['ax_url']}/v1/company/profiles", json=profile, headers=headers, timeout=10).raise_for_status()
    company = Company(account=account, uuid=UUID(uuid), name=who.name, country=who.country, state="VERIFIED")
    company.set_business_id(who.country, who.business_id)
    company.save()
    return company
