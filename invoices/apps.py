"""The app of invoices: sending, receiving, following them to delivery."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# Modules that register what this app knows in portal's registries.
_REGISTERING = (
    "operations", "sending.chains", "trade.chains", "probing", "webhooks", "sync", "comparing", "activity", "dashboard",
    "doctor", "status", "receiving.dashboard", "trade.following", "trade.events", "letters.following", "bank.following",
    "detect.sync", "watched", "retained", "personal_data",
)  # fmt: skip


class InvoicesConfig(AppConfig):
    name = "invoices"
    verbose_name = _("Invoices")

    def ready(self) -> None:
        """Register what this app does, hears and shows."""
        from invoices import finding, pages
        from portal import palette

        for module in _REGISTERING:
            import_module(f"invoices.{module}")
        palette.register_finder(finding.in_palette)
        pages.register()
