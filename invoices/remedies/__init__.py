"""What a failure means and what to do about it, for staff. Unknown ones get the general advice and are counted."""

from invoices.remedies.catalogue import ENTRIES, GENERAL
from invoices.remedies.model import Remedy

_ERROR_TYPES = frozenset({"ERROR"})
_ERROR_KEYS = frozenset(
    {
        "action_error",
        "action_route_failed",
        "action_sent_email_failed",
        "action_send_fail",
        "action_delivery_failed",
        "action_trx_fail",
    }
)
_BY_KEY = {entry.key: entry for entry in ENTRIES}

__all__ = ["ENTRIES", "GENERAL", "Remedy", "by_key", "find", "is_error"]


def find(code: str, text: str) -> Remedy | None:
    """
    Return the entry for a failure: by its text first, which says more, then by its code; None if we know none.

    :param code: key of the failing action, or error code of a refusal
    :param text: AutoInvoice's own words
    """
    for entry in ENTRIES:
        if entry.pattern and entry.pattern.search(text):
            return entry
    return next((entry for entry in ENTRIES if code and code in entry.codes), None)


def by_key(key: str) -> Remedy:
    """Return the entry of a stored key; the general advice for an unknown one."""
    return _BY_KEY.get(key, GENERAL)


def is_error(action_type: str, key: str) -> bool:
    """Tell whether a step of an invoice's way is a failure."""
    return action_type.upper() in _ERROR_TYPES or key in _ERROR_KEYS
