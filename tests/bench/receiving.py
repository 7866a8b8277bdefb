"""Memory while invoices are received: many against a tenth of them, and a large file against its size."""

import tempfile
import tracemalloc
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO

from tests.bench.figures import Figure, prepare, report

_PIECE = b"x" * 2**16
_FEW, _MANY, _LARGE = 200, 2000, 64 * 2**20  # invoices, invoices, bytes


class Client:
    """Answers as AutoInvoice does, with an attachment of a size, written in pieces as the client writes them."""

    def __init__(self, size: int) -> None:
        self.size = size

    def call(self, api: Any, method: str, path: str, *, answer: Any = None, **given: Any) -> Any:
        import msgspec

        if path.endswith("/actions"):
            return []
        told = {
            "id": str(given["id"]),
            "number": "1",
            "status": "DELIVERED",
            "files": [{"id": "a", "filename": "a.bin"}],
        }
        return msgspec.convert(told, answer)

    def download(self, api: Any, path: str, *, to: BinaryIO, **given: Any) -> Any:
        if "file_id" not in given:
            image = "IMAGE" in str(given.get("params"))
            to.write(b"%PDF-1.4" if image else b"<Invoice/>")
            return SimpleNamespace(content_type="application/pdf" if image else "application/xml")
        left = self.size
        while left > 0:
            to.write(_PIECE[:left])
            left -= len(_PIECE)
        return SimpleNamespace(content_type="application/octet-stream")


def peak(count: int, size: int) -> int:
    """Return the most bytes that Python held while so many invoices were fetched and stored."""
    from uuid import uuid4

    from invoices.following import looking
    from invoices.models import Invoice

    tracemalloc.start()
    for _number in range(count):
        seen = looking.look(Client(size), Invoice(uuid=uuid4(), direction="RECEIVED"))  # type: ignore[arg-type]
        assert seen.files is not None
        assert len(seen.files) == 3
    highest = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return highest


def main() -> None:
    prepare("sqlite")
    from django.conf import settings

    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        settings.MEDIA_ROOT = folder
        peak(1, 10)
        few, many = peak(_FEW, 10_000), peak(_MANY, 10_000)
        large = peak(1, _LARGE)
    report(
        Figure(
            f"memory of receiving {_MANY} invoices",
            f"{many / 2**20:.2f} MB",
            f"{few / 2**20:.2f} MB, {_FEW} invoices",
            many / few,
        ),
        Figure(
            "memory of receiving an attachment of 64 MB", f"{large / 2**20:.2f} MB", "64 MB, the file", large / _LARGE
        ),
    )


if __name__ == "__main__":
    main()
