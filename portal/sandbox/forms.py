"""Bodies as clients send them (JSON, urlencoded, multipart), read into plain fields and files, as WIRE.md lists."""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from portal.sandbox.call import Upload

ABSENT = ("undefined", "null")  # what a JavaScript client makes of its missing values

Fields = dict[str, list[str]]
Files = dict[str, list[Upload]]


class UnreadableBodyError(Exception):
    """The body is not what its content type says; the text tells the caller."""


def read_json(body: bytes) -> dict[str, Any]:
    """
    The JSON object of a body; an empty body is an empty object, and top-level nulls stay.

    :raises UnreadableBodyError: not JSON, or not an object
    """
    if not body.strip():
        return {}
    try:
        value = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnreadableBodyError(f"body is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise UnreadableBodyError("body is not a JSON object")
    return value


def read_urlencoded(text: str) -> Fields:
    """Fields of a query string or form: `key[]` counts as `key`, `undefined` and `null` as absent."""
    return collect(parse_qsl(text, keep_blank_values=True))


def collect(pairs: Iterable[tuple[str, str]]) -> Fields:
    fields: Fields = {}
    for name, value in pairs:
        if value not in ABSENT:
            fields.setdefault(name.removesuffix("[]"), []).append(value)
    return fields


def read_multipart(body: bytes, content_type: str) -> tuple[Fields, Files]:
    """
    Text parts and file parts (those with a file name) by field name.

    :raises UnreadableBodyError: no boundary, or broken framing
    """
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if not boundary:
        raise UnreadableBodyError("multipart body without a boundary")
    parts = _Parts()
    try:
        parser = MultipartParser(boundary, parts.callbacks())  # type: ignore[arg-type]
        parser.write(body)
        parser.finalize()
    except FormParserError as error:
        raise UnreadableBodyError(f"multipart body can't be read: {error}") from error
    if not parts.complete:
        raise UnreadableBodyError("multipart body ends before its last boundary")
    return parts.fields(), parts.files()


class _Parts:
    """Collects what the parser calls back with."""

    def __init__(self) -> None:
        self.done: list[tuple[dict[bytes, bytes], bytes]] = []
        self.complete = False
        self._headers: dict[bytes, bytes] = {}
        self._name, self._value, self._data = b"", b"", bytearray()

    def callbacks(self) -> dict[str, Any]:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_part_data": self._part_data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }

    def fields(self) -> Fields:
        try:
            return collect((name, data.decode()) for name, filename, _, data in self._read() if filename is None)
        except UnicodeDecodeError as error:
            raise UnreadableBodyError("a text part is not UTF-8") from error

    def files(self) -> Files:
        files: Files = {}
        for name, filename, content_type, data in self._read():
            if filename is not None:
                files.setdefault(name.removesuffix("[]"), []).append(Upload(filename, content_type, data))
        return files

    def _read(self) -> Iterable[tuple[str, str | None, str, bytes]]:
        for headers, data in self.done:
            _, options = parse_options_header(headers.get(b"content-disposition", b""))
            filename = options.get(b"filename")
            yield (
                options.get(b"name", b"").decode(errors="replace"),
                None if filename is None else filename.decode(errors="replace").replace("%22", '"'),
                headers.get(b"content-type", b"application/octet-stream").decode(errors="replace"),
                data,
            )

    def _begin(self) -> None:
        self._headers, self._data = {}, bytearray()

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name, self._value = b"", b""

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        self._data += data[start:end]

    def _part_end(self) -> None:
        self.done.append((self._headers, bytes(self._data)))

    def _end(self) -> None:
        self.complete = True
