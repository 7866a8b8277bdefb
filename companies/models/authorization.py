"""Requests for authorization that we sent."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companies.enums import AuthorizationState
from companies.models.company import Company
from portal.partners.models import Method, PartnerAccount


class Authorization(models.Model):
    """A request for one company's authorization that we sent, with our own clock of its seven days."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.CASCADE, related_name="authorizations")
    state = models.CharField(_("state"), max_length=10, choices=AuthorizationState, default=AuthorizationState.OPEN)
    method = models.CharField(_("way"), max_length=10, choices=Method, default=Method.VISMA_SIGN)
    email = models.EmailField(_("signer's e-mail"))
    signer_name = models.CharField(_("signer's name"), max_length=200, blank=True)
    locale = models.CharField(_("language of the document"), max_length=2)
    authorization_id = models.CharField(_("id in our own process"), max_length=200, blank=True)
    operation_id = models.BigIntegerField(null=True, blank=True)
    requested_at = models.DateTimeField(_("requested"))
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)  # None: nothing to sign
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("authorization")
        verbose_name_plural = _("authorizations")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "company"],
                condition=Q(state=AuthorizationState.OPEN),
                name="authorization_open_once",
            )
        ]
        indexes = [
            models.Index(fields=["account", "state", "expires_at"], name="authorization_account_state"),
            models.Index(fields=["company", "-requested_at"], name="authorization_company"),
        ]

    def __str__(self) -> str:
        return f"{self.company} {self.get_state_display()}"

    def has_run_out(self, now: datetime) -> bool:
        """Tell whether its seven days are over, whatever AutoInvoice says."""
        return self.expires_at is not None and self.expires_at <= now
