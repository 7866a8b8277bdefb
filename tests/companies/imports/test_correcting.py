"""Correcting rows of a stored file, and the file on its way back to staff."""

import csv
import io

import pytest
from openpyxl import load_workbook

from companies.enums import ImportState
from companies.files import correcting, returning, storing
from companies.files.correcting import ClosedError
from companies.models import ImportFile, ImportRow
from portal.partners.models import PartnerAccount
from tests.companies.csv_files import finnish_ids
from tests.companies.imports.conftest import Stored
from tests.companies.imports.workbooks import workbook

IDS = finnish_ids(5)


def row(file: ImportFile, number: int) -> ImportRow:
    return ImportRow.objects.get(file=file, number=number)


def test_a_correction_is_kept_checked_and_counted(stored: Stored) -> None:
    file = stored({"bid": "1"}, {"bid": IDS[0]})

    checked = correcting.correct(row(file, 2), {**row(file, 2).values, "bid": IDS[1], "networks": "peppol visma"})

    file.refresh_from_db()
    kept = row(file, 2)
    assert checked.errors == []
    assert (kept.values["bid"], kept.corrected, kept.errors, kept.outcome) == (IDS[1], True, [], "")
    assert file.totals["errors"] == 0


def test_a_correction_to_a_company_that_is_in_another_row_is_refused(stored: Stored) -> None:
    file = stored({"bid": "1"}, {"bid": IDS[0]})

    checked = correcting.correct(row(file, 2), {**row(file, 2).values, "bid": IDS[0]})

    assert "row 3" in checked.errors[0].text
    assert row(file, 2).has_errors


def test_correcting_one_of_two_rows_of_a_company_frees_the_other(stored: Stored) -> None:
    file = stored({"bid": IDS[0]}, {"bid": IDS[0]})

    correcting.correct(row(file, 3), {**row(file, 3).values, "bid": IDS[1]})

    assert not file.rows.filter(has_errors=True).exists()


def test_leaving_one_of_three_rows_of_a_company_out_leaves_the_others_refused(stored: Stored) -> None:
    file = stored(*[{"bid": IDS[0]}] * 3)

    correcting.leave_out(row(file, 2))

    assert row(file, 3).errors_at("bid") == ["The same company is in row 4 too. Keep one of them."]
    correcting.leave_out(row(file, 4))
    file.refresh_from_db()
    assert not row(file, 3).has_errors
    assert file.totals["errors"] == 0


@pytest.mark.parametrize("state", [ImportState.PLANNING, ImportState.STARTED, ImportState.DONE, ImportState.READING])
def test_rows_are_closed_while_somebody_works_on_them_and_afterwards(stored: Stored, state: str) -> None:
    file = stored({"bid": "1"})
    ImportFile.objects.update(state=state)

    with pytest.raises(ClosedError):
        correcting.correct(row(file, 2), {})
    with pytest.raises(ClosedError):
        correcting.leave_out(row(file, 2))


def back(file: ImportFile) -> list[list[str]]:
    text = "".join(returning.as_csv(file)).removeprefix("\ufeff")
    return list(csv.reader(io.StringIO(text)))


def test_the_file_comes_back_with_its_own_columns_and_what_is_wrong(stored: Stored) -> None:
    file = stored({"bid": "1", "colour": "red"}, {"bid": IDS[0], "colour": "blue"})

    header, wrong, right = back(file)

    assert header[-2:] == ["colour", "What is wrong"]
    assert wrong[-2] == "red"
    assert "Business id: This is no business id" in wrong[-1]
    assert right[-2:] == ["blue", ""]


def test_what_was_corrected_and_left_out_here_is_so_in_the_file_too(stored: Stored) -> None:
    file = stored({"bid": "1"}, {"bid": "2"}, {"bid": IDS[0]})
    correcting.correct(row(file, 2), {**row(file, 2).values, "bid": IDS[1]})
    correcting.leave_out(row(file, 3))

    _header, first, second = back(file)

    assert (first[1], second[1]) == (IDS[1], IDS[0])


def test_the_returned_workbook_is_read_again_with_the_same_rows(account: PartnerAccount, stored: Stored) -> None:
    file = stored(content=workbook({"post_code": 100, "bid": 1120389}, {"bid": "1"}), name="customers.xlsx")

    again = storing.take_in(account, "again.xlsx", returning.as_xlsx(file))
    storing.decide(again, storing.columns_of(again))
    storing.read_rows(again)

    assert again.columns[-1] == "What is wrong"
    assert again.header_digest == file.header_digest
    assert row(again, 2).values == row(file, 2).values
    assert row(again, 2).notes == []  # written as text, no zero is lost any more
    assert row(again, 3).errors == row(file, 3).errors


def test_no_cell_of_the_returned_file_is_run_as_a_formula(stored: Stored) -> None:
    file = stored({"name": "=HYPERLINK(1)", "bid": "1"})

    sheet = load_workbook(io.BytesIO(returning.as_xlsx(file))).active

    assert sheet is not None
    assert sheet["A2"].data_type == "s"
    assert back(file)[1][0] == "'=HYPERLINK(1)"
