"""A company that gets another business id: a check list that staff work off."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models.business_id import BusinessIdColumns
from companies.models.company import Company
from portal.partners.models import PartnerAccount


class IdentityChange(BusinessIdColumns):
    """One change, from the company's present business id to the one in the columns."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.CASCADE, related_name="identity_changes")
    country = models.CharField(_("country"), max_length=2)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("change of business id")
        verbose_name_plural = _("changes of business id")
        constraints = [
            models.UniqueConstraint(fields=["company"], condition=Q(ended_at=None), name="identity_change_open_once")
        ]

    def __str__(self) -> str:
        return f"{self.company} → {self.business_id}"


class IdentityTick(models.Model):
    """A step that somebody says is done."""

    change = models.ForeignKey(IdentityChange, models.CASCADE, related_name="ticks")
    step = models.CharField(max_length=40)  # a word of `companies.life.identity_steps`
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("tick")
        verbose_name_plural = _("ticks")
        constraints = [models.UniqueConstraint(fields=["change", "step"], name="identity_tick_once")]

    def __str__(self) -> str:
        return self.step
