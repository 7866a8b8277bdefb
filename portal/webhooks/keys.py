"""Secrets of webhook addresses: made, recognised by their digest, and kept valid for a day after their last use."""

import hashlib
import hmac
import secrets
import time
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from portal.partners.models import PartnerAccount
from portal.webhooks.models import WebhookSecret

USER = "autoinvoice"  # of basic auth
# AutoInvoice repeats an unanswered event for 24 hours, perhaps at the address it was first sent to.
_AFTERLIFE = timedelta(hours=25)


def digest(content: bytes) -> str:
    """
    Return a keyed digest, 64 hex digits.

    :raises ImproperlyConfigured: DIGEST_KEY is missing
    """
    if not settings.DIGEST_KEY:
        raise ImproperlyConfigured("DIGEST_KEY is empty: webhooks cannot be told apart. See .env.example.")
    return hmac.new(settings.DIGEST_KEY.encode(), content, hashlib.sha256).hexdigest()


def issue(account: PartnerAccount, *, with_password: bool = False) -> WebhookSecret:
    """Make a new secret for an account; older ones stay valid until they are retired."""
    secret = secrets.token_urlsafe(32)
    password = secrets.token_urlsafe(24) if with_password else ""
    return WebhookSecret.objects.create(
        account=account, secret=secret, digest=digest(secret.encode()), password=password
    )


def recognise(account_key: UUID, secret: str) -> WebhookSecret | None:
    """Return the valid secret of the account that was given, in a time that does not tell how near it came."""
    given = digest(secret.encode(errors="surrogateescape"))
    found = None
    for known in WebhookSecret.objects.valid().filter(account__key=account_key).defer("secret"):
        if constant_time_compare(known.digest, given):
            found = known
    return found


class Known:
    """Remembers for some seconds which secrets were valid, for a process that asks thousands of times a second."""

    SECONDS = 5.0

    def __init__(self) -> None:
        self._until: dict[tuple[UUID, str], tuple[float, WebhookSecret]] = {}

    def recall(self, account_key: UUID, secret: str) -> WebhookSecret | None:
        """Return what `recognise` said just now; None: it has to be asked."""
        until, known = self._until.get(_name(account_key, secret), (0.0, None))
        return known if until >= time.monotonic() else None

    def recognise(self, account_key: UUID, secret: str) -> WebhookSecret | None:
        """Look a secret up, and remember it if it is valid."""
        known, name = recognise(account_key, secret), _name(account_key, secret)
        self._until.pop(name, None)
        if known is not None:
            self._until[name] = (time.monotonic() + self.SECONDS, known)
        return known


def _name(account_key: UUID, secret: str) -> tuple[UUID, str]:
    return account_key, digest(secret.encode(errors="surrogateescape"))


def retire(secret: WebhookSecret) -> None:
    """Let a secret run out, once late repetitions of its events cannot come any more."""
    WebhookSecret.objects.filter(pk=secret.pk, valid_until=None).update(valid_until=timezone.now() + _AFTERLIFE)
