"""
docs/performance.md: a section for each part, so that a part measured alone replaces its own rows and no others.

What people wrote below a section's table stays there: what its figures mean, and why one misses its goal.
"""

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
GOALS = "goals"  # what people wrote: the goals, how they were met, and the reason for each miss
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)


def sections_of(page: str) -> dict[str, str]:
    """Return the text below each heading, as the page has it."""
    _head, *parts = _HEADING.split(page)
    return {name: text.strip() for name, text in zip(parts[::2], parts[1::2], strict=True)}


def note_of(section: str) -> str:
    """Return what people wrote below the table of a section, as the page has it."""
    lines = section.splitlines()
    end = max((number for number, line in enumerate(lines, start=1) if line.startswith("|")), default=len(lines))
    return "\n".join(lines[end:]).strip()


def section(figures: Sequence[Figure], day: date, note: str = "") -> str:
    """Return the text of one section: when and where it was measured, a row for each figure, and what people say."""
    lines = [
        f"Measured on {os.cpu_count()} cores, Python {platform.python_version()}, {day:%d %B %Y}.",
        "",
        "| what | ours | bare | ratio |",
        "|---|---|---|---|",
        *(f"| {figure.what} | {figure.ours} | {figure.bare} | {figure.ratio:.3g} |" for figure in figures),
    ]
    return "\n".join([*lines, *(["", note] if note else [])])


def page(sections: Mapping[str, str], order: Iterable[str]) -> str:
    """Return the page with the sections that there are, in this order; others, of parts that are gone, are dropped."""
    return "\n".join([HEAD, *(f"## {name}\n\n{sections[name]}\n" for name in (GOALS, *order) if name in sections)])
