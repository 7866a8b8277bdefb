"""The project's own app: commands, checks, tasks that belong to no room; and the admin on our own site."""

from django.apps import AppConfig, apps
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        """Load Celery's app, so that shared tasks find it, the system checks, and the rights of staff."""
        from portal import celery, checks, groups  # noqa: F401
        from portal.lists import text

        post_migrate.connect(groups.grant, dispatch_uid="portal.groups")
        # One room's signal stands for all: they are sent when everything has been migrated.
        post_migrate.connect(
            text.make_missing, sender=apps.get_app_config("partners"), dispatch_uid="portal.lists.text"
        )


class PortalAdminConfig(AdminConfig):
    default_site = "portal.sites.PortalSite"
