"""What a failure of an invoice means and what to do about it, by the error atlas, which keeps and counts others."""

from pathlib import Path

from invoices.remedies.catalogue import ENTRIES, UNKNOWN
from portal.atlas import advice, catalogue, unknown
from portal.atlas.advice import Advice

AREA = "invoices"
BY_DEFAULT = str(UNKNOWN.by)  # who acts on what nobody knows
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

catalogue.register(AREA, ENTRIES, Path(__file__).parent.parent / "atlas", UNKNOWN)

__all__ = ["AREA", "BY_DEFAULT", "Advice", "by_key", "find", "is_error", "is_unknown", "key_of", "names"]


def find(code: str, text: str) -> Advice | None:
    """
    Return the advice for a failure, None if nobody knows it.

    :param code: key of the failing action, or error code of a refusal
    :param text: AutoInvoice's own words
    """
    return advice.find(AREA, code, text)


def key_of(code: str, text: str, *, counted: bool) -> tuple[str, str]:
    """Return the key to keep with a row, and who acts; an unknown failure is kept, and counted if it is a new one."""
    key = unknown.key_of(AREA, code, text, counted=counted)
    return key, by_key(key).by


def by_key(key: str) -> Advice:
    """Return the advice of a stored key, in the viewer's language; the general one for what nobody has explained."""
    return advice.of(AREA, key)


def is_unknown(key: str) -> bool:
    """Tell whether a stored key is that of a failure that no entry fits, explained by staff or not."""
    return not key or key.startswith(unknown.PREFIX)


def names() -> list[tuple[str, str]]:
    """Return keys and names of all entries, in the viewer's language."""
    return [(entry.key, by_key(entry.key).name) for entry in ENTRIES]


def is_error(action_type: str, key: str) -> bool:
    """Tell whether a step of an invoice's way is a failure."""
    return action_type.upper() in _ERROR_TYPES or key in _ERROR_KEYS
