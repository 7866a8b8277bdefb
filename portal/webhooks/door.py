"""
What the door asks of a POST before it keeps it, for both of its frames: Django's view, and the small WSGI application.

The answer must come within 5 seconds or the event is sent again an hour later (domain.md section 7), so nothing here
waits for anything but the row's transaction. Beyond what the database takes the answer is 503, and nothing is lost:
AutoInvoice comes again.
"""

import base64
import logging
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError
from django.utils.crypto import constant_time_compare

from portal.webhooks import intake, keys, together
from portal.webhooks.models import WebhookSecret

logger = logging.getLogger(__name__)

Answer = tuple[int, dict[str, str]]  # status, headers; there never is a body
Recognise = Callable[[UUID, str], WebhookSecret | None]
_AGAIN = {"Retry-After": "30"}


def answer(
    environ: Mapping[str, Any], account_key: UUID, secret: str, read: Callable[[int], bytes], recognise: Recognise
) -> Answer:
    """
    Store one POST and answer 204; 405, 404, 401, 411, 413, 400 and 503 store nothing.

    :param environ: of WSGI
    :param read: gives so many bytes of the body at most; OSError when the sender has gone
    """
    if environ["REQUEST_METHOD"] != "POST":
        return 405, {"Allow": "POST"}
    try:
        known = recognise(account_key, secret)
        if known is None:
            return 404, {}
        if not _has_password(environ, known):
            return 401, {"WWW-Authenticate": 'Basic realm="webhooks"'}
        return _keep(environ, known, read)
    except (together.NotStoredError, DatabaseError) as exc:
        logger.warning("a delivery could not be stored, its sender is asked to come again: %s", type(exc).__name__)
        return 503, _AGAIN


def _keep(environ: Mapping[str, Any], known: WebhookSecret, read: Callable[[int], bytes]) -> Answer:
    try:
        body = _body(environ, read)
    except OSError:
        return 400, {}
    if body is None:
        return 411, {}
    if len(body) > settings.WEBHOOK_MAX_BYTES:
        return 413, {}
    intake.store(known, body, _headers(environ), environ.get("REMOTE_ADDR", ""))
    return 204, {}


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    named = {"CONTENT_TYPE": "Content-Type", "CONTENT_LENGTH": "Content-Length"}
    shown = {named[key]: environ[key] for key in named if environ.get(key)}
    return shown | {key[5:].replace("_", "-").title(): environ[key] for key in environ if key.startswith("HTTP_")}


def _has_password(environ: Mapping[str, Any], known: WebhookSecret) -> bool:
    if not known.password:
        return True
    scheme, _blank, given = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    try:
        pair = base64.b64decode(given, validate=True)
    except ValueError:  # not base64, or not ASCII
        return False
    wanted = f"{keys.USER}:{known.password}".encode()
    return scheme.lower() == "basic" and constant_time_compare(pair, wanted)


def _body(environ: Mapping[str, Any], read: Callable[[int], bytes]) -> bytes | None:
    """Return the body, of one that is too long only as much as shows it; None: its end cannot be told."""
    most = settings.WEBHOOK_MAX_BYTES + 1
    if length := environ.get("CONTENT_LENGTH"):
        return read(min(most, int(length))) if length.isdecimal() else None
    if "HTTP_TRANSFER_ENCODING" not in environ:
        return b""
    # Sent in chunks: the server knows where such a body ends, if it says so.
    if not environ.get("wsgi.input_terminated"):
        return None
    content: bytes = environ["wsgi.input"].read(most)
    return content
