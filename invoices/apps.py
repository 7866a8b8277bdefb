"""The app of invoices: sending, receiving, following them to delivery."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InvoicesConfig(AppConfig):
    name = "invoices"
    verbose_name = _("Invoices")

    def ready(self) -> None:
        """Register what this app does, hears and shows."""
        from invoices import (  # noqa: F401
            activity,
            dashboard,
            doctor,
            finding,
            operations,
            pages,
            probing,
            received_dashboard,
            status,
            sync,
            webhooks,
        )
        from portal import palette

        palette.register_finder(finding.in_palette)
        pages.register()
