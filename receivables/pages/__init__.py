"""The app's own pages in the admin, beside its lists."""


def register() -> None:
    """Hang the pages into the admin site, and the tabs into the company's page."""
