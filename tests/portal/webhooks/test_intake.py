"""The door: who may leave something, what is kept of it, and what the sender is told."""

import base64
import io
import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from celery import current_app
from django.conf import settings
from django.db import connection
from django.test import Client, RequestFactory
from django.utils import timezone

from portal.partners.models import PartnerAccount
from portal.webhooks import intake, keys, views
from portal.webhooks.models import Delivery, WebhookSecret
from tests.portal.webhooks.conftest import COMPANY, Post, event, make_account

pytestmark = pytest.mark.django_db


def test_intake_stores_first_and_answers_204(post: Post, secret: WebhookSecret) -> None:
    answer = post(event(), REMOTE_ADDR="192.0.2.7", HTTP_X_TRACE="abc")

    assert (answer.status_code, answer.content) == (204, b"")
    delivery = Delivery.objects.get()
    assert (delivery.account, delivery.secret, delivery.state) == (secret.account, secret, "STORED")
    assert (delivery.event, delivery.company_uuid) == ("DOCUMENTS.INVOICE.DELIVERED", COMPANY)
    assert delivery.event_at == datetime(2026, 3, 4, 6, 15, 30, tzinfo=UTC)
    assert (delivery.body, delivery.address) == (event().decode(), "192.0.2.7")
    assert delivery.headers["X-Trace"] == "abc"


def test_intake_keeps_no_plain_text_of_the_body_and_no_secret_headers(post: Post) -> None:
    post(event(), HTTP_AUTHORIZATION="Bearer s3cret", HTTP_COOKIE="portal_session=s3cret", HTTP_X_API_KEY="s3cret")

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM webhooks_delivery")
        raw = str(cursor.fetchall())
    assert "s3cret" not in raw
    assert "invoice_number" not in raw


@pytest.mark.parametrize("given", ["x", "wrong" * 9, "%00", "é"], ids=["short", "long", "NUL", "not ASCII"])
def test_intake_answers_404_and_stores_nothing_when_the_secret_is_wrong(post: Post, given: str) -> None:
    assert post(given=given).status_code == 404
    assert not Delivery.objects.exists()


def test_intake_answers_404_when_the_secret_is_another_accounts(post: Post) -> None:
    other = keys.issue(make_account("Other"))

    assert post(given=other.secret).status_code == 404
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options"])
def test_intake_answers_405_when_it_is_no_post(client: Client, secret: WebhookSecret, method: str) -> None:
    answer = getattr(client, method)(f"/hooks/{secret.account.key}/{secret.secret}/")

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert not Delivery.objects.exists()


def test_intake_takes_both_secrets_during_a_rotation_and_the_old_one_a_day_longer(
    post: Post, account: PartnerAccount, secret: WebhookSecret
) -> None:
    new = keys.issue(account)
    keys.retire(secret)

    answers = [post(given=secret.secret), post(given=new.secret)]
    WebhookSecret.objects.filter(pk=secret.pk).update(valid_until=timezone.now() - timedelta(seconds=1))
    late = post(given=secret.secret)

    assert [answer.status_code for answer in answers] == [204, 204]
    assert late.status_code == 404
    assert [delivery.secret for delivery in Delivery.objects.order_by("pk")] == [secret, new]


def test_intake_asks_for_the_password_of_a_secret_that_has_one(client: Client, account: PartnerAccount) -> None:
    secret = keys.issue(account, with_password=True)
    path = f"/hooks/{account.key}/{secret.secret}/"

    def answer(pair: str | None) -> Any:
        header = {} if pair is None else {"HTTP_AUTHORIZATION": "Basic " + base64.b64encode(pair.encode()).decode()}
        return client.post(path, event(), content_type="application/json", **header)

    refused = [answer(None), answer("autoinvoice:wrong"), answer(f"someone:{secret.password}")]
    broken = client.post(path, event(), content_type="application/json", HTTP_AUTHORIZATION="Basic é%%")
    right = answer(f"autoinvoice:{secret.password}")

    assert [given.status_code for given in [*refused, broken]] == [401] * 4
    assert refused[0]["WWW-Authenticate"].startswith("Basic")
    assert right.status_code == 204
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b'{"event":', b"[1]", b"null", b"\xff\xfe\x00", b'{"event": "A\\u0000B"}', b"[" * 9000],
    ids=["empty", "HTML", "cut off", "a list", "null", "not UTF-8", "NUL in a name", "deep"],
)
def test_intake_keeps_whatever_is_posted_under_the_right_secret(post: Post, body: bytes) -> None:
    assert post(body).status_code == 204

    delivery = Delivery.objects.get()
    assert delivery.body.encode(delivery.encoding) == body
    assert delivery.company_uuid is None


