"""The files that staff gave us to send."""

import uuid as uuids
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from invoices.models.file import stored_path
from invoices.models.invoice import Invoice
from portal.operations.enums import OPEN_STATES, State
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount


class UploadQuerySet(models.QuerySet["Upload"]):
    def refused(self) -> "UploadQuerySet":
        """Return those that AutoInvoice did not take, and that are not being sent again."""
        return self.filter(refused_at__isnull=False).exclude(operations__state__in=OPEN_STATES)


class Upload(models.Model):
    """
    A file that staff gave us to send as one company: the bytes lie in the storage under their digest.

    Its uuid becomes the invoice's at AutoInvoice. It follows from company, content and copy number: the same file twice
    is the same row, unless staff ask for a further copy on purpose.
    """

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.PROTECT, related_name="uploads", verbose_name=_("company"))
    uuid = models.UUIDField(_("invoice UUID"))
    copy = models.PositiveSmallIntegerField(_("copy"), default=0)
    content_sha256 = models.CharField(max_length=64)  # of what is inside: a ZIP's timestamps do not count
    sha256 = models.CharField(max_length=64)  # of the stored bytes
    size = models.PositiveBigIntegerField()
    name = models.CharField(_("file"), max_length=255)
    format = models.CharField(_("format"), max_length=60, blank=True)  # "" = unknown to us, AutoInvoice decides
    number = models.CharField(_("number"), max_length=100, blank=True)
    receiver = models.CharField(_("receiver"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("given"), default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    # What it is sent in place of: the uuid of an invoice or file that failed, and what was changed in between.
    replaces = models.UUIDField(null=True, blank=True, db_index=True)
    changes = models.JSONField(default=list, blank=True)  # [{"field", "was", "now"}]; empty for the same content

    # Why AutoInvoice did not take it; until it does.
    refused_at = models.DateTimeField(_("refused"), null=True, blank=True)
    error_code = models.CharField(_("error code"), max_length=80, blank=True)
    error_text = models.TextField(_("error text"), blank=True)
    remedy_key = models.CharField(_("cause"), max_length=60, blank=True)
    remedy_by = models.CharField(_("whose move"), max_length=20, blank=True)

    noted: Any = None  # of a row in hand: what `operations.sendings` has read for the next question

    operations = GenericRelation("operations.Operation", "target_id", "target_type")

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("file to send")
        verbose_name_plural = _("files to send")
        constraints = [models.UniqueConstraint(fields=["account", "uuid"], name="upload_once")]
        indexes = [
            models.Index(fields=["account", "created_at", "id"], name="upload_in_list"),
            models.Index(fields=["company", "content_sha256"], name="upload_content"),
            models.Index(fields=["sha256"], name="upload_bytes"),
            models.Index(
                fields=["account", "refused_at", "id"],
                name="upload_in_refused",
                condition=models.Q(refused_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        return stored_path(self.sha256)


class RefusedUpload(Upload):
    """The list of files that AutoInvoice did not take."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("refused file")
        verbose_name_plural = _("refused files")


def successors() -> models.Exists:
    """Return the condition that something was sent in place of a row, by its account and uuid."""
    sent = Operation.objects.filter(
        target_type__app_label="invoices", target_type__model="upload", target_id=models.OuterRef("pk")
    ).exclude(state__in=(State.CANCELED, State.SKIPPED))
    rows = Upload.objects.filter(account=models.OuterRef("account"), replaces=models.OuterRef("uuid"))
    arrived = Invoice.objects.filter(account=models.OuterRef("account"), uuid=models.OuterRef("uuid"))
    return models.Exists(rows.filter(models.Exists(sent) | models.Exists(arrived)))


def invoice_uuid(account_key: uuids.UUID, company_uuid: uuids.UUID, content_sha256: str, copy: int) -> uuids.UUID:
    """Return the uuid that sending this content as this company always has."""
    return uuids.uuid5(account_key, f"{company_uuid}:{content_sha256}:{copy}")
