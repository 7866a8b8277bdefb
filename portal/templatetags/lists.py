"""Template tags of the lists."""

from typing import Any

from django import template
from unfold.templatetags.unfold_list import result_headers

from portal.lists.changelist import KeysetChangeList
from portal.lists.columns import columns_of, rows_of

register = template.Library()


@register.inclusion_tag("portal/lists/results.html", takes_context=True)
def list_rows(context: dict[str, Any], cl: KeysetChangeList) -> dict[str, Any]:
    """Draw the rows of a list, or say that there are none."""
    headers, columns = list(result_headers(cl)), columns_of(cl)
    for header, column in zip(reversed(headers), reversed(columns), strict=False):  # the box that ticks is first
        if column.is_figure:
            header["class_attrib"] = f"{header.get('class_attrib', '')} number"
    return {
        "cl": cl,
        "rows": rows_of(cl, columns),
        "result_headers": headers,
        "has_add_permission": cl.model_admin.has_add_permission(context["request"]),
    }
