"""Cases: matters that outlive one operation and need people, each with steps, an age and an end."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.enums import Mover
from portal.partners.models import PartnerAccount


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: Any) -> "CaseQuerySet":
        return self.filter(account__in=PartnerAccount.objects.visible_to(user))

    def open(self) -> "CaseQuerySet":
        return self.filter(closed_at=None)


class Case(models.Model):
    """One matter of one kind; `companies.cases` opens, moves and closes it, and knows the kinds and their steps."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey("companies.Company", models.CASCADE, null=True, blank=True, related_name="cases")
    onboarding = models.ForeignKey("companies.Onboarding", models.SET_NULL, null=True, blank=True, related_name="cases")
    kind = models.CharField(_("kind"), max_length=40)
    key = models.CharField(max_length=200)  # tells it from other open cases of the kind; never a plain personal number
    subject = models.CharField(_("about"), max_length=300)  # for people; masked where it is personal
    step = models.CharField(_("step"), max_length=40)  # a word of the kind
    step_at = models.DateTimeField(_("since"), default=timezone.now)
    whose = models.CharField(_("whose move"), max_length=20, choices=Mover, default=Mover.STAFF)
    facts = models.JSONField(default=dict, blank=True)  # what the kind keeps for its explanation
    operation = models.ForeignKey(
        "operations.Operation", models.SET_NULL, null=True, blank=True, related_name="+"
    )  # what met with it
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=40, blank=True)  # a word of the kind

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "key"], condition=Q(closed_at=None), name="case_open_once"
            )
        ]
        indexes = [
            models.Index(fields=["account", "opened_at"], name="case_open", condition=Q(closed_at=None)),
            models.Index(fields=["account", "-closed_at"], name="case_closed", condition=Q(closed_at__isnull=False)),
            models.Index(fields=["company", "kind"], name="case_company_kind"),
        ]
        permissions = [("work_case", "Can work on cases")]

    def __str__(self) -> str:
        return self.subject

    def operation_subject(self) -> dict[str, Any]:
        """Return whose timeline operations for this row belong to."""
        return {
            "company_uuid": self.company.uuid if self.company else None,
            "onboarding_id": self.onboarding_id,
        }

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class CaseEntry(models.Model):
    """One line of a case's story: a step that it took, or a note."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="entries")
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    step = models.CharField(max_length=40, blank=True)  # "": a note
    text = models.TextField(blank=True)

    class Meta:
        verbose_name = _("entry of a case")
        verbose_name_plural = _("entries of cases")
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return self.step or self.text[:60]
