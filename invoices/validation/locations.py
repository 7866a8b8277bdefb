"""
Following the locations that validators name: XPath as Schematron tools write it, walked by hand.

It is not evaluated, for it comes from outside. Known ways of writing a step: `cac:Party[2]`, `*:Party[2]`,
`Q{urn:…}Party[2]`, `*[local-name()='Party' and namespace-uri()='…'][2]`, `*[2]`; `@name` and `text()` mean the
element that they belong to.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from lxml import etree

from invoices.files import xml

_LONGEST = 5000
_DEEPEST = 100
_LOCAL = re.compile(r"local-name\(\)\s*=\s*['\"]([^'\"]+)['\"]")
_POSITION = re.compile(r"(?:position\(\)\s*=\s*)?(\d{1,9})")


@dataclass(frozen=True, slots=True)
class _Step:
    name: str  # "" = any
    position: int


@lru_cache(maxsize=4096)
def _steps(location: str) -> tuple[_Step, ...] | None:
    """Return the steps from the root down; None for what is no plain path."""
    if not location.startswith("/") or len(location) > _LONGEST:
        return None
    found = []
    for part in islice(_parts(location), _DEEPEST):
        if part.startswith("@") or part == "text()":
            break
        step = _step(part)
        if step is None:
            return None
        found.append(step)
    return tuple(found)


def _parts(location: str) -> Iterator[str]:
    """Cut at the slashes that stand outside of brackets, braces and quotes."""
    depth, quote, part = 0, "", ""
    for char in location[1:]:
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "[{":
            depth += 1
        elif char in "]}":
            depth -= 1
        elif char == "/" and depth == 0:
            yield part
            part = ""
            continue
        part += char
    if part:
        yield part if not depth and not quote else "?"  # cut off: no step is called so


def _step(part: str) -> _Step | None:
    bare = re.sub(r"^Q\{[^}]*\}", "", part)
    head, _bracket, rest = bare.partition("[")
    predicates = re.findall(r"\[?([^\[\]]+)\]", rest)
    name = head.rpartition(":")[2]
    if name == "*":
        stated = next((found[1] for text in predicates if (found := _LOCAL.search(text))), "")
        name = stated
    if not re.fullmatch(r"[\w.\-]*", name) or not head:
        return None
    numbers = [found[1] for text in predicates if (found := _POSITION.fullmatch(text.strip()))]
    return _Step(name, int(numbers[-1]) if numbers else 1)


class Walker:
    """Finds elements of one document; siblings are listed once, however many locations lead past them."""

    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self._lists: dict[tuple[etree._Element, str], list[etree._Element]] = {}

    def find(self, location: str) -> etree._Element | None:
        """Return the element that a location names, None if there is none."""
        steps = _steps(location.strip())
        if steps is None:
            return None
        if not steps:
            return self._root
        first, rest = steps[0], steps[1:]
        start = self._root if first.name in ("", xml.local_name(self._root)) else self._below(first.name)
        return self._walk(start, rest)

    def _below(self, name: str) -> etree._Element | None:
        """Return the document in an envelope, for a location that begins at the document."""
        return next(self._root.iter(f"{{*}}{name}"), None)

    def _walk(self, element: etree._Element | None, steps: tuple[_Step, ...]) -> etree._Element | None:
        for step in steps:
            if element is None:
                return None
            children = self._children(element, step.name)
            element = children[step.position - 1] if 0 < step.position <= len(children) else None
        return element

    def _children(self, element: etree._Element, name: str) -> list[etree._Element]:
        key = (element, name)
        if key not in self._lists:
            self._lists[key] = list(element.iterchildren(f"{{*}}{name}" if name else "*"))
        return self._lists[key]
