"""The intake as a process of its own keeps what the portal's own view keeps, and answers as it does."""

import base64
import io
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from portal.webhooks import intake, keys, together, wsgi
from portal.webhooks.models import Delivery, WebhookSecret
from tests.portal.webhooks.conftest import event

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wsgi, "_known", keys.Known())
    monkeypatch.setattr(together.deliveries, "write_on_a_thread", lambda: None)  # it would outlive the test's database


def call(path: str, body: bytes = b"", method: str = "POST", **environ: Any) -> tuple[int, dict[str, str]]:
    given = {"REQUEST_METHOD": method, "PATH_INFO": path, "CONTENT_LENGTH": str(len(body)), "REMOTE_ADDR": "192.0.2.9"}
    told: list[Any] = []
    content = wsgi.application(
        given | {"wsgi.input": io.BytesIO(body)} | environ, lambda status, headers: told.extend((status, headers))
    )
    assert not list(content)
    return int(told[0].split()[0]), dict(told[1])


def address(secret: WebhookSecret) -> str:
    return f"/hooks/{secret.account.key}/{secret.secret}/"


def test_a_post_is_stored_as_the_view_stores_it(client: Any, secret: WebhookSecret, nudges: list[float]) -> None:
    headers = {"HTTP_X_TRACE": "abc", "HTTP_AUTHORIZATION": "Bearer s3cret"}
    client.post(address(secret), event(), content_type="application/json", REMOTE_ADDR="192.0.2.9", **headers)
    status, _headers = call(address(secret), event(), CONTENT_TYPE="application/json", **headers)

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

    assert call(address(secret), method="GET") == (405, {"Content-Length": "0", "Allow": "POST"})
    assert call(address(guarded), event())[0] == 401
    assert call(address(guarded), event(), HTTP_AUTHORIZATION=f"Basic {pair}")[0] == 204
    assert call(address(secret), b"x" * (settings.WEBHOOK_MAX_BYTES + 1))[0] == 413
    assert call(address(secret), b"x", CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")[0] == 411
    assert call(address(secret), b"x", CONTENT_LENGTH="-1")[0] == 411
    assert Delivery.objects.count() == 1


def test_secret_is_looked_up_once_in_a_while_and_one_that_ran_out_is_noticed(
    secret: WebhookSecret, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    call(address(secret), event())
    known = wsgi._known
    with django_assert_num_queries(0):
        assert known.recognise(secret.account.key, secret.secret) == secret
    WebhookSecret.objects.update(valid_until=secret.created_at)
    monkeypatch.setattr(keys.Known, "SECONDS", 0.0)
    known._until = {named: (0.0, row) for named, (_until, row) in known._until.items()}

    assert call(address(secret), event())[0] == 404


def test_missing_keys_are_a_503_and_no_traceback(secret: WebhookSecret, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_given: Any) -> None:
        raise ImproperlyConfigured("DIGEST_KEY")

    monkeypatch.setattr(intake, "store", missing)

    assert call(address(secret), event())[0] == 503
