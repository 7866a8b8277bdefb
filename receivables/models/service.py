"""The mirror of a company's agreements with agencies."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from portal.partners.models import PartnerAccount
from receivables.enums import ServiceStatus


class CollectionServiceQuerySet(models.QuerySet["CollectionService"]):
    def visible_to(self, user: Any) -> "CollectionServiceQuerySet":
        return self.filter(account__in=PartnerAccount.objects.visible_to(user))

    def active(self) -> "CollectionServiceQuerySet":
        return self.filter(status=ServiceStatus.ACTIVE)


class CollectionService(models.Model):
    """How the service of one agency stands for one company: AutoInvoice's facts, never edited by hand."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.CASCADE, related_name="collection_services", verbose_name=_("company"))
    agency = models.CharField(_("agency"), max_length=20)
    status = models.CharField(_("status"), max_length=20)  # a word of ServiceStatus, or one we do not know
    service_type = models.CharField(_("kind"), max_length=20, blank=True)  # Amili: full (Kassavirta), express (Perintä)
    activation_url = models.URLField(_("activation link"), max_length=500, blank=True)
    details = models.JSONField(default=dict, blank=True)  # the rest as told: bank account, contacts, addresses
    pending_since = models.DateTimeField(_("waiting since"), null=True, blank=True)
    was_pending = models.BooleanField(default=False)  # it was refused if it is not active now
    fact_at = models.DateTimeField(_("as of"), default=timezone.now)
    next_check_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CollectionServiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("collection service")
        verbose_name_plural = _("collection services")
        constraints = [models.UniqueConstraint(fields=["account", "company", "agency"], name="collection_service_once")]
        indexes = [
            models.Index(fields=["account", "agency", "status"], name="collection_service_status"),
            models.Index(
                fields=["account", "next_check_at"],
                name="collection_service_due",
                condition=Q(next_check_at__isnull=False),
            ),
        ]
        permissions = [("manage_collection", _("Can activate, change and close collection services"))]

    def __str__(self) -> str:
        return f"{self.agency} {self.status}"