@pytest.mark.parametrize(
    ("envelope", "expected"),
    [
        ({"event": ["x"]}, ("", COMPANY, True)),
        ({"event": "N" * 500}, ("N" * 120, COMPANY, True)),
        ({"company_id": "7"}, ("A.B.C", None, True)),
        ({"event_timestamp": "yesterday"}, ("A.B.C", COMPANY, False)),
        ({"event_timestamp": "0001-01-01T00:00:00+14:00"}, ("A.B.C", COMPANY, False)),
        ({"event_timestamp": 1}, ("A.B.C", COMPANY, False)),
        ({"event_data": "text"}, ("A.B.C", COMPANY, True)),
    ],
)
def test_intake_reads_what_can_be_read(post: Post, envelope: dict[str, Any], expected: tuple[Any, ...]) -> None:
    post(event("A.B.C", **envelope))

    delivery = Delivery.objects.get()
    assert (delivery.event, delivery.company_uuid, delivery.event_at is not None) == expected


def test_intake_takes_an_event_time_without_zone_as_utc(post: Post) -> None:
    post(event(event_timestamp="2026-03-04T08:15:30"))

    assert Delivery.objects.get().event_at == datetime(2026, 3, 4, 8, 15, 30, tzinfo=UTC)


def test_intake_answers_413_and_stores_nothing_when_the_body_is_huge(post: Post) -> None:
    largest = post(b"x" * settings.WEBHOOK_MAX_BYTES)
    huge = post(b"x" * (settings.WEBHOOK_MAX_BYTES + 1))

    assert (largest.status_code, huge.status_code, Delivery.objects.count()) == (204, 413, 1)


def chunked(secret: WebhookSecret, body: bytes, **environ: Any) -> int:
    request = RequestFactory().generic("POST", "/hooks/", HTTP_TRANSFER_ENCODING="chunked")
    request.META.pop("CONTENT_LENGTH", None)
    request.META |= {"wsgi.input": io.BytesIO(body)} | environ
    return views.intake(request, secret.account.key, secret.secret).status_code


def test_intake_reads_a_body_in_chunks_where_the_server_knows_its_end(secret: WebhookSecret) -> None:
    known = chunked(secret, event(), **{"wsgi.input_terminated": True})
    unknown = chunked(secret, event())
    huge = chunked(secret, b"x" * (settings.WEBHOOK_MAX_BYTES + 1), **{"wsgi.input_terminated": True})

    assert (known, unknown, huge) == (204, 411, 413)
    assert Delivery.objects.get().body == event().decode()


def test_intake_answers_without_a_final_slash_too(client: Client, secret: WebhookSecret) -> None:
    answer = client.post(f"/hooks/{secret.account.key}/{secret.secret}", event(), content_type="application/json")

    assert answer.status_code == 204


def test_intake_needs_neither_session_nor_many_queries(
    post: Post, secret: WebhookSecret, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(4):  # the secret, the row, and a savepoint of the test around it
        answer = post()

    assert not answer.cookies


def test_intake_gives_doubled_posts_the_same_digest_and_a_row_each(post: Post) -> None:
    post(event(number="1"))
    post(event(number="1"))
    post(event(number="2"))

    first, second, third = Delivery.objects.order_by("pk").values_list("digest", flat=True)
    assert first == second != third


def test_intake_sends_a_message_once_the_row_is_committed(
    post: Post, nudges: list[float], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        post()

    assert nudges == []
    callbacks[0]()
    assert nudges == [0.0]


def test_nudge_fails_nobody_and_holds_nobody_up_when_the_broker_is_away(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(intake, "_nudges", intake.Nudges())
    monkeypatch.setattr(current_app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    started = time.monotonic()

    intake.nudge()

    assert time.monotonic() - started < 1
    assert "webhooks.drain was not sent" in caplog.text


def test_nudges_are_spaced_but_always_follow_the_last_delivery() -> None:
    nudges = intake.Nudges()

    waits = [nudges.wait(at) for at in (100.0, 100.1, 100.2, 100.39, 100.41, 101.2)]

    assert waits == [0.0, 0.3, None, None, 0.3, 0.0]


def test_log_never_shows_a_secret_of_an_address(
    client: Client, secret: WebhookSecret, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        client.get(f"/hooks/{secret.account.key}/{secret.secret}/")
        client.post(f"/hooks/{secret.account.key}/old-secret/", b"", content_type="text/plain")

    assert "/hooks/" in caplog.text
    assert secret.secret not in caplog.text
    assert "old-secret" not in caplog.text
