from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SyncConfig(AppConfig):
    name = "portal.sync"
    verbose_name = _("Sync")

    def ready(self) -> None:
        """Hang the cards into the dashboard."""
        from portal.sync import dashboard  # noqa: F401
