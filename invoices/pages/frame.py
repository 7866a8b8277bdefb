"""Pages inside the admin's frame."""

from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from portal.sites import PortalSite


def page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Return a page; `context` holds at least `title`."""
    return cast("PortalSite", admin.site).page(request, template, context)
