"""The mirror of a company's departments: accounts of their own below it, each with a GLN."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models.company import Company
from portal.partners.models import PartnerAccount


class Department(models.Model):
    """One department. AutoInvoice lists its id only; name and GLN are known of those made here, or looked up."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.CASCADE, related_name="departments")
    uuid = models.UUIDField(_("AutoInvoice id"))
    name = models.CharField(_("name"), max_length=200, blank=True)
    gln = models.CharField("GLN", max_length=13, blank=True)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    fact_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)  # not in AutoInvoice's list any more
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        constraints = [models.UniqueConstraint(fields=["account", "company", "uuid"], name="department_account_uuid")]
        indexes = [models.Index(fields=["company", "name"], name="department_company")]
        permissions = [("manage_departments", "Can add departments to a company")]

    def __str__(self) -> str:
        return self.name or str(self.uuid)
