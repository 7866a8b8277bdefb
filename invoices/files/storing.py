"""
Bytes in the storage under their digest: the same bytes lie there once, whoever brought them.

The storage is Django's: a folder, or a bucket. Whatever goes wrong with it comes out as one of the two errors below, so
that callers tell "there is no room now" from "these bytes are not what they were".
"""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO, TypeVar, cast

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils import timezone

from invoices.models import stored_path
from portal import maventa

T = TypeVar("T")
_IN_MEMORY, _PIECE = 2**20, 2**16  # bytes
_AT_ONCE = 8
_YOUNG = timedelta(minutes=5)
_ALONE = 8  # fewer are not worth the threads


class StorageError(OSError):
    """Nothing was kept, or nothing can be read now: the storage is full, read-only or away. The text says which."""


class DamagedFileError(FileNotFoundError):
    """The stored bytes are not those that were stored: as good as gone, they are handed to nobody."""


@dataclass(frozen=True, slots=True)
class Stored:
    sha256: str
    size: int  # bytes


def store(content: bytes) -> Stored:
    """
    Keep the bytes; harmless when they are there already.

    :raises StorageError: they could not be kept
    """
    with _reported():
        return _keep(ContentFile(content), hashlib.sha256(content).hexdigest(), len(content))


def store_many(contents: Sequence[bytes]) -> list[Stored]:
    """Keep many contents, several at once; returns them in their order."""
    if len(contents) < _ALONE:
        return _store_all(contents)
    each = -(-len(contents) // _AT_ONCE)
    parts = [contents[start : start + each] for start in range(0, len(contents), each)]
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="storing") as pool:
        return [stored for part in pool.map(_store_all, parts) for stored in part]


def _store_all(contents: Sequence[bytes]) -> list[Stored]:
    return [store(content) for content in contents]


def store_from(fetch: Callable[[BinaryIO], T]) -> tuple[Stored, T]:
    """
    Let `fetch` write to a file, keep what it wrote; returns that and what `fetch` returned.

    The bytes are on the disk when this returns: whoever gave them may be told to forget them.

    :raises StorageError: they could not be kept
    """
    with _reported(), tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
        answer = fetch(cast("BinaryIO", spool))
        size = spool.tell()
        spool.seek(0)
        digest = hashlib.file_digest(spool, "sha256").hexdigest()
        spool.seek(0)
        stored = _keep(File(spool), digest, size)
        _settle(stored_path(digest))
        return stored, answer


def is_there(sha256: str) -> bool:
    with _reported():
        return default_storage.exists(stored_path(sha256))


def remove(sha256: str) -> None:
    """Delete bytes that nothing needs any more; harmless when they are gone."""
    default_storage.delete(stored_path(sha256))


def opened(sha256: str) -> BinaryIO:
    """
    Open stored bytes for reading, when they are still those that were stored.

    :raises FileNotFoundError: they are gone from the storage
    :raises DamagedFileError: they have changed
    :raises StorageError: they cannot be read now
    """
    with _reported(gone=True):
        stream = cast("BinaryIO", default_storage.open(stored_path(sha256), "rb"))
        if _digest(stream) != sha256:
            stream.close()
            raise DamagedFileError(sha256)
        stream.seek(0)
        return stream


def discard_damaged(sha256: str) -> bool:
    """Remove bytes that are not what they were, so that they can be stored anew; tells whether there were such."""
    try:
        opened(sha256).close()
    except DamagedFileError:
        with _reported():
            default_storage.delete(stored_path(sha256))
        return True
    except FileNotFoundError:
        return False
    return False


def _keep(file: "File[bytes]", sha256: str, size: int) -> Stored:
    path = stored_path(sha256)
    if not (default_storage.exists(path) and default_storage.size(path) == size and _is_renewed(path)):
        _put(path, file)
    return Stored(sha256, size)


def _put(path: str, file: "File[bytes]") -> None:
    """Write a file that is there whole or not at all, for whoever reads or writes the same bytes at this moment."""
    if local := _on_disk(path):
        # A writer that is killed half-way leaves its part: no row names it, so keeping house takes it.
        part = default_storage.save(f"{path}.part", file)
        os.replace(default_storage.path(part), local)  # noqa: PTH105  see `_settle`
        return
    name = default_storage.save(path, file)  # a bucket shows whole objects only
    if name != path:
        default_storage.delete(name)  # it writes nothing over, and another process was faster with the same bytes


def _is_renewed(path: str) -> bool:
    """
    Make bytes that are stored once more young again: keeping house removes old ones that no row names, and the row
    that will name these is not written yet. False: store them anew, for the storage knows no other way.
    """
    local = _on_disk(path)
    if not local:
        return default_storage.get_modified_time(path) > timezone.now() - _YOUNG
    try:
        os.utime(local)
    except FileNotFoundError:
        return False  # they went in this moment
    return True


def _settle(path: str) -> None:
    """Have the disk write what the system still holds back; a bucket has done so when it answers."""
    local = _on_disk(path)
    # No Path: the interpreter would enter its parts, which are different for every file, into its table of names.
    for place in (local, local.rpartition("/")[0]) if local else ():
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _on_disk(path: str) -> str:
    """Return where a file lies, or is to lie, in this machine's folders; "": it is in a bucket."""
    try:
        return default_storage.path(path)
    except NotImplementedError:
        return ""


def _digest(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    while piece := stream.read(_PIECE):
        digest.update(piece)
    return digest.hexdigest()


@contextmanager
def _reported(*, gone: bool = False) -> Iterator[None]:
    """
    Name what the storage raises, whichever storage it is: a bucket's library has errors of its own.

    :param gone: a file that is not there is an answer, and let out as it is
    """
    try:
        yield
    except (maventa.MaventaError, StorageError):
        raise
    except FileNotFoundError as exc:
        if gone:
            raise
        raise StorageError(exc.strerror or type(exc).__name__) from exc
    except OSError as exc:
        raise StorageError(exc.strerror or type(exc).__name__) from exc
    except Exception as exc:
        raise StorageError(type(exc).__name__) from exc
