"""Detect: what a company has switched on and who agreed to it, and what the checks found on its invoices."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from invoices.enums import Severity
from invoices.models.invoice import Invoice
from portal.partners.models import PartnerAccount


class DetectSetting(models.Model):
    """The checks that run on a company's received invoices: a mirror."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.OneToOneField(Company, models.CASCADE, related_name="detect")
    checks = models.JSONField(default=list)  # names; none: Detect is off
    fact_at = models.DateTimeField()

    class Meta:
        verbose_name = _("Detect setting")
        verbose_name_plural = _("Detect settings")

    def __str__(self) -> str:
        return f"{self.company}: {', '.join(self.checks) or '–'}"


class DetectAcceptance(models.Model):
    """That somebody accepted the disclaimer for a company before checks were switched on; never changed."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.CASCADE, related_name="detect_acceptances")
    checks = models.JSONField(default=list)
    accepted_by = models.CharField(_("who accepted, at the customer"), max_length=200)
    text = models.TextField(_("text that was shown"))
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    accepted_at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("acceptance of the Detect disclaimer")
        verbose_name_plural = _("acceptances of the Detect disclaimer")
        ordering = ["-accepted_at", "-id"]

    def __str__(self) -> str:
        return f"{self.company} {self.accepted_by}"


class Analysis(models.Model):
    """Looking at what the checks found on one invoice."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    invoice = models.OneToOneField(Invoice, models.CASCADE, related_name="analysis")
    is_pending = models.BooleanField(default=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    next_check_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    problem = models.CharField(max_length=300, blank=True)  # why AutoInvoice tells nothing

    class Meta:
        verbose_name = _("Detect analysis")
        verbose_name_plural = _("Detect analyses")
        indexes = [
            models.Index(
                fields=["account", "next_check_at"],
                name="analysis_due",
                condition=models.Q(next_check_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.invoice)


class Finding(models.Model):
    """One result of one check on one invoice, in AutoInvoice's words; the severity is ours."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+", verbose_name=_("account"))
    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="findings", verbose_name=_("invoice"))
    position = models.PositiveSmallIntegerField(default=0)
    check_name = models.CharField(_("check"), max_length=60)
    run_status = models.CharField(max_length=40, blank=True)
    result = models.CharField(_("result"), max_length=40, blank=True)  # OK, WARNING …; new words may come
    reason_code = models.CharField(_("reason"), max_length=120, blank=True)
    names = models.JSONField(default=dict)  # of the check: language → text
    texts = models.JSONField(default=dict)  # the sentence: language → text
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity)
    found_at = models.DateTimeField(_("found"), default=timezone.now)
    seen_at = models.DateTimeField(_("looked at"), null=True, blank=True)  # by staff
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("Detect finding")
        verbose_name_plural = _("Detect findings")
        ordering = ["-severity", "check_name", "position"]
        constraints = [models.UniqueConstraint(fields=["invoice", "check_name", "position"], name="finding_once")]
        indexes = [
            models.Index(
                fields=["account", "-severity", "-id"],
                name="finding_open",
                condition=models.Q(severity__gte=Severity.LOW, seen_at=None),
            ),
            models.Index(fields=["account", "-severity", "-id"], name="finding_list"),
        ]
        permissions = [
            ("manage_detect", _("Can switch Detect checks on and off")),
            ("rerun_detect", _("Can run Detect checks again")),
        ]

    def __str__(self) -> str:
        return f"{self.check_name} {self.reason_code}"


class FraudReport(models.Model):
    """The report of fraud on one received invoice."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+", verbose_name=_("account"))
    invoice = models.OneToOneField(Invoice, models.CASCADE, related_name="fraud_report", verbose_name=_("invoice"))
    remote_id = models.CharField(max_length=100)
    reasons = models.JSONField(_("reasons"), default=list)  # names
    names = models.JSONField(default=dict)  # name of a reason → language → text
    contact_email = models.CharField(_("contact e-mail"), max_length=254, blank=True)
    explanation = models.TextField(_("explanation"), blank=True)
    reported_at = models.DateTimeField(_("reported"), default=timezone.now)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )  # None: not from here
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("fraud report")
        verbose_name_plural = _("fraud reports")
        indexes = [models.Index(fields=["account", "-id"], name="fraud_report_list")]
        permissions = [("report_fraud", _("Can report fraud on received invoices, and withdraw reports"))]

    def __str__(self) -> str:
        return str(self.invoice)

    def operation_subject(self) -> dict[str, Any]:
        """Return whose timeline operations for this row belong to."""
        return {"company_uuid": self.invoice.company.uuid}
