"""The mirror of what a company has beside its networks: scanning, and services of one country."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models.company import Company
from portal.partners.models import PartnerAccount


class ServiceQuerySet(models.QuerySet["ServiceState"]):
    def visible_to(self, user: Any) -> "ServiceQuerySet":
        return self.filter(account__in=PartnerAccount.objects.visible_to(user))


class ServiceState(models.Model):
    """How one service of one company stands; `companies.side_services.catalogue` knows the services by name."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.CASCADE, related_name="services")
    service = models.CharField(_("service"), max_length=20)
    key = models.CharField(max_length=60, blank=True)  # which of several: a bank account, the number at ODP
    status = models.CharField(_("status"), max_length=40)  # remote word, or "none": AutoInvoice knows of none
    address = models.CharField(_("address"), max_length=254, blank=True)  # where material is sent to
    return_email = models.CharField(_("return e-mail"), max_length=254, blank=True)
    details = models.JSONField(default=dict, blank=True)  # the rest, as AutoInvoice words it
    error_text = models.TextField(_("AutoInvoice says"), blank=True)
    fact_at = models.DateTimeField()
    next_check_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("service of a company")
        verbose_name_plural = _("services of companies")
        constraints = [
            models.UniqueConstraint(fields=["account", "company", "service", "key"], name="service_account_company")
        ]
        indexes = [
            models.Index(fields=["account", "service", "status"], name="service_account_status"),
            models.Index(fields=["company", "service"], name="service_company"),
            models.Index(
                fields=["account", "next_check_at"], name="service_due", condition=Q(next_check_at__isnull=False)
            ),
        ]
        permissions = [
            ("manage_services", "Can activate, change and close services of a company"),
            ("look_up_consumers", "Can look up how consumers receive invoices"),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.key} {self.status}".replace("  ", " ")
