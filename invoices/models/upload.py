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
from portal.partners.models import PartnerAccount


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

    noted: Any = None  # of a row in hand: what `operations.sendings` has read for the next question

    operations = GenericRelation("operations.Operation", "target_id", "target_type")

    class Meta:
        verbose_name = _("file to send")
        verbose_name_plural = _("files to send")
        constraints = [models.UniqueConstraint(fields=["account", "uuid"], name="upload_once")]
        indexes = [
            models.Index(fields=["account", "-created_at"], name="upload_list"),
            models.Index(fields=["company", "content_sha256"], name="upload_content"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        return stored_path(self.sha256)


def invoice_uuid(account_key: uuids.UUID, company_uuid: uuids.UUID, content_sha256: str, copy: int) -> uuids.UUID:
    """Return the uuid that sending this content as this company always has."""
    return uuids.uuid5(account_key, f"{company_uuid}:{content_sha256}:{copy}")
