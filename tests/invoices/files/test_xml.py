import pytest

from invoices.files import xml
from invoices.files.xml import UnreadableFileError

LAUGHS = b"""<!DOCTYPE lol [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><lol>&b;</lol>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE a SYSTEM "http://example.com/a.dtd"><a/>"""
FILE = b"""<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>"""


@pytest.mark.parametrize("content", [LAUGHS, OUTSIDE, FILE, LAUGHS.decode().encode("utf-16")])
def test_parsing_refuses_a_doctype_before_anything_is_expanded(content: bytes) -> None:
    with pytest.raises(UnreadableFileError) as refused:
        xml.parse(content)

    assert "DOCTYPE" in refused.value.text
    assert refused.value.remedy


@pytest.mark.parametrize(
    "content",
    [
        b"<a><b>", b"<a/>more", b"<a>&unknown;</a>", b"<a>\x00</a>",
        b"<?xml version='1.0' encoding='utf-8'?><a>\xe4</a>", b"<",
    ],
)  # fmt: skip
def test_parsing_names_the_line_when_the_xml_is_broken(content: bytes) -> None:
    with pytest.raises(UnreadableFileError, match="line 1"):
        xml.parse(content)


@pytest.mark.parametrize("content", [b"", b"   ", b"name,bid\nA,1", b'{"a": 1}'])
def test_parsing_says_that_a_file_is_not_xml(content: bytes) -> None:
    with pytest.raises(UnreadableFileError, match="not XML"):
        xml.parse(content)


def test_parsing_refuses_what_is_too_deep() -> None:
    with pytest.raises(UnreadableFileError, match="too deep"):
        xml.parse(b"<a>" * (xml.MAX_DEPTH + 1) + b"</a>" * (xml.MAX_DEPTH + 1))


def test_parsing_refuses_what_has_too_many_elements(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "MAX_ELEMENTS", 10)
    monkeypatch.setattr(xml, "_COUNTED_FROM", 40)

    with pytest.raises(UnreadableFileError, match="too many"):
        xml.parse(b"<a>" + b"<b/>" * 10 + b"</a>")


def test_parsing_refuses_50_mb_without_reading_them() -> None:
    with pytest.raises(UnreadableFileError, match=r"50\.0 MB; at most 40 MB"):
        xml.parse(b"<" * (50 * 2**20))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-15", "windows-1252"])
def test_parsing_reads_the_encodings_that_invoices_come_in(encoding: str) -> None:
    named = encoding.removesuffix("-sig")

    root = xml.parse(f"<?xml version='1.0' encoding='{named}'?><a><b>Hämeenlinna €</b></a>".encode(encoding))

    assert xml.text(root, "b") == "Hämeenlinna €"


def test_text_looks_at_paths_in_order_whatever_their_namespace() -> None:
    root = xml.parse(b"<r xmlns:x='urn:x'><x:a><x:b> </x:b><x:b> one\n two </x:b></x:a><c>three</c></r>")

    assert xml.text(root, "none", "a/b", "c") == "one two"
    assert xml.text(root, "a/none") == ""


def test_pdf_that_was_renamed_is_named_as_one() -> None:
    with pytest.raises(UnreadableFileError, match="is a PDF, whatever its name says"):
        xml.parse(b"%PDF-1.7\n%abc")


@pytest.mark.parametrize("name", ["nonsense", "utf-7", "shift_jis", "cp037"])
def test_encoding_that_could_hide_a_doctype_is_refused_by_name(name: str) -> None:
    with pytest.raises(UnreadableFileError, match=f"“{name}”, which cannot be read"):
        xml.parse(f"<?xml version='1.0' encoding='{name}'?><a/>".encode())


@pytest.mark.parametrize("name", ["utf-16", "utf-16-le", "ucs-2"])
def test_bytes_that_say_they_are_utf16_are_refused(name: str) -> None:
    with pytest.raises(UnreadableFileError, match="says that it is written in"):
        xml.parse(f"<?xml version='1.0' encoding='{name}'?><a/>".encode())


def test_doctype_in_a_text_is_harmless() -> None:
    root = xml.parse(b"<a><b><![CDATA[<!DOCTYPE html>]]></b></a>")

    assert xml.text(root, "b") == "<!DOCTYPE html>"


def test_attachment_of_more_than_10_mb_in_the_xml_is_named() -> None:
    with pytest.raises(UnreadableFileError, match="more than 10 MB"):
        xml.parse(b"<a>" + b"x" * (11 * 2**20) + b"</a>")


@pytest.mark.parametrize("content", [b"<a/><!-- end -->", b"\n\n<?xml version='1.0'?><a/>", b"<a/>\n<?pi?>\n"])
def test_what_stands_around_a_document_does_no_harm(content: bytes) -> None:
    assert xml.parse(content).tag == "a"


def test_soap_envelope_in_front_is_skipped_and_a_second_document_is_not() -> None:
    soap = b"<s:Envelope xmlns:s='urn:soap'><s:Body/></s:Envelope>\n"

    assert xml.parse(soap + b"<?xml version='1.0' encoding='iso-8859-15'?><a>\xa4</a>").text == "€"
    with pytest.raises(UnreadableFileError, match="2 invoices"):
        xml.parse(soap + b"<a/>" + soap + b"<b/>")
