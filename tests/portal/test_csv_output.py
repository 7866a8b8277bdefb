"""CSV that we write is read right by spreadsheets, and run by none."""

import csv
import io

import pytest

from portal import csv_output


@pytest.mark.parametrize("text", ["=1+1", "+SUM(A1)", "-2+3", "@cmd", "\t=1", " =1", "\r=1"])
def test_a_cell_that_would_run_gets_an_apostrophe(text: str) -> None:
    assert csv_output.neutral(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Example Oy", "-12.50", "+358 40 123", "a=b", "2026-01-01", ""])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert csv_output.neutral(text) == text


def test_values_that_are_no_text_become_text() -> None:
    assert (csv_output.neutral(None), csv_output.neutral(7)) == ("", "7")


def test_lines_are_csv_with_a_mark_in_front() -> None:
    text = "".join(csv_output.lines(["name", "note"], [['A "B", C', "=1"], ["Åäö", None]]))

    rows = list(csv.reader(io.StringIO(text.removeprefix(csv_output.BOM))))
    assert text.startswith(csv_output.BOM)
    assert rows == [["name", "note"], ['A "B", C', "'=1"], ["Åäö", ""]]
