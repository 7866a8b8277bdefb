"""Alerts: what went wrong and since when, the rules that decide it, and whom it is told to."""

import uuid as uuids
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal import watching
from portal.partners.fields import EncryptedTextField
from portal.partners.models import PartnerAccount


class Severity(models.IntegerChoices):
    WARNING = 1, _("Warning")
    SERIOUS = 2, _("Serious")


class Occasion(models.TextChoices):
    """What happened to an alert. The first three and the last are told to destinations."""

    OPENED = "OPENED", _("Opened")
    WORSE = "WORSE", _("Grew worse")
    LASTS = "LASTS", _("Still there after muting")
    ACKNOWLEDGED = "ACKNOWLEDGED", _("Acknowledged")
    MUTED = "MUTED", _("Muted")
    UNMUTED = "UNMUTED", _("Muting ended by hand")
    ENDED = "ENDED", _("Ended")


class AlertRule(models.Model):
    """When one watched thing becomes an alert: for all accounts, or for one that wants it otherwise."""

    kind = models.CharField(_("what"), max_length=60)
    account = models.ForeignKey(
        PartnerAccount, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("only for account")
    )
    is_on = models.BooleanField(_("on"), default=True)
    threshold = models.PositiveIntegerField(_("from"))
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity, default=Severity.WARNING)
    worse_percent = models.PositiveIntegerField(
        _("raise again when grown by %"), default=100, validators=[MinValueValidator(10), MaxValueValidator(10_000)]
    )
    calm_minutes = models.PositiveSmallIntegerField(
        _("ends after calm minutes"), default=5, validators=[MaxValueValidator(1440)]
    )

    class Meta:
        verbose_name = _("alert rule")
        verbose_name_plural = _("alert rules")
        constraints = [
            models.UniqueConstraint(fields=["kind"], condition=Q(account=None), name="alert_rule_general_once"),
            models.UniqueConstraint(
                fields=["kind", "account"], condition=Q(account__isnull=False), name="alert_rule_account_once"
            ),
        ]

    def __str__(self) -> str:
        watched = watching.get(self.kind)
        return str(watched.label if watched else self.kind)


class AlertQuerySet(models.QuerySet["Alert"]):
    def open(self) -> "AlertQuerySet":
        """Return those whose fact lasts, whoever has seen them."""
        return self.filter(ended_at=None)

    def muted(self) -> "AlertQuerySet":
        return self.open().filter(muted_until__gt=timezone.now())

    def acknowledged(self) -> "AlertQuerySet":
        return self.open().filter(_heard(), acknowledged_at__isnull=False)

    def calling(self) -> "AlertQuerySet":
        """Return those that nobody has taken on."""
        return self.open().filter(_heard(), acknowledged_at=None)

    def ended(self) -> "AlertQuerySet":
        return self.filter(ended_at__isnull=False)


def _heard() -> Q:
    return Q(muted_until=None) | Q(muted_until__lte=timezone.now())


