"""The parts that routing, lists and images need, found by the local names of elements; for formats read in outline."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from portal.sandbox.documents.tree import Element
from portal.sandbox.documents.values import to_date, to_decimal


@dataclass(frozen=True, slots=True)
class Part:
    """An element or none; paths are local names with slashes, whatever the namespace."""

    element: Element | None

    def part(self, path: str) -> "Part":
        return Part(None if self.element is None else self.element.find(_anywhere(path)))

    def parts(self, path: str) -> Iterator["Part"]:
        if self.element is not None:
            yield from map(Part, self.element.findall(_anywhere(path)))

    def text(self, *paths: str) -> str:
        """The first text that is not empty; without a path the element's own."""
        for path in paths or ("",):
            element = self.part(path).element if path else self.element
            if element is not None and (element.text or "").strip():
                return (element.text or "").strip()
        return ""

    def attribute(self, name: str) -> str:
        return "" if self.element is None else (self.element.get(name) or "").strip()

    def amount(self, path: str) -> Decimal | None:
        """:raises portal.sandbox.documents.errors.DocumentError: not a number"""
        return to_decimal(self.text(path))

    def day(self, path: str) -> date | None:
        """:raises portal.sandbox.documents.errors.DocumentError: not a date"""
        return to_date(self.text(path))


def _anywhere(path: str) -> str:
    return "/".join(f"{{*}}{name}" for name in path.split("/"))
