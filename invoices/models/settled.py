"""Failures that staff have settled otherwise: nothing more is sent for them."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.partners.models import PartnerAccount


class SettledFailure(models.Model):
    """Staff's word that a failure needs nothing more. Named by its uuid: it may be an invoice or a refused file."""

    account = models.ForeignKey(PartnerAccount, models.CASCADE, related_name="+")
    uuid = models.UUIDField()
    note = models.CharField(_("note"), max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("settled failure")
        verbose_name_plural = _("settled failures")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["account", "uuid"], name="settled_failure_once")]

    def __str__(self) -> str:
        return str(self.uuid)


def settled() -> models.Exists:
    """Return the condition that staff have settled a row, by its account and uuid."""
    rows = SettledFailure.objects.filter(account=models.OuterRef("account"), uuid=models.OuterRef("uuid"))
    return models.Exists(rows)
