"""The app's own pages in the admin, beside its lists."""

from receivables.pages import credit, credit_money


def register() -> None:
    """Hang the pages into the admin site, and the tabs into the company's page."""
    credit_money.register()
    credit.register()
