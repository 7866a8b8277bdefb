"""
The content of uploaded files of companies: encrypted in the file storage, and dropped after its time.

A sole trader's business id is a person's number, so nothing of a file lies there in clear. It is written in pieces,
each a line, so that a large file needs no copies of its whole in memory.
"""

import base64
from tempfile import SpooledTemporaryFile
from uuid import uuid4

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from companies.models import ImportFile
from portal.partners.fields import WrongFieldKeyError, decrypt, encrypt

FOLDER = "onboarding"
_PIECE = 768 * 1024  # bytes
_IN_MEMORY = 16 * 2**20


class UploadGoneError(Exception):
    """The content of a file is no longer here, or its key is not."""

    @property
    def text(self) -> str:
        return _("The file itself is no longer here. Upload it once more; what is done already is not repeated.")


def keep(content: bytes, account_id: int) -> str:
    """Store the content of a file; returns its path."""
    with SpooledTemporaryFile(max_size=_IN_MEMORY) as encrypted:
        for start in range(0, len(content), _PIECE):
            piece = base64.b64encode(memoryview(content)[start : start + _PIECE]).decode()
            encrypted.write(encrypt(piece).encode() + b"\n")
        encrypted.seek(0)
        return default_storage.save(f"{FOLDER}/{account_id}/{uuid4().hex}.enc", File(encrypted))


def content_of(path: str) -> bytes:
    """
    Return what was kept under a path.

    :raises UploadGoneError: it was dropped, or its key was
    """
    if not path:
        raise UploadGoneError
    try:
        with default_storage.open(path) as stored:
            return b"".join(base64.b64decode(decrypt(line.decode().rstrip("\n"))) for line in stored)
    except (FileNotFoundError, WrongFieldKeyError) as exc:
        raise UploadGoneError from exc


def drop(file: ImportFile) -> None:
    """Delete the content of a file; its rows stay."""
    if file.path:
        default_storage.delete(file.path)
        ImportFile.objects.filter(pk=file.pk).update(path="")
