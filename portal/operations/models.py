"""
Everything the portal does to the outside world, as rows.

An Operation is one act for one target; an Attempt is one HTTP call that carries one to fifty of them; a Wait is a fact
that an operation needs before it can go; a Batch groups operations that staff started together.
"""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.operations.enums import LIVE_BATCH_STATES, OPEN_STATES, AttemptState, BatchState, State
from portal.partners.models import PartnerAccount


class Target(GenericForeignKey):
    """A row of any model. It is looked at a hundred times in an operation's life: what we hold is given a short way."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        found = None if instance is None else self.get_cached_value(instance, default=None)
        if found is None or found.pk != instance.target_id:
            return super().__get__(instance, cls)
        if self.get_content_type(found).pk == instance.target_type_id:
            return found
        return super().__get__(instance, cls)

    def get_content_type(self, obj: Any = None, id: Any = None, using: Any = None, model: Any = None) -> ContentType:  # noqa: A002
        if obj is None:
            return super().get_content_type(id=id, using=using, model=model)
        return ContentType.objects.get_for_model(obj, for_concrete_model=self.for_concrete_model)


class Batch(models.Model):
    """Operations of one kind, or one chain, that a member of staff started together."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="batches")
    kind = models.CharField(max_length=60)  # an operation kind, or the name of a chain ("companies.onboard")
    label = models.CharField(_("what"), max_length=200)
    state = models.CharField(max_length=10, choices=BatchState, default=BatchState.DRAFT)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    selection = models.JSONField(default=dict)  # where the targets come from, see `selections`; {}: filled by its app
    parameters = models.JSONField(default=dict)
    preview = models.JSONField(default=dict)  # what staff saw before they started it, see `previews.Preview`
    skipped = models.JSONField(default=list)  # [{"reason", "remedy", "count", "examples"}], what filling left out
    cursor = models.BigIntegerField(default=0)  # the last target that filling has dealt with
    total = models.PositiveIntegerField(default=0)  # operations written
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        indexes = [
            models.Index(fields=["account", "-created_at"], name="batch_account_created"),
            models.Index(
                fields=["state", "account"], name="batch_live", condition=models.Q(state__in=LIVE_BATCH_STATES)
            ),
        ]

    def __str__(self) -> str:
        return self.label


class BatchTarget(models.Model):
    """
    One row that a batch is about, as its list stood when the rows were taken down.

    What was queued has an operation, so its row goes when the batch is filled; what was left out stays with its reason.
    """

    pk = models.CompositePrimaryKey("batch_id", "target_id")
    batch = models.ForeignKey(Batch, models.CASCADE, related_name="targets", db_index=False)
    target_id = models.BigIntegerField()
    left_out = models.PositiveSmallIntegerField(null=True)  # the place of its reason in `Batch.skipped`

    def __str__(self) -> str:
        return f"{self.target_id} of batch {self.batch_id}"


class Attempt(models.Model):
    """One HTTP call: the operations it carried, what was true before it, and until when it can still end."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    account = models.ForeignKey(PartnerAccount, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=AttemptState, default=AttemptState.SENDING)
    before = models.JSONField(default=dict)
    started_at = models.DateTimeField(default=timezone.now)
    deadline_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["deadline_at"], name="attempt_overdue", condition=models.Q(state=AttemptState.SENDING))
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.started_at:%Y-%m-%d %H:%M:%S}"


NAMED_CASE = models.Q(state=State.UNKNOWN) & ~models.Q(named_case="")


class OperationQuerySet(models.QuerySet["Operation"]):
    def open(self) -> "OperationQuerySet":
        return self.filter(state__in=OPEN_STATES)

    def named_cases(self) -> "OperationQuerySet":
        """Return those whose outcome only a person can find out."""
        return self.filter(NAMED_CASE)


class Operation(models.Model):
    """One act towards AutoInvoice: written before the call, settled in the transaction that writes what it changed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)  # our own idempotency key
    kind = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="operations")
    target_type = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    target_id = models.BigIntegerField()
    target = Target("target_type", "target_id")
    company_uuid = models.UUIDField(null=True, blank=True)
    onboarding_id = models.BigIntegerField(null=True, blank=True)
    parameters = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=64)  # digest of the parameters: with kind and target, what a duplicate is
    group_key = models.CharField(max_length=200, blank=True)  # equal keys may travel in one call
    batch = models.ForeignKey(Batch, models.SET_NULL, null=True, blank=True, related_name="operations")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    attempts = models.PositiveSmallIntegerField(default=0)
    attempt = models.ForeignKey(Attempt, models.SET_NULL, null=True, blank=True, related_name="members")
    looks = models.PositiveSmallIntegerField(default=0)  # look-ups since the answer was lost
    # QUEUED: when it is due (and since when); UNKNOWN and WAITING: when it is looked at next.
    not_before = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)

    result = models.JSONField(default=dict)
    error_code = models.CharField(max_length=80, blank=True)
    error_text = models.TextField(blank=True)  # AutoInvoice's own words
    error_details = models.JSONField(default=list)
    remedy = models.TextField(blank=True)  # ours: what to do next
    remedy_by = models.CharField(max_length=20, blank=True)  # who acts: staff, customer, signer, support, autoinvoice
    named_case = models.CharField(max_length=200, blank=True)  # UNKNOWN for good: what a person has to find out
    # Earlier attempts, and what people decided: [{"at", "what", "by" | "attempt"}]
    history = models.JSONField(default=list)

    objects = OperationQuerySet.as_manager()

    class Meta:
        verbose_name = _("operation")
        verbose_name_plural = _("operations")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "target_type", "target_id", "fingerprint"],
                condition=models.Q(state__in=OPEN_STATES),
                name="operation_open_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["account", "batch", "not_before", "id"],
                name="operation_due",
                condition=models.Q(state=State.QUEUED, group_key=""),
            ),
            models.Index(
                fields=["account", "kind", "group_key", "not_before"],
                name="operation_due_group",
                condition=models.Q(state=State.QUEUED) & ~models.Q(group_key=""),
            ),
            models.Index(
                fields=["account", "not_before"], name="operation_unknown", condition=models.Q(state=State.UNKNOWN)
            ),
            models.Index(fields=["not_before"], name="operation_waiting", condition=models.Q(state=State.WAITING)),
            models.Index(fields=["account", "state", "-id"], name="operation_account_state"),
            models.Index(fields=["company_uuid", "-id"], name="operation_company"),
            models.Index(fields=["onboarding_id", "-id"], name="operation_onboarding"),
            models.Index(fields=["batch", "state"], name="operation_batch_state"),
            models.Index(fields=["target_type", "target_id", "-id"], name="operation_target"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def asked_at(self) -> datetime:
        """Return when its current call was begun; now, for one that nobody called for."""
        return self.attempt.started_at if self.attempt else timezone.now()


class Wait(models.Model):
    """A fact that a WAITING operation needs, such as `company.verified:<uuid>`."""

    operation = models.ForeignKey(Operation, models.CASCADE, related_name="waits")
    fact = models.CharField(max_length=120)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["fact", "operation"], name="wait_once")]

    def __str__(self) -> str:
        return self.fact
