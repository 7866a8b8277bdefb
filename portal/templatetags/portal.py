"""Template tags of the portal's pages."""

from django import template

from portal.pills import pill

register = template.Library()
register.simple_tag(pill)
