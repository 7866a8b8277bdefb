from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission

from portal.maventa import tokens
from portal.partners.models import PartnerAccount
from tests import sandbox

COMPANY = UUID("22222222-2222-4222-8222-222222222222")


@pytest.fixture(autouse=True)
def _no_remembered_tokens() -> None:
    tokens.forget_all()


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sandbox.Sandbox]:
    with sandbox.start(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture
def make_account(db: None) -> Callable[..., PartnerAccount]:
    def make(name: str = "Partner", **changes: Any) -> PartnerAccount:
        given = {
            "environment": "STAGE",
            "company_uuid": COMPANY,
            "user_key": "stored-user-key",
            "vendor_key": "stored-vendor-key",
        }
        return PartnerAccount.objects.create(name=name, **{**given, **changes})

    return make


@pytest.fixture
def simulated_account(make_account: Callable[..., PartnerAccount], simulator: sandbox.Sandbox) -> PartnerAccount:
    given = simulator.credentials
    return make_account(
        environment="SANDBOX",
        company_uuid=UUID(given["company_uuid"]),
        user_key=given["user_api_key"],
        vendor_key=given["vendor_api_key"],
        sandbox_urls={name: url for name, url in given.items() if name.endswith("_url")},
    )


@pytest.fixture
def make_staff(db: None) -> Callable[..., Any]:
    """Make a member of staff with permissions such as "partners.view_apicall"."""

    def make(name: str, *permissions: str) -> Any:
        user = get_user_model().objects.create_user(name, is_staff=True)
        for permission in permissions:
            app, _, codename = permission.partition(".")
            user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
        return user

    return make
