"""Invoices as AutoInvoice has them (mirrors), and the files that staff gave us to send."""

import uuid as uuids

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import BusinessIdColumns, Company
from invoices.enums import Direction, FileKind, Status
from portal.partners.models import PartnerAccount


def stored_path(sha256: str) -> str:
    """Return where bytes of that digest lie in the storage."""
    return f"invoices/{sha256[:2]}/{sha256[2:4]}/{sha256}"


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def sent(self) -> "InvoiceQuerySet":
        return self.filter(direction=Direction.SENT)

    def received(self) -> "InvoiceQuerySet":
        return self.filter(direction=Direction.RECEIVED)

    def failed(self) -> "InvoiceQuerySet":
        return self.filter(status=Status.FAILED)

    def due(self) -> "InvoiceQuerySet":
        """Return the rows that want a look at AutoInvoice now."""
        return self.filter(next_check_at__lte=timezone.now())


class Invoice(BusinessIdColumns):
    """One invoice of one company, sent or received: AutoInvoice's facts, never edited by hand."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.PROTECT, related_name="invoices", verbose_name=_("company"))
    uuid = models.UUIDField(_("invoice UUID"))
    direction = models.CharField(_("direction"), max_length=8, choices=Direction)
    status = models.CharField(_("status"), max_length=30, default=Status.PENDING)  # no choices: new words may come
    number = models.CharField(_("number"), max_length=100, blank=True)
    reference = models.CharField(_("reference"), max_length=200, blank=True)

    # The other party, whose are the business id columns too: the receiver of a sent one, the sender of a received one.
    counterparty_name = models.CharField(_("counterparty"), max_length=300, blank=True)
    counterparty_country = models.CharField(_("country"), max_length=10, blank=True)
    counterparty_address = models.CharField(_("e-invoice address"), max_length=150, blank=True)
    counterparty_operator = models.CharField(_("operator"), max_length=150, blank=True)
    invoice_date = models.DateField(_("invoice date"), null=True, blank=True)
    due_date = models.DateField(_("due date"), null=True, blank=True)
    sum_amount = models.DecimalField(_("without tax"), max_digits=18, decimal_places=4, null=True, blank=True)
    total_amount = models.DecimalField(_("with tax"), max_digits=18, decimal_places=4, null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=10, blank=True)
    source_format = models.CharField(_("format"), max_length=60, blank=True)
    destination = models.CharField(_("route"), max_length=100, blank=True)
    origin = models.CharField(_("origin"), max_length=40, blank=True)
    comment = models.TextField(_("comment"), blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)  # at AutoInvoice
    received_at = models.DateTimeField(_("received"), null=True, blank=True)

    error_code = models.CharField(_("error code"), max_length=80, blank=True)  # the failing action's key
    error_text = models.TextField(_("error text"), blank=True)  # AutoInvoice's own words
    remedy_key = models.CharField(
        _("cause"), max_length=60, blank=True
    )  # entry of invoices.remedies; "" = not known to us
    remedy_by = models.CharField(_("whose move"), max_length=20, blank=True)
    handled_at = models.DateTimeField(null=True, blank=True)  # a received one was marked as handled at AutoInvoice

    fact_at = models.DateTimeField(
        _("as of"), default=timezone.now
    )  # when the status was true; older never overwrites newer
    checked_at = models.DateTimeField(null=True, blank=True)  # last look at AutoInvoice
    next_check_at = models.DateTimeField(null=True, blank=True)  # None: nothing is awaited
    files_at = models.DateTimeField(null=True, blank=True)  # when its files were fetched

    operations = GenericRelation("operations.Operation", "target_id", "target_type")

    wants_another_look = False  # of a row in hand: something newer was told while it was looked at

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        constraints = [models.UniqueConstraint(fields=["account", "company", "uuid"], name="invoice_once")]
        indexes = [
            models.Index(fields=["account", "direction", "-created_at"], name="invoice_list"),
            models.Index(fields=["account", "direction", "status", "-created_at"], name="invoice_status"),
            models.Index(fields=["company", "direction", "-created_at"], name="invoice_company"),
            models.Index(fields=["company", "number"], name="invoice_number_of"),
            models.Index(fields=["number"], name="invoice_number"),
            models.Index(fields=["uuid"], name="invoice_uuid"),
            models.Index(
                fields=["account", "next_check_at"], name="invoice_due", condition=models.Q(next_check_at__isnull=False)
            ),
        ]
        permissions = [
            ("send_invoice", _("Can send invoices")),
            ("handle_invoice", _("Can mark received invoices as handled")),
        ]

    def __str__(self) -> str:
        return self.number or str(self.uuid)


class SentInvoice(Invoice):
    """The list of sent invoices."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("sent invoice")
        verbose_name_plural = _("sent invoices")


class ReceivedInvoice(Invoice):
    """The list of received invoices."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("received invoice")
        verbose_name_plural = _("received invoices")


class FailedInvoice(Invoice):
    """The list of failed invoices."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("failed invoice")
        verbose_name_plural = _("failed invoices")


class InvoiceAction(models.Model):
    """One step of an invoice's way, as AutoInvoice lists it."""

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="actions")
    position = models.PositiveSmallIntegerField()  # in AutoInvoice's list; times may be equal
    happened_at = models.DateTimeField(_("when"))
    type = models.CharField(max_length=40)
    key = models.CharField(max_length=80, blank=True)  # what the step is; the message is for people
    channel = models.CharField(max_length=40, blank=True)
    message = models.TextField(blank=True)

    class Meta:
        verbose_name = _("invoice action")
        verbose_name_plural = _("invoice actions")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["invoice", "position"], name="invoice_action_once")]

    def __str__(self) -> str:
        return self.key or self.type


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

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        return stored_path(self.sha256)


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
