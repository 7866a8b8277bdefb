"""What staff and the demo do with subscriptions; all of it ends in operations."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from portal.operations import queueing
from portal.operations.enums import OPEN_STATES
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount
from portal.webhooks import addresses, keys
from portal.webhooks.enums import Reach
from portal.webhooks.models import Subscription, WebhookSecret
from portal.webhooks.operations import CompanyParameters, Subscribe, SubscribeParameters

# AutoInvoice's patterns for everything that the portal handles.
EVENTS = ("DOCUMENTS.*.*", "NETWORKS.*", "COMPANIES.AUTHORIZATION.*")


def ensure_subscription(account: PartnerAccount, actor: Any = None) -> Operation | None:
    """
    See to it that all events of the account's companies come here.

    :returns: the operation that subscribes; None when a subscription to the portal's present address is there.
        An old one, with another address, is deleted once the new one has brought a delivery
    :raises NotQueueableError: the portal's own address is not known, or the account is switched off
    """
    live = Subscription.objects.live().filter(account=account, reach=Reach.VENDOR, secret__isnull=False)
    old = live.select_related("secret").order_by("-pk").first()
    if old is not None and old.secret is not None:
        old.secret.account = account
        if old.destination == addresses.shown(old.secret) and old.secret.valid_until is None:
            return None
    under_way = Operation.objects.filter(account=account, kind=Subscribe.kind, state__in=OPEN_STATES).first()
    return under_way or subscribe(account, actor=actor, replaces=old)


def subscribe(
    account: PartnerAccount,
    *,
    actor: Any = None,
    company: UUID | None = None,
    events: Sequence[str] = EVENTS,
    replaces: Subscription | None = None,
    with_password: bool = False,
) -> Operation:
    """
    Ask AutoInvoice to post events here, under a secret of their own.

    :param company: only this company's events; None: all customers' of the partner
    :param replaces: deleted once the new subscription has brought its first delivery
    :raises NotQueueableError: a policy says no
    """
    secret = _unused(account, with_password) or keys.issue(account, with_password=with_password)
    parameters = SubscribeParameters(
        secret=secret.pk,
        reach=(Reach.COMPANY if company else Reach.VENDOR).value,
        events=tuple(events),
        company=company,
        replaces=replaces.pk if replaces else None,
    )
    return queueing.queue(Subscribe.kind, account, parameters, account=account, actor=actor, company_uuid=company)


def replace(subscription: Subscription, actor: Any = None) -> Operation:
    """Rotate the secret of a subscription: a new one first, the old one goes when the new one works."""
    account = subscription.account
    company = None if subscription.reach == Reach.VENDOR else subscription.company_uuid
    events = tuple(subscription.events) or EVENTS
    return subscribe(account, actor=actor, company=company, events=events, replaces=subscription)


def read(account: PartnerAccount, actor: Any = None, company: UUID | None = None) -> Operation:
    """Read the list of subscriptions from AutoInvoice."""
    return queueing.queue(
        "webhooks.read_subscriptions", account, CompanyParameters(company=company), account=account, actor=actor
    )


def _unused(account: PartnerAccount, with_password: bool) -> WebhookSecret | None:
    """Return a valid secret that no subscription and no operation uses yet (a refused try left it)."""
    taken = Operation.objects.filter(account=account, kind=Subscribe.kind, state__in=OPEN_STATES)
    in_use = [parameters["secret"] for parameters in taken.values_list("parameters", flat=True)]
    free = WebhookSecret.objects.filter(account=account, valid_until=None, first_used_at=None, subscriptions=None)
    found = free.exclude(pk__in=in_use).order_by("-pk")
    return next((secret for secret in found if bool(secret.password) is with_password), None)
