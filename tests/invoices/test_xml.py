import pytest

from invoices import xml
from invoices.xml import UnreadableFileError

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
