"""The intake as a process of its own keeps what the portal's own view keeps, and answers as it does."""

import asyncio
import base64
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection

from portal.webhooks import asgi, door, keys, together
from portal.webhooks.models import Delivery, WebhookSecret
from tests.portal.webhooks.conftest import event

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "_known", keys.Known())
    monkeypatch.setattr(asgi, "_deliveries", Deliveries(together.insert))


class Deliveries(together.Awaited[Delivery]):
    """Writes in a thread whose connection is closed after each row: it would outlive the test's database."""

    def _write_here(self, rows: Any) -> Any:
        try:
            return super()._write_here(rows)
        finally:
            connection.close()


def call(
    path: str, *parts: bytes, method: str = "POST", is_cut: bool = False, **headers: str
) -> tuple[int, dict[str, str]]:
    """Send a request whose body comes in parts; `is_cut`: its sender goes away before the last."""
    named = {name.replace("_", "-").encode(): value.encode() for name, value in headers.items()}
    scope = {"type": "http", "method": method, "path": path, "client": ("192.0.2.9", 7), "headers": [*named.items()]}
    coming: list[Any] = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
    coming.append({"type": "http.disconnect"} if is_cut else {"type": "http.request", "body": b"", "more_body": False})
    told: list[Any] = []

    async def receive() -> Any:
        return coming.pop(0)

    async def send(message: Any) -> None:
        told.append(message)

    asyncio.run(asgi.application(scope, receive, send))
    start, content = told
    assert not content["body"]
    return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}


def address(secret: WebhookSecret) -> str:
    return f"/hooks/{secret.account.key}/{secret.secret}/"


def test_a_post_is_stored_as_the_view_stores_it(client: Any, secret: WebhookSecret, nudges: list[float]) -> None:
    headers = {"x-trace": "abc", "authorization": "Bearer s3cret"}
    client.post(address(secret), event(), content_type="application/json", REMOTE_ADDR="192.0.2.9", headers=headers)
    about = {"content_type": "application/json", "content_length": str(len(event()))}
    status, _headers = call(address(secret), event()[:9], event()[9:], **about, **headers)

    by_view, by_process = Delivery.objects.order_by("pk").values(
        "account", "secret", "digest", "event", "company_uuid", "event_at", "body", "headers", "address", "state"
    )
    for one in (by_view, by_process):
        one["headers"].pop("Cookie", None)
    assert status == 204
    assert by_process == by_view
    assert by_process["headers"]["X-Trace"] == "abc"
    assert "s3cret" not in str(by_process)
    assert nudges


@pytest.mark.parametrize(
    ("path", "status"),
    [("/health/live", 200), ("/", 404), ("/admin/", 404), ("/hooks/x/y/", 404), (f"/hooks/{UUID(int=7)}/y/", 404)],
)
def test_nothing_else_is_served(path: str, status: int) -> None:
    assert call(path, b"x")[0] == status
    assert not Delivery.objects.exists()


def test_refusals_are_those_of_the_view(secret: WebhookSecret) -> None:
    guarded = keys.issue(secret.account, with_password=True)
    pair = base64.b64encode(f"autoinvoice:{guarded.password}".encode()).decode()

    assert call(address(secret), method="GET") == (405, {"content-length": "0", "allow": "POST"})
    assert call(address(guarded), event())[0] == 401
    assert call(address(guarded), event(), authorization=f"Basic {pair}")[0] == 204
    assert call(address(secret), b"x" * (settings.WEBHOOK_MAX_BYTES + 1))[0] == 413
    assert call(address(secret), *[b"x" * 1000] * (settings.WEBHOOK_MAX_BYTES // 1000 + 9))[0] == 413
    assert call(address(secret), b"x", is_cut=True)[0] == 400
    assert Delivery.objects.count() == 1


def test_secret_is_looked_up_once_in_a_while_and_one_that_ran_out_is_noticed(
    secret: WebhookSecret, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    call(address(secret), event())
    known = asgi._known
    with django_assert_num_queries(0):
        assert known.recall(secret.account.key, secret.secret) == secret
    WebhookSecret.objects.update(valid_until=secret.created_at)
    monkeypatch.setattr(keys.Known, "SECONDS", 0.0)
    known._until = {named: (0.0, row) for named, (_until, row) in known._until.items()}

    assert call(address(secret), event())[0] == 404


def test_missing_keys_are_a_503_and_no_traceback(secret: WebhookSecret, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_given: Any) -> None:
        raise ImproperlyConfigured("DIGEST_KEY")

    monkeypatch.setattr(door, "admit", missing)

    assert call(address(secret), event())[0] == 503


def test_a_database_that_refuses_is_a_503_and_asks_to_come_again(
    secret: WebhookSecret, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_rows: Any) -> None:
        raise OperationalError("disk full")

    monkeypatch.setattr(asgi, "_deliveries", Deliveries(refuse))

    assert call(address(secret), event()) == (503, {"content-length": "0", "retry-after": "30"})
    assert not Delivery.objects.exists()


def test_a_post_without_a_path_of_ours_or_of_another_protocol_does_nothing() -> None:
    async def never(*_message: Any) -> Any:
        raise AssertionError

    asyncio.run(asgi.application({"type": "lifespan"}, never, never))
