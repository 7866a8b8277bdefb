"""Actions of the admin's lists that ask something first: the same choice of rows is sent again with the answer."""

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest


def all_meant(request: HttpRequest) -> bool:
    """Tell whether all rows that the list's filter lets through are meant, not only the ticked ones."""
    return request.POST.get("select_across") == "1"


def fields_to_repeat(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the fields of the list's form that make the same choice again; ids only of rows that were ticked."""
    names = ("action", "index", "select_across")
    fields = [(name, request.POST[name]) for name in names if name in request.POST]
    ticked = request.POST.getlist(ACTION_CHECKBOX_NAME)
    # The list wants at least one ticked row; when all are meant it does not matter which.
    return fields + [(ACTION_CHECKBOX_NAME, pk) for pk in (ticked[:1] if all_meant(request) else ticked)]
