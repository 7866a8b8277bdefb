from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class KeepingConfig(AppConfig):
    name = "portal.keeping"
    verbose_name = _("Keeping house")

    def ready(self) -> None:
        """Hang the pages into the site, and write the rules of new kinds after `migrate`."""
        from portal.keeping import pages, person_pages, retained, rules  # noqa: F401

        pages.register()
        person_pages.register()
        post_migrate.connect(rules.make_missing, sender=apps.get_app_config("keeping"), dispatch_uid="portal.keeping")
