"""
Files: those that rows have left, and those that never had a row.

A file goes only after its row: a row that goes writes down what it leaves, in its own transaction. A crash at any
moment leaves a file too many, never a row without its file; what nobody wrote down is found by walking the folders.
Young files stay, for their row may be on its way.
"""

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.core.files.storage import default_storage
from django.utils import timezone

from portal import retention
from portal.keeping.models import LeftFile, RetentionStep
from portal.keeping.walking import EXAMPLES
from portal.retention import Folder

logger = logging.getLogger("portal.keeping")

PREFIX = "files:"
YOUNG = timedelta(days=2)  # without a row: it may be on its way
FRESH = timedelta(minutes=10)  # left by a row, but stored once more just now
_AT_ONCE = 500


def remove_left() -> int:
    """Remove files that rows left and that no other row names; some hundred at a time. Returns how many went."""
    removed = 0
    while rows := list(LeftFile.objects.order_by("pk")[:_AT_ONCE]):
        paths = {row.path for row in rows}
        for path in sorted(paths - _needed(paths)):
            removed += _remove(path)
        LeftFile.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return removed


def take(step: RetentionStep, folder: Folder, *, is_trial: bool) -> bool:
    """Look at the next part of a folder; returns whether it was the last one."""
    part = next((name for name in _parts(folder.prefix) if name > step.place), None)
    if part is None:
        return True
    paths = list(_walk(f"{folder.prefix}/{part}"))
    for start in range(0, len(paths), _AT_ONCE):
        some = set(paths[start : start + _AT_ONCE])
        for path in sorted(some - set(folder.needed(some))):
            _judge(step, path, is_trial=is_trial)
    step.looked += len(paths)
    step.place = part
    return False


def _judge(step: RetentionStep, path: str, *, is_trial: bool) -> None:
    written = _written_at(path)
    if written is None or written >= step.before:
        return
    step.gone += 1
    step.oldest = min(filter(None, (step.oldest, written)))
    step.newest = max(filter(None, (step.newest, written)))
    if len(step.examples) < EXAMPLES:
        step.examples.append(path[:100])
    # Asked again right before: a row may have come meanwhile.
    if not is_trial and not _needed({path}):
        _remove(path)


def _needed(paths: set[str]) -> set[str]:
    """Return which paths some row names; what lies in a folder that nobody registered is needed."""
    needed: set[str] = set()
    for folder in retention.folders():
        theirs = {path for path in paths if retention.folder_of(path) == folder}
        needed |= set(folder.needed(theirs)) if theirs else set()
    return needed | {path for path in paths if retention.folder_of(path) is None}


def _remove(path: str) -> bool:
    written = _written_at(path)
    if written is None:
        return False
    if written >= timezone.now() - FRESH:
        return False  # somebody stores the same bytes right now: the walk over the folder finds it if nobody does
    default_storage.delete(path)
    return True


def _written_at(path: str) -> datetime | None:
    try:
        return default_storage.get_modified_time(path)
    except FileNotFoundError:
        return None


def _parts(prefix: str) -> list[str]:
    """Return what lies at the top of a folder, in order: folders and files."""
    if not default_storage.exists(prefix):
        return []
    folders, files = default_storage.listdir(prefix)
    return sorted({*folders, *files})


def _walk(path: str) -> Iterator[str]:
    """Yield the files at or below a path."""
    try:
        folders, files = default_storage.listdir(path)
    except (NotADirectoryError, FileNotFoundError):
        yield path
        return
    yield from (f"{path}/{name}" for name in sorted(files))
    for name in sorted(folders):
        yield from _walk(f"{path}/{name}")


def kinds() -> Iterable[tuple[str, Folder]]:
    """Return the folders by the names of their steps."""
    return [(f"{PREFIX}{folder.prefix}", folder) for folder in retention.folders()]
