"""The app's own pages in the admin, beside its lists."""

from receivables.pages import (
    assignment,
    bank,
    billing,
    company,
    credit,
    credit_money,
    hand_over,
    levels,
    messages,
    messages_acts,
    money,
)


def register() -> None:
    """Hang the pages into the admin site, and the tabs into the company's page."""
    company.register()
    hand_over.register()
    assignment.register()
    bank.register()
    credit_money.register()
    credit.register()
    messages.register()
    messages_acts.register()
    billing.register()
    levels.register()
    money.register()
