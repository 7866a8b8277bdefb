"""The project's own app: commands, checks, tasks that belong to no room; and the admin on our own site."""

from django.apps import AppConfig, apps
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        """Load Celery's app, so that shared tasks find it, the system checks, and the rights of staff."""
        from portal import celery, checks, groups, standing  # noqa: F401

        post_migrate.connect(groups.grant, dispatch_uid="portal.groups")
        # One room's signal stands for all: they are sent when everything has been migrated.
        post_migrate.connect(
            standing.make_missing, sender=apps.get_app_config("counters"), dispatch_uid="portal.standing"
        )


class PortalAdminConfig(AdminConfig):
    default_site = "portal.sites.PortalSite"
