"""What staff may know and do about a kind of operation or a chain, by its name, even one that the code has dropped."""

from typing import Any

from portal.operations import chains, registry
from portal.operations.handlers import Text


def label_of(kind: str) -> Text:
    """Return the kind's name for staff; the stored word for a kind that nobody registers any more."""
    chain = chains.get(kind)
    if chain is not None:
        return chain.label
    return registry.get(kind).label if registry.knows(kind) else kind


def may(user: Any, kind: str) -> bool:
    """Tell whether a member of staff may do acts of this kind. Nobody may what nobody registers."""
    chain = chains.get(kind)
    if chain is not None:
        return bool(user.has_perm(chain.permission))
    return registry.knows(kind) and bool(user.has_perm(registry.get(kind).permission))


def choices() -> list[tuple[str, Text]]:
    """Return all registered kinds with their labels, for a filter."""
    return [(handler.kind, handler.label) for handler in registry.all_handlers()]
