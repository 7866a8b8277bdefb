"""The address that AutoInvoice is asked to post to: made when it is sent, never stored or shown with its secret."""

from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.urls import reverse

from portal.webhooks import keys, redaction
from portal.webhooks.models import WebhookSecret


def destination(secret: WebhookSecret) -> str:
    """Return the full address of a secret, with its password if it has one."""
    path = reverse("webhooks:intake", args=[secret.account.key, secret.secret])
    parts = urlsplit(f"{settings.PUBLIC_URL}{path}")
    if secret.password:
        parts = parts._replace(netloc=f"{keys.USER}:{secret.password}@{parts.netloc}")
    return urlunsplit(parts)


def shown(secret: WebhookSecret) -> str:
    """Return the address as rows and pages show it."""
    return redaction.shown(destination(secret))