class Alert(models.Model):
    """One watched thing of one account that is wrong, from its first sight until it has been calm for a while."""

    account = models.ForeignKey(
        PartnerAccount, models.CASCADE, related_name="+", db_index=False, verbose_name=_("account")
    )
    kind = models.CharField(_("what"), max_length=60)
    severity = models.PositiveSmallIntegerField(_("severity"), choices=Severity, default=Severity.WARNING)
    count = models.PositiveIntegerField(_("how many"), default=0)
    weight = models.PositiveBigIntegerField(default=0)  # by which it is told whether it grew worse
    text = models.CharField(_("what is wrong"), max_length=500)
    examples = models.JSONField(default=list)  # [{"title", "company", "url", "since"}]
    url = models.CharField(max_length=500, blank=True)  # of the list with all of them
    opened_at = models.DateTimeField(_("since"), default=timezone.now)
    measured_at = models.DateTimeField(default=timezone.now)  # older looks never overwrite newer ones
    calm_since = models.DateTimeField(null=True, blank=True)  # the fact is gone since then; None: it is there
    raises = models.PositiveIntegerField(_("raised"), default=0)  # times
    raised_at = models.DateTimeField(_("last raised"), null=True, blank=True)
    raised_weight = models.PositiveBigIntegerField(default=0)
    muted_until = models.DateTimeField(_("muted until"), null=True, blank=True)
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "kind"], condition=Q(ended_at=None), name="alert_open_once")
        ]
        indexes = [
            models.Index(fields=["account", "-id"], name="alert_list"),
            models.Index(fields=["account", "kind", "-id"], name="alert_kind"),
            models.Index(fields=["ended_at", "id"], name="alert_ended", condition=Q(ended_at__isnull=False)),
        ]
        permissions = [("work_alert", _("Can acknowledge and mute alerts"))]

    def __str__(self) -> str:
        return f"{self.label} ({self.account})"

    @property
    def label(self) -> str:
        watched = watching.get(self.kind)
        return str(watched.label if watched else self.kind)

    @property
    def remedy(self) -> str:
        watched = watching.get(self.kind)
        return str(watched.remedy) if watched else ""

    @property
    def is_muted(self) -> bool:
        return self.muted_until is not None and self.muted_until > timezone.now()


class AlertStep(models.Model):
    """One thing that happened to an alert, with how it stood then: what was told stays told."""

    alert = models.ForeignKey(Alert, models.CASCADE, related_name="steps")
    occasion = models.CharField(max_length=12, choices=Occasion)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    note = models.CharField(_("note"), max_length=1000, blank=True)
    count = models.PositiveIntegerField(default=0)
    text = models.CharField(max_length=500, blank=True)
    examples = models.JSONField(default=list)

    class Meta:
        verbose_name = _("step of an alert")
        verbose_name_plural = _("steps of alerts")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_occasion_display()} {self.alert_id}"


class Way(models.TextChoices):
    MAIL = "MAIL", _("E-mail")
    WEBHOOK = "WEBHOOK", _("Webhook")


class Destination(models.Model):
    """Whom alerts are told to: mailboxes, or a system of ours that is posted to."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    account = models.ForeignKey(
        PartnerAccount, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("only for account")
    )
    way = models.CharField(_("way"), max_length=10, choices=Way)
    recipients = models.TextField(_("addresses"), blank=True)  # e-mail, one a line
    url = models.CharField(_("address"), max_length=500, blank=True)
    secret = EncryptedTextField(_("secret"), blank=True, default="")  # signs what is posted
    least_severity = models.PositiveSmallIntegerField(_("from severity"), choices=Severity, default=Severity.WARNING)
    tells_end = models.BooleanField(_("tell the end too"), default=True)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("alert destination")
        verbose_name_plural = _("alert destinations")

    def __str__(self) -> str:
        return self.name

    def addresses(self) -> list[str]:
        """Return where each step of an alert goes: one notice each."""
        if self.way == Way.WEBHOOK:
            return [""]
        return list(dict.fromkeys(line.strip() for line in self.recipients.splitlines() if line.strip()))


class Notice(models.Model):
    """One step of one alert on its way to one address: its key tells the receiver a repeat."""

    account = models.ForeignKey(PartnerAccount, models.CASCADE, related_name="+")
    step = models.ForeignKey(AlertStep, models.CASCADE, null=True, blank=True, related_name="notices")  # None: a test
    destination = models.ForeignKey(Destination, models.PROTECT, related_name="notices")
    recipient = models.CharField(max_length=254, blank=True)
    key = models.UUIDField(default=uuids.uuid4, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)

    operations = GenericRelation("operations.Operation", "target_id", "target_type")

    class Meta:
        verbose_name = _("notice of an alert")
        verbose_name_plural = _("notices of alerts")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["step", "destination", "recipient"], condition=Q(step__isnull=False), name="notice_once"
            )
        ]

    def __str__(self) -> str:
        what = self.step.alert.label if self.step else str(_("Test"))
        return f"{what} → {self.recipient or self.destination.name}"

    def operation_subject(self) -> dict[str, Any]:
        """Return whose timeline operations for this row belong to: nobody's."""
        return {}
