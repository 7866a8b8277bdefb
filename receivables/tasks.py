"""Celery's doors into this app."""

from celery import shared_task

from portal.partners.models import PartnerAccount
from receivables.billing import sync as billing_sync
from receivables.levels import sync as levels_sync
from receivables.messages import sync as messages_sync
from receivables.money import counting


@shared_task(name="receivables.follow_messages")
def follow_messages() -> int:
    """Read messages and service levels of companies whose agency has them; harmless when run twice."""
    accounts = list(PartnerAccount.objects.active())
    new = sum(messages_sync.follow_companies(account) for account in accounts)
    return new + sum(levels_sync.follow_companies(account) for account in accounts)


@shared_task(name="receivables.open_billing_months")
def open_billing_months() -> int:
    """Have the months that can be read looked at, before AutoInvoice drops them; harmless when run twice."""
    return sum(billing_sync.open_months(account) for account in PartnerAccount.objects.active())


@shared_task(name="receivables.count_money")
def count_money() -> int:
    """Count each account's open, overdue and collected sums anew; harmless when run twice."""
    return sum(counting.recount(account) for account in PartnerAccount.objects.active())
