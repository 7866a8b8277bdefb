"""
Which rows a batch is about: those that were chosen, or all that a list's filter lets through.

A filter is kept as the list's own query string. The list is made again from it with the rights of whoever picked, and
the database itself takes down the ids of what it shows, in one statement; from then on the rows stay as they are.
`Batch.selection` holds:

    model     label of the targets; the list's own model, or where `path` leads
    list      label of the list's model; absent when a program made the batch
    path      relation from a row of the list to its target; "" when the rows are the targets
    filter    the list's query string
    bound     the highest id when the rows were picked: what came later is not meant
    viewer    id of whoever picked
    count     how many rows were picked
    aimless   how many of them lead to no target
    matching  how many rows the list's filter let through
    all       whether all of them are meant
    taken     whether the ids are taken down in BatchTarget
    back      address of the page that it was made from, where that is no list
"""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db import connection, models
from django.db.models import BigIntegerField, Max, QuerySet, Value
from django.http import HttpRequest, QueryDict

from portal.lists.changelist import PLACE_PARAMETERS
from portal.operations import kinds
from portal.operations.models import Batch, BatchTarget

AT_ONCE = 2000  # rows that are taken down and counted while the browser waits; more are left to a worker
_NOT_FILTERS = ("p", "all", "e", *PLACE_PARAMETERS)  # the page, and the list's own mark of an error


def filter_of(request: HttpRequest) -> str:
    """Return the query string of a list, without what only says which page of it is shown."""
    kept = request.GET.copy()
    for name in _NOT_FILTERS:
        kept.pop(name, None)
    return kept.urlencode()


def highest(model: type[models.Model]) -> int:
    """Return the highest id of a model's rows; 0 when there are none."""
    return int(model._default_manager.aggregate(highest=Max("pk"))["highest"] or 0)  # noqa: SLF001


def matching(batch: Batch) -> QuerySet[Any]:
    """
    Return the rows of the batch's list that its filter lets through now, for whoever picked them.

    :raises PermissionDenied: they may not see the list, or do this, any more
    """
    selection = batch.selection
    viewer = get_user_model().objects.filter(pk=selection["viewer"], is_active=True).first()
    if viewer is None or not kinds.may(viewer, batch.kind):
        raise PermissionDenied
    model_admin: Any = admin.site.get_model_admin(apps.get_model(selection["list"]))
    rows = listed(model_admin, selection["filter"], viewer).filter(pk__lte=selection["bound"])
    return rows.filter(**{model_admin.account_path: batch.account_id})


def listed(model_admin: Any, query: str, viewer: Any) -> QuerySet[Any]:
    """
    Return the rows that a list shows to a viewer.

    :raises PermissionDenied: the viewer may not see it
    """
    request = HttpRequest()
    request.method, request.user, request.GET = "GET", viewer, QueryDict(query)
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    rows: QuerySet[Any] = model_admin.get_changelist_instance(request).get_queryset(request)
    return rows


def take(batch: Batch, rows: QuerySet[Any]) -> int:
    """Take down the ids of the batch's targets among rows of its list, in one statement; returns how many."""
    path = batch.selection.get("path") or "pk"
    batch_id = Value(batch.pk, BigIntegerField())
    picked = rows.order_by().filter(**{f"{path}__isnull": False}).values_list(batch_id, path)
    select, parameters = picked.query.sql_with_params()
    table = connection.ops.quote_name(BatchTarget._meta.db_table)
    with connection.cursor() as cursor:
        # The names are our own and the values are parameters; a target that two rows lead to counts once.
        cursor.execute(
            f"INSERT INTO {table} (batch_id, target_id) {select} ON CONFLICT DO NOTHING",
            parameters,
        )
        return int(cursor.rowcount)


def take_matching(batch: Batch) -> None:
    """Take down all rows that the batch's filter lets through, unless that is done; inside a transaction."""
    if batch.selection["taken"]:
        return
    count = take(batch, matching(batch))
    batch.selection = {**batch.selection, "taken": True, "count": count}
    batch.save(update_fields=["selection"])


def after(batch: Batch, last: int, most: int) -> list[int]:
    """Return the ids of the next targets after one, in order."""
    later = batch.targets.filter(target_id__gt=last).order_by("target_id")
    return list(later.values_list("target_id", flat=True)[:most])
