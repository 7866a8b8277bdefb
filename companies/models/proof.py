"""Proof of reception: what was asked, by whom, over which route, and what came of it."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.enums import ProofState, ProofWay
from portal.partners.models import PartnerAccount


class ProofOfReception(models.Model):
    """One question to the world, "does this company receive here?", and its answer."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey("companies.Company", models.CASCADE, related_name="proofs")
    way = models.CharField(_("how"), max_length=10, choices=ProofWay)
    network = models.CharField(_("network"), max_length=40)
    address = models.CharField(_("address"), max_length=120, blank=True)  # scheme and address, masked when personal
    state = models.CharField(_("outcome"), max_length=10, choices=ProofState, default=ProofState.RUNNING)
    stage = models.CharField(max_length=40, blank=True)  # how far a test invoice has come: a word of its prober
    text = models.TextField(_("what was found"), blank=True)
    reference = models.CharField(max_length=100, blank=True)  # number of the test invoice
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    next_check_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("proof of reception")
        verbose_name_plural = _("proofs of reception")
        indexes = [
            models.Index(fields=["company", "-asked_at"], name="proof_company"),
            models.Index(
                fields=["account", "next_check_at"], name="proof_due", condition=Q(next_check_at__isnull=False)
            ),
        ]
        permissions = [("prove_reception", "Can prove that companies receive")]

    def __str__(self) -> str:
        return f"{self.way} {self.network} {self.state}"

    def operation_subject(self) -> dict[str, Any]:
        """Return whose timeline operations for this row belong to."""
        return {"company_uuid": self.company.uuid}
