"""
The door for AutoInvoice's webhooks: recognise, store, answer.

Whatever a sender posts who knows the secret becomes a row, before anybody asks what it means. The answer must come
within 5 seconds or the event is sent again an hour later (domain.md section 7), so nothing here waits for anything but
one INSERT.
"""

import base64
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt

from portal.webhooks import intake as room
from portal.webhooks import keys
from portal.webhooks.models import WebhookSecret


@csrf_exempt
def intake(request: HttpRequest, account_key: UUID, secret: str) -> HttpResponse:
    """Store one POST and answer 204; 405, 404, 401, 411, 413 and 400 store nothing."""
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    known = keys.recognise(account_key, secret)
    if known is None:
        return HttpResponse(status=404)
    if not _has_password(request, known):
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Basic realm="webhooks"'})
    try:
        body = _read(request)
    except UnreadablePostError:
        return HttpResponse(status=400)
    if body is None:
        return HttpResponse(status=411)
    if len(body) > settings.WEBHOOK_MAX_BYTES:
        return HttpResponse(status=413)
    with transaction.atomic():
        room.store(known, body, request.headers, request.META.get("REMOTE_ADDR", ""))
        transaction.on_commit(room.nudge)
    return HttpResponse(status=204)


def _has_password(request: HttpRequest, known: WebhookSecret) -> bool:
    if not known.password:
        return True
    scheme, _blank, given = request.headers.get("Authorization", "").partition(" ")
    try:
        pair = base64.b64decode(given, validate=True)
    except ValueError:  # not base64, or not ASCII
        return False
    wanted = f"{keys.USER}:{known.password}".encode()
    return scheme.lower() == "basic" and constant_time_compare(pair, wanted)


def _read(request: HttpRequest) -> bytes | None:
    """Return the body, of one that is too long only as much as shows it; None: its end cannot be told."""
    most = settings.WEBHOOK_MAX_BYTES + 1
    if request.META.get("CONTENT_LENGTH"):
        return request.read(most)
    if "HTTP_TRANSFER_ENCODING" not in request.META:
        return b""
    # Sent in chunks: Django reads nothing without a length, the server knows where such a body ends.
    if not request.META.get("wsgi.input_terminated"):
        return None
    content: bytes = request.META["wsgi.input"].read(most)
    return content
