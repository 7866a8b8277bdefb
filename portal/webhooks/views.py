"""The door for AutoInvoice's webhooks in the portal's web process; `portal.webhooks.asgi` has a process of its own."""

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from portal.webhooks import door, keys
from portal.webhooks import intake as room


@csrf_exempt
def intake(request: HttpRequest, account_key: UUID, secret: str) -> HttpResponse:
    """Store one POST and answer; see `door.answer`."""
    status, headers = door.answer(request.META, account_key, secret, request.read, keys.recognise)
    if status == 204:
        transaction.on_commit(room.nudge)
    return HttpResponse(status=status, headers=headers)
