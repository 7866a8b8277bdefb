"""The mirror of the agencies' assignments."""

from datetime import date
from typing import Any

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from invoices.models import Invoice
from portal.partners.fields import EncryptedTextField
from portal.partners.models import PartnerAccount
from receivables.enums import AssignmentStatus


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def visible_to(self, user: Any) -> "AssignmentQuerySet":
        return self.filter(account__in=PartnerAccount.objects.visible_to(user))

    def open(self) -> "AssignmentQuerySet":
        """Return those with something left to collect: the capital, or charges only."""
        return self.filter(is_open=True)

    def due_soon(self, today: date, until: date) -> "AssignmentQuerySet":
        return self.open().filter(due_date__gte=today, due_date__lte=until)

    def overdue(self, today: date) -> "AssignmentQuerySet":
        return self.open().filter(due_date__lt=today)


class Assignment(models.Model):
    """One receivable that an agency follows: facts of the Receivables API, never edited by hand."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.PROTECT, related_name="assignments", verbose_name=_("company"))
    remote_id = models.CharField(_("assignment id"), max_length=80)
    invoice = models.ForeignKey(
        Invoice, models.SET_NULL, null=True, blank=True, related_name="assignments", verbose_name=_("invoice")
    )
    invoice_uuid = models.UUIDField(null=True, blank=True)  # as told; the invoice may not be here yet
    agency = models.CharField(_("agency"), max_length=40, blank=True)
    service_type = models.CharField(max_length=40, blank=True)
    collection_type = models.CharField(max_length=40, blank=True)
    status = models.CharField(_("status"), max_length=40, blank=True)  # no choices: new words may come
    is_open = models.BooleanField(default=True)  # everything but closed
    stage = models.CharField(_("stage"), max_length=40, blank=True)  # collection_status there
    invoice_number = models.CharField(_("number"), max_length=100, blank=True)
    reference = models.CharField(_("reference"), max_length=200, blank=True)

    debtor_name = models.CharField(_("debtor"), max_length=300, blank=True)
    debtor_id = models.CharField(_("business id of the debtor"), max_length=40, blank=True)  # masked if personal
    debtor_digest = models.CharField(max_length=64, blank=True)  # of the business id, or of the personal number
    debtor_number = EncryptedTextField(blank=True, default="")  # a person's own number
    debtor_country = models.CharField(max_length=10, blank=True)
    debtor_address = models.JSONField(default=dict, blank=True)

    currency = models.CharField(_("currency"), max_length=10, blank=True)
    capital_amount = models.DecimalField(_("capital"), max_digits=18, decimal_places=2, null=True, blank=True)
    open_amount = models.DecimalField(_("open"), max_digits=18, decimal_places=2, null=True, blank=True)
    paid_amount = models.DecimalField(_("paid"), max_digits=18, decimal_places=2, null=True, blank=True)
    fees_amount = models.DecimalField(_("fees"), max_digits=18, decimal_places=2, null=True, blank=True)
    interest_amount = models.DecimalField(_("interest"), max_digits=18, decimal_places=2, null=True, blank=True)
    invoice_date = models.DateField(_("invoice date"), null=True, blank=True)
    due_date = models.DateField(_("due date"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)  # at the agency
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    unseen = models.PositiveIntegerField(_("unseen"), default=0)  # events of the agency that nobody has looked at
    latest_event_at = models.DateTimeField(null=True, blank=True)
    fact_at = models.DateTimeField(_("as of"), default=timezone.now)
    next_check_at = models.DateTimeField(null=True, blank=True)  # None: nothing is awaited

    operations = GenericRelation("operations.Operation", "target_id", "target_type")

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = [models.UniqueConstraint(fields=["account", "company", "remote_id"], name="assignment_once")]
        indexes = [
            models.Index(fields=["account", "created_at", "id"], name="assignment_in_list"),
            models.Index(fields=["account", "status", "-created_at"], name="assignment_status"),
            models.Index(fields=["account", "is_open", "due_date"], name="assignment_due_date"),
            models.Index(fields=["account", "agency", "-created_at"], name="assignment_agency"),
            models.Index(fields=["company", "-created_at"], name="assignment_company"),
            models.Index(fields=["account", "invoice_uuid"], name="assignment_invoice"),
            models.Index(fields=["account", "reference"], name="assignment_reference", condition=Q(is_open=True)),
            models.Index(fields=["debtor_digest"], name="assignment_debtor"),
            models.Index(fields=["account", "created_at", "id"], name="assignment_news", condition=Q(unseen__gt=0)),
            # By the day, too: how many are overdue is counted without the rows.
            models.Index(
                fields=["account", "created_at", "id", "due_date"], name="assignment_open", condition=Q(is_open=True)
            ),
            models.Index(fields=["invoice_number"], name="assignment_number"),
            models.Index(fields=["remote_id"], name="assignment_remote"),
            models.Index(fields=["reference"], name="assignment_by_reference"),
            models.Index(
                fields=["account", "next_check_at"], name="assignment_check", condition=Q(next_check_at__isnull=False)
            ),
        ]
        permissions = [("add_event", _("Can tell agencies of payments, credit notes and other events"))]

    def __str__(self) -> str:
        return self.invoice_number or self.remote_id

    @property
    def is_closed(self) -> bool:
        return self.status == AssignmentStatus.CLOSED
