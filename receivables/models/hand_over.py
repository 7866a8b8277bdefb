"""Invoices that staff hand over to an agency, with their payers."""

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from invoices.models import Invoice
from portal.partners.fields import EncryptedTextField
from portal.partners.models import PartnerAccount
from receivables.enums import Agency, CollectionType, HandOverStatus, PayerRole, ReceivablesType


class HandOverQuerySet(models.QuerySet["HandOver"]):
    def visible_to(self, user: Any) -> "HandOverQuerySet":
        return self.filter(account__in=PartnerAccount.objects.visible_to(user))

    def standing(self) -> "HandOverQuerySet":
        """Return those that are on their way or with an agency."""
        return self.exclude(status__in=(HandOverStatus.DRAFT, HandOverStatus.ERROR))


class HandOver(models.Model):
    """One invoice for one agency: what staff chose, and how it stands there. An invoice has one."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.PROTECT, related_name="hand_overs", verbose_name=_("company"))
    invoice = models.OneToOneField(Invoice, models.PROTECT, related_name="hand_over", verbose_name=_("invoice"))
    agency = models.CharField(_("agency"), max_length=20, choices=Agency)
    version = models.PositiveSmallIntegerField(default=2)  # of AutoInvoice's call
    collection_type = models.CharField(_("begins with"), max_length=30, choices=CollectionType)
    receivables_type = models.CharField(_("kind of receivable"), max_length=20, choices=ReceivablesType)
    collectable_amount = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    amounts = models.JSONField(default=dict, blank=True)  # capital_amount, reminder_amount … as text with two decimals
    interest_from = models.DateField(null=True, blank=True)
    reminder_date = models.DateField(null=True, blank=True)  # when the company itself reminded
    premises = models.JSONField(default=dict, blank=True)  # rented or charged: kind, address, contract
    summary = models.CharField(_("summary"), max_length=64, blank=True)  # printed on the agency's letters

    status = models.CharField(_("status"), max_length=20, default=HandOverStatus.DRAFT)
    assignment_url = models.CharField(max_length=500, blank=True)
    error_reason = models.TextField(_("the agency says"), blank=True)
    fact_at = models.DateTimeField(_("as of"), default=timezone.now)
    next_check_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)

    operations = GenericRelation("operations.Operation", "target_id", "target_type")

    objects = HandOverQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        indexes = [
            models.Index(fields=["account", "status", "-created_at"], name="hand_over_status"),
            models.Index(
                fields=["account", "next_check_at"], name="hand_over_due", condition=Q(next_check_at__isnull=False)
            ),
        ]
        permissions = [
            ("hand_over_invoice", _("Can hand invoices over to a collection agency")),
            ("unmask_payer", _("Can see personal identity numbers of payers")),
        ]

    def __str__(self) -> str:
        return f"{self.invoice} · {self.get_agency_display()}"


class Payer(models.Model):
    """Who owes: the payer or a co-debtor of one invoice that is handed over."""

    hand_over = models.ForeignKey(HandOver, models.CASCADE, related_name="payers")
    role = models.CharField(_("role"), max_length=12, choices=PayerRole, default=PayerRole.MAIN)
    name = models.CharField(_("name"), max_length=200)
    identifier = models.CharField(_("business id"), max_length=40, blank=True)  # never a person's number
    personal_number = EncryptedTextField(blank=True, default="")
    street = models.CharField(_("street"), max_length=200)
    post_code = models.CharField(_("postcode"), max_length=20)
    city = models.CharField(_("city"), max_length=100)
    country = models.CharField(_("country"), max_length=2)

    class Meta:
        verbose_name = _("payer")
        verbose_name_plural = _("payers")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
