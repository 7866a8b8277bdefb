"""What the command line says of a file that does not speak for itself."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from companies.models import ImportFile
from portal.partners.models import PartnerAccount
from tests.companies.csv_files import GOOD, sheet
from tests.companies.imports.workbooks import workbook

Plan = Callable[..., dict[str, Any]]


@pytest.fixture
def plan(account: PartnerAccount, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Plan:
    """Plan a file without asking AutoInvoice; returns the report."""

    def run(content: bytes, *arguments: str) -> dict[str, Any]:
        path = tmp_path / "companies.file"
        path.write_bytes(content)
        call_command("onboard", str(path), "--plan", "--json", "--no-look-ups", *arguments)
        report: dict[str, Any] = json.loads(capsys.readouterr().out)
        return report

    return run


def hide_third_row(sheet: Any) -> None:
    sheet.row_dimensions[3].hidden = True


def test_a_workbook_is_planned_as_a_csv_file_is(plan: Plan) -> None:
    assert [row["row"] for row in plan(workbook({}, {"bid": "0112038-9"}))["rows"]] == [2, 3]


def test_hidden_rows_are_refused_until_it_is_said_what_becomes_of_them(plan: Plan) -> None:
    content = workbook({}, {"bid": "0112038-9"}, change=hide_third_row)

    with pytest.raises(CommandError, match="--hidden take"):
        plan(content)
    assert len(plan(content, "--hidden", "leave")["rows"]) == 1


def test_hidden_rows_are_taken_when_it_is_said(plan: Plan) -> None:
    content = workbook({}, {"bid": "0112038-9"}, change=hide_third_row)

    assert len(plan(content, "--hidden", "take")["rows"]) == 2


def test_an_unknown_column_is_named_and_remembered(plan: Plan) -> None:
    content = sheet({}).getvalue().replace(b"name,", b"Colour,", 1)
    with pytest.raises(CommandError, match="Missing: name"):
        plan(content)

    plan(content, "--column", "name=colour")

    assert plan(content + b"\n")["rows"][0]["name"] == "Example Oy"


def test_what_holds_for_all_rows_is_said_once(plan: Plan) -> None:
    content = sheet({}, columns=[name for name in GOOD if name not in ("country", "networks")]).getvalue()
    with pytest.raises(CommandError, match="Missing: country"):
        plan(content)
    with pytest.raises(CommandError, match="networks=VISMA PEPPOL"):
        plan(content, "--all", "country=FI")

    plan(content, "--all", "country=FI", "--all", "networks=VISMA")

    assert ImportFile.objects.get().rows.get().values["networks"] == "VISMA"


@pytest.mark.parametrize(
    ("argument", "words"),
    [(("--column", "colour=name"), "no field colour"), (("--column", "name=Shade"), "no column Shade"),
     (("--sheet", "Old"), "no sheet “Old”")],
)  # fmt: skip
def test_what_is_not_there_is_told(plan: Plan, argument: tuple[str, str], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        plan(workbook({}), *argument)
