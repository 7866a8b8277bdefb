"""ZIP files: what they may hold, and that no damaged one gets further than its refusal."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.sandbox.documents.errors import DocumentError
from portal.sandbox.documents.package import open_package
from tests.portal.sandbox.invoice_files import finvoice, zipped

WHOLE = zipped({"a.xml": finvoice(), "a.pdf": b"%PDF", "b.txt": b"hello" * 100})


def test_image_is_the_pdf_named_like_the_xml() -> None:
    files = {"sub/Lasku.xml": finvoice(), "sub/lasku.pdf": b"%PDF image", "other.pdf": b"%PDF other"}

    package = open_package("any.zip", zipped(files))

    assert package.xml_name == "Lasku.xml"
    assert package.image is not None
    assert package.image.content == b"%PDF image"
    assert [file.filename for file in package.attachments] == ["other.pdf"]


def test_folders_in_a_zip_are_no_files() -> None:
    assert open_package("a.zip", zipped({"folder/": b"", "folder/a.xml": finvoice()})).xml == finvoice()


def test_plain_xml_is_taken_as_it_is() -> None:
    package = open_package("..\\..\\x/invoice.xml", finvoice())

    assert (package.xml, package.attachments, package.image) == (finvoice(), [], None)


def test_other_compressions_are_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("a.xml", finvoice())

    with pytest.raises(DocumentError, match="COMPRESSION"):
        open_package("a.zip", buffer.getvalue())


@settings(max_examples=100, deadline=None)
@given(st.integers(4, len(WHOLE) - 1))
def test_truncated_zip_is_refused(length: int) -> None:
    with pytest.raises(DocumentError):
        open_package("a.zip", WHOLE[:length])


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.integers(4, len(WHOLE) - 1), st.integers(0, 255), max_size=6))
def test_damaged_zip_is_opened_or_refused_and_nothing_else(damage: dict[int, int]) -> None:
    content = bytes(damage.get(position, value) for position, value in enumerate(WHOLE))

    assert refusal(content)[:7] in ("", "ERROR: ")


def refusal(content: bytes) -> str:
    try:
        open_package("a.zip", content)
    except DocumentError as exc:
        return exc.details[0]
    return ""
