"""Taking over an account that somebody else opened at AutoInvoice for a customer of ours."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from companies.models.business_id import BusinessIdColumns
from companies.models.case import Case
from companies.models.company import Company
from portal.partners.models import PartnerAccount


class TakeoverQuerySet(models.QuerySet["Takeover"]):
    def visible_to(self, user: Any) -> "TakeoverQuerySet":
        return self.filter(account__in=PartnerAccount.objects.visible_to(user))


class Takeover(BusinessIdColumns):
    """What is to be taken over. How far it is, since when and whose move it is, its case says."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    case = models.OneToOneField(Case, models.CASCADE, related_name="takeover")
    name = models.CharField(_("company name"), max_length=200)
    country = models.CharField(_("country"), max_length=2)
    company_uuid = models.UUIDField(_("AutoInvoice id of the account"))
    remote_id = models.CharField(_("takeover id"), max_length=64, blank=True)  # AutoInvoice's; "" until it has answered
    company = models.ForeignKey(Company, models.SET_NULL, null=True, blank=True, related_name="+")  # once it is ours

    objects = TakeoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("takeover")
        verbose_name_plural = _("takeovers")
        indexes = [models.Index(fields=["account", "-id"], name="takeover_account")]
        permissions = [("take_over_company", "Can take over and give back accounts of others")]

    def __str__(self) -> str:
        return self.name

    def operation_subject(self) -> dict[str, Any]:
        """Return whose timeline operations for this row belong to."""
        return {"company_uuid": self.company_uuid, "onboarding_id": self.case.onboarding_id}
