"""
What `manage.py doctor` looks at: each check says how it is, and how to mend what is not well.

An app adds its own with `register_check` from its AppConfig.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.core.checks import run_checks
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from portal import beats, probes

Text = str | Promise


class Level(StrEnum):
    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Finding:
    """How one thing is. `mend`: what to do when it is not OK."""

    subject: str
    level: Level
    text: Text
    mend: Text = ""


Check = Callable[[], Finding | Iterable[Finding]]

_checks: list[Check] = []


def register_check(check: Check) -> Check:
    """Add a check; it answers with findings and raises nothing that it can name."""
    if check not in _checks:
        _checks.append(check)
    return check


def examine() -> Iterator[Finding]:
    """Yield what all checks found: first what the portal stands on, then what the apps look at."""
    own: tuple[Check, ...] = (look_at_settings, look_at_database, look_at_broker, look_at_processes)
    for check in own:
        yield from _findings(check)
    if not probes.database_works():
        return  # the others read it
    for check in _checks:
        yield from _findings(check)


def look_at_settings() -> Iterator[Finding]:
    """Yield what Django's and our own system checks say, those for production included where DEBUG is off."""
    found = [
        message
        for message in run_checks(include_deployment_checks=not settings.DEBUG and settings.BEHIND_TLS)
        if not message.is_silenced()
    ]
    for message in found:
        level = Level.FAIL if message.is_serious() else Level.WARN
        yield Finding("settings", level, f"{message.msg} ({message.id})", message.hint or "")
    if not found:
        yield Finding("settings", Level.OK, _("complete"))


def look_at_database() -> Finding:
    """Say whether the database answers and has all migrations."""
    if not probes.database_works():
        mend = _("Start the database, or correct DATABASE_URL.")
        return Finding("database", Level.FAIL, _("It does not answer."), mend)
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        text = _("%(count)d migrations are missing.") % {"count": len(missing)}
        return Finding("database", Level.FAIL, text, "manage.py migrate")
    if _takes_disks_for_slow():
        mend = _("On SSDs set random_page_cost to 1.1, see section 2 of the operations guide.")
        return Finding("database", Level.WARN, _("It plans for disks that turn."), mend)
    return Finding("database", Level.OK, connection.vendor)


def _takes_disks_for_slow() -> bool:
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('random_page_cost')::float8")
        return float(cursor.fetchone()[0]) > 2


def look_at_broker() -> Finding:
    """Say whether messages can be sent."""
    if probes.broker_works():
        return Finding("broker", Level.OK, _("takes messages"))
    return Finding("broker", Level.FAIL, _("It does not answer."), _("Start Valkey or Redis, or correct REDIS_URL."))


def look_at_processes() -> Iterator[Finding]:
    """Yield whether worker and beat gave a sign of life, and whether tasks reach the worker's pool."""
    try:
        alive = {part: beats.is_alive(part) for part in (beats.WORKER, beats.BEAT, beats.TASKS)}
    except RedisError:
        return  # signs of life live in the broker, which is named already
    silent = _("No sign of life for %(seconds)d seconds.") % {"seconds": beats.FRESH}
    for part, mend in ((beats.WORKER, "celery -A portal worker"), (beats.BEAT, "celery -A portal beat")):
        if alive[part]:
            yield Finding(part, Level.OK, _("alive"))
        else:
            yield Finding(part, Level.FAIL, silent, _("Start it: %(command)s") % {"command": mend})
    if alive[beats.WORKER] and alive[beats.BEAT] and not alive[beats.TASKS]:
        mend = _("It is busy with long tasks, or its pool is stuck: look at its log, then restart it.")
        yield Finding("tasks", Level.WARN, _("The worker lives but finished none of the latest tasks."), mend)


def _findings(check: Check) -> Iterable[Finding]:
    found = check()
    return [found] if isinstance(found, Finding) else found
