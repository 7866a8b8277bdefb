"""Whether what a page shows is still changing."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone

from portal.operations.enums import OPEN_STATES
from portal.operations.models import Operation

_LATELY = timedelta(seconds=5)


def is_moving(operations: Iterable[Operation]) -> bool:
    """
    Tell whether a page about the operations' target is to be read again: one is open, or ended a moment ago.

    One that ends while a page is read may be seen as ended beside a target that still stands as before.
    """
    since = timezone.now() - _LATELY
    return any(
        one.state in OPEN_STATES or (one.settled_at is not None and one.settled_at > since) for one in operations
    )
