"""Template tags of the lists."""

from typing import Any

from django import template
from unfold.templatetags.unfold_list import result_headers

from portal.lists.changelist import KeysetChangeList
from portal.lists.columns import rows_of

register = template.Library()


@register.inclusion_tag("portal/lists/results.html", takes_context=True)
def list_rows(context: dict[str, Any], cl: KeysetChangeList) -> dict[str, Any]:
    """Draw the rows of a list, or say that there are none."""
    return {
        "cl": cl,
        "rows": rows_of(cl),
        "result_headers": list(result_headers(cl)),
        "has_add_permission": cl.model_admin.has_add_permission(context["request"]),
    }
