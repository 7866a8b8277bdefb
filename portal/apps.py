"""The project's own app: commands, checks, tasks that belong to no room; and the admin on our own site."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        """Load Celery's app, so that shared tasks find it, and the system checks."""
        from portal import celery, checks  # noqa: F401


class PortalAdminConfig(AdminConfig):
    default_site = "portal.sites.PortalSite"
