"""A file of companies, its rows, and how its columns were understood."""

import json

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.enums import ImportKind, ImportState, RowChange
from companies.models.business_id import BusinessIdColumns
from companies.models.onboarding import Onboarding
from portal.partners.fields import EncryptedTextField
from portal.partners.models import PartnerAccount


class ImportFile(models.Model):
    """One version of a file of companies, from its upload until its rows are compared with what was predicted."""

    account = models.ForeignKey(PartnerAccount, models.PROTECT, related_name="import_files")
    name = models.CharField(_("file"), max_length=200)
    kind = models.CharField(_("kind"), max_length=4, choices=ImportKind)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(_("size"), default=0)  # bytes
    path = models.CharField(max_length=200, blank=True)  # in the file storage, encrypted; "" when it is dropped
    state = models.CharField(_("state"), max_length=10, choices=ImportState, default=ImportState.UPLOADED)
    problem = models.TextField(blank=True)  # why it went back to UPLOADED, in staff words

    sheet = models.CharField(_("sheet"), max_length=100, blank=True)  # "" for CSV
    takes_hidden = models.BooleanField(_("hidden rows are taken too"), default=False)
    columns = models.JSONField(default=list, blank=True)  # the header as it stands in the file
    header_digest = models.CharField(max_length=64, blank=True)  # of the columns, whatever their case and order
    mapping = models.JSONField(default=dict, blank=True)  # {"name": 0, "bid": 3}: our field → column, from 0
    for_all = models.JSONField(default=dict, blank=True)  # {"country": "FI"}: what holds for all rows
    notes = models.JSONField(default=list, blank=True)  # what staff should know of the file, in sentences

    totals = models.JSONField(default=dict, blank=True)  # {"rows": 120, "errors": 3, "unchanged": 0, …}
    plan = models.JSONField(default=dict, blank=True)  # the plan of the whole: calls, time, requests by country
    previous = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="next_versions")
    batch = models.ForeignKey("operations.Batch", models.SET_NULL, null=True, blank=True, related_name="+")

    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("uploaded"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField(_("carried out"), null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)  # a worker plans or carries it out until then
    compared_at = models.DateTimeField(null=True, blank=True)  # when plan and outcome were last compared

    class Meta:
        verbose_name = _("file of companies")
        verbose_name_plural = _("files of companies")
        indexes = [
            models.Index(fields=["account", "-created_at", "-id"], name="importfile_account_created"),
            models.Index(fields=["account", "sha256"], name="importfile_account_sha256"),
            models.Index(fields=["state", "updated_at"], name="importfile_state_updated"),
        ]

    def __str__(self) -> str:
        return self.name


class ImportRow(BusinessIdColumns):
    """One company of a file. What the file says is encrypted, for a business id can be a person's number."""

    file = models.ForeignKey(ImportFile, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("row"))  # as a spreadsheet counts, the header being 1
    name = models.CharField(_("name"), max_length=200, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    stored_values = EncryptedTextField(blank=True, default="")
    errors = models.JSONField(default=list, blank=True)  # [{"field": "bid", "text": "…"}]; field "" is the whole row
    notes = models.JSONField(default=list, blank=True)  # repairs, shaped as errors
    has_errors = models.BooleanField(default=False)
    corrected = models.BooleanField(_("corrected in the page"), default=False)
    digest = models.CharField(max_length=64, blank=True)  # keyed, of the values: equal rows say the same
    change = models.CharField(_("against the last time"), max_length=10, choices=RowChange, default=RowChange.NEW)

    outcome = models.CharField(_("prediction"), max_length=20, blank=True)  # "" until it is planned
    prediction = models.JSONField(default=dict, blank=True)
    onboarding = models.ForeignKey(Onboarding, models.SET_NULL, null=True, blank=True, related_name="import_rows")
    result = models.TextField(_("result"), blank=True)  # a word of RowResult; "" until the row is carried out
    hit = models.BooleanField(_("as predicted"), null=True, blank=True)  # None: it cannot be told yet, or never
    reason = models.TextField(blank=True)  # why it is a hit or a miss, in staff words

    class Meta:
        verbose_name = _("row of a file")
        verbose_name_plural = _("rows of files")
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="importrow_once")]
        indexes = [
            models.Index(fields=["file", "has_errors", "number"], name="importrow_file_errors"),
            models.Index(fields=["file", "outcome", "number"], name="importrow_file_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.name}"

    @property
    def values(self) -> dict[str, str]:
        """What the row says, by our field names; decrypted."""
        found: dict[str, str] = json.loads(self.stored_values) if self.stored_values else {}
        return found

    @values.setter
    def values(self, values: dict[str, str]) -> None:
        self.stored_values = json.dumps(values, ensure_ascii=False, separators=(",", ":"))

    def errors_at(self, field: str) -> list[str]:
        """Return what is wrong with one field, in staff words."""
        return [error["text"] for error in self.errors if error["field"] == field]


class ColumnMapping(models.Model):
    """How the columns of files with this header were mapped the last time, per partner account."""

    account = models.ForeignKey(PartnerAccount, models.CASCADE, related_name="+")
    header_digest = models.CharField(max_length=64)
    columns = models.JSONField(default=dict)  # {"name": "Kundnamn"}: our field → column's name
    for_all = models.JSONField(default=dict, blank=True)  # {"country": "FI"}: what holds for all rows
    used_at = models.DateTimeField(_("used"), default=timezone.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("column mapping")
        verbose_name_plural = _("column mappings")
        constraints = [models.UniqueConstraint(fields=["account", "header_digest"], name="columnmapping_once")]

    def __str__(self) -> str:
        return ", ".join(self.columns.values())
