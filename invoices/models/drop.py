"""Many files that staff gave at once, from the drop zone to the batch that sends them."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from invoices.enums import DropSends, DropState, FileOutcome
from invoices.models.document import DocumentDraft
from invoices.models.upload import Upload
from portal.partners.models import PartnerAccount


class Drop(models.Model):
    """Files given at once: taken in, read by a worker, sent as one batch."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(
        Company, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("company")
    )  # all files are sent as this one; None: each as the company that its sender is
    sends = models.CharField(_("sent as"), max_length=9, choices=DropSends, default=DropSends.INVOICES)
    type = models.CharField(_("type"), max_length=60, blank=True)  # of documents that do not say it themselves
    state = models.CharField(_("state"), max_length=8, choices=DropState, default=DropState.GIVING)
    given = models.JSONField(default=list)  # [{"path", "sha256", "size"}]: what came in, as it came
    walked = models.PositiveIntegerField(default=0)  # files in them that were read; several invoices may be in one
    batch = models.ForeignKey("operations.Batch", models.SET_NULL, null=True, blank=True, related_name="+")
    leased_until = models.DateTimeField(null=True, blank=True)  # a worker reads it until then
    created_at = models.DateTimeField(_("given"), default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("files given together")
        verbose_name_plural = _("files given together")
        indexes = [
            models.Index(fields=["account", "-created_at"], name="drop_list"),
            models.Index(fields=["created_at"], name="drop_reading", condition=models.Q(state=DropState.READING)),
        ]

    def __str__(self) -> str:
        first = self.given[0]["path"] if self.given else "–"
        return f"{first} …" if len(self.given) > 1 else first


class DropFile(models.Model):
    """One invoice or document among files given together: what was read, whose it is, or why it cannot be sent."""

    drop = models.ForeignKey(Drop, models.CASCADE, related_name="files")
    number = models.PositiveIntegerField()  # in the order of reading, from 1
    path = models.CharField(_("file"), max_length=500)
    outcome = models.CharField(_("outcome"), max_length=10, choices=FileOutcome)
    text = models.TextField(blank=True)  # why not, in staff words
    remedy = models.TextField(blank=True)
    concerns = models.JSONField(default=list)  # [{"code", "text", "remedy"}]
    company = models.ForeignKey(Company, models.PROTECT, null=True, blank=True, related_name="+")
    upload = models.ForeignKey(Upload, models.SET_NULL, null=True, blank=True, related_name="+")
    draft = models.ForeignKey(DocumentDraft, models.SET_NULL, null=True, blank=True, related_name="+")
    # Of what cannot be an Upload or a draft before somebody says whose it is.
    sha256 = models.CharField(max_length=64, blank=True)
    sender_key = models.CharField(max_length=64, blank=True)  # the same for all files of one sender
    sender = models.CharField(_("sender"), max_length=300, blank=True)
    receiver = models.CharField(_("receiver"), max_length=300, blank=True)
    document_number = models.CharField(_("number"), max_length=100, blank=True)
    kind = models.CharField(max_length=30, blank=True)  # as `documents.Kind`
    total = models.DecimalField(_("with tax"), max_digits=18, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=10, blank=True)

    class Meta:
        verbose_name = _("file given")
        verbose_name_plural = _("files given")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["drop", "number"], name="dropfile_once")]
        indexes = [models.Index(fields=["drop", "outcome", "number"], name="dropfile_outcome")]

    def __str__(self) -> str:
        return self.path
