"""Requests as AutoInvoice wants them written: paths, queries, forms, JSON, uploads. Source: WIRE.md "Requests"."""

import io
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote, urlencode

import msgspec
from requests_toolbelt import MultipartEncoder

from portal.maventa.credentials import Credentials
from portal.maventa.errors import ConfigurationError

Body = Any  # bytes, MultipartEncoder (untyped) or None

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_MASK = "•••"


class KeyMark:
    """Stands for a key of the account in a form or a JSON body; the client writes the key when it sends."""

    __slots__ = ("attribute",)

    def __init__(self, attribute: str) -> None:
        self.attribute = attribute

    def __repr__(self) -> str:
        return f"<{self.attribute}>"


USER_KEY = KeyMark("user_key")
VENDOR_KEY = KeyMark("vendor_key")


@dataclass(frozen=True, slots=True)
class FilePart:
    """
    One file of a multipart upload, read while it is sent.

    `content`: bytes, a path, or a function that opens the file anew each time (a renewed token sends it twice).
    """

    field: str
    filename: str
    content: bytes | Path | Callable[[], BinaryIO]
    content_type: str = "application/octet-stream"

    def open(self) -> BinaryIO:
        if isinstance(self.content, bytes):
            return io.BytesIO(self.content)
        return self.content.open("rb") if isinstance(self.content, Path) else self.content()


@dataclass(frozen=True, slots=True)
class Content:
    """A request's body, ready to be opened once per sending."""

    raw: bytes | None = field(default=None, repr=False)
    content_type: str = ""
    fields: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    files: tuple[FilePart, ...] = ()

    @contextmanager
    def open(self) -> Iterator[tuple[Body, str]]:
        """
        Yield the body and its content type; files are closed afterwards.

        :raises ConfigurationError: a file cannot be opened
        """
        if not (self.fields or self.files):
            yield self.raw, self.content_type
            return
        with ExitStack() as opened:
            parts: list[tuple[str, Any]] = list(self.fields)
            for part in self.files:
                stream = opened.enter_context(_opened(part))
                parts.append((part.field, (part.filename, _Sized(stream), part.content_type)))
            encoder = MultipartEncoder(fields=parts)
            yield encoder, encoder.content_type


NOTHING = Content()


def _opened(part: FilePart) -> BinaryIO:
    try:
        return part.open()
    except OSError as exc:
        raise ConfigurationError(f"The file for {part.field} cannot be opened: {exc.strerror}.") from None


class _Sized:
    """A stream with the length that is left in it, so that Content-Length can be set: chunked uploads are not taken."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        start = stream.tell()
        self.len = stream.seek(0, os.SEEK_END) - start
        stream.seek(start)

    def read(self, size: int = -1) -> bytes:
        piece = self._stream.read(size)
        if not piece and self.len > 0 and size != 0:
            raise OSError("a file became shorter while it was sent")
        self.len -= len(piece)
        return piece


def content(
    credentials: Credentials,
    *,
    json: object = None,
    form: Mapping[str, object] | None = None,
    files: Iterable[FilePart] = (),
    multipart: bool = False,
) -> Content:
    """Return the body for what the caller gave: JSON, a form, or a form with files."""
    parts = tuple(files)
    if json is not None:
        if form is not None or parts:
            raise ConfigurationError("A request has either a JSON body or a form.")
        return Content(raw=_json(credentials, json), content_type="application/json")
    fields = tuple(_flat(form or {}, credentials, suffix=""))
    if parts or (multipart and fields):
        return Content(fields=fields, files=parts)
    if form is None:
        return NOTHING
    return Content(raw=urlencode(fields).encode(), content_type="application/x-www-form-urlencoded")


def query(params: Mapping[str, object] | None) -> str:
    """Return "?…" or ""; lists repeat `name[]`, None leaves a parameter out."""
    pairs = list(_flat(params or {}, None, suffix="[]"))
    return f"?{urlencode(pairs)}" if pairs else ""


def fill(template: str, values: Mapping[str, object]) -> tuple[str, str]:
    """
    Return the path with its values, and the same as a log may show it (what may name a person is masked).

    :raises ConfigurationError: a value is missing, left over, empty, or would climb in the path
    """
    names = _PLACEHOLDER.findall(template)
    if not template.startswith("/") or set(names) != values.keys():
        raise ConfigurationError(f"Wrong values for the path {template}.")
    path = shown = template
    for name in names:
        text = _text(values[name])
        if text.strip(".") == "":
            raise ConfigurationError(f"Empty value for {name} in the path {template}.")
        path = path.replace(f"{{{name}}}", quote(text, safe=""))
        shown = shown.replace(f"{{{name}}}", quote(text, safe="") if _may_be_shown(name) else _MASK)
    return path, shown


def _may_be_shown(name: str) -> bool:
    # Ids are AutoInvoice's own; business ids and account numbers can be a person's.
    return name == "id" or name.endswith("_id")


def _flat(values: Mapping[str, object], credentials: Credentials | None, *, suffix: str) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, KeyMark):
            if credentials is None:
                raise ConfigurationError("A key never belongs into a query.")
            yield name, getattr(credentials, value.attribute)
        elif isinstance(value, list | tuple | set | frozenset):
            label = name if not suffix or name.endswith(suffix) else name + suffix
            yield from ((label, _text(item)) for item in value)
        elif value is not None:
            yield name, _text(value)


def _text(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Enum():
            return str(value.value)
        case datetime():
            if value.tzinfo is None:
                raise ConfigurationError("A time without its zone cannot be sent.")
            return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case _:
            return str(value)


def _json(credentials: Credentials, value: object) -> bytes:
    def write(unknown: object) -> object:
        if isinstance(unknown, KeyMark):
            return getattr(credentials, unknown.attribute)
        raise ConfigurationError(f"A {type(unknown).__name__} cannot be sent as JSON.")

    # The contract's numbers are JSON numbers, never text.
    return msgspec.json.Encoder(enc_hook=write, decimal_format="number").encode(value)
