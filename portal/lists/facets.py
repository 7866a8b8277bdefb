"""
How many rows each choice of a filter would leave, where staff press "Show counts".

Django counts all choices exactly in one statement that reads the whole list. Here each is counted by itself, by the
index that the filter has anyway, and no further than a list is counted.
"""

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet

from portal.lists import counting
from portal.lists.counting import Count


def of(chosen: Any, changelist: Any) -> dict[str, Count]:
    """Return the counts of a filter's choices, by the names that Django gives them."""
    rows = changelist.get_queryset(chosen.request, exclude_parameters=chosen.expected_parameters())
    if isinstance(chosen, SimpleListFilter):
        return _of_lookups(chosen, rows)
    wanted = chosen.get_facet_counts(changelist.pk_attname, rows)
    return {name: counting.capped(rows.filter(count.filter or Q())) for name, count in wanted.items()}


def _of_lookups(chosen: Any, rows: QuerySet[Any]) -> dict[str, Count]:
    original, counts = chosen.used_parameters.get(chosen.parameter_name), {}
    for place, (value, _text) in enumerate(chosen.lookup_choices):
        chosen.used_parameters[chosen.parameter_name] = value
        found = chosen.queryset(chosen.request, rows)
        counts[f"{place}__c"] = counting.capped(rows if found is None else found)
    chosen.used_parameters[chosen.parameter_name] = original
    return counts
