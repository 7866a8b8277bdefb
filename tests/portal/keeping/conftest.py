"""An account, and house keeping that waits for nobody."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from portal.keeping import files, running, walking
from portal.keeping.models import RetentionRun, RetentionStep
from portal.partners.models import ApiCall, Environment, PartnerAccount


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> None:
    monkeypatch.setattr(running, "_LONGEST_PAUSE", 0)
    monkeypatch.setattr(files, "FRESH", timedelta(0))
    settings.MEDIA_ROOT = str(tmp_path / "files")


@pytest.fixture
def account(db: None) -> PartnerAccount:
    fields = {"environment": Environment.SANDBOX, "company_uuid": uuid4(), "user_key": "u", "vendor_key": "v"}
    return PartnerAccount.objects.create(name="Partner", **fields)


def call(account: PartnerAccount, days: float, **fields: Any) -> ApiCall:
    at = timezone.now() - timedelta(days=days)
    known = {"api": "ax", "method": "GET", "path": "/v1/company", "status": 200}
    return ApiCall.objects.create(account=account, at=at, **(known | fields))


def keep_house(*, is_trial: bool = False, shown: RetentionRun | None = None) -> RetentionRun:
    """Do a whole run in this process."""
    run = running.begin(is_trial=is_trial, shown=shown)
    while running.work(60):
        continue
    run.refresh_from_db()
    return run


def step(run: RetentionRun, kind: str) -> RetentionStep:
    return run.steps.get(kind=kind)


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    return lambda size: monkeypatch.setattr(walking, "CHUNK", size)
