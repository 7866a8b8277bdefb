from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AlertsConfig(AppConfig):
    name = "portal.alerts"
    verbose_name = _("Alerts")

    def ready(self) -> None:
        """Hang the card and the pages into the site, and write the rules of what is newly watched after `migrate`."""
        from portal.alerts import dashboard, operations, pages, personal_data, retained, rules  # noqa: F401

        pages.register()
        post_migrate.connect(rules.make_missing, sender=apps.get_app_config("alerts"), dispatch_uid="portal.alerts")
