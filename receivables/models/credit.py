"""The mirror of OP Laskulaina: credit for a company's sent invoices."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from portal.partners.models import PartnerAccount
from receivables.enums import ServiceStatus


class InvoiceCreditQuerySet(models.QuerySet["InvoiceCredit"]):
    def visible_to(self, user: Any) -> "InvoiceCreditQuerySet":
        return self.filter(account__in=PartnerAccount.objects.visible_to(user))


class InvoiceCredit(models.Model):
    """How the credit stands for one company, and what it may draw: facts, never edited by hand. Sums are euros."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.OneToOneField(Company, models.CASCADE, related_name="invoice_credit", verbose_name=_("company"))
    status = models.CharField(_("status"), max_length=20)  # a word of ServiceStatus, or one we do not know
    contact_email = models.CharField(_("contact"), max_length=254, blank=True)
    iban = models.CharField(_("paid out to"), max_length=40, blank=True)
    bic = models.CharField(max_length=20, blank=True)
    bank = models.CharField(_("bank"), max_length=100, blank=True)
    activation_url = models.URLField(_("link to sign"), max_length=500, blank=True)
    bank_details = models.JSONField(default=dict, blank=True)  # account at OP and transfer clause, as told
    terms = models.JSONField(default=dict, blank=True)  # in force; as AutoInvoice words them
    offer = models.JSONField(default=dict, blank=True)
    available = models.DecimalField(_("available"), max_digits=18, decimal_places=2, null=True, blank=True)
    most = models.DecimalField(_("at most"), max_digits=18, decimal_places=2, null=True, blank=True)
    collateral = models.DecimalField(_("collateral"), max_digits=18, decimal_places=2, null=True, blank=True)
    withdrawn = models.DecimalField(_("withdrawn"), max_digits=18, decimal_places=2, null=True, blank=True)
    month_interest = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    interest = models.DecimalField(_("unpaid interest"), max_digits=18, decimal_places=2, null=True, blank=True)
    figures_at = models.DateTimeField(null=True, blank=True)
    fact_at = models.DateTimeField(_("as of"), default=timezone.now)
    next_check_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = InvoiceCreditQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice credit")
        verbose_name_plural = _("invoice credits")
        indexes = [
            models.Index(fields=["account", "status"], name="invoice_credit_status"),
            models.Index(
                fields=["account", "next_check_at"],
                name="invoice_credit_due",
                condition=Q(next_check_at__isnull=False),
            ),
        ]
        permissions = [
            ("manage_credit", _("Can activate invoice credit, change its terms and tell of direct payments")),
            ("withdraw_credit", _("Can withdraw invoice credit: money the company owes from then on")),
        ]

    def __str__(self) -> str:
        return f"{self.company} {self.status}"

    @property
    def is_active(self) -> bool:
        return self.status == ServiceStatus.ACTIVE
