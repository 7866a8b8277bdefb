"""What was not in step: drift that a comparison found and mended, and gaps between the sources that tell of a thing."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.partners.models import PartnerAccount
from portal.sync.models.runs import SyncRun


class DriftKind(models.TextChoices):
    MISSING = "MISSING", _("Was missing here")
    DIFFERENT = "DIFFERENT", _("Was different here")
    GONE = "GONE", _("Is not in AutoInvoice's list")


class Repair(models.TextChoices):
    WRITTEN = "WRITTEN", _("Written from AutoInvoice's list")
    LOOK = "LOOK", _("Looked up by its id")


class Drift(models.Model):
    """One fact that was not here as AutoInvoice has it, found and mended by a comparison."""

    account = models.ForeignKey(
        PartnerAccount, models.CASCADE, related_name="+", db_index=False, verbose_name=_("account")
    )
    company_uuid = models.UUIDField(_("company"))
    source = models.CharField(_("what"), max_length=60)  # name of the comparer
    subject = models.CharField(max_length=80)  # remote id of the row
    title = models.CharField(_("which"), max_length=200)
    kind = models.CharField(_("how"), max_length=10, choices=DriftKind)
    field = models.CharField(_("fact"), max_length=60, blank=True)  # "" for a whole row
    local = models.CharField(_("here"), max_length=300, blank=True)
    remote = models.CharField(_("at AutoInvoice"), max_length=300, blank=True)
    since = models.DateTimeField(_("since"), null=True, blank=True)  # the time of what was known here, at the latest
    found_at = models.DateTimeField(_("found"), default=timezone.now)
    event = models.CharField(_("should have been told by"), max_length=120, blank=True)  # "" nothing tells of it
    delivery_id = models.BigIntegerField(null=True, blank=True)  # that came and was not processed; None: none came
    repair = models.CharField(_("mended"), max_length=10, choices=Repair, default=Repair.WRITTEN)
    run = models.ForeignKey(SyncRun, models.SET_NULL, null=True, blank=True, related_name="drifts", db_index=False)

    class Meta:
        verbose_name = _("drift")
        verbose_name_plural = _("drift")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["account", "-id"], name="drift_account"),
            models.Index(fields=["account", "found_at"], name="drift_found"),
            models.Index(fields=["company_uuid", "-id"], name="drift_company"),
            models.Index(fields=["run"], name="drift_run"),
        ]
        permissions = [("reconcile", "Can compare companies with AutoInvoice now")]

    def __str__(self) -> str:
        return f"{self.title} {self.field}".strip()


class Lacking(models.TextChoices):
    DELIVERY = "DELIVERY", _("No webhook told of it")
    LIST = "LIST", _("Told by webhook, not in AutoInvoice's list yet")


class Asked(models.TextChoices):
    RESEND = "RESEND", _("Missed events asked for again")
    WINDOW = "WINDOW", _("The company's list is read")


class Gap(models.Model):
    """A thing that some sources (deliveries, feeds, lists) know and another does not, until that one does."""

    account = models.ForeignKey(
        PartnerAccount, models.CASCADE, related_name="+", db_index=False, verbose_name=_("account")
    )
    company_uuid = models.UUIDField(_("company"))
    subject = models.CharField(max_length=80)  # remote id
    title = models.CharField(_("which"), max_length=200)
    lacking = models.CharField(_("what is lacking"), max_length=10, choices=Lacking)
    known_at = models.DateTimeField(_("known since"))
    found_at = models.DateTimeField(_("found"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)  # the source knows it, or it is too old
    asked = models.CharField(_("asked for"), max_length=10, choices=Asked, blank=True)
    asked_at = models.DateTimeField(_("asked"), null=True, blank=True)

    class Meta:
        verbose_name = _("gap")
        verbose_name_plural = _("gaps")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "company_uuid", "subject", "lacking"], name="gap_once")
        ]
        indexes = [
            models.Index(fields=["account", "-id"], name="gap_account"),
            models.Index(fields=["account", "known_at"], name="gap_open", condition=models.Q(closed_at=None)),
        ]

    def __str__(self) -> str:
        return self.title
