"""
An element whose children are found by their local names, in one pass over them and only when asked.

Namespaces are left out: a format is told by its root; prefixes and versions of the inner ones vary.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal

from lxml import etree

from invoices.documents.values import as_amount

_MOST_NAMES = 20_000  # of known formats; what hostile files invent is not kept beyond


class _LocalNames(dict[str | Callable[..., object], str]):
    def __missing__(self, tag: str | Callable[..., object]) -> str:
        name = tag.rpartition("}")[2] if isinstance(tag, str) else ""
        if len(self) < _MOST_NAMES:
            self[tag] = name
        return name


_LOCAL = _LocalNames()


def name_of(element: etree._Element | None) -> str:
    """Return an element's local name, remembered."""
    return "" if element is None else _LOCAL[element.tag]


class Branch:
    """A missing element is a Branch too, without text and children, so that paths need no checks between."""

    __slots__ = ("_children", "_made", "_until", "element")

    def __init__(self, element: etree._Element | None, until: tuple[str, ...] = ()) -> None:
        """:param until: names of children that are left out, with all that stand behind the first of them"""
        self.element, self._until = element, until
        self._children: dict[str, list[etree._Element]] | None = None
        self._made: dict[str, Branch] | None = None  # what was asked for once, so that it is read once

    def __bool__(self) -> bool:
        return self.element is not None

    def one(self, *path: str) -> "Branch":
        """Return the first descendant on a path of local names."""
        found = self
        for name in path:
            made = found._made
            if made is None:
                made = found._made = {}
            branch = made.get(name)
            if branch is None:
                children = found.children().get(name)
                branch = made[name] = Branch(children[0]) if children else NOTHING
            found = branch
        return found

    def all(self, name: str) -> "list[Branch]":
        return [Branch(child) for child in self.children().get(name, ())]

    def text(self, *path: str) -> str:
        """Return the text of the first descendant on a path that is not blank, in one line; ""."""
        branch = self.one(*path[:-1]) if len(path) > 1 else self
        if branch.element is None:
            return ""
        for child in branch.children().get(path[-1], ()):
            text = child.text
            if text and (value := " ".join(text.split())):
                return value
        return ""

    def texts(self, name: str) -> list[str]:
        found = (_in_one_line(child.text) for child in self.children().get(name, ()))
        return [value for value in found if value]

    def prose(self, name: str) -> list[str]:
        """Return texts whose line breaks mean something."""
        found = ((child.text or "").strip() for child in self.children().get(name, ()))
        return [value for value in found if value]

    def amount(self, *path: str) -> Decimal | None:
        text = self.text(*path)
        return as_amount(text) if text else None

    def amount_of_its_own(self) -> Decimal | None:
        text = self.own_text
        return as_amount(text) if text else None

    def attribute(self, name: str) -> str:
        return "" if self.element is None else self.element.get(name, "").strip()

    @property
    def own_text(self) -> str:
        return "" if self.element is None else _in_one_line(self.element.text)

    @property
    def name(self) -> str:
        return "" if self.element is None else _LOCAL[self.element.tag]

    def __iter__(self) -> Iterator["Branch"]:
        return iter(()) if self.element is None else (Branch(child) for child in self.element)

    @property
    def size(self) -> int:
        """Return how many children it has, without those that are left out."""
        return sum(map(len, self.children().values()))

    def children(self) -> dict[str, list[etree._Element]]:
        """Return the children by name."""
        found = self._children
        if found is None:
            found = self._children = {}
            if self.element is not None:
                for child in self.element:
                    name = _LOCAL[child.tag]
                    if name in self._until:
                        break
                    if name in found:
                        found[name].append(child)
                    else:
                        found[name] = [child]
        return found


NOTHING = Branch(None)


def _in_one_line(text: str | None) -> str:
    return " ".join(text.split()) if text else ""


class Amount:
    """Reads amounts, and remembers what stood in the place of one and is none."""

    def __init__(self) -> None:
        self.unreadable: list[str] = []

    def __call__(self, branch: Branch, *path: str) -> Decimal | None:
        return self.of(branch.text(*path))

    def of(self, text: str) -> Decimal | None:
        if not text:
            return None
        amount = as_amount(text)
        if amount is None:
            self.unreadable.append(text[:40])
        return amount
