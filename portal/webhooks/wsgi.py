"""
The intake as a process of its own, for rates that the whole web stack does not reach:

    gunicorn portal.webhooks.wsgi --worker-class gthread --workers 2 --threads 32

It serves /hooks/… and /health/live and nothing else: no sessions, no middleware, no pages. Rows, checks and answers are
those of the portal's own view. A proxy sends it what begins with /hooks/.
"""

import os
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from uuid import UUID

import django
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from portal.webhooks import door, intake, keys, together  # noqa: E402  models need Django to be set up

Start = Callable[..., Any]
_known = keys.Known()
_reasons = {status.value: f"{status.value} {status.phrase}" for status in HTTPStatus}


def application(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
    """Answer one request: WSGI."""
    status, headers = _answer(environ)
    start_response(_reasons[status], [("Content-Length", "0")] * (status != 204) + list(headers.items()))
    return ()


def _answer(environ: dict[str, Any]) -> door.Answer:
    parts = environ.get("PATH_INFO", "").strip("/").split("/")
    if parts == ["health", "live"]:
        return 200, {}
    if len(parts) != 3 or parts[0] != "hooks":
        return 404, {}
    try:
        account_key = UUID(parts[1])
    except ValueError:
        return 404, {}
    together.deliveries.write_on_a_thread()  # not before: a thread does not survive the fork of a worker
    try:
        given = door.answer(environ, account_key, parts[2], environ["wsgi.input"].read, _known.recognise)
    except ImproperlyConfigured:
        return 503, {"Retry-After": "30"}
    finally:
        connection.close()  # back to the pool, when a secret had to be looked up
    if given[0] == 204:
        intake.nudge()
    return given
