"""docs/performance.md: a section for each part, so that a part measured alone replaces its own rows and no others."""

import os
import platform
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from tests.bench.figures import Figure

HEAD = """# Performance

Written by `make bench`, or a section at a time by `python -m tests.bench SECTION…`. Each figure stands beside what
the same machine did in the same run with nothing of ours in between; ratios are ours to bare: 1 is ideal, less better.
"""
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


def sections_of(page: str) -> dict[str, str]:
    """Return the text below each heading, as the page has it."""
    _head, *parts = _HEADING.split(page)
    return {name: text.strip() for name, text in zip(parts[::2], parts[1::2], strict=True)}


def section(figures: Sequence[Figure], day: date) -> str:
    """Return the text of one section: when and where it was measured, and a row for each figure."""
    lines = [
        f"Measured on {os.cpu_count()} cores, Python {platform.python_version()}, {day:%d %B %Y}.",
        "",
        "| what | ours | bare | ratio |",
        "|---|---|---|---|",
        *(f"| {figure.what} | {figure.ours} | {figure.bare} | {figure.ratio:.3g} |" for figure in figures),
    ]
    return "\n".join(lines)


def page(sections: Mapping[str, str], order: Iterable[str]) -> str:
    """Return the page with the sections that there are, in this order; others, of parts that are gone, are dropped."""
    return "\n".join([HEAD, *(f"## {name}\n\n{sections[name]}\n" for name in order if name in sections)])
