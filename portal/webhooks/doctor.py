"""What `manage.py doctor` says of webhooks: whether they can come, whether they do, and what became of them."""

from collections.abc import Iterator
from datetime import timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.doctor import Finding, Level
from portal.partners.models import PartnerAccount
from portal.webhooks.enums import DeliveryState
from portal.webhooks.models import Delivery, Subscription, WebhookSecret

_SECONDS = 5  # AutoInvoice's own patience
_LATE = timedelta(minutes=10)


def look_at_webhooks() -> Iterator[Finding]:
    """Yield how the portal's own address, the subscriptions and the deliveries are."""
    yield _address()
    for account in PartnerAccount.objects.active().defer("user_key", "vendor_key"):
        yield _subscription(account)
    yield _deliveries()


def _address() -> Finding:
    if not settings.PUBLIC_URL:
        mend = _("Set PUBLIC_URL to the address that AutoInvoice reaches the portal under.")
        return Finding("webhooks", Level.WARN, _("The portal does not know its own address."), mend)
    status = _status_of(settings.PUBLIC_URL)
    if status == 200:
        return Finding("webhooks", Level.OK, _("The portal answers under PUBLIC_URL."))
    said = str(status) if status else _("no answer")
    text = _("Asked from here, PUBLIC_URL gave: %(said)s") % {"said": said}
    mend = _("Start the web process; look at the name, the proxy and ALLOWED_HOSTS; or correct PUBLIC_URL.")
    return Finding("webhooks", Level.WARN, text, mend)


def _status_of(url: str) -> int | None:
    """Ask the portal itself whether it lives, at the address that webhooks come to."""
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    try:
        connection = kind(parts.hostname or "", parts.port, timeout=_SECONDS)
        try:
            connection.request("GET", f"{parts.path}/health/live")
            return connection.getresponse().status
        finally:
            connection.close()
    except (OSError, HTTPException, ValueError):
        return None


def _subscription(account: PartnerAccount) -> Finding:
    subject = f"webhooks of {account.name}"
    live = Subscription.objects.live().filter(account=account, secret__isnull=False)
    if not live.exists():
        mend = _("Subscribe in the admin under In step, Subscriptions. Until then states are polled, which is slower.")
        return Finding(subject, Level.WARN, _("Nothing is subscribed."), mend)
    if not WebhookSecret.objects.filter(subscriptions__in=live, first_used_at__isnull=False).exists():
        mend = _("If companies have changed since, look whether AutoInvoice can reach PUBLIC_URL from outside.")
        return Finding(subject, Level.WARN, _("Subscribed, but nothing has come yet."), mend)
    return Finding(subject, Level.OK, _("Subscribed, and deliveries have come."))


def _deliveries() -> Finding:
    failed = Delivery.objects.filter(state=DeliveryState.FAILED).count()
    if failed:
        text = _("%(count)d deliveries could not be processed.") % {"count": failed}
        mend = _("Look at their errors in the admin under In step, Deliveries; then process them again.")
        return Finding("deliveries", Level.WARN, text, mend)
    if Delivery.objects.due().filter(not_before__lt=timezone.now() - _LATE).exists():
        return Finding("deliveries", Level.WARN, _("Some wait for a worker too long."), _("Look at the worker's log."))
    return Finding("deliveries", Level.OK, _("processed"))
