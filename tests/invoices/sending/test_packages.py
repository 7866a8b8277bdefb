import io
import stat
import zipfile

import pytest

from invoices.files.xml import UnreadableFileError
from invoices.sending import packages
from tests.invoices.documents import finvoice, zipped

INVOICE = finvoice()


def test_package_of_a_zip_has_invoice_image_and_attachments() -> None:
    package = packages.read(
        zipped({"a/x.csv": b"1", "a/bill.pdf": b"%PDF", "a/bill.xml": INVOICE, "b.pdf": b"%PDF"}), "z"
    )

    assert (package.xml_name, package.xml) == ("a/bill.xml", INVOICE)
    assert (package.image, package.attachments) == ("a/bill.pdf", ("a/x.csv", "b.pdf"))


def test_content_digest_ignores_times_and_order_but_no_byte_and_no_name() -> None:
    files = {"invoice.xml": INVOICE, "1.pdf": b"%PDF"}
    turned = dict(reversed(files.items()))
    digest = packages.read(zipped(files), "a.zip").content_sha256

    assert packages.read(zipped(turned, stamp=(2020, 1, 1, 0, 0, 0)), "b.zip").content_sha256 == digest
    assert packages.read(zipped(files | {"1.pdf": b"%PDf"}), "a.zip").content_sha256 != digest
    assert packages.read(zipped({"invoice.xml": INVOICE, "2.pdf": b"%PDF"}), "a.zip").content_sha256 != digest


@pytest.mark.parametrize(
    "name", ["../invoice.xml", "a/../../b.xml", "/etc/invoice.xml", "..\\invoice.xml", "C:invoice.xml"]
)
def test_zip_with_a_name_that_climbs_out_is_refused(name: str) -> None:
    with pytest.raises(UnreadableFileError, match="points outside"):
        packages.read(zipped({name: INVOICE}), "a.zip")


@pytest.mark.parametrize("name", ["a\nb.xml", "a\x1b[31m.xml", "invoice\u202elmx.exe", "a\x85.xml"])
def test_zip_with_a_name_that_hides_something_is_refused(name: str) -> None:
    with pytest.raises(UnreadableFileError, match="cannot be seen") as refused:
        packages.read(zipped({name: INVOICE}), "a.zip")

    assert refused.value.text.isprintable()


def test_archive_that_was_renamed_to_xml_is_refused() -> None:
    third = zipped({"invoice.xml": INVOICE})

    with pytest.raises(UnreadableFileError, match="another archive"):
        packages.read(zipped({"invoice.xml": zipped({"more.zip": third})}), "a.zip")


def test_zip_with_a_password_is_refused() -> None:
    content = bytearray(zipped({"invoice.xml": INVOICE}))
    directory = content.index(b"PK\x01\x02")
    content[6] |= 1
    content[directory + 8] |= 1

    with pytest.raises(UnreadableFileError, match="password"):
        packages.read(bytes(content), "a.zip")


def test_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = zipped({"invoice.xml": INVOICE, "a.txt": b"0" * (60 * 2**20)})

    with pytest.raises(UnreadableFileError, match="far more"):
        packages.read(bomb, "a.zip")


def test_zip_whose_files_are_too_large_together_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packages, "MAX_UNPACKED_BYTES", len(INVOICE) + 10)

    with pytest.raises(UnreadableFileError, match="far more"):
        packages.read(zipped({"invoice.xml": INVOICE, "a.txt": b"12345678901"}), "a.zip")


def test_zip_that_lies_about_its_sizes_is_refused() -> None:
    honest = zipped({"invoice.xml": INVOICE, "a.txt": b"0" * (4 * 2**20)})
    lying = honest.replace((4 * 2**20).to_bytes(4, "little"), (100).to_bytes(4, "little"))

    with pytest.raises(UnreadableFileError):
        packages.read(lying, "a.zip")


def test_zip_in_a_zip_is_refused() -> None:
    with pytest.raises(UnreadableFileError, match="another archive"):
        packages.read(zipped({"invoice.xml": INVOICE, "more.zip": zipped({"a.xml": INVOICE})}), "a.zip")


def test_office_attachment_is_no_archive() -> None:
    package = packages.read(zipped({"invoice.xml": INVOICE, "terms.docx": zipped({"word.xml": b"<a/>"})}), "a.zip")

    assert package.attachments == ("terms.docx",)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"readme.txt": b"x"}, "no XML"),
        ({"a.xml": INVOICE, "b.xml": INVOICE}, "2 XML files"),
        ({f"{n}.txt": b"" for n in range(packages.MAX_ENTRIES + 1)}, "101 files"),
        ({"a.xml": INVOICE, "A.XML": b"<a/>"}, "two files of one name"),
    ],
)
def test_zip_is_refused_with_what_is_wrong(files: dict[str, bytes], says: str) -> None:
    with pytest.raises(UnreadableFileError, match=says):
        packages.read(zipped(files), "a.zip")


def test_zip_with_a_link_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        link = zipfile.ZipInfo("invoice.xml")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")

    with pytest.raises(UnreadableFileError, match="link"):
        packages.read(packed.getvalue(), "a.zip")


@pytest.mark.parametrize("cut", [4, 30, 200])
def test_zip_that_is_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(UnreadableFileError, match="broken"):
        packages.read(zipped({"invoice.xml": INVOICE})[:-cut], "a.zip")


def test_empty_file_and_one_that_is_too_large_are_refused() -> None:
    with pytest.raises(UnreadableFileError, match="empty"):
        packages.read(b"", "a.xml")
    with pytest.raises(UnreadableFileError, match=r"50\.0 MB"):
        packages.read(b" " * (50 * 2**20), "a.xml")
