"""How far each feed has come, who reads it now, and what every run did."""

from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.partners.models import PartnerAccount


class CursorQuerySet(models.QuerySet["Cursor"]):
    def due(self, at: datetime) -> "CursorQuerySet":
        free = models.Q(leased_until=None) | models.Q(leased_until__lte=timezone.now())
        return self.filter(free, next_at__lte=at, account__is_active=True)


class Cursor(models.Model):
    """One feed or watch of one account (or of one company of it): its place in the list and its lease."""

    source = models.CharField(max_length=60)  # name of the feed or watch
    account = models.ForeignKey(PartnerAccount, models.CASCADE, related_name="+", db_index=False)
    company_uuid = models.UUIDField(null=True, blank=True)
    done_until = models.DateTimeField(null=True, blank=True)  # everything before it has been read
    window_until = models.DateTimeField(null=True, blank=True)  # of the window that is being read; None: none is
    position = models.JSONField(default=dict, blank=True)  # after the last page written of that window
    next_at = models.DateTimeField(default=timezone.now)
    pause = models.FloatField(default=0.0)  # seconds between runs, now
    failures = models.PositiveSmallIntegerField(default=0)  # runs in a row that ended in an error
    lease = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)

    objects = CursorQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "account"], condition=models.Q(company_uuid=None), name="cursor_account_once"
            ),
            models.UniqueConstraint(
                fields=["source", "account", "company_uuid"],
                condition=models.Q(company_uuid__isnull=False),
                name="cursor_company_once",
            ),
        ]
        indexes = [models.Index(fields=["next_at"], name="cursor_due")]

    def __str__(self) -> str:
        return f"{self.source} {self.company_uuid or ''}".strip()


class RunState(models.TextChoices):
    RUNNING = "RUNNING", _("Running")
    DONE = "DONE", _("Done")
    PART = "PART", _("Goes on")  # a long list: the next run reads on from here
    FAILED = "FAILED", _("Failed")
    LOST = "LOST", _("Broken off")  # its process ended, or took longer than its lease


class SyncRun(models.Model):
    """One run of a feed or watch. Rounds of a watch that found nothing due leave no row."""

    source = models.CharField(_("what"), max_length=60)
    account = models.ForeignKey(
        PartnerAccount, models.CASCADE, related_name="+", db_index=False, verbose_name=_("account")
    )
    company_uuid = models.UUIDField(_("company"), null=True, blank=True)
    lease = models.UUIDField(unique=True, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=RunState, default=RunState.RUNNING)
    since = models.DateTimeField(_("changes from"), null=True, blank=True)
    until = models.DateTimeField(_("changes until"), null=True, blank=True)
    # It read its window from the beginning, not on from where another came to.
    is_whole = models.BooleanField(default=True, editable=False)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    calls = models.PositiveIntegerField(_("calls"), default=0)
    pages = models.PositiveIntegerField(_("pages"), default=0)
    asking_ms = models.PositiveIntegerField(_("ms asking"), default=0)  # of all calls together
    writing_ms = models.PositiveIntegerField(_("ms writing"), default=0)
    seen = models.PositiveIntegerField(_("seen"), default=0)
    inserted = models.PositiveIntegerField(_("new"), default=0)
    updated = models.PositiveIntegerField(_("changed"), default=0)
    skipped = models.PositiveIntegerField(_("unchanged"), default=0)
    failed = models.PositiveIntegerField(_("failed"), default=0)  # rows whose look failed
    position = models.JSONField(_("came as far as"), default=dict, blank=True)
    error = models.CharField(_("error"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("sync run")
        verbose_name_plural = _("sync runs")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["account", "source", "-id"], name="run_account_source"),
            models.Index(fields=["started_at"], name="run_started"),
            models.Index(
                fields=["company_uuid", "source", "-id"],
                name="run_company",
                condition=models.Q(company_uuid__isnull=False),
            ),
            models.Index(fields=["account", "id"], name="run_in_list"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.started_at:%Y-%m-%d %H:%M:%S}"
