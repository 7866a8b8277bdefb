"""An account, and a registry that forgets what a test registers."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from portal.partners.models import Environment, PartnerAccount
from portal.sync import registry


@pytest.fixture
def make_account() -> Callable[..., PartnerAccount]:
    def make(name: str = "Partner", **fields: Any) -> PartnerAccount:
        given = {
            "environment": Environment.SANDBOX,
            "company_uuid": uuid4(),
            "user_key": "user-key",
            "vendor_key": "vendor-key",
            "sandbox_urls": {"ax_url": "http://127.0.0.1:9/ax"},
        }
        return PartnerAccount.objects.create(name=name, **given | fields)

    return make


@pytest.fixture
def account(db: None, make_account: Callable[..., PartnerAccount]) -> PartnerAccount:
    return make_account()


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_sources", {})
