"""The error atlas: what AutoInvoice's errors mean and what to do about them, in six languages."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AtlasConfig(AppConfig):
    name = "portal.atlas"
    label = "atlas"
    verbose_name = _("Error atlas")

    def ready(self) -> None:
        """Hang the page into the admin site."""
        from portal.atlas import pages

        pages.register()
