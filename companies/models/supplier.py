"""Suppliers of a company that could send it e-invoices, as AutoInvoice finds them among scanned invoices."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models.business_id import BusinessIdColumns
from companies.models.company import Company
from portal.partners.models import PartnerAccount


class SupplierQuery(models.Model):
    """One question for a company's suppliers; AutoInvoice may need a while for the answer."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.CASCADE, related_name="supplier_queries")
    remote_id = models.CharField(max_length=64, blank=True)
    status = models.CharField(_("status"), max_length=40)  # remote word
    oldest_invoice_at = models.DateTimeField(_("invoices since"))
    found = models.PositiveIntegerField(_("suppliers found"), default=0)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    next_check_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("question for suppliers")
        verbose_name_plural = _("questions for suppliers")
        indexes = [
            models.Index(fields=["company", "-asked_at"], name="supplier_query_company"),
            models.Index(
                fields=["account", "next_check_at"], name="supplier_query_due", condition=Q(next_check_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company} {self.status}"


class Supplier(BusinessIdColumns):
    """One supplier of one company."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.CASCADE, related_name="suppliers")
    name = models.CharField(_("name"), max_length=200)
    country = models.CharField(_("country"), max_length=2)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    invoice_count = models.PositiveIntegerField(_("invoices"), null=True, blank=True)
    notified_at = models.DateTimeField(_("written to"), null=True, blank=True)  # by AutoInvoice, at our request
    failure = models.TextField(_("why not written to"), blank=True)  # AutoInvoice's words
    fact_at = models.DateTimeField()

    class Meta:
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "company", "country", "business_id_digest"], name="supplier_account_business_id"
            )
        ]
        indexes = [models.Index(fields=["company", "name"], name="supplier_company")]
        permissions = [("notify_suppliers", "Can have a company's suppliers written to")]

    def __str__(self) -> str:
        return self.name
