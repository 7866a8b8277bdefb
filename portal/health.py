"""Whether this installation works, for load balancers: `/health/live` and `/health/ready`, without a login."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from portal import probes


def live(request: HttpRequest) -> HttpResponse:
    """Answer 200: the web process takes requests."""
    return HttpResponse("ok", content_type="text/plain")


def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 when database, broker, worker and beat work; else 503 with the names of those that do not."""
    missing = probes.missing_parts()
    answer = {"status": "not ready", "missing": missing} if missing else {"status": "ready"}
    response = JsonResponse(answer, status=503 if missing else 200)
    response["Cache-Control"] = "no-store"
    return response


app_name = "health"
urlpatterns = [path("live", live, name="live"), path("ready", ready, name="ready")]
