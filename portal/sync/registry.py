"""The feeds and watches that the apps have registered, by name."""

from typing import Any, TypeVar

from portal.sync.feeds import Feed, Watch

Source = Feed[Any] | Watch[Any, Any]
SourceT = TypeVar("SourceT", bound="type[Feed[Any]] | type[Watch[Any, Any]]")

_sources: dict[str, Source] = {}


def register(source_class: SourceT) -> SourceT:
    """Register one feed or watch; a second one of the same name is a mistake in the code."""
    name = source_class.name
    if name in _sources and type(_sources[name]) is not source_class:
        raise ValueError(f"{name} is registered twice")
    _sources[name] = source_class()
    return source_class


def get(name: str) -> Source:
    """Return a feed or watch; KeyError names an unknown one."""
    return _sources[name]


def all_sources() -> list[Source]:
    """Return all feeds and watches, by name."""
    return [_sources[name] for name in sorted(_sources)]
