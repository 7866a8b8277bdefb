"""Keeping house: rules of retention, what each run removed, and files that may be needed no more."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal import retention
from portal.keeping.person_models import PersonFinding, PersonRequest

__all__ = [
    "LeftFile",
    "PersonFinding",
    "PersonRequest",
    "RetentionRule",
    "RetentionRun",
    "RetentionStep",
    "RunState",
]


class RetentionRule(models.Model):
    """For how long rows of one kind are kept."""

    kind = models.CharField(_("what"), max_length=60, unique=True)
    is_on = models.BooleanField(_("remove when old"), default=True)
    days = models.PositiveIntegerField(_("kept for days"))

    class Meta:
        verbose_name = _("retention rule")
        verbose_name_plural = _("retention rules")

    def __str__(self) -> str:
        kind = retention.get(self.kind)
        return str(kind.label if kind else self.kind)


class RunState(models.TextChoices):
    RUNNING = "RUNNING", _("Running")
    DONE = "DONE", _("Done")
    STOPPED = "STOPPED", _("Stopped")
    FAILED = "FAILED", _("Failed")


class RetentionRun(models.Model):
    """One run over all rules that are on: a trial that only counts, or the removal. One at a time."""

    state = models.CharField(_("state"), max_length=8, choices=RunState, default=RunState.RUNNING)
    is_trial = models.BooleanField(_("only a trial"), default=False)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("started by")
    )  # None: by the clock, or a command
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    error = models.CharField(_("error"), max_length=500, blank=True)
    lease = models.UUIDField(null=True, blank=True)  # of the worker that does it now
    leased_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("retention run")
        verbose_name_plural = _("retention runs")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=models.Q(state=RunState.RUNNING), name="retention_one_at_a_time"
            )
        ]
        permissions = [("keep_house", _("Can try out and start the removal of old rows"))]

    def __str__(self) -> str:
        what = _("Trial") if self.is_trial else _("Removal")
        return f"{what} {timezone.localtime(self.started_at):%Y-%m-%d %H:%M}"

    @property
    def is_fresh_trial(self) -> bool:
        """Tell whether what was shown may be removed now: a trial goes stale in a day."""
        age = timezone.now() - self.started_at
        return self.is_trial and self.state == RunState.DONE and age < timedelta(days=1)


class RetentionStep(models.Model):
    """What one run did of one rule, and how far it has come."""

    run = models.ForeignKey(RetentionRun, models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=60)  # of rows, or "files:<folder>" for files without rows
    days = models.PositiveIntegerField(default=0)
    before = models.DateTimeField()  # older rows go
    cursor = models.BigIntegerField(default=0)  # the last row that was looked at
    place = models.CharField(max_length=200, blank=True)  # of files: the last part of the folder
    looked = models.PositiveBigIntegerField(default=0)  # rows or files that were looked at
    gone = models.PositiveBigIntegerField(default=0)  # removed; in a trial: would be
    stayed = models.JSONField(default=dict)  # old ones that stay: reason → how many
    oldest = models.DateTimeField(null=True, blank=True)  # of those that go
    newest = models.DateTimeField(null=True, blank=True)
    examples = models.JSONField(default=list)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("step of a retention run")
        verbose_name_plural = _("steps of retention runs")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["run", "kind"], name="retention_step_once")]

    def __str__(self) -> str:
        return self.kind


class LeftFile(models.Model):
    """A file whose row is gone; it is removed when no other row names it. Written with the row's removal."""

    path = models.CharField(max_length=300)
    left_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("file that a row left")
        verbose_name_plural = _("files that rows left")
        default_permissions = ()

    def __str__(self) -> str:
        return self.path
