"""Business documents as AutoInvoice has them, with events and files (mirrors), and those that staff gave to send."""

import uuid as uuids

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import BusinessIdColumns, Company
from invoices.enums import Direction
from invoices.models.file import stored_path
from invoices.models.invoice import Invoice
from portal.partners.models import PartnerAccount


class BusinessDocument(BusinessIdColumns):
    """One document of one company, sent or received: AutoInvoice's facts, never edited by hand."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.PROTECT, related_name="documents", verbose_name=_("company"))
    remote_id = models.CharField(_("document id"), max_length=64)
    direction = models.CharField(_("direction"), max_length=8, choices=Direction)
    type = models.CharField(_("type"), max_length=60)  # no choices: new words may come
    status = models.CharField(_("status"), max_length=30)
    number = models.CharField(_("number"), max_length=200, blank=True)
    reference = models.CharField(_("reference"), max_length=200, blank=True)

    # The other party, whose are the business id columns too.
    counterparty_name = models.CharField(_("counterparty"), max_length=300, blank=True)
    counterparty_country = models.CharField(_("country"), max_length=10, blank=True)
    counterparty_address = models.CharField(_("address"), max_length=150, blank=True)
    counterparty_operator = models.CharField(_("operator"), max_length=150, blank=True)
    document_identifier = models.CharField(max_length=500, blank=True)
    process_identifier = models.CharField(max_length=500, blank=True)
    source_format = models.CharField(_("format"), max_length=60, blank=True)
    transmission_id = models.CharField(_("transmission id"), max_length=200, blank=True)
    external_id = models.CharField(max_length=200, blank=True)
    network = models.CharField(_("network"), max_length=60, blank=True)
    origin = models.CharField(_("origin"), max_length=60, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)  # at AutoInvoice
    delivered_at = models.DateTimeField(_("delivered"), null=True, blank=True)
    received_at = models.DateTimeField(_("received"), null=True, blank=True)
    error_text = models.TextField(_("error text"), blank=True)  # AutoInvoice's own words

    invoice = models.ForeignKey(  # that a response of ours answers
        Invoice, models.SET_NULL, null=True, blank=True, related_name="responses"
    )
    draft = models.ForeignKey(  # that it was sent from
        "DocumentDraft", models.SET_NULL, null=True, blank=True, related_name="documents"
    )
    fact_at = models.DateTimeField(_("as of"), default=timezone.now)  # older never overwrites newer
    checked_at = models.DateTimeField(null=True, blank=True)
    next_check_at = models.DateTimeField(null=True, blank=True)
    files_at = models.DateTimeField(null=True, blank=True)  # when its files were fetched

    operations = GenericRelation("operations.Operation", "target_id", "target_type")

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [models.UniqueConstraint(fields=["account", "company", "remote_id"], name="document_once")]
        indexes = [
            models.Index(fields=["account", "direction", "created_at", "id"], name="document_in_list"),
            models.Index(fields=["account", "direction", "type", "-created_at"], name="document_type"),
            models.Index(fields=["company", "-created_at"], name="document_company"),
            models.Index(fields=["account", "transmission_id"], name="document_transmission"),
            models.Index(fields=["number"], name="document_number"),
            models.Index(fields=["remote_id"], name="document_remote_id"),
            models.Index(
                fields=["account", "next_check_at"],
                name="document_due",
                condition=models.Q(next_check_at__isnull=False),
            ),
        ]
        permissions = [
            ("send_document", _("Can send business documents")),
            ("confirm_document", _("Can confirm the delivery of received documents")),
            ("respond_to_invoice", _("Can answer received invoices")),
        ]

    def __str__(self) -> str:
        return self.number or self.remote_id


class SentDocument(BusinessDocument):
    """The list of sent documents."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("sent document")
        verbose_name_plural = _("sent documents")


class ReceivedDocument(BusinessDocument):
    """The list of received documents."""

    class Meta:
        proxy = True
        default_permissions = ()
        verbose_name = _("received document")
        verbose_name_plural = _("received documents")


class DocumentEvent(models.Model):
    """One step of a document's way, as AutoInvoice lists it."""

    document = models.ForeignKey(BusinessDocument, models.CASCADE, related_name="events")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=80, blank=True)
    message = models.TextField(blank=True)
    details = models.TextField(blank=True)
    happened_at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("document event")
        verbose_name_plural = _("document events")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["document", "position"], name="document_event_once")]

    def __str__(self) -> str:
        return self.code


class DocumentFile(models.Model):
    """A file of a document that was fetched from AutoInvoice; its bytes lie in the storage under their digest."""

    document = models.ForeignKey(BusinessDocument, models.CASCADE, related_name="files")
    remote_id = models.CharField(max_length=100)
    kind = models.CharField(max_length=40, blank=True)  # PRIMARY_FILE, ATTACHMENT, OTHER
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    stored_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("document file")
        verbose_name_plural = _("document files")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["document", "remote_id"], name="document_file_once")]
        indexes = [models.Index(fields=["sha256"], name="document_file_bytes")]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        return stored_path(self.sha256)


class DocumentDraft(models.Model):
    """A document that staff gave us to send, or that answers an invoice: the bytes lie in the storage."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.PROTECT, related_name="document_drafts", verbose_name=_("company"))
    uuid = models.UUIDField()  # follows from company and content, or from the invoice and which answer it is
    type = models.CharField(_("type"), max_length=60)
    name = models.CharField(_("file"), max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    attachments = models.JSONField(default=list)  # [{"name", "sha256", "size"}]
    number = models.CharField(_("number"), max_length=200, blank=True)
    receiver = models.CharField(_("receiver"), max_length=300, blank=True)
    receiver_address = models.CharField(_("receiver's address"), max_length=128, blank=True)  # as the file names it
    invoice = models.ForeignKey(Invoice, models.SET_NULL, null=True, blank=True, related_name="answers")
    created_at = models.DateTimeField(_("given"), default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    operations = GenericRelation("operations.Operation", "target_id", "target_type")

    class Meta:
        verbose_name = _("document to send")
        verbose_name_plural = _("documents to send")
        constraints = [models.UniqueConstraint(fields=["account", "uuid"], name="document_draft_once")]
        indexes = [models.Index(fields=["company", "-created_at"], name="document_draft_company")]

    def __str__(self) -> str:
        return self.number or self.name


def transmission_of(draft: DocumentDraft, eia: str, operator: str, copy: int) -> uuids.UUID:
    """Return the transmission id that sending this document to this receiver always has."""
    return uuids.uuid5(draft.uuid, f"{draft.type}:{eia}:{operator}:{copy}")
