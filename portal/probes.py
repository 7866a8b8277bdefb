"""Short looks at what the portal stands on; each ends within a few seconds and says only whether it works."""

from celery import current_app
from django.db import DatabaseError, connection
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from portal import beats

_SECONDS = 2


def database_works() -> bool:
    """Tell whether the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def broker_works() -> bool:
    """Tell whether the broker takes a connection."""
    patience = {"socket_connect_timeout": _SECONDS, "socket_timeout": _SECONDS}
    try:
        with current_app.connection_for_write(transport_options=patience) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=_SECONDS)
    except (OperationalError, RedisError, OSError):
        return False
    return True


def missing_parts() -> list[str]:
    """Return which of database, broker, cache, worker and beat do not work; [] when all do."""
    missing = [] if database_works() else ["database"]
    if not broker_works():
        # Signs of life live where the broker does: without it nobody can tell.
        return [*missing, "broker"]
    try:
        return [*missing, *(part for part in (beats.WORKER, beats.BEAT) if not beats.is_alive(part))]
    except RedisError:
        return [*missing, "cache"]
