"""The app of receivables: collection services, invoices handed over, assignments and what the agencies tell of them."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# Modules that register what this app knows in portal's registries.
_REGISTERING = (
    "operations",
    "webhooks",
    "sync",
    "credit.sync",
    "messages.sync",
    "billing.sync",
    "collection.dashboard",
    "levels.sync",
    "personal_data",
    "watched",
)


class ReceivablesConfig(AppConfig):
    name = "receivables"
    verbose_name = _("Receivables")

    def ready(self) -> None:
        for module in _REGISTERING:
            import_module(f"receivables.{module}")
        import_module("receivables.pages").register()
