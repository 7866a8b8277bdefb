"""Reading the targets of many operations with few statements."""

from collections.abc import Sequence
from itertools import groupby

from django.db.models import prefetch_related_objects

from portal.operations import registry
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount


def load(operations: Sequence[Operation], account: PartnerAccount | None = None) -> None:
    """Fill `operation.target` (None: it was deleted), the relations that its kind names, and the account on both."""
    prefetch_related_objects(operations, "target")
    by_kind = sorted((operation for operation in operations if operation.target is not None), key=lambda o: o.kind)
    for kind, members in groupby(by_kind, key=lambda o: o.kind):
        related = registry.get(kind).related if registry.knows(kind) else ()
        if related:
            prefetch_related_objects([member.target for member in members], *related)
    for operation in operations:
        if account is not None:
            operation.account = account
        if getattr(operation.target, "account_id", None) == operation.account_id:
            operation.target.account = operation.account  # so that nobody reads it again
