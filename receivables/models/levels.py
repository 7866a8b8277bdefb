"""The mirror of special service levels: how Kassavirta treats a company's customers."""

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from portal.partners.models import PartnerAccount


class ServiceLevelQuerySet(models.QuerySet["ServiceLevel"]):
    def visible_to(self, user: Any) -> "ServiceLevelQuerySet":
        return self.filter(account__in=PartnerAccount.objects.visible_to(user))


class ServiceLevel(models.Model):
    """One customer of one company with a level of its own; who has no row has the default."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+", verbose_name=_("account"))
    company = models.ForeignKey(Company, models.CASCADE, related_name="service_levels", verbose_name=_("company"))
    business_id = models.CharField(_("customer's business id"), max_length=40)
    name = models.CharField(_("customer"), max_length=300, blank=True)
    level = models.CharField(_("level"), max_length=40)  # a word of Level, or one we do not know
    fact_at = models.DateTimeField(_("as of"), default=timezone.now)

    objects = ServiceLevelQuerySet.as_manager()

    class Meta:
        verbose_name = _("service level")
        verbose_name_plural = _("service levels")
        constraints = [models.UniqueConstraint(fields=["account", "company", "business_id"], name="service_level_once")]
        indexes = [models.Index(fields=["account", "level"], name="service_level_level")]
        permissions = [("set_service_level", _("Can set how Kassavirta treats a customer"))]

    def __str__(self) -> str:
        return f"{self.name or self.business_id} {self.level}"

    def operation_subject(self) -> dict[str, Any]:
        """Return whose timeline its operations belong to."""
        return {"company_uuid": self.company.uuid}
