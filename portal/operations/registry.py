"""The kinds of operations that the apps have registered, by name."""

from collections.abc import Iterable
from typing import Any

from portal.operations.handlers import Handler

_handlers: dict[str, Handler[Any, Any]] = {}


def register(handler_class: type[Handler[Any, Any]]) -> type[Handler[Any, Any]]:
    """Register one kind; a second one of the same name is a mistake in the code."""
    kind = handler_class.kind
    if kind in _handlers and type(_handlers[kind]) is not handler_class:
        raise ValueError(f"operation kind {kind} is registered twice")
    if handler_class.settle is Handler.settle and handler_class.settle_many is Handler.settle_many:
        raise ValueError(f"operation kind {kind} does not say how it is settled")
    _handlers[kind] = handler_class()
    return handler_class


def get(kind: str) -> Handler[Any, Any]:
    """Return the handler of a kind; KeyError names an unknown one."""
    return _handlers[kind]


def all_handlers() -> Iterable[Handler[Any, Any]]:
    """Return all handlers, by kind."""
    return [_handlers[kind] for kind in sorted(_handlers)]


def knows(kind: str) -> bool:
    """Tell whether a kind is registered; a stored operation may be of one that the code has dropped."""
    return kind in _handlers
