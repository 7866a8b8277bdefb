"""What changed about a company, and the dossier of its right to be acted for."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.enums import Teller
from companies.models.company import Company
from portal.partners.models import PartnerAccount


class StateChange(models.Model):
    """One remote fact of a company that became another; written with the mirror row by `companies.history.changes`."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.CASCADE, related_name="changes")
    what = models.CharField(_("what"), max_length=80)  # "state", "authorization", "network:PEPPOL", "settings:address"
    before = models.JSONField(_("before"), null=True)  # a word, or {name: value}; None: was not there, or not known
    after = models.JSONField(_("after"), null=True)  # None: is gone
    at = models.DateTimeField(_("true since"))  # the fact's time
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now)
    source = models.CharField(_("told by"), max_length=10, choices=Teller, blank=True)
    source_id = models.BigIntegerField(null=True, blank=True)  # of the operation, delivery or run of a watch
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        indexes = [
            models.Index(fields=["company", "-id"], name="change_company"),
            models.Index(fields=["company", "what", "-id"], name="change_company_what"),
            # What keeping house asks: is this operation, delivery or run named by evidence?
            models.Index(fields=["source_id"], name="change_source", condition=models.Q(source_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.what


class DossierEntry(models.Model):
    """
    One link of a company's chain of evidence: its hash covers its content and the hash before it. Never rewritten.

    `content` is JSON without personal numbers; `companies.dossier` says what is in it and how it is hashed.
    """

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    company = models.ForeignKey(Company, models.PROTECT, related_name="dossier_entries")
    sequence = models.PositiveIntegerField()  # 1, 2, 3 … of its company
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()  # when it was true
    recorded_at = models.DateTimeField()
    content = models.JSONField(default=dict)
    joint = models.UUIDField(null=True, blank=True)  # the call that covered several companies with one signature
    previous = models.CharField(max_length=64, blank=True)  # hash of the entry before; "" for the first
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("dossier entry")
        verbose_name_plural = _("dossier entries")
        constraints = [models.UniqueConstraint(fields=["company", "sequence"], name="dossier_entry_once")]
        indexes = [
            models.Index(fields=["joint"], name="dossier_joint", condition=models.Q(joint__isnull=False)),
        ]
        permissions = [("unmask_dossier", "Can download dossiers with personal numbers in clear")]

    def __str__(self) -> str:
        return f"{self.company_id}/{self.sequence}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """
        Write a new entry.

        :raises TypeError: it is there already
        """
        if not self._state.adding:
            raise TypeError("entries of a dossier are never rewritten")
        super().save(*args, **kwargs)


class DossierHead(models.Model):
    """The anchor of a company's chain: how long it is, its last hash, and our signature over both."""

    company = models.OneToOneField(Company, models.PROTECT, primary_key=True, related_name="dossier_head")
    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="+")
    length = models.PositiveIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)
    signature = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("dossier")
        verbose_name_plural = _("dossiers")

    def __str__(self) -> str:
        return f"{self.company_id}: {self.length}"
