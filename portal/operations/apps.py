from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "portal.operations"

    def ready(self) -> None:
        """Hang our pages into the admin and our numbers on the dashboard."""
        from portal.operations import dashboard, pages, personal_data, retained, status, watched  # noqa: F401

        pages.register()
