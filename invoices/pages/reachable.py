"""Where a receiver can be reached, as the page part `_reachable.html` shows it."""

from collections.abc import Callable
from typing import Any

from invoices.failures.rerouting import Address
from portal import maventa


def reachable(look_up: Callable[[], list[Address]]) -> dict[str, Any]:
    """Return what the page part shows of a look-up, also of one that failed."""
    try:
        return {"addresses": look_up(), "asked": True}
    except maventa.MaventaError as error:
        return {"look_up_failed": error.staff_text, "asked": True}
