"""Where bytes lie: a folder, or a bucket; what is said when they cannot be kept, or are not what they were."""

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import File
from django.core.files.storage import default_storage, storages
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from invoices.files import storing
from invoices.models import stored_path

CONTENT = b"<Invoice/>" * 1000


def on_disk(tmp_path: Path, sha256: str) -> Path:
    return tmp_path / "files" / stored_path(sha256)


def test_bytes_come_back_as_they_were(tmp_path: Path) -> None:
    stored, answer = storing.store_from(lambda to: to.write(CONTENT))

    with storing.opened(stored.sha256) as stream:
        assert stream.read() == CONTENT
    assert (answer, stored.size) == (len(CONTENT), len(CONTENT))
    assert stored.sha256 == hashlib.sha256(CONTENT).hexdigest()


def test_bytes_that_changed_in_the_storage_are_handed_to_nobody_and_can_be_stored_anew(tmp_path: Path) -> None:
    stored = storing.store(CONTENT)
    on_disk(tmp_path, stored.sha256).write_bytes(CONTENT.replace(b"I", b"J"))

    with pytest.raises(storing.DamagedFileError):
        storing.opened(stored.sha256)
    was_damaged = storing.discard_damaged(stored.sha256)
    storing.store(CONTENT)

    assert was_damaged
    storing.opened(stored.sha256).close()
    assert not storing.discard_damaged(stored.sha256)


def test_bytes_that_two_write_at_once_are_seen_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    digest, seen, is_first = hashlib.sha256(CONTENT).hexdigest(), [], True

    def look() -> None:
        seen.append(storing.is_there(digest))
        if seen[-1]:
            storing.opened(digest).close()  # raises for a part

    def chunks(file: Any, chunk_size: int | None = None) -> Iterator[bytes]:
        nonlocal is_first
        content = file.read()
        yield content[: len(content) // 2]
        look()
        if is_first:
            is_first = False
            storing.store_from(lambda to: to.write(CONTENT))  # the second click
            look()
        yield content[len(content) // 2 :]

    monkeypatch.setattr(File, "chunks", chunks)
    stored, _answer = storing.store_from(lambda to: to.write(CONTENT))
    look()

    assert (stored.sha256, seen) == (digest, [False, False, True, True])


def test_bytes_that_are_gone_are_told_from_a_storage_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FileNotFoundError):
        storing.opened("0" * 64)

    monkeypatch.setattr(default_storage, "open", _raise(PermissionError(13, "Permission denied")))
    with pytest.raises(storing.StorageError, match="Permission denied"):
        storing.opened("0" * 64)


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), OSError(30, "Read-only file system")])
def test_storage_that_takes_nothing_says_why(monkeypatch: pytest.MonkeyPatch, error: OSError) -> None:
    monkeypatch.setattr(default_storage, "save", _raise(error))

    with pytest.raises(storing.StorageError, match=error.strerror):
        storing.store_from(lambda to: to.write(CONTENT))


def test_full_temporary_folder_is_a_full_storage_too() -> None:
    def write(to: Any) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(storing.StorageError, match="No space left"):
        storing.store_from(write)


def _raise(error: Exception) -> Callable[..., Any]:
    def fail(*_args: Any, **_kwargs: Any) -> Any:
        raise error

    return fail


class Bucket:
    """As much of S3 as the portal uses: objects are put, asked for, read and deleted."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.refuses = False

    def __call__(self, request: Request) -> Response:
        if self.refuses and request.method == "PUT":
            return Response("<Error><Code>QuotaExceeded</Code><Message>full</Message></Error>", status=403)
        if request.method == "PUT":
            self.objects[request.path] = _unchunked(request)
            return Response(headers={"ETag": '"x"'})
        if request.method == "DELETE":
            self.objects.pop(request.path, None)
            return Response(status=204)
        found = self.objects.get(request.path)
        if found is None:
            return Response("<Error><Code>NoSuchKey</Code></Error>", status=404)
        return Response(found, headers={"ETag": '"x"', "Last-Modified": "Mon, 30 Nov 2026 07:00:00 GMT"})


def _unchunked(request: Request) -> bytes:
    """Return the body; botocore signs it in chunks, each with its length in front."""
    body = request.get_data()
    if "aws-chunked" not in request.headers.get("Content-Encoding", ""):
        return body
    content, rest = b"", body
    while rest:
        head, _line, rest = rest.partition(b"\r\n")
        size = int(head.split(b";")[0], 16)
        if not size:
            return content
        content, rest = content + rest[:size], rest[size + 2 :]
    return content


@pytest.fixture
def bucket(httpserver: HTTPServer, settings: Any) -> Iterator[Bucket]:
    made = Bucket()
    httpserver.expect_request(re.compile("/.*")).respond_with_handler(made)
    options = {
        **settings.S3_OPTIONS,
        "bucket_name": "invoices", "endpoint_url": httpserver.url_for("").rstrip("/"), "region_name": "eu-north-1",
        "access_key": "a", "secret_key": "b", "addressing_style": "path",
    }  # fmt: skip
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options},
    }
    yield made
    storages["default"].connection.meta.client.close()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_bucket_keeps_files_and_gives_them_back(bucket: Bucket) -> None:
    stored, _answer = storing.store_from(lambda to: to.write(CONTENT))
    storing.store(CONTENT)

    with storing.opened(stored.sha256) as stream:
        assert stream.read() == CONTENT
    assert list(bucket.objects) == [f"/invoices/{stored_path(stored.sha256)}"]
    assert storing.is_there(stored.sha256)
    assert not storing.is_there("0" * 64)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_bucket_that_refuses_is_a_storage_that_takes_nothing(bucket: Bucket) -> None:
    bucket.refuses = True

    with pytest.raises(storing.StorageError):
        storing.store(CONTENT)
