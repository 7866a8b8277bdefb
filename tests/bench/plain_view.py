"""What a webhook's view is without thought for rates: Django's whole stack, and one object created a request."""

import json
import os

os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.dateparse import parse_datetime
from django.views.decorators.csrf import csrf_exempt

settings.ROOT_URLCONF = __name__
application = get_wsgi_application()

from portal.webhooks import keys  # noqa: E402
from portal.webhooks.models import Delivery, WebhookSecret  # noqa: E402


@csrf_exempt
def plain(request: HttpRequest, secret: str) -> HttpResponse:
    known = WebhookSecret.objects.valid().get(digest=keys.digest(secret.encode()))
    told = json.loads(request.body)
    Delivery.objects.create(
        account_id=known.account_id,
        secret=known,
        digest=keys.digest(request.body),
        event=told["event"],
        company_uuid=told["company_id"],
        event_at=parse_datetime(told["event_timestamp"]),
        body=request.body.decode(),
        headers=dict(request.headers),
        address=request.META["REMOTE_ADDR"],
    )
    return HttpResponse(status=204)


urlpatterns = [path("plain/<str:secret>/", plain)]
