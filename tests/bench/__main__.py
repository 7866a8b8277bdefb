"""
`make bench`: measure, print ratios, and write docs/performance.md.

    python -m tests.bench                        every part, a few of them for minutes
    python -m tests.bench onboarding matrix      some parts, each with all its databases
    python -m tests.bench onboarding postgres    one part with one database

Each part runs in a process of its own and becomes a section of the page; measured alone it replaces its section only.

To add one: a module here whose `main(database)` calls `figures.prepare(database)` before it imports anything of the
portal, measures, and gives its `Figure`s to `figures.report`; run by `python -m tests.bench.NAME DATABASE` under
`if __name__ == "__main__"`. Then a line in PARTS for each database. Compare with the same machine in the same run, and
count what the program itself uses (`time.process_time`) where others share the machine.
"""

import json
import subprocess
import sys
from datetime import date

from tests.bench import frame
from tests.bench.figures import Figure
from tests.e2e.stack import ROOT

PARTS = (
    ("calls",),
    ("reading",),
    ("sending", "sqlite"),
    ("sending", "postgres"),
    ("receiving",),
    ("deliveries", "sqlite"),
    ("deliveries", "postgres"),
    ("intake", "sqlite"),
    ("intake", "postgres"),
    ("sync", "sqlite"),
    ("sync", "postgres"),
    ("remembering", "sqlite"),
    ("remembering", "postgres"),
    ("onboarding", "sqlite"),
    ("onboarding", "postgres"),
    ("planning", "sqlite"),
    ("planning", "postgres"),
    ("matrix", "sqlite"),
    ("matrix", "postgres"),
    ("company_page", "sqlite"),
    ("company_page", "postgres"),
    ("desk", "sqlite"),
    ("desk", "postgres"),
    ("picking", "sqlite"),
    ("picking", "postgres"),
    ("lists", "sqlite"),
    ("lists", "postgres"),
    ("collecting", "sqlite"),
    ("collecting", "postgres"),
    ("growing", "sqlite"),
    ("growing", "postgres"),
    ("money", "sqlite"),
    ("money", "postgres"),
    ("simulating",),
    ("installing",),
)
DATABASES = {"sqlite", "postgres"}
PAGE = ROOT / "docs" / "performance.md"


def run(part: tuple[str, ...]) -> list[Figure]:
    print(f"{' '.join(part)} …", flush=True)
    ended = subprocess.run(
        [sys.executable, "-m", f"tests.bench.{part[0]}", *part[1:]],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    figures = [Figure(**json.loads(line)) for line in ended.stdout.splitlines() if line.startswith("{")]
    for figure in figures:
        print(f"  {figure.what}: {figure.ours}; {figure.bare}; ratio {figure.ratio:.3g}", flush=True)
    return figures


def chosen(words: list[str]) -> list[tuple[str, ...]]:
    """
    Return the parts that words name: a module, a database, or both.

    :raises SystemExit: a word names nothing
    """
    known = {word for part in PARTS for word in part}
    if unknown := sorted(set(words) - known):
        raise SystemExit(f"{', '.join(unknown)}: say one of {', '.join(sorted(known))}")
    databases = set(words) & DATABASES
    modules = set(words) - DATABASES
    return [part for part in PARTS if (not modules or part[0] in modules) and (not databases or set(part) & databases)]


def main() -> None:
    for part in chosen(sys.argv[1:]):
        figures = run(part)
        sections = frame.sections_of(PAGE.read_text(encoding="utf-8"))
        name = " ".join(part)
        sections[name] = frame.section(figures, date.today(), frame.note_of(sections.get(name, "")))
        PAGE.write_text(frame.page(sections, map(" ".join, PARTS)), encoding="utf-8")
    print(f"written to {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
