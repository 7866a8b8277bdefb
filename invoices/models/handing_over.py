"""Handing received invoices over to customers' systems: where to, and each invoice's way there."""

import uuid as uuids
from typing import Any

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from invoices.enums import HandOverWay
from invoices.models.invoice import Invoice
from portal.partners.fields import EncryptedTextField
from portal.partners.models import PartnerAccount


class HandOverTarget(models.Model):
    """A customer's system: received invoices of one company go there, or of all that have no target of their own."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+", verbose_name=_("account"))
    company = models.ForeignKey(
        Company, models.PROTECT, null=True, blank=True, related_name="hand_over_targets", verbose_name=_("company")
    )
    name = models.CharField(_("name"), max_length=100)
    way = models.CharField(_("way"), max_length=10, choices=HandOverWay)
    folder = models.CharField(_("folder"), max_length=200, blank=True)  # below HANDOVER_DIR
    url = models.CharField(_("address"), max_length=500, blank=True)
    secret = EncryptedTextField(_("secret"), blank=True, default="")  # signs what is posted
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("hand-over target")
        verbose_name_plural = _("hand-over targets")
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="hand_over_target_name")]
        indexes = [models.Index(fields=["account", "company"], name="hand_over_target_of")]

    def __str__(self) -> str:
        return self.name


class HandOver(models.Model):
    """One invoice on its way to one target: there once, whatever happens. Its key tells the receiver a repeat."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+", verbose_name=_("account"))
    target = models.ForeignKey(HandOverTarget, models.PROTECT, related_name="+", verbose_name=_("target"))
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="hand_overs", verbose_name=_("invoice"))
    key = models.UUIDField(_("idempotency key"), default=uuids.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(_("since"), default=timezone.now)
    done_at = models.DateTimeField(_("handed over"), null=True, blank=True)

    operations = GenericRelation("operations.Operation", "target_id", "target_type")

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        constraints = [models.UniqueConstraint(fields=["target", "invoice"], name="hand_over_once")]
        indexes = [
            models.Index(fields=["account", "-id"], name="hand_over_list"),
            models.Index(fields=["account"], name="hand_over_open", condition=models.Q(done_at=None)),
        ]
        permissions = [("hand_over", _("Can hand received invoices over to customers' systems"))]

    def __str__(self) -> str:
        return f"{self.invoice} → {self.target}"

    def operation_subject(self) -> dict[str, Any]:
        """Return whose timeline operations for this row belong to."""
        return {"company_uuid": self.invoice.company.uuid}
