"""The mirror of a company's registrations in networks."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.partners.fields import EncryptedTextField
from portal.partners.models import PartnerAccount


class NetworkProfile(models.Model):
    """One registration of a company in a network."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey("companies.Company", models.CASCADE, related_name="profiles")
    remote_id = models.CharField(max_length=64)
    network = models.CharField(_("network"), max_length=40)  # remote word
    profiles = models.JSONField(_("profiles"), default=list)
    profile_version = models.CharField(max_length=40, blank=True)
    status = models.CharField(_("status"), max_length=40)  # remote word, or "disabled"
    scheme = models.CharField(_("scheme"), max_length=20, blank=True)
    endpoint_id = models.CharField(_("address"), max_length=100, blank=True)  # masked when it holds a personal number
    endpoint_id_digest = models.CharField(max_length=64, blank=True, db_index=True)
    endpoint_id_secret = EncryptedTextField(blank=True, default="")
    extensions = models.JSONField(default=list, blank=True)  # [{"profile_name", "extensions": [...]}]
    network_settings = models.JSONField(default=dict, blank=True)
    error_text = models.TextField(_("AutoInvoice says"), blank=True)
    fact_at = models.DateTimeField()
    next_check_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("network profile")
        verbose_name_plural = _("network profiles")
        constraints = [
            models.UniqueConstraint(fields=["account", "company", "remote_id"], name="profile_account_remote")
        ]
        indexes = [
            models.Index(fields=["account", "status", "network"], name="profile_account_status"),
            models.Index(fields=["account", "status", "fact_at"], name="profile_failed_longest"),
            models.Index(fields=["company", "network", "status"], name="profile_company_network"),
            models.Index(
                fields=["account", "next_check_at"], name="profile_due", condition=Q(next_check_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.network} {self.status}"

    @property
    def real_endpoint_id(self) -> str:
        return self.endpoint_id_secret or self.endpoint_id
