from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SyncConfig(AppConfig):
    name = "portal.sync"
    verbose_name = _("Sync")

    def ready(self) -> None:
        """Hang cards and pages into the site, and register what is compared."""
        from portal.sync import dashboard, pages, reconciling, retained, watched  # noqa: F401

        pages.register()
