"""An account with a secret, events as AutoInvoice posts them, and a registry that forgets what a test registers."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from portal.partners.models import Environment, PartnerAccount
from portal.webhooks import intake, keys, registry, together
from portal.webhooks.models import Delivery, WebhookSecret

COMPANY = UUID("11111111-1111-4111-8111-111111111111")


@pytest.fixture(autouse=True)
def _own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_handlers", {})


@pytest.fixture(autouse=True)
def nudges(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Collect the messages that would be sent to a worker, as their delay in seconds."""
    sent: list[float] = []
    monkeypatch.setattr(intake, "send", sent.append)
    monkeypatch.setattr(intake, "_nudges", intake.Nudges())
    return sent


def keep(secret: WebhookSecret, body: bytes) -> None:
    """Store what was posted, as the door does."""
    together.deliveries.store(intake.delivery_of(secret, body, {}, "192.0.2.1"))


def make_account(name: str = "Partner", **fields: Any) -> PartnerAccount:
    given = {
        "environment": Environment.SANDBOX,
        "company_uuid": uuid4(),
        "user_key": "user-key",
        "vendor_key": "vendor-key",
        "sandbox_urls": {"ax_url": "http://127.0.0.1:9/ax"},
    }
    return PartnerAccount.objects.create(name=name, **given | fields)


@pytest.fixture
def account(db: None) -> PartnerAccount:
    return make_account()


@pytest.fixture
def secret(account: PartnerAccount) -> WebhookSecret:
    return keys.issue(account)


def event(name: str = "DOCUMENTS.INVOICE.DELIVERED", number: str = "88001", **envelope: Any) -> bytes:
    content = {
        "event": name,
        "company_id": str(COMPANY),
        "event_timestamp": "2026-03-04T08:15:30+02:00",
        "event_data": {"invoice_id": "8f0a4f7b-50a0-4a43-9d54-b5a8a1d2c702", "invoice_number": number},
    }
    return json.dumps(content | envelope).encode()


Post = Callable[..., Any]


@pytest.fixture
def post(client: Client, secret: WebhookSecret) -> Post:
    """Post a body under a secret (the account's own unless another is given); return the answer."""

    def send(body: bytes | None = None, *, key: Any = None, given: str | None = None, **extra: Any) -> Any:
        path = f"/hooks/{key or secret.account.key}/{given or secret.secret}/"
        content = event() if body is None else body
        return client.post(path, content, content_type="application/json", **extra)

    return send


@pytest.fixture
def deliver(secret: WebhookSecret) -> Callable[..., Delivery]:
    """Store a delivery as the intake would."""

    def store(body: bytes | None = None, **fields: Any) -> Delivery:
        delivery = intake.delivery_of(secret, event() if body is None else body, {}, "192.0.2.1")
        delivery.save()
        Delivery.objects.filter(pk=delivery.pk).update(**fields)
        return delivery

    return store
