"""Changing the key that speaks for a partner account and all its companies, step by step."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.partners.fields import EncryptedTextField
from portal.partners.models import PartnerAccount


class RotationState(models.TextChoices):
    OPEN = "OPEN", _("Under way")
    DONE = "DONE", _("Done")
    ABANDONED = "ABANDONED", _("Given up")


class KeyRotation(models.Model):
    """
    One change of an account's key. Old and new work side by side until the old user is removed; each step leaves its
    time here, so that whoever comes back sees where it stands.
    """

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="key_rotations")
    state = models.CharField(_("state"), max_length=10, choices=RotationState, default=RotationState.OPEN)
    email = models.EmailField(_("e-mail of the new user"))
    new_user = models.CharField(max_length=64, blank=True)  # AutoInvoice's id
    new_key = EncryptedTextField(blank=True, default="")
    old_user = models.CharField(max_length=64, blank=True)
    old_email = models.CharField(max_length=254, blank=True)
    old_key = EncryptedTextField(blank=True, default="")  # until the old user is removed: the way back
    tests = models.JSONField(default=list)  # what the last test found: [{"level", "text"}]

    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    made_at = models.DateTimeField(null=True, blank=True)
    tested_at = models.DateTimeField(null=True, blank=True)  # the last test that found nothing wrong
    switched_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("change of key")
        verbose_name_plural = _("changes of key")
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(state=RotationState.OPEN), name="rotation_open_once"
            )
        ]
        permissions = [("rotate_integration_key", "Can change the key of a partner account")]

    def __str__(self) -> str:
        return f"{self.account} {self.email}"

    def operation_subject(self) -> dict[str, Any]:
        """Return whose timeline operations for this row belong to."""
        return {"company_uuid": self.account.company_uuid}
