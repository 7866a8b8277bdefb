"""What staff chose about receiving: in which forms invoices are kept."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from invoices.receiving.return_formats import AS_IT_CAME, Wanted
from portal.partners.models import PartnerAccount


class ReceivingChoice(models.Model):
    """The forms in which a company's received invoices are kept; without a company, what is usual in the account."""

    account = models.ForeignKey(PartnerAccount, models.CASCADE, related_name="+")
    company = models.OneToOneField(
        Company, models.CASCADE, null=True, blank=True, related_name="receiving_choice", verbose_name=_("company")
    )
    xml = models.JSONField(default=list)  # names of forms, at least one
    images = models.JSONField(default=list)
    attachments = models.BooleanField(default=True)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("choice of received files")
        verbose_name_plural = _("choices of received files")
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(company=None), name="receiving_choice_account_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.company or self.account)

    @property
    def wanted(self) -> Wanted:
        return Wanted(xml=tuple(self.xml) or (AS_IT_CAME,), images=tuple(self.images), attachments=self.attachments)
