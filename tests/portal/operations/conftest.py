"""An account, groups to act on, and kinds of operations that act in a remote world in memory."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from portal.operations import outcomes, queueing, registry
from portal.operations.models import Operation
from portal.partners.models import Environment, PartnerAccount
from tests.portal.operations import kinds


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry, "_handlers", dict(registry._handlers))
    kinds.register_all()
    kinds.reset()
    yield
    kinds.reset()


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes, "PAUSE", 0.001)
    monkeypatch.setattr(outcomes, "LOOK_PAUSE", 0.001)


@pytest.fixture
def account(transactional_db: None) -> PartnerAccount:
    return make_account("Partner")


def make_account(name: str, **fields: Any) -> PartnerAccount:
    fields = {"environment": Environment.SANDBOX, "company_uuid": uuid4(), "user_key": "u", "vendor_key": "v"} | fields
    return PartnerAccount.objects.create(name=name, **fields)


Queue = Callable[..., Operation]


@pytest.fixture
def queue(account: PartnerAccount) -> Queue:
    """Queue one operation of a kind for a group of a name."""

    def queue_one(name: str, kind: str = "tests.register", parameters: Any = None, **more: Any) -> Operation:
        group, _ = Group.objects.get_or_create(name=name)
        return queueing.queue(kind, group, parameters, **{"account": account} | more)

    return queue_one


@pytest.fixture
def queue_many(account: PartnerAccount) -> Callable[..., queueing.Queued]:
    """Queue one operation of a kind for each of many groups."""

    def queue_all(
        names: list[str], kind: str = "tests.register", parameters: Any = None, **more: Any
    ) -> queueing.Queued:
        Group.objects.bulk_create([Group(name=name) for name in names], ignore_conflicts=True)
        groups = Group.objects.filter(name__in=names).order_by("pk")
        rows = [queueing.Row(group, parameters or {}) for group in groups]
        return queueing.queue_many(kind, rows, **{"account": account} | more)

    return queue_all


def make_due() -> None:
    """Let whatever is to be looked at later be due now."""
    Operation.objects.update(not_before=timezone.now())


def states(*operations: Operation) -> list[str]:
    found = dict(Operation.objects.values_list("pk", "state"))
    return [found[operation.pk] for operation in operations]
