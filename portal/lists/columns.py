"""
The rows of a list as HTML, drawn with little around each value.

Unfold works each cell's column out anew for every row and gives each some thirty classes: at fifty rows that is most of
what a page costs. Here a column is worked out once, and the style sheet knows the rest.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import cached_property
from typing import Any, TypeVar

from django.contrib.admin import helpers
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import display_for_field, display_for_value, label_for_field, lookup_field, quote
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import DateField, DecimalField, ForeignKey, IntegerField, Model, TimeField
from django.utils.formats import date_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from portal.lists.changelist import KeysetChangeList

CHECKBOX = "action_checkbox"
Text = str | SafeString
Method = TypeVar("Method", bound=Callable[..., Any])


def figure(method: Method) -> Method:
    """Mark a method of an admin class that draws sums or counts: its column is aligned right."""
    method.is_figure = True  # type: ignore[attr-defined]
    return method


@dataclass(frozen=True)
class Column:
    """One column of a list: what its cells are called, and whether they lead to the row's page."""

    name: str  # of a field, or of a method of the admin class or of the model
    label: str
    is_link: bool
    is_figure: bool = False  # sums or counts
    method: Callable[[Model], Any] | None = None  # of the admin class, if it draws the column

    @cached_property
    def beginning(self) -> SafeString:
        return self._beginning("")

    @cached_property
    def nowrapped(self) -> SafeString:
        return self._beginning(" nowrap")

    def read(self, model_admin: Any, instance: Model) -> tuple[Any, Any, Any]:
        """Return the field if it is one, what says how the value is shown, and the value."""
        if self.method is not None:
            return None, self.method, self.method(instance)
        found: tuple[Any, Any, Any] = lookup_field(self.name, instance, model_admin)
        return found

    @property
    def end(self) -> str:
        return "</th>" if self.is_link else "</td>"

    def _beginning(self, css: str) -> SafeString:
        css += " number" if self.is_figure else ""
        tag = SafeString('th scope="row"' if self.is_link else "td")
        return format_html('<{} class="field-{}{}" data-label="{}">', tag, self.name, css, self.label)


@dataclass(frozen=True, slots=True)
class Row:
    instance: Model
    cells: list[SafeString]


def columns_of(changelist: KeysetChangeList) -> list[Column]:
    """Return the columns of a list, in order; the box that ticks a row is none of them."""
    names = [name for name in changelist.list_display if name != CHECKBOX]
    links = changelist.list_display_links
    # Django would look for a field of a method's name anew for each cell.
    fields = {field.name: field for field in changelist.model._meta.get_fields()}
    return [
        Column(
            name,
            capfirst(str(label_for_field(name, changelist.model, model_admin=changelist.model_admin))),
            is_link=(name in links) if links else links is not None and place == 0,
            is_figure=_is_figure(fields.get(name) or getattr(changelist.model_admin, name, None)),
            method=None if name in fields else getattr(changelist.model_admin, name, None),
        )
        for place, name in enumerate(names)
    ]


def _is_figure(source: Any) -> bool:
    if isinstance(source, IntegerField | DecimalField):
        return not source.choices and not source.primary_key
    return getattr(source, "is_figure", False)


def rows_of(changelist: KeysetChangeList, columns: Sequence[Column]) -> Iterator[Row]:
    """Yield the rows of the page that a list shows."""
    box = _box_beginning() if CHECKBOX in changelist.list_display else None
    address = _addresses(changelist) if any(column.is_link for column in columns) else None
    for instance in changelist.result_list:
        cells = [] if box is None else [_box(instance, box)]
        cells += [_cell(column, changelist.model_admin, instance, address) for column in columns]
        yield Row(instance, cells)


def _box(instance: Model, beginning: SafeString) -> SafeString:
    return SafeString(f'{beginning}{instance.pk}" class="action-select" aria-label="{_ticks(instance)}"></td>')


def _ticks(instance: Model) -> SafeString:
    return conditional_escape(_("Select %(row)s") % {"row": instance})


def _box_beginning() -> SafeString:
    return format_html(
        '<td class="action-checkbox" data-label="{}"><input type="checkbox" name="{}" value="',
        _("Select record"),
        helpers.ACTION_CHECKBOX_NAME,
    )


def _cell(column: Column, model_admin: Any, instance: Model, address: Callable[[Model], str] | None) -> SafeString:
    value, nowrap = _value(column, model_admin, instance)
    text = conditional_escape(value)
    if column.is_link and address is not None:
        text = format_html('<a href="{}">{}</a>', address(instance), text)
    # What stands around is escaped once a page, not once a cell.
    return SafeString(f"{column.nowrapped if nowrap else column.beginning}{text}{column.end}")


def _value(column: Column, model_admin: Any, instance: Model) -> tuple[Text, bool]:
    """Return what a cell shows, and whether it stays on one line."""
    empty: str = model_admin.get_empty_value_display()
    try:
        field, attribute, value = column.read(model_admin, instance)
    except ObjectDoesNotExist:
        return empty, False
    empty = getattr(attribute, "empty_value_display", empty)
    if field is None or field.auto_created:
        boolean = getattr(attribute, "boolean", False)
        return display_for_value(value, empty, boolean), isinstance(value, date | time)
    if isinstance(field, ForeignKey):
        return (empty if value is None else str(value)), False
    if type(value) is date:
        return date_format(value, "SHORT_DATE_FORMAT"), True  # as moments are written
    return display_for_field(value, field, empty), isinstance(field, DateField | TimeField)


def _addresses(changelist: KeysetChangeList) -> Callable[[Model], str]:
    """Return what tells a row's page: the same address for all, but for the key, so it is worked out once."""
    if not changelist.result_list:
        return lambda _instance: ""
    first = changelist.result_list[0]
    address: str = changelist.url_for_result(first)
    kept = {"preserved_filters": changelist.preserved_filters, "opts": changelist.opts}
    before, _key, after = add_preserved_filters(kept, address).partition(f"/{quote(first.pk)}/")
    return lambda instance: f"{before}/{quote(instance.pk)}/{after}"
