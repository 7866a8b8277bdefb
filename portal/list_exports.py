"""Export of a list as CSV: the ticked rows, or all that its filter lets through, with the columns that staff choose."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from portal import csv_output
from portal.list_actions import all_meant, fields_to_repeat
from portal.sites import page

CHUNK = 1000
Action = Callable[[Any, HttpRequest, QuerySet[Any]], HttpResponse | None]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in forms, its head, and what it shows of a row. Never a personal number or a key."""

    name: str
    label: str | Promise
    value: Callable[[Any], object]
    chosen: bool = True  # unless staff choose otherwise


def export_action(columns: Sequence[Column], related: Sequence[str] = ()) -> Action:
    """
    Return an admin action that exports rows; put it into a ModelAdmin's `actions`.

    :param related: relations that the columns read, fetched for many rows at once
    """

    def export(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        form = _Columns(columns, request.POST if "columns_asked" in request.POST else None)
        if form.is_valid():
            wanted = [column for column in columns if column.name in form.cleaned_data["columns"]]
            return _stream(model_admin.opts.verbose_name_plural, queryset, wanted, related)
        context = {
            "title": _("Export"),
            "opts": model_admin.opts,
            "original": _("Export"),
            "form": form,
            "count": queryset.count(),
            "nouns": model_admin.opts.verbose_name_plural,
            "everything": all_meant(request),
            "repeated": fields_to_repeat(request),
            "back": request.get_full_path(),
        }
        return page(request, "portal/export.html", context)

    export.__name__ = "export"
    export.short_description = gettext_lazy("Export as CSV")  # type: ignore[attr-defined]
    return export


class _Columns(forms.Form):
    columns = forms.MultipleChoiceField(label=gettext_lazy("Columns"), widget=UnfoldAdminCheckboxSelectMultipleWidget)

    def __init__(self, columns: Sequence[Column], data: Any) -> None:
        super().__init__(data, initial={"columns": [column.name for column in columns if column.chosen]})
        field: Any = self.fields["columns"]
        field.choices = [(column.name, column.label) for column in columns]
        self.helper = FormHelper()
        self.helper.form_tag = False


def _stream(
    name: object, rows: QuerySet[Any], columns: Sequence[Column], related: Sequence[str]
) -> StreamingHttpResponse:
    header = [str(column.label) for column in columns]
    cells = ([column.value(row) for column in columns] for row in _paged(rows, related))
    answer = StreamingHttpResponse(csv_output.lines(header, cells), content_type=csv_output.CONTENT_TYPE)
    file = f"{name}-{timezone.localdate().isoformat()}.csv".replace(" ", "-")
    answer["Content-Disposition"] = f'attachment; filename="{file}"'
    return answer


def _paged(rows: QuerySet[Any], related: Sequence[str]) -> Iterator[Any]:
    """Yield all rows by id, a page at a time, so that the memory stays the same however many there are."""
    ordered, last = rows.order_by("pk").prefetch_related(None), 0
    while chunk := list(ordered.filter(pk__gt=last)[:CHUNK]):
        prefetch_related_objects(chunk, *related)
        yield from chunk
        last = chunk[-1].pk
