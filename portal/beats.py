"""
Signs of life of worker and beat, in Valkey: they come every few seconds, too often for a database.

Beat and worker are told apart by who marks: beat's own process marks when it has published `portal.beat`, a worker's
own process marks with its heartbeat. Executing `portal.beat` marks a third: messages reach a pool that works.
A mark lives for three periods by itself, so that no two machines' clocks are compared.
"""

import logging
from typing import Any

from celery.signals import after_task_publish, heartbeat_sent
from django.core.cache import cache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

PERIOD = 5.0  # seconds; the schedule of `portal.beat`
FRESH = 3 * PERIOD
WORKER, BEAT, TASKS = "worker", "beat", "tasks"


def mark(part: str) -> None:
    """Note that a part is alive. A broker that is away costs the mark and nothing else."""
    try:
        cache.set(f"beats:{part}", 1, FRESH)
    except RedisError as exc:
        logger.warning("no sign of life from %s could be noted: %s", part, type(exc).__name__)


def is_alive(part: str) -> bool:
    """
    Tell whether a part gave a sign of life within three periods.

    :raises RedisError: the cache cannot be asked
    """
    return cache.get(f"beats:{part}") is not None


def _worker_beats(**_kwargs: Any) -> None:
    mark(WORKER)


def _beat_publishes(**_kwargs: Any) -> None:
    mark(BEAT)


heartbeat_sent.connect(_worker_beats, dispatch_uid="portal.beats.worker")
after_task_publish.connect(_beat_publishes, sender="portal.beat", dispatch_uid="portal.beats.beat")
