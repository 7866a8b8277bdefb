"""The mirror of what happened to an assignment."""

from typing import Any

from django.contrib.contenttypes.fields import GenericRelation
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.models import Company
from portal.partners.models import PartnerAccount
from receivables.enums import Origin
from receivables.models.assignment import Assignment


class EventQuerySet(models.QuerySet["AssignmentEvent"]):
    def visible_to(self, user: Any) -> "EventQuerySet":
        return self.filter(account__in=PartnerAccount.objects.visible_to(user))

    def unseen(self) -> "EventQuerySet":
        """Return what agencies told and nobody has looked at."""
        return self.filter(seen=False, origin=Origin.AGENCY)


class AssignmentEvent(models.Model):
    """One event of an assignment: facts of the Receivables API, never edited by hand."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.CASCADE, related_name="+", verbose_name=_("company"))
    assignment = models.ForeignKey(Assignment, models.CASCADE, related_name="events", verbose_name=_("assignment"))
    assignment_remote_id = models.CharField(max_length=80)
    remote_id = models.CharField(max_length=80)
    type = models.CharField(_("event"), max_length=60, blank=True)  # no choices: new words may come
    origin = models.CharField(_("from"), max_length=40, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=18, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=10, blank=True)
    payment_date = models.DateField(_("paid on"), null=True, blank=True)
    due_date = models.DateField(_("new due date"), null=True, blank=True)
    hold_until = models.DateField(_("hold until"), null=True, blank=True)
    credit_note_uuid = models.CharField(max_length=80, blank=True)
    text = models.TextField(_("text"), blank=True)
    happened_at = models.DateTimeField(_("when"), default=timezone.now)
    seen = models.BooleanField(_("seen"), default=False)
    seen_at = models.DateTimeField(null=True, blank=True)
    fact_at = models.DateTimeField(default=timezone.now)

    operations = GenericRelation("operations.Operation", "target_id", "target_type")

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [models.UniqueConstraint(fields=["account", "company", "remote_id"], name="event_once")]
        indexes = [
            models.Index(fields=["account", "-happened_at"], name="event_list"),
            models.Index(fields=["account", "type", "-happened_at"], name="event_type"),
            models.Index(fields=["assignment", "happened_at"], name="event_of_assignment"),
            models.Index(
                fields=["account", "seen", "-happened_at", "-id"],
                name="event_news",
                condition=Q(seen=False, origin="agency"),
            ),
            models.Index(fields=["account", "seen", "-happened_at", "-id"], name="event_in_list"),
        ]

    def __str__(self) -> str:
        return self.type
