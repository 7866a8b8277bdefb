"""Health: ready only when database, broker, worker and beat work, and it says which one does not."""

import json
from typing import Any

import pytest
import redis
from celery import current_app
from celery.signals import after_task_publish, heartbeat_sent
from django.conf import settings
from django.core.cache import cache
from django.db import OperationalError, connection
from django.test import Client
from redis.exceptions import ConnectionError as RedisConnectionError

from portal import beats, probes, tasks

pytestmark = pytest.mark.django_db


def answer(client: Client) -> tuple[int, dict[str, Any]]:
    response = client.get("/health/ready")
    return response.status_code, json.loads(response.content)


def publish_beat() -> None:
    """Send the signal that beat's process sends itself when it has published the task."""
    after_task_publish.send(sender="portal.beat")


def test_live_answers_without_a_login(client: Client) -> None:
    response = client.get("/health/live")

    assert (response.status_code, response.content) == (200, b"ok")


def test_ready_answers_200_when_all_parts_work(client: Client) -> None:
    heartbeat_sent.send(sender=None)
    publish_beat()

    assert answer(client) == (200, {"status": "ready"})


def test_ready_names_the_worker_when_only_beat_lives(client: Client) -> None:
    publish_beat()

    assert answer(client) == (503, {"status": "not ready", "missing": ["worker"]})


def test_ready_names_beat_when_only_the_worker_lives(client: Client) -> None:
    heartbeat_sent.send(sender=None)
    after_task_publish.send(sender="operations.drain")
    tasks.beat()

    assert answer(client) == (503, {"status": "not ready", "missing": ["beat"]})


def test_signs_of_life_are_forgotten_after_three_periods() -> None:
    beats.mark(beats.WORKER)

    left = redis.Redis.from_url(settings.CACHES["default"]["LOCATION"]).pttl(cache.make_key("beats:worker"))

    assert 14_000 < left <= 15_000


def test_ready_names_the_broker_when_it_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_app.conf, "broker_write_url", "redis://127.0.0.1:1/0")

    assert answer(client) == (503, {"status": "not ready", "missing": ["broker"]})


def test_ready_names_the_cache_when_signs_of_life_cannot_be_read(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: Any) -> None:
        raise RedisConnectionError("away")

    monkeypatch.setattr(beats.cache, "get", refuse)

    assert answer(client) == (503, {"status": "not ready", "missing": ["cache"]})


def test_ready_names_the_database_when_it_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError("password authentication failed for user portal")

    beats.mark(beats.WORKER)
    beats.mark(beats.BEAT)
    monkeypatch.setattr(connection, "cursor", refuse)

    assert answer(client) == (503, {"status": "not ready", "missing": ["database"]})


def test_a_mark_costs_nobody_anything_when_the_broker_is_away(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_args: Any) -> None:
        raise RedisConnectionError("away")

    monkeypatch.setattr(beats.cache, "set", refuse)

    beats.mark(beats.WORKER)

    assert "no sign of life" in caplog.text


def test_broker_is_asked_for_a_short_time_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_app.conf, "broker_write_url", "redis://127.0.0.1:1/0")

    assert probes.broker_works() is False
