"""What AutoInvoice bills a partner for, month by month: kept here, because AutoInvoice keeps a quarter only."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from portal.partners.models import PartnerAccount


class BillingMonthQuerySet(models.QuerySet["BillingMonth"]):
    def visible_to(self, user: Any) -> "BillingMonthQuerySet":
        return self.filter(account__in=PartnerAccount.objects.visible_to(user))


class BillingMonth(models.Model):
    """One month of one account: whether and when it was read, and its sums by action."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+", verbose_name=_("account"))
    month = models.DateField(_("month"))  # its first day
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    is_final = models.BooleanField(default=False)  # read after AutoInvoice had closed it
    totals = models.JSONField(default=dict, blank=True)  # action → count
    companies = models.PositiveIntegerField(_("companies"), default=0)
    error_text = models.TextField(blank=True)  # of the last try
    next_check_at = models.DateTimeField(null=True, blank=True)

    objects = BillingMonthQuerySet.as_manager()

    class Meta:
        verbose_name = _("billed month")
        verbose_name_plural = _("billed months")
        constraints = [models.UniqueConstraint(fields=["account", "month"], name="billing_month_once")]
        indexes = [
            models.Index(
                fields=["account", "next_check_at"], name="billing_month_due", condition=Q(next_check_at__isnull=False)
            )
        ]
        permissions = [("view_billing", _("Can see what AutoInvoice bills"))]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    @property
    def total(self) -> int:
        return sum(int(count) for count in self.totals.values())


class BilledUse(models.Model):
    """One line of a month: what one company used of one action."""

    month = models.ForeignKey(BillingMonth, models.CASCADE, related_name="lines", verbose_name=_("month"))
    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+", verbose_name=_("account"))
    company = models.ForeignKey(Company, models.SET_NULL, null=True, blank=True, related_name="+")
    company_uuid = models.CharField(max_length=60, blank=True)
    company_name = models.CharField(_("company"), max_length=300, blank=True)
    business_id = models.CharField(_("business id"), max_length=60, blank=True)  # masked when it is a person's
    software = models.CharField(_("software"), max_length=200, blank=True)
    action = models.CharField(_("action"), max_length=200, blank=True)
    licensing_system = models.CharField(max_length=100, blank=True)
    license_key = models.CharField(_("licence"), max_length=200, blank=True)
    license_meta = models.CharField(max_length=500, blank=True)
    count = models.BigIntegerField(_("count"), default=0)
    read_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("billed use")
        verbose_name_plural = _("billed uses")
        constraints = [
            models.UniqueConstraint(
                fields=["month", "company_uuid", "software", "action", "license_key"], name="billed_use_once"
            )
        ]
        indexes = [
            models.Index(fields=["month", "-count"], name="billed_use_month"),
            models.Index(fields=["month", "action", "-count"], name="billed_use_action"),
            models.Index(fields=["company", "month"], name="billed_use_company"),
        ]

    def __str__(self) -> str:
        return f"{self.company_name} {self.action}"
