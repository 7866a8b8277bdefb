"""How a company's invoices are sent unless something else is said: staff's own choice."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company


class SendingDefaults(models.Model):
    """Options that every invoice of a company is sent with, where its sending says nothing else."""

    company = models.OneToOneField(Company, models.CASCADE, related_name="sending_defaults")
    options = models.JSONField(default=dict)  # fields of services.SendingOptions that say something
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("sending defaults")
        verbose_name_plural = _("sending defaults")

    def __str__(self) -> str:
        return str(self.company)
