"""Celery's doors into this app."""

from celery import shared_task

from portal.partners.models import PartnerAccount
from receivables import billing_sync, messages_sync


@shared_task(name="receivables.follow_messages")
def follow_messages() -> int:
    """Read the messages of companies whose agency writes them; harmless when run twice."""
    return sum(messages_sync.follow_companies(account) for account in PartnerAccount.objects.active())


@shared_task(name="receivables.open_billing_months")
def open_billing_months() -> int:
    """Have the months that can be read looked at, before AutoInvoice drops them; harmless when run twice."""
    return sum(billing_sync.open_months(account) for account in PartnerAccount.objects.active())
