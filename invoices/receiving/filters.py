"""Filters of the list of received invoices."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from invoices.enums import SavingProblem


class SavedFilter(DropdownFilter):
    """Whether an invoice is safe here; the dashboard's cards lead here."""

    title, parameter_name = _("saved here"), "saved"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("yes", _("Saved")),
            ("waiting", _("Not fetched yet")),
            ("problem", _("Could not be saved")),
            *SavingProblem.choices,
            ("changed", _("A file changed under the same id")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        wanted = self.value() or ""
        if wanted in SavingProblem.values:
            return queryset.filter(files_problem=wanted)
        if wanted == "yes":
            return queryset.exclude(files_at=None)
        if wanted == "waiting":
            return queryset.filter(files_at=None, files_problem="")
        if wanted == "problem":
            return queryset.exclude(files_problem="")
        return queryset.filter(files_changed_at__isnull=False) if wanted == "changed" else queryset
