"""The admin site: Unfold's, plus pages of our own that the rooms and apps register."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from portal import dashboard, look

View = Callable[..., HttpResponseBase]


class PortalSite(UnfoldAdminSite):
    """Where staff work. A second factor belongs into `has_permission` and `login_form`."""

    site_title = site_header = _("Partner portal")
    index_title = _("Dashboard")

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self._pages: list[tuple[str, View, str]] = []

    def register_view(self, route: str, view: View, name: str) -> None:
        """
        Add a page beside the admin's own: `route` below /admin/, reversed as `admin:<name>`.

        Call from `AppConfig.ready`. The view is for staff who are logged in; it checks its own permission.
        """
        self._pages.append((route, view, name))

    def extra_urls(self) -> list[URLPattern]:
        return [path(route, self.admin_view(view), name=name) for route, view, name in self._pages]

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Return our groups as they are: Unfold would look for a function behind each of their texts."""
        return look.sidebar(request)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Return the apps with their models, worked out when it is looked at: every page asks, few show it."""
        return SimpleLazyObject(partial(super().get_app_list, request, app_label))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        answer: TemplateResponse = super().index(request, {**dashboard.context(request), **(extra_context or {})})
        return answer


def site() -> PortalSite:
    """Return the one admin site, to register pages on."""
    return cast("PortalSite", admin.site)


def page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> TemplateResponse:
    """Return a page of ours inside the admin's frame; `context` holds at least `title`."""
    request.current_app = site().name
    return TemplateResponse(request, template, {**site().each_context(request), **context}, status=status)
