"""The mirror of a company's users."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from companies.models.company import Company
from portal.partners.fields import EncryptedTextField
from portal.partners.models import PartnerAccount


class CompanyUser(models.Model):
    """A person or a program that may act in a company."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.CASCADE, related_name="users")
    remote_id = models.CharField(max_length=64)
    email = models.CharField(_("e-mail"), max_length=254)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    role = models.CharField(_("role"), max_length=20, blank=True)  # remote word
    notifications_disabled = models.BooleanField(default=False)
    emails_disabled = models.BooleanField(default=False)
    api_key = EncryptedTextField(blank=True, default="")  # shown by AutoInvoice once, when the user was made
    keeps_key = models.BooleanField(default=True)  # False: the key goes when it has been shown, or was not asked for
    key_for = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )  # who may see it, once
    key_made_at = models.DateTimeField(null=True, blank=True)
    key_shown_at = models.DateTimeField(null=True, blank=True)
    fact_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("company user")
        verbose_name_plural = _("company users")
        constraints = [models.UniqueConstraint(fields=["account", "company", "remote_id"], name="user_account_remote")]
        indexes = [models.Index(fields=["email"], name="user_email")]

    def __str__(self) -> str:
        return self.email

    @property
    def has_key(self) -> bool:
        """Tell whether the portal keeps an API key of this user."""
        return bool(self.api_key)
