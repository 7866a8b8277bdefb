from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "portal.partners"

    def ready(self) -> None:
        """Load the system checks; say to the doctor what to look at."""
        from portal.doctor import register_check
        from portal.partners import retained, system_checks  # noqa: F401
        from portal.partners.doctor import look_at_accounts

        register_check(look_at_accounts)
