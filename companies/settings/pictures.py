"""Pictures that staff give us for letters and e-mails: checked by content, kept under their digest."""

import base64
import binascii
import hashlib
import io
import warnings

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image

FOLDER = "settings"
# AutoInvoice documents no limits. Ours keep a call small and a letter's head in proportion.
MOST_BYTES = 2**20
MOST_PIXELS = 3000  # a side
_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg"}


class NotAPictureError(ValueError):
    """The bytes cannot be used; the text is for staff."""


def check(content: bytes, formats: tuple[str, ...]) -> str:
    """
    Return the format of a picture, whatever its file is called.

    :param formats: those that may be, as Pillow names them
    :raises NotAPictureError: too large, no picture, damaged, or of another format
    """
    if len(content) > MOST_BYTES:
        size = f"{len(content) / 2**20:.1f}"
        raise NotAPictureError(_("This file has %(size)s MB; at most 1 MB can be used.") % {"size": size})
    words = _(" or ").join(formats)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")) as picture:
                found, sides = str(picture.format), picture.size
                _check_shape(found, sides, formats, words)
                picture.load()
    except NotAPictureError:
        raise
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as exc:
        raise NotAPictureError(
            _("This file is no picture, or a damaged one. Use %(words)s.") % {"words": words}
        ) from exc
    return found


def _check_shape(found: str, sides: tuple[int, int], formats: tuple[str, ...], words: str) -> None:
    if found not in formats:
        raise NotAPictureError(_("This is a %(found)s. Use %(words)s.") % {"found": found, "words": words})
    if max(sides) > MOST_PIXELS:
        text = _("This picture has %(wide)d × %(high)d pixels; at most %(most)d a side can be used.")
        raise NotAPictureError(text % {"wide": sides[0], "high": sides[1], "most": MOST_PIXELS})


def keep(content: bytes) -> str:
    """Keep the bytes; return their digest."""
    digest = hashlib.sha256(content).hexdigest()
    path = _path(digest)
    if not default_storage.exists(path):
        default_storage.save(path, ContentFile(content))
    return digest


def kept(digest: str) -> bytes | None:
    """Return kept bytes; None: they are gone."""
    if not default_storage.exists(_path(digest)):
        return None
    with default_storage.open(_path(digest), "rb") as file:
        return bytes(file.read())


def encoded(content: bytes) -> str:
    """Return a picture as it is sent."""
    return base64.b64encode(content).decode()


def address(content: str | bytes | None) -> str:
    """Return a `data:` address that a page can show; "": nothing, or nothing that a page may show."""
    try:
        raw = base64.b64decode(content) if isinstance(content, str) else content or b""
        kind = check(raw, ("PNG", "JPEG"))
    except (binascii.Error, ValueError):
        return ""
    return f"data:{_TYPES[kind]};base64,{encoded(raw)}"


def _path(digest: str) -> str:
    if not digest.isalnum():
        raise ValueError("no digest")
    return f"{FOLDER}/{digest}"
