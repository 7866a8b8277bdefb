"""
What the door asks of a POST before it keeps it, for both of its frames: Django's view, and the small ASGI application.

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
from portal.webhooks.models import Delivery, WebhookSecret

logger = logging.getLogger(__name__)

Answer = tuple[int, dict[str, str]]  # status, headers; there never is a body
Recognise = Callable[[UUID, str], WebhookSecret | None]
ONLY_POST: Answer = (405, {"Allow": "POST"})
AGAIN: Answer = (503, {"Retry-After": "30"})


def answer(
    environ: Mapping[str, Any], account_key: UUID, secret: str, read: Callable[[int], bytes], recognise: Recognise
) -> Answer:
    """
    Store one POST and answer 204; 405, 404, 401, 411, 413, 400 and 503 store nothing.

    :param environ: of WSGI
    :param read: gives so many bytes of the body at most; OSError when the sender has gone
    """
    if environ["REQUEST_METHOD"] != "POST":
        return ONLY_POST
    try:
        known = knock(environ, recognise(account_key, secret))
        if not isinstance(known, WebhookSecret):
            return known
        try:
            body = _body(environ, read)
        except OSError:
            return 400, {}
        if body is None:
            return 411, {}
        row = admit(environ, known, body)
        if not isinstance(row, Delivery):
            return row
        together.deliveries.store(row)
    except (together.NotStoredError, DatabaseError) as exc:
        return come_again(exc)
    return 204, {}


def knock(environ: Mapping[str, Any], known: WebhookSecret | None) -> WebhookSecret | Answer:
    """Return the secret when a POST with it may come in, else the answer."""
    if known is None:
        return 404, {}
    if not _has_password(environ, known):
        return 401, {"WWW-Authenticate": 'Basic realm="webhooks"'}
    return known


def admit(environ: Mapping[str, Any], known: WebhookSecret, body: bytes) -> Delivery | Answer:
    """Return the unsaved row of a body, or the answer to one that is too long."""
    if len(body) > settings.WEBHOOK_MAX_BYTES:
        return 413, {}
    return intake.delivery_of(known, body, _headers(environ), environ.get("REMOTE_ADDR", ""))


def come_again(error: Exception) -> Answer:
    logger.warning("a delivery could not be stored, its sender is asked to come again: %s", type(error).__name__)
    return AGAIN


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
