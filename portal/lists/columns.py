"""
The rows of a list as HTML, drawn with little around each value.

Unfold works each cell's column out anew for every row and gives each some thirty classes: at fifty rows that is most of
what a page costs. Here a column is worked out once, and the style sheet knows the rest.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.contrib.admin import helpers
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import display_for_field, display_for_value, label_for_field, lookup_field
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import DateField, ForeignKey, Model, TimeField
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from portal.lists.changelist import KeysetChangeList

CHECKBOX = "action_checkbox"
Text = str | SafeString


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list: what its cells are called, and whether they lead to the row's page."""

    name: str  # of a field, or of a method of the admin class or of the model
    label: str
    is_link: bool


@dataclass(frozen=True, slots=True)
class Row:
    instance: Model
    cells: list[SafeString]


def columns_of(changelist: KeysetChangeList) -> list[Column]:
    """Return the columns of a list, in order; the box that ticks a row is none of them."""
    names = [name for name in changelist.list_display if name != CHECKBOX]
    links = changelist.list_display_links
    return [
        Column(
            name,
            capfirst(str(label_for_field(name, changelist.model, model_admin=changelist.model_admin))),
            is_link=(name in links) if links else links is not None and place == 0,
        )
        for place, name in enumerate(names)
    ]


def rows_of(changelist: KeysetChangeList) -> Iterator[Row]:
    """Yield the rows of the page that a list shows."""
    columns, ticked = columns_of(changelist), CHECKBOX in changelist.list_display
    address = _addresses(changelist) if any(column.is_link for column in columns) else None
    for instance in changelist.result_list:
        cells = [_box(instance)] if ticked else []
        cells += [_cell(column, changelist.model_admin, instance, address) for column in columns]
        yield Row(instance, cells)


def _box(instance: Model) -> SafeString:
    return format_html(
        '<td class="action-checkbox" data-label="{}">'
        '<input type="checkbox" name="{}" value="{}" class="action-select" aria-label="{}"></td>',
        _("Select record"),
        helpers.ACTION_CHECKBOX_NAME,
        instance.pk,
        _("Select %(row)s") % {"row": instance},
    )


def _cell(column: Column, model_admin: Any, instance: Model, address: Callable[[Model], str] | None) -> SafeString:
    text, nowrap = _value(column.name, model_admin, instance)
    if column.is_link and address is not None:
        text = format_html('<a href="{}">{}</a>', address(instance), text)
    css = f"field-{column.name} nowrap" if nowrap else f"field-{column.name}"
    tag = "th" if column.is_link else "td"
    scope = SafeString(' scope="row"') if column.is_link else ""
    return format_html('<{0}{1} class="{2}" data-label="{3}">{4}</{0}>', tag, scope, css, column.label, text)


def _value(name: str, model_admin: Any, instance: Model) -> tuple[Text, bool]:
    """Return what a cell shows, and whether it stays on one line."""
    empty: str = model_admin.get_empty_value_display()
    try:
        field, attribute, value = lookup_field(name, instance, model_admin)
    except ObjectDoesNotExist:
        return empty, False
    empty = getattr(attribute, "empty_value_display", empty)
    if field is None or field.auto_created:
        boolean = getattr(attribute, "boolean", False)
        return display_for_value(value, empty, boolean), isinstance(value, date | time)
    if isinstance(field, ForeignKey):
        return (empty if value is None else str(value)), False
    return display_for_field(value, field, empty), isinstance(field, DateField | TimeField)


def _addresses(changelist: KeysetChangeList) -> Callable[[Model], str]:
    """Return what tells a row's page. The way back to this list is the same for all rows, so it is worked out once."""
    url_of: Callable[[Model], str] = changelist.url_for_result
    if not changelist.result_list:
        return url_of
    first = url_of(changelist.result_list[0])
    kept = {"preserved_filters": changelist.preserved_filters, "opts": changelist.opts}
    suffix = add_preserved_filters(kept, first).removeprefix(first)
    return lambda instance: f"{url_of(instance)}{suffix}"
