"""The partner's own accounts at AutoInvoice, and the log of every call made for them."""

import uuid
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.partners.fields import EncryptedTextField


class Environment(models.TextChoices):
    SANDBOX = "SANDBOX", _("Sandbox")
    STAGE = "STAGE", _("Stage")
    PRODUCTION = "PRODUCTION", _("Production")


class Method(models.TextChoices):
    """How a company's right to act is proven."""

    VISMA_SIGN = "visma_sign", _("Visma Sign")
    OWN = "own", _("Own process")


class PartnerAccountQuerySet(models.QuerySet["PartnerAccount"]):
    def active(self) -> "PartnerAccountQuerySet":
        return self.filter(is_active=True)

    def visible_to(self, user: Any) -> "PartnerAccountQuerySet":
        """Return the accounts a member of staff may see: all for superusers, else those they were given."""
        return self if user.is_superuser else self.filter(staff=user.pk)


class PartnerAccount(models.Model):
    """One partner company at AutoInvoice, with the keys that speak for it and for all its customers."""

    key = models.UUIDField(_("address key"), default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=100, unique=True)
    environment = models.CharField(_("environment"), max_length=10, choices=Environment)
    company_uuid = models.UUIDField(_("partner company UUID"))
    user_key = EncryptedTextField(_("user API key"))
    vendor_key = EncryptedTextField(_("vendor API key"))
    key_version = models.PositiveIntegerField(default=1, editable=False)
    user_remote_id = models.CharField(max_length=64, blank=True, editable=False)  # whose key that is; "" not asked yet
    keeps_active = models.BooleanField(
        _("keep quiet companies alive"),
        default=False,
        help_text=_(
            "AutoInvoice closes companies that send and receive nothing for 13 months. Switched on, the portal tells "
            "it after 11 months that a company is still in use, and again every 11 months."
        ),
    )
    own_kyc = models.BooleanField(
        _("may verify customers itself"),
        default=False,
        help_text=_("AutoInvoice has approved the partner's own customer authentication process."),
    )
    default_method = models.CharField(
        _("usual way to authorize"), max_length=10, choices=Method, default=Method.VISMA_SIGN
    )
    sandbox_urls = models.JSONField(_("simulator addresses"), default=dict, blank=True)
    calls_per_second = models.FloatField(
        _("calls a second"), default=50, validators=[MinValueValidator(0.1), MaxValueValidator(1000)]
    )
    parallel_calls = models.PositiveSmallIntegerField(
        _("parallel calls"), default=16, validators=[MinValueValidator(1), MaxValueValidator(64)]
    )
    staff = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="partner_accounts")
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = PartnerAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner account")
        verbose_name_plural = _("partner accounts")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ApiCall(models.Model):
    """One HTTP call to AutoInvoice: who, what, how it ended; never a body, a query, a key or a token."""

    account = models.ForeignKey(PartnerAccount, models.CASCADE, related_name="calls")
    company_uuid = models.UUIDField(null=True, blank=True)
    operation_id = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)
    api = models.CharField(max_length=12)
    method = models.CharField(max_length=7)
    path = models.CharField(max_length=300)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    ms = models.PositiveIntegerField(default=0)
    request_id = models.CharField(max_length=64, blank=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("API call")
        verbose_name_plural = _("API calls")
        indexes = [
            models.Index(fields=["account", "at", "id"], name="call_in_list"),
            models.Index(fields=["company_uuid", "-at"], name="call_company_at"),
            models.Index(fields=["operation_id"], name="call_operation"),
            models.Index(fields=["at"], name="call_at"),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
