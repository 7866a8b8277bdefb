"""What AutoInvoice tells us, as rows: every POST that knew a secret, the secrets, and where it was asked to post."""

from urllib.parse import urlsplit

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.partners.fields import EncryptedTextField
from portal.partners.models import PartnerAccount
from portal.webhooks.enums import DeliveryState, Reach


class WebhookSecretQuerySet(models.QuerySet["WebhookSecret"]):
    def valid(self) -> "WebhookSecretQuerySet":
        return self.filter(models.Q(valid_until=None) | models.Q(valid_until__gt=timezone.now()))


class WebhookSecret(models.Model):
    """The last part of an address that AutoInvoice posts to. During a rotation an account has two."""

    account = models.ForeignKey(PartnerAccount, models.CASCADE, related_name="webhook_secrets")
    secret = EncryptedTextField()
    digest = models.CharField(max_length=64)  # keyed: a POST is recognised without decrypting anything
    password = EncryptedTextField(blank=True)  # of basic auth, for user "autoinvoice"; "" asks for none
    created_at = models.DateTimeField(_("made"), default=timezone.now)
    first_used_at = models.DateTimeField(_("first delivery"), null=True, blank=True)
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)

    objects = WebhookSecretQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook secret")
        verbose_name_plural = _("webhook secrets")
        constraints = [models.UniqueConstraint(fields=["account", "digest"], name="webhook_secret_once")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def live(self) -> "SubscriptionQuerySet":
        return self.filter(deleted_at=None)


class Subscription(models.Model):
    """A registration for AutoInvoice's notifications, ours or another's; its address is kept without secret parts."""

    account = models.ForeignKey(PartnerAccount, models.CASCADE, related_name="subscriptions", verbose_name=_("account"))
    company_uuid = models.UUIDField(_("company"))  # who registered it: the partner company itself, or one customer
    remote_id = models.CharField(_("AutoInvoice id"), max_length=80)
    reach = models.CharField(_("reach"), max_length=40)  # a remote word: Reach, or one that we do not know
    destination = models.CharField(_("address"), max_length=500)
    events = models.JSONField(_("events"), default=list)
    secret = models.ForeignKey(
        WebhookSecret, models.SET_NULL, null=True, blank=True, related_name="subscriptions", verbose_name=_("secret")
    )
    fact_at = models.DateTimeField(_("as of"), default=timezone.now)
    created_at = models.DateTimeField(_("first seen"), default=timezone.now)
    deleted_at = models.DateTimeField(_("deleted"), null=True, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("webhook subscription")
        verbose_name_plural = _("webhook subscriptions")
        constraints = [
            models.UniqueConstraint(fields=["account", "company_uuid", "remote_id"], name="subscription_once")
        ]
        permissions = [("manage_subscriptions", "Can subscribe to and unsubscribe from webhooks")]

    def __str__(self) -> str:
        return f"{self.get_reach()} → {urlsplit(self.destination).netloc}"

    def get_reach(self) -> str:
        """Return the reach in staff words, or AutoInvoice's word when it is new to us."""
        return str(Reach(self.reach).label) if self.reach in Reach.values else self.reach


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self) -> "DeliveryQuerySet":
        return self.filter(state=DeliveryState.STORED, not_before__lte=timezone.now())


class Delivery(models.Model):
    """One POST that knew a secret, kept as it came."""

    account = models.ForeignKey(
        PartnerAccount, models.CASCADE, related_name="deliveries", verbose_name=_("account"), db_index=False
    )
    secret = models.ForeignKey(
        WebhookSecret,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("secret"),
        db_index=False,
    )
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    digest = models.CharField(_("digest"), max_length=64)  # keyed, of the body: equal for doubled deliveries
    event = models.CharField(_("event"), max_length=120, blank=True)  # "" when it could not be read
    company_uuid = models.UUIDField(_("company"), null=True, blank=True)
    event_at = models.DateTimeField(_("happened"), null=True, blank=True)
    subject = models.CharField(_("about"), max_length=64, blank=True)  # remote id of what it tells of
    body = EncryptedTextField(_("body"), blank=True)
    encoding = models.CharField(_("encoding"), max_length=10, default="utf-8")  # or latin-1, which fits any bytes
    headers = models.JSONField(_("headers"), default=dict)  # without any that hold secrets
    address = models.CharField(_("sender's address"), max_length=45, blank=True)

    state = models.CharField(_("state"), max_length=8, choices=DeliveryState, default=DeliveryState.STORED)
    reason = models.CharField(_("reason"), max_length=300, blank=True)  # why it is ignored, or waits
    traceback = EncryptedTextField(_("last error"), blank=True)
    attempts = models.PositiveSmallIntegerField(_("tries"), default=0)
    not_before = models.DateTimeField(_("next try"), default=timezone.now)
    claim = models.UUIDField(null=True, blank=True)  # of the drainer that holds it until not_before
    processed_at = models.DateTimeField(_("processed"), null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["not_before", "id"], name="delivery_due", condition=models.Q(state=DeliveryState.STORED)
            ),
            models.Index(fields=["account", "digest"], name="delivery_twins"),
            models.Index(fields=["account", "id"], name="delivery_in_list"),
            models.Index(fields=["account", "state", "-id"], name="delivery_account_state"),
            models.Index(fields=["account", "event", "-id"], name="delivery_account_event"),
            models.Index(fields=["company_uuid", "-id"], name="delivery_company"),
            models.Index(fields=["subject", "-id"], name="delivery_subject", condition=~models.Q(subject="")),
        ]
        permissions = [("process_delivery", "Can process deliveries again and see why they failed")]

    def __str__(self) -> str:
        return f"#{self.pk} {self.event or _('unreadable')}"
