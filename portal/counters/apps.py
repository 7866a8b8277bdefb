from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CountersConfig(AppConfig):
    name = "portal.counters"
    verbose_name = _("Counters")

    def ready(self) -> None:
        """Make what is missing after every `migrate`; one app's signal stands for all, which are sent at the end."""
        from portal.counters import triggers

        post_migrate.connect(
            triggers.make_missing, sender=apps.get_app_config("counters"), dispatch_uid="portal.counters"
        )
