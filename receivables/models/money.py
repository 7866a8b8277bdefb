"""Counted money: what is open, overdue, in collection and collected, by agency and by company."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from portal.partners.models import PartnerAccount


def _amount() -> Any:
    return models.DecimalField(max_digits=20, decimal_places=2, default=Decimal(0))


class _Money(models.Model):
    """Counts and sums of assignments; open ones but for what was collected."""

    agency = models.CharField(max_length=40, blank=True)
    currency = models.CharField(max_length=10, blank=True)
    open_count = models.PositiveIntegerField(default=0)
    open_amount = _amount()
    overdue_count = models.PositiveIntegerField(default=0)
    overdue_amount = _amount()
    collection_count = models.PositiveIntegerField(default=0)
    collection_amount = _amount()
    legal_count = models.PositiveIntegerField(default=0)
    legal_amount = _amount()
    collected_count = models.PositiveIntegerField(default=0)  # assignments on which something was paid, closed ones too
    collected_amount = _amount()
    counted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True


class AgencyMoney(_Money):
    """All companies of an account at one agency, in one currency."""

    account = models.ForeignKey(PartnerAccount, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "agency", "currency"], name="agency_money_once")]

    def __str__(self) -> str:
        return f"{self.agency} {self.currency}"


class CompanyMoney(_Money):
    """One company at one agency, in one currency."""

    account = models.ForeignKey(PartnerAccount, models.CASCADE, related_name="+")
    company = models.ForeignKey(Company, models.CASCADE, related_name="+", verbose_name=_("company"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "company", "agency", "currency"], name="company_money_once")
        ]
        indexes = [models.Index(fields=["account", "currency", "-overdue_amount", "-id"], name="company_money_overdue")]

    def __str__(self) -> str:
        return f"{self.company_id} {self.agency} {self.currency}"
