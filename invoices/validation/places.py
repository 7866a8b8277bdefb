"""The lines of a file that a location means, with those around them."""

import copy

from lxml import etree

from invoices.files import xml
from invoices.validation.locations import Walker
from invoices.validation.model import Line, Place

_AROUND = 2
_LONGEST_LINE = 240
_TAG_BEGINS = 30  # lines above the end of a start tag in which it may begin
_CROWDED = 20  # elements a line: such a file is shown in a layout of ours


class Source:
    """
    A file whose lines are shown.

    :ivar is_laid_out: the file itself has hardly any line breaks, so lines are those of a readable layout of ours
    """

    def __init__(self, content: bytes) -> None:
        """:raises invoices.xml.UnreadableFileError: the file cannot be parsed, so that no location leads anywhere"""
        root = xml.parse(content)
        skipped = len(content) - len(content.lstrip(b" \t\r\n"))
        self._before = content[:skipped].count(b"\n")
        text = _decoded(root, content)
        self.is_laid_out = _is_crowded(root, text)
        if self.is_laid_out:
            text = _laid_out(root)
            root, self._before = xml.parse(text.encode()), 0
        self._lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self._walker = Walker(root)

    def place(self, location: str) -> Place:
        """Return where a location leads, with the lines around it."""
        element = self._walker.find(location)
        number = self._line_of(element) if element is not None else None
        if number is None:
            return Place(location)
        first = max(number - _AROUND, 1)
        lines = self._lines[first - 1 : number + _AROUND]
        around = tuple(Line(at, text[:_LONGEST_LINE], at == number) for at, text in enumerate(lines, first))
        return Place(location, number, around)

    def _line_of(self, element: etree._Element) -> int | None:
        """Return the line on which an element's tag begins: the parser notes the one on which its start tag ends."""
        ended: int | None = element.sourceline  # type: ignore[assignment]  # the stubs say "..."
        noted = (ended or 0) + self._before
        name = xml.local_name(element)
        for number in range(min(noted, len(self._lines)), max(noted - _TAG_BEGINS, 0), -1):
            line = self._lines[number - 1]
            if f"<{name}" in line or f":{name}" in line:
                return number
        return None


def _decoded(root: etree._Element, content: bytes) -> str:
    encoding = root.getroottree().docinfo.encoding or "utf-8"
    try:
        return content.decode(encoding, "replace")
    except LookupError:
        return content.decode("utf-8", "replace")


def _is_crowded(root: etree._Element, text: str) -> bool:
    elements = sum(1 for _element in root.iter())
    return elements > _CROWDED and elements > _CROWDED * (text.count("\n") + 1)


def _laid_out(root: etree._Element) -> str:
    shown = copy.deepcopy(root)
    etree.indent(shown, space="  ")
    return etree.tostring(shown, encoding="unicode")
