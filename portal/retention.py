"""
What is kept for how long: registered by the rooms and apps whose rows they are, removed by `portal.keeping`.

A kind is walked by primary key in small steps, so that a million rows cost a million rows and no lock lasts. Rows that
are still owed, open, or part of evidence stay, whatever a rule says: the kind's own condition tells it, and other apps
add what they need with `protect`.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db.models import Model, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise
Ids = Sequence[int]
OPEN = _("Not ended yet")


@dataclass(frozen=True, slots=True)
class Stay:
    """Why some rows stay, and which of given ones they are."""

    label: Text
    among: Callable[[Ids], Collection[int]]


def _delete(model: type[Model]) -> Callable[[Ids], list[str]]:
    def delete(ids: Ids) -> list[str]:
        model._default_manager.filter(pk__in=ids).delete()  # noqa: SLF001  Django's documented name
        return []

    return delete


@dataclass(slots=True)
class Kind:
    """
    Rows of one model that go when they are old.

    :ivar made: field of the time a row was written at: it grows with the primary key
    :ivar age: field of the time from which it counts as old; rows where it is NULL stay
    :ivar days: unless a rule says otherwise; `is_on` False: only when somebody switches it on
    :ivar lowest: days that no rule may go below
    :ivar may_go: condition on rows that may go at all; `open_label` says of the others why they stay
    :ivar remove: removes rows, and returns the paths of files that may be needed no more; None: deletes the rows
    """

    name: str
    label: Text
    model_label: str
    made: str
    age: str
    days: int
    lowest: int
    why: Text  # what they are good for, and what is lost with them
    may_go: Q = field(default_factory=Q)
    open_label: Text = OPEN
    is_on: bool = True
    remove: Callable[[Ids], list[str]] | None = None
    describe: Callable[[Any], str] = str
    stays: list[Stay] = field(default_factory=list)

    @property
    def model(self) -> type[Model]:
        return apps.get_model(self.model_label)

    def removal(self) -> Callable[[Ids], list[str]]:
        return self.remove or _delete(self.model)


@dataclass(frozen=True, slots=True)
class Folder:
    """
    A folder of the file storage whose files lie there for rows.

    :ivar needed: of given paths those that a row names
    """

    prefix: str
    label: Text
    needed: Callable[[Collection[str]], Collection[str]]


_kinds: dict[str, Kind] = {}
_stays: dict[str, list[Stay]] = {}
_folders: dict[str, Folder] = {}


def register(kind: Kind) -> Kind:
    """Let rows of a kind go by rule; call from a module that `AppConfig.ready` imports."""
    _kinds[kind.name] = kind
    return kind


def protect(kind: str, label: Text, among: Callable[[Ids], Collection[int]]) -> None:
    """Let rows of a kind stay that another app needs; the kind may be registered before or later."""
    _stays.setdefault(kind, []).append(Stay(label, among))


def register_folder(folder: Folder) -> None:
    """Let files of a folder go that no row names."""
    _folders[folder.prefix] = folder


def get(name: str) -> Kind | None:
    """Return a kind by its name; None: this version does not know it."""
    return _kinds.get(name)


def every() -> Iterator[Kind]:
    yield from (_kinds[name] for name in sorted(_kinds))


def stays_of(kind: Kind) -> list[Stay]:
    """Return all that lets rows of a kind stay, its own reasons and those of other apps."""
    return [*kind.stays, *_stays.get(kind.name, ())]


def folders() -> Iterator[Folder]:
    yield from (_folders[prefix] for prefix in sorted(_folders))


def folder_of(path: str) -> Folder | None:
    """Return the folder that a path lies in."""
    return next((folder for folder in folders() if path.startswith(f"{folder.prefix}/")), None)
