"""What lies in the files that staff gave: ZIPs in ZIPs, files that belong together, and what hides in them."""

import io
import zipfile
from collections.abc import Mapping

import pytest

from invoices.sending import archives, packages
from invoices.sending.archives import GivenFile, Loose
from tests.invoices.documents import finvoice, zipped

ONE, TWO = finvoice("1"), finvoice("2")
PDF = b"%PDF-1.4 picture"


def walk(files: Mapping[str, bytes]) -> dict[str, GivenFile]:
    """Walk loose files; returns what came out by its path."""
    loose = [Loose(path, len(content), lambda content=content: io.BytesIO(content)) for path, content in files.items()]
    return {given.name: given for given in archives.walk(loose)}


def why(given: GivenFile) -> str:
    assert given.error is not None
    return str(given.error)


def test_zip_of_zips_and_folders_gives_every_invoice_with_its_way() -> None:
    inner = zipped({"2.xml": TWO, "3.xml": finvoice("3")})

    found = walk({"all.zip": zipped({"a/1.xml": ONE, "b/more.zip": inner, "b/4.xml": finvoice("4")})})

    assert list(found) == [
        "all.zip / a/1.xml",
        "all.zip / b/4.xml",
        "all.zip / b/more.zip / 2.xml",
        "all.zip / b/more.zip / 3.xml",
    ]
    assert found["all.zip / b/more.zip / 2.xml"].content == TWO


def test_zip_of_one_invoice_stays_as_it_was_given() -> None:
    content = zipped({"1.xml": ONE, "1.pdf": PDF, "terms.pdf": PDF})

    assert walk({"1.zip": content})["1.zip"].content == content


def test_zips_deeper_than_three_are_refused_and_cost_only_themselves() -> None:
    deep = zipped({"c.zip": zipped({"d.zip": zipped({"e.xml": ONE, "f.xml": TWO})})})

    found = walk({"a.zip": zipped({"b.zip": deep, "1.xml": ONE})})

    assert "3 deep" in why(found["a.zip / b.zip / c.zip / d.zip"])
    assert found["a.zip / 1.xml"].error is None


def test_pdf_of_the_same_name_becomes_the_image_and_files_named_after_an_invoice_are_attached() -> None:
    found = walk({"1.xml": ONE, "1.pdf": PDF, "1-terms.pdf": PDF, "10.xml": TWO, "10.PDF": PDF})
    first, tenth = (packages.read(found[name].content, name) for name in ("1.xml", "10.xml"))

    assert (first.xml, first.image, first.attachments) == (ONE, "1.pdf", ("1-terms.pdf",))
    assert (tenth.xml, tenth.image, tenth.attachments) == (TWO, "10.PDF", ())


def test_with_a_single_invoice_all_other_files_are_attached() -> None:
    package = packages.read(
        walk({"1.xml": ONE, "photo.jpg": b"\xff\xd8", "list.xlsx": zipped({"a": b""})})["1.xml"].content, ""
    )

    assert package.attachments == ("list.xlsx", "photo.jpg")


def test_the_same_loose_files_are_the_same_invoice_whenever_they_are_given() -> None:
    assert walk({"1.xml": ONE, "1.pdf": PDF})["1.xml"] == walk({"1.pdf": PDF, "1.xml": ONE})["1.xml"]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("1.exe", b"MZ", "takes no files of this kind"),
        ("1.pdf", b"no pdf", "no PDF, whatever its name says"),
    ],
)
def test_what_cannot_be_attached_keeps_its_invoice_back(name: str, content: bytes, says: str) -> None:
    found = walk({"1.xml": ONE, "2.xml": TWO, name: content})

    assert says in why(found["1.xml"])
    assert found["2.xml"].error is None


def test_file_that_goes_with_no_invoice_says_how_to_name_it() -> None:
    found = walk({"1.xml": ONE, "2.xml": TWO, "scan.pdf": PDF, "notes.csv": b"a;b"})

    assert "Name it like its invoice" in why(found["scan.pdf"])
    assert "no invoice" in why(found["notes.csv"])


def test_content_counts_not_the_name() -> None:
    found = walk(
        {"1.xml": ONE, "picture.xml": PDF, "invoice.pdf": TWO, "many.xml": zipped({"3.xml": ONE, "4.xml": TWO})}
    )

    assert found["invoice.pdf"].content == TWO
    assert found["picture.xml"].content == PDF  # the reader says that it is a PDF
    assert found["many.xml / 4.xml"].content == TWO


def test_doubled_names_in_a_zip_are_all_refused_and_the_others_are_not() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("1.xml", ONE)
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("1.xml", TWO)
        archive.writestr("2.xml", TWO)

    given = list(archives.walk([Loose("a.zip", 0, lambda: io.BytesIO(packed.getvalue()))]))

    assert [(one.name, "two files of one name" in str(one.error)) for one in given] == [
        ("a.zip / 1.xml", True), ("a.zip / 1.xml", True), ("a.zip / 2.xml", False),
    ]  # fmt: skip


def test_names_that_hide_something_are_refused_one_by_one() -> None:
    found = walk({"a.zip": zipped({"1.xml": ONE, "2\x1b[31m.xml": TWO, "../3.xml": TWO})})

    assert found["a.zip / 1.xml"].error is None
    assert "cannot be seen" in why(found["a.zip / 2\\x1b[31m.xml"])
    assert "points outside" in why(found["a.zip / ../3.xml"])
    assert all(name.isprintable() for name in found)


def test_encrypted_entries_say_password() -> None:
    content = bytearray(zipped({"1.xml": ONE, "2.xml": TWO}))
    for start in (content.index(b"PK\x03\x04"), content.rindex(b"PK\x03\x04")):
        content[start + 6] |= 1
    for start in (content.index(b"PK\x01\x02"), content.rindex(b"PK\x01\x02")):
        content[start + 8] |= 1

    found = walk({"a.zip": bytes(content)})

    assert ["password" in why(given) for given in found.values()] == [True, True]


@pytest.mark.parametrize("content", [b"PK\x03\x04 broken", zipped({"1.xml": ONE, "2.xml": TWO})[:-40], b""])
def test_broken_zip_is_one_refused_row(content: bytes) -> None:
    found = walk({"a.zip": content, "1.xml": ONE})

    assert "broken or cut off" in why(found["a.zip"])
    assert found["1.xml"].error is None


def test_zip_that_unpacks_to_far_too_much_is_refused_at_the_file() -> None:
    found = walk({"a.zip": zipped({"1.xml": ONE, "2.xml": b"<a>" + b" " * (30 * 2**20) + b"</a>"})})

    assert "far more" in why(found["a.zip / 2.xml"])
    assert found["a.zip / 1.xml"].error is None


def test_zip_of_too_many_entries_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_ENTRIES", 2)

    assert "more than" in why(walk({"a.zip": zipped({f"{n}.xml": ONE for n in range(3)})})["a.zip"])


def test_a_hundred_megabytes_are_refused_without_being_read() -> None:
    opened = []
    huge = Loose("huge.xml", 100 * 2**20, lambda: opened.append(1) or io.BytesIO())  # type: ignore[func-returns-value]

    (given,) = archives.walk([huge])

    assert "100.0 MB" in why(given)
    assert opened == []


def test_what_systems_leave_in_zips_is_passed_over() -> None:
    assert list(walk({"a.zip": zipped({"1.xml": ONE, "2.xml": TWO, "__MACOSX/._1.xml": b"x", ".DS_Store": b"x"})})) == [
        "a.zip / 1.xml",
        "a.zip / 2.xml",
    ]
