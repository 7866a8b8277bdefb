"""Finnish bank messages: sent ones with their fate, and what consumers and the bank network sent back."""

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from invoices.enums import Direction
from portal.partners.models import PartnerAccount


class BankMessage(models.Model):
    """One message; its XML lies in the storage. A consumer's name and address are in there only."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.PROTECT, related_name="bank_messages", verbose_name=_("company"))
    uuid = models.UUIDField()  # ours; of a sent one it stands in the message, so that it is found again
    direction = models.CharField(_("direction"), max_length=8, choices=Direction)
    kind = models.CharField(_("kind"), max_length=30)  # SENDERINFO, RECEIVERPROPOSAL, RECEIVERINFO, ERROR, or a new one
    remote_id = models.CharField(max_length=64, blank=True)
    bank = models.CharField(_("bank"), max_length=11, blank=True)  # BIC: that it goes to, or that it came from
    status = models.CharField(_("status"), max_length=30, blank=True)  # OK, ERROR, or "" while nobody answered
    error_text = models.TextField(_("error text"), blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    next_check_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    operations = GenericRelation("operations.Operation", "target_id", "target_type")

    class Meta:
        verbose_name = _("bank message")
        verbose_name_plural = _("bank messages")
        constraints = [models.UniqueConstraint(fields=["account", "uuid"], name="bank_message_once")]
        indexes = [
            models.Index(fields=["company", "-created_at"], name="bank_message_company"),
            models.Index(
                fields=["account", "next_check_at"],
                name="bank_message_due",
                condition=models.Q(next_check_at__isnull=False),
            ),
        ]
        permissions = [("send_bank_message", _("Can send Finnish bank messages"))]

    def __str__(self) -> str:
        return f"{self.kind} {self.created_at:%Y-%m-%d}"
