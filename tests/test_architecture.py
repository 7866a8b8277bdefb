"""What keeps the house small and import-linter cannot say: sizes, and imports inside functions."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("portal", "companies", "invoices", "receivables")
FILE_CAP, FUNCTION_CAP = 400, 50
SOURCES = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if not {"migrations", "node_modules"} & set(path.relative_to(ROOT).parts)
)
# What an app registers needs models, which exist only when it is ready; nothing else has a reason to import late.
READY = "ready"

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module or ''}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def first_party_imports(function: Function) -> list[str]:
    return sorted({name for name in imports(function) if name.split(".")[0] in PACKAGES})


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    return {str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in SOURCES}


def test_files_stay_under_the_cap() -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}

    assert {name: lines for name, lines in lengths.items() if lines > FILE_CAP} == {}


def test_functions_stay_under_the_cap(trees: dict[str, ast.Module]) -> None:
    long = {
        f"{name}:{function.name}": (function.end_lineno or 0) - function.lineno + 1
        for name, tree in trees.items()
        for function in functions(tree)
        if (function.end_lineno or 0) - function.lineno + 1 > FUNCTION_CAP
    }

    assert long == {}


def test_first_party_imports_stand_at_the_top_except_where_an_app_gets_ready(trees: dict[str, ast.Module]) -> None:
    hidden = {
        f"{name}:{function.name}": found
        for name, tree in trees.items()
        for function in functions(tree)
        if function.name != READY and (found := first_party_imports(function))
    }

    assert hidden == {}


def test_the_client_knows_no_model(trees: dict[str, ast.Module]) -> None:
    known = {
        name: found
        for name, tree in trees.items()
        if name.startswith("portal/maventa/")
        and (found := [module for module in imports(tree) if module.startswith(("django.db", "django.contrib"))])
    }

    assert known == {}


def test_files_have_names_that_say_something() -> None:
    vague = {"utils.py", "helpers.py", "common.py", "misc.py"}

    assert [str(path.relative_to(ROOT)) for path in SOURCES if path.name in vague] == []


def test_portal_package_stays_empty() -> None:
    assert (ROOT / "portal" / "__init__.py").read_text(encoding="utf-8").strip() == ""


def test_no_file_names_a_place_of_one_machine() -> None:
    named = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if any(place in path.read_text(encoding="utf-8") for place in ("/" + "root/", "/" + "home/", "/" + "work/"))
    ]

    assert named == []
