from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebhooksConfig(AppConfig):
    name = "portal.webhooks"
    verbose_name = _("Webhooks")

    def ready(self) -> None:
        """Register what this room knows, and keep its secrets out of the logs."""
        from portal import doctor, status
        from portal.webhooks import dashboard, operations, pages, redaction, retained, watched  # noqa: F401
        from portal.webhooks.doctor import look_at_webhooks
        from portal.webhooks.status import section

        redaction.install()
        pages.register()
        doctor.register_check(look_at_webhooks)
        status.register_section("deliveries", section)
