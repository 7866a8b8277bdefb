"""Reading the targets of many operations with few statements."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.models import Model, QuerySet, prefetch_related_objects

from portal.operations import registry
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount


def load(operations: Sequence[Operation], account: PartnerAccount | None = None) -> None:
    """Fill `operation.target` (None: it was deleted), the relations that its kind names, and the account on both."""
    _read(operations)
    for operation in operations:
        if account is not None and operation.account_id == account.pk:
            operation.account = account
        target: Any = operation.target
        if getattr(target, "account_id", None) == operation.account_id:
            target.account = operation.account  # so that nobody reads it again
    alike: dict[tuple[str, type[Model]], list[Model]] = defaultdict(list)
    for operation in operations:
        if operation.target is not None and registry.knows(operation.kind):
            alike[operation.kind, type(operation.target)].append(operation.target)
    for (kind, model), found in alike.items():
        # A kind may act on two models, such as an onboarding and, once registered, its company.
        related = [name for name in registry.get(kind).related if hasattr(model, name.partition("__")[0])]
        if related:
            prefetch_related_objects(found, *related)


def _read(operations: Sequence[Operation]) -> None:
    """Set the targets, those of one model with one statement."""
    target: Any = Operation._meta.get_field("target")
    wanted: dict[int, list[Operation]] = defaultdict(list)
    for operation in operations:
        wanted[operation.target_type_id].append(operation)
    for type_id, alike in wanted.items():
        model = ContentType.objects.get_for_id(type_id).model_class()
        ids = {operation.target_id for operation in alike}
        found: dict[int, Model] = {} if model is None else QuerySet(model).in_bulk(ids)
        for operation in alike:
            target.set_cached_value(operation, found.get(operation.target_id))
