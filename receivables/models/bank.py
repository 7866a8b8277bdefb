"""Bank files that were compared with open assignments, and the payments that were found in them."""

from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from portal.partners.models import PartnerAccount
from receivables.enums import MatchWay, ProposalState
from receivables.models.assignment import Assignment


class ProposalQuerySet(models.QuerySet["PaymentProposal"]):
    def visible_to(self, user: Any) -> "ProposalQuerySet":
        return self.filter(account__in=PartnerAccount.objects.visible_to(user))


class BankFile(models.Model):
    """One file of a company's bank rows; the rows themselves are not kept, only what was found in them."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.CASCADE, related_name="bank_files")
    name = models.CharField(_("file"), max_length=200)
    kind = models.CharField(_("format"), max_length=20)
    rows = models.PositiveIntegerField(_("rows of money that came in"), default=0)
    found = models.PositiveIntegerField(_("payments found"), default=0)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("bank file")
        verbose_name_plural = _("bank files")
        indexes = [models.Index(fields=["company", "-created_at"], name="bank_file_company")]

    def __str__(self) -> str:
        return self.name


class PaymentProposal(models.Model):
    """A bank row that looks like a direct payment of an open assignment, until staff say what it is."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.CASCADE, related_name="+", verbose_name=_("company"))
    bank_file = models.ForeignKey(BankFile, models.CASCADE, related_name="proposals")
    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="proposals", verbose_name=_("assignment"))
    way = models.CharField(_("found by"), max_length=12, choices=MatchWay)
    state = models.CharField(_("state"), max_length=10, choices=ProposalState, default=ProposalState.PROPOSED)
    booked_on = models.DateField(_("booked"))
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2)
    currency = models.CharField(max_length=10, blank=True)
    reference = models.CharField(_("reference"), max_length=200, blank=True)
    payer = models.CharField(_("payer"), max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    operations = GenericRelation("operations.Operation", "target_id", "target_type")

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment past an agency")
        verbose_name_plural = _("payments past an agency")
        constraints = [  # the same file twice proposes nothing twice
            models.UniqueConstraint(fields=["assignment", "booked_on", "amount", "payer"], name="proposal_once")
        ]
        indexes = [
            models.Index(fields=["account", "state", "-booked_on"], name="proposal_state"),
            models.Index(fields=["account", "booked_on", "id"], name="proposal_in_list"),
        ]

    def __str__(self) -> str:
        return f"{self.payer} {self.amount}"

    def operation_subject(self) -> dict[str, Any]:
        return {"company_uuid": self.company.uuid}
