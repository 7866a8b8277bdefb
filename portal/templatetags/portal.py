"""Template tags of the portal's pages."""

from django import template

from portal.operations import refusals
from portal.operations.models import Operation
from portal.pills import pill

register = template.Library()
register.simple_tag(pill)


@register.filter
def remedy(operation: Operation) -> str:
    """Return what to do about an operation's end, in the viewer's language."""
    return refusals.remedy_of(operation)
