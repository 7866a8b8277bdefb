from importlib import import_module

from django.apps import AppConfig

# Modules that register what this app knows in portal's registries.
_REGISTERING = (
    "finding",
    "operations",
    "onboarding",
    "webhooks",
    "sync",
    "comparing",
    "dashboard",
    "status",
    "desk.signatures",
    "side_services.sync",
    "side_services.dashboard",
    "watched",
    "retained",
    "personal_data",
)


class CompaniesConfig(AppConfig):
    name = "companies"

    def ready(self) -> None:
        for module in _REGISTERING:
            import_module(f"companies.{module}")
        import_module("companies.pages").register()
