"""Bytes in the storage under their digest: the same bytes lie there once, whoever brought them."""

import hashlib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, TypeVar, cast

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

from invoices.models import stored_path

T = TypeVar("T")
_IN_MEMORY = 2**20


@dataclass(frozen=True, slots=True)
class Stored:
    sha256: str
    size: int  # bytes


def store(content: bytes) -> Stored:
    """Keep the bytes; harmless when they are there already."""
    return _keep(ContentFile(content), hashlib.sha256(content).hexdigest(), len(content))


def store_from(fetch: Callable[[BinaryIO], T]) -> tuple[Stored, T]:
    """Let `fetch` write to a file, keep what it wrote; returns that and what `fetch` returned."""
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as spool:
        answer = fetch(cast("BinaryIO", spool))
        size = spool.tell()
        spool.seek(0)
        digest = hashlib.file_digest(spool, "sha256").hexdigest()
        spool.seek(0)
        return _keep(File(spool), digest, size), answer


def is_there(sha256: str) -> bool:
    return default_storage.exists(stored_path(sha256))


def opened(sha256: str) -> BinaryIO:
    """
    Open stored bytes for reading.

    :raises FileNotFoundError: they are gone from the storage
    """
    return cast("BinaryIO", default_storage.open(stored_path(sha256), "rb"))


def _keep(file: "File[bytes]", sha256: str, size: int) -> Stored:
    path = stored_path(sha256)
    if default_storage.exists(path):
        if default_storage.size(path) == size:
            return Stored(sha256, size)
        default_storage.delete(path)  # a writer was killed half-way
    name = default_storage.save(path, file)
    if name != path:
        default_storage.delete(name)  # another process was faster with the same bytes
    return Stored(sha256, size)
