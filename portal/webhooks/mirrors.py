"""Writing what AutoInvoice says about subscriptions."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from portal.partners.models import PartnerAccount
from portal.webhooks import addresses, keys, redaction
from portal.webhooks.models import Subscription, WebhookSecret
from portal.webhooks.services import Notification


def write(
    account: PartnerAccount, company: UUID, told: Notification, at: datetime, secret: WebhookSecret | None
) -> Subscription:
    """Write one subscription, its address without secrets. An older fact changes nothing."""
    row, is_new = Subscription.objects.get_or_create(
        account=account, company_uuid=company, remote_id=told.id, defaults=_columns(told, at, secret)
    )
    if not is_new and row.fact_at < at:
        for name, value in _columns(told, at, secret).items():
            setattr(row, name, value)
        row.deleted_at = None
        row.save()
    return row


def write_list(account: PartnerAccount, company: UUID, told: Iterable[Notification], at: datetime) -> int:
    """Write the whole list of a company's subscriptions; those that are not on it any more are marked deleted."""
    ours = {addresses.destination(secret): secret for secret in _secrets(account)}
    rows = [write(account, company, one, at, ours.get(one.destination)) for one in told]
    gone = Subscription.objects.live().filter(account=account, company_uuid=company, fact_at__lt=at)
    for row in gone.exclude(pk__in=[row.pk for row in rows]):
        write_deleted(row, at)
    return len(rows)


def write_deleted(row: Subscription, at: datetime) -> None:
    """Mark a subscription deleted; its secret runs out when no other one uses it."""
    row.deleted_at = row.fact_at = at
    row.save(update_fields=["deleted_at", "fact_at"])
    if row.secret is not None and not row.secret.subscriptions.filter(deleted_at=None).exists():
        keys.retire(row.secret)


def _columns(told: Notification, at: datetime, secret: WebhookSecret | None) -> dict[str, object]:
    return {
        "reach": told.destination_type[:40],
        "destination": redaction.shown(told.destination),
        "events": told.events or [],
        "secret": secret,
        "fact_at": at,
    }


def _secrets(account: PartnerAccount) -> Iterable[WebhookSecret]:
    for secret in WebhookSecret.objects.filter(account=account):
        secret.account = account
        yield secret
