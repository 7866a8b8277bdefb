"""`make bench`: run every part in a process of its own and write docs/performance.md."""

import json
import os
import platform
import subprocess
import sys
from datetime import date

from tests.bench.figures import Figure
from tests.e2e.stack import ROOT

PARTS = (
    ("calls",),
    ("reading",),
    ("sending", "sqlite"),
    ("sending", "postgres"),
    ("deliveries", "sqlite"),
    ("deliveries", "postgres"),
    ("intake", "sqlite"),
    ("intake", "postgres"),
    ("sync", "sqlite"),
    ("sync", "postgres"),
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
    ("growing", "sqlite"),
    ("growing", "postgres"),
    ("installing",),
)
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


def page(figures: list[Figure]) -> str:
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, {date.today():%d %B %Y}"
    lines = [
        "# Performance",
        "",
        "Written by `make bench`. Each figure stands beside what the same machine did in the same run with nothing of",
        f"ours in between; the ratio is ours to bare: 1 is ideal, smaller is better. Measured on {machine}.",
        "",
        "| what | ours | bare | ratio |",
        "|---|---|---|---|",
    ]
    lines += [f"| {figure.what} | {figure.ours} | {figure.bare} | {figure.ratio:.3g} |" for figure in figures]
    return "\n".join(lines) + "\n"


def main() -> None:
    wanted = [part for part in PARTS if not sys.argv[1:] or part[0] in sys.argv[1:]]
    figures = [figure for part in wanted for figure in run(part)]
    if wanted == list(PARTS):  # some parts alone would write a page with holes
        PAGE.write_text(page(figures), encoding="utf-8")
        print(f"written to {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
