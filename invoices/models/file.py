"""The files of invoices that were fetched from AutoInvoice."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from invoices.enums import FileKind
from invoices.models.invoice import Invoice
from invoices.receiving.return_formats import AS_IT_CAME, OWN_IMAGE


def stored_path(sha256: str) -> str:
    """Return where bytes of that digest lie in the storage."""
    return f"invoices/{sha256[:2]}/{sha256[2:4]}/{sha256}"


class InvoiceFile(models.Model):
    """A file of an invoice that was fetched from AutoInvoice; its bytes lie in the storage under their digest."""

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="files")
    kind = models.CharField(max_length=10, choices=FileKind)
    remote_id = models.CharField(max_length=100, blank=True)  # of attachments
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("invoice file")
        verbose_name_plural = _("invoice files")
        ordering = ["kind", "name"]
        constraints = [models.UniqueConstraint(fields=["invoice", "kind", "remote_id"], name="invoice_file_once")]
        indexes = [models.Index(fields=["sha256"], name="invoice_file_bytes")]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        return stored_path(self.sha256)

    @property
    def is_original(self) -> bool:
        """Tell whether it is what the sender gave: AutoInvoice may draw an image, or convert, another way each time."""
        if self.kind == FileKind.ATTACHMENT:
            return True
        return self.remote_id == (OWN_IMAGE if self.kind == FileKind.IMAGE else AS_IT_CAME)


class EarlierFile(models.Model):
    """What a file was before AutoInvoice gave other bytes under the same id; its own bytes stay in the storage."""

    file = models.ForeignKey(InvoiceFile, models.CASCADE, related_name="earlier")
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_at = models.DateTimeField()
    replaced_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("earlier file")
        verbose_name_plural = _("earlier files")
        ordering = ["-replaced_at", "-id"]
        indexes = [models.Index(fields=["sha256"], name="earlier_file_bytes")]

    def __str__(self) -> str:
        return self.name
