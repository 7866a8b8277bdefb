"""The frame of the simulator's own pages. Everything that goes in is escaped here or by `tag`."""

from collections.abc import Iterable
from html import escape
from pathlib import Path
from typing import Any

from starlette.responses import HTMLResponse

STATIC = Path(__file__).parent / "static"


def page(title: str, body: str, *, wide: bool = False, status: int = 200) -> HTMLResponse:
    """
    A whole page.

    :param body: markup, already escaped
    """
    text = f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/pages.css">
</head>
<body>
<header class="top"><strong>{escape(title)}</strong><span class="quiet">simulator, nothing here is real</span>
<nav aria-label="Simulator">
<a href="/_sandbox/">Faults and clock</a><a href="/docs/">API documentation</a></nav></header>
<main{' class="wide"' if wide else ""}>
{body}
</main>
</body>
</html>"""
    return HTMLResponse(text, status, {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"})


def tag(name: str, text: Any, **attributes: Any) -> str:
    """One element around escaped text; `class_` stands for class."""
    pairs = "".join(f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"' for key, value in attributes.items())
    return f"<{name}{pairs}>{escape(str(text))}</{name}>"


def facts(rows: Iterable[tuple[str, Any]]) -> str:
    """Names and values."""
    return '<dl class="facts">' + "".join(tag("dt", name) + tag("dd", value) for name, value in rows) + "</dl>"


def table(heads: Iterable[str], rows: Iterable[Iterable[str]], *, empty: str) -> str:
    """
    A table that scrolls on narrow screens.

    :param rows: cells as markup, already escaped
    """
    lines = ["<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows]
    if not lines:
        return tag("p", empty, class_="quiet")
    head = "".join(tag("th", text, scope="col") for text in heads)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'


def options(words: Iterable[str], chosen: str = "") -> str:
    return "".join(f"<option{' selected' if word == chosen else ''}>{escape(word)}</option>" for word in words)
