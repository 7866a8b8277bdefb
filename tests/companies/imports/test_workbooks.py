"""Excel workbooks: what is read of them, what Excel did to the values, and what is refused unopened."""

import io
import struct
import zipfile
from datetime import datetime
from typing import Any

import pytest
from openpyxl import Workbook

from companies import files
from companies.files import FileError, Row, xlsx_archive, xlsx_tables
from portal.partners.models import PartnerAccount
from tests.companies.csv_files import GOOD
from tests.companies.imports.workbooks import HEADER, by_another_program, cell, saved, with_part, with_result, workbook


def read(content: bytes, account: PartnerAccount, **options: Any) -> list[Row]:
    return files.read(io.BytesIO(content), account, **options)


def errors_of(row: Row) -> dict[str, str]:
    return {error.field: error.text for error in row.errors}


def refusal(content: bytes, account: PartnerAccount, **options: Any) -> str:
    with pytest.raises(FileError) as caught:
        read(content, account, **options)
    return caught.value.text


def test_a_workbook_is_read_as_a_csv_file_is(nobody: PartnerAccount) -> None:
    rows = read(workbook({}, {"bid": "0112038-9", "name": "Åäkkönen & Co Oy"}), nobody)

    assert [(row.number, row.errors) for row in rows] == [(2, []), (3, [])]
    assert rows[1].values["name"] == "Åäkkönen & Co Oy"


def test_titles_above_the_header_are_left_out_and_rows_counted_as_excel_does(nobody: PartnerAccount) -> None:
    content = workbook({}, change=lambda sheet: sheet.insert_rows(1, 3) or sheet.__setitem__("A1", "Customers 2026"))

    assert [row.number for row in read(content, nobody)] == [5]


def test_empty_rows_are_left_out(nobody: PartnerAccount) -> None:
    content = workbook({}, {"bid": "0112038-9"}, change=lambda sheet: sheet.insert_rows(3, 2))

    assert [row.number for row in read(content, nobody)] == [2, 5]


@pytest.mark.parametrize(
    ("country", "number", "value"),
    [("FI", 1120389, "01120389"), ("SE", 5560004615, "5560004615"), ("BE", 403019261, "0403019261")],
)
def test_a_business_id_that_became_a_number_is_repaired_where_its_check_digit_proves_it(
    nobody: PartnerAccount, country: str, number: int, value: str
) -> None:
    (row,) = read(workbook({"bid": number, "country": country, "post_code": "10000", "locale": "EN"}), nobody)

    assert row.business_id is not None
    assert (row.business_id.value, errors_of(row)) == (value, {})
    assert [note.field for note in row.notes] == (["bid"] if len(str(number)) < len(value) else [])


def test_a_number_that_no_check_digit_proves_is_an_error_that_says_what_happened(nobody: PartnerAccount) -> None:
    (row,) = read(workbook({"bid": 3031431, "country": "NL", "locale": "NL", "networks": "VISMA"}), nobody)

    assert "drop zeros in front" in errors_of(row)["bid"]


def test_a_post_code_that_lost_its_zeros_gets_them_back_and_says_so(nobody: PartnerAccount) -> None:
    (row,) = read(workbook({"post_code": 100}), nobody)

    assert row.values["post_code"] == "00100"
    assert [note.field for note in row.notes] == ["post_code"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("post_code", datetime(2026, 1, 2), "date or time"),
        ("bid", datetime(2026, 1, 2), "date or time"),
        ("name", True, "yes-or-no"),
        ("city", "#REF!", "shows the error #REF!"),
        ("bid", 12345678901234567, "15 digits"),
        ("bid", 1.5, "no business id"),
    ],
)
def test_a_value_of_a_wrong_type_is_told_at_its_field(
    nobody: PartnerAccount, field: str, value: object, words: str
) -> None:
    (row,) = read(workbook({field: value}), nobody)

    assert list(errors_of(row)) == [field]
    assert words in errors_of(row)[field]


def test_a_wrong_type_in_a_column_that_says_nothing_of_the_company_does_not_matter(nobody: PartnerAccount) -> None:
    content = workbook({}, change=lambda sheet: sheet.append([]) or sheet.__setitem__("L2", datetime(2026, 1, 2)))

    assert [row.errors for row in read(content, nobody)] == [[]]


def test_a_formula_is_taken_with_the_result_that_excel_saved(nobody: PartnerAccount) -> None:
    content = with_result(workbook({"post_code": "=CONCAT(1,2)"}), "20100")

    (row,) = read(content, nobody)

    assert (row.values["post_code"], row.errors) == ("20100", [])


def test_a_formula_without_a_result_is_an_error_at_its_cell(nobody: PartnerAccount) -> None:
    rows = read(workbook({"post_code": "=CONCAT(1,2)"}, {"bid": "0112038-9"}), nobody)

    assert "formula without a result" in errors_of(rows[0])["post_code"]
    assert rows[1].errors == []


def test_merged_cells_are_errors_where_it_is_unclear_whose_value_they_hold(nobody: PartnerAccount) -> None:
    area = f"{cell('city', 2)}:{cell('city', 3)}"
    content = workbook({}, {"bid": "0112038-9"}, change=lambda sheet: sheet.merge_cells(area))

    rows = read(content, nobody)

    assert rows[0].errors == []
    assert area in errors_of(rows[1])["city"]


def hide(*numbers: int) -> Any:
    def change(sheet: Any) -> None:
        for number in numbers:
            sheet.row_dimensions[number].hidden = True

    return change


def test_hidden_rows_are_never_taken_or_left_out_unasked(nobody: PartnerAccount) -> None:
    content = workbook({}, {"bid": "0112038-9"}, change=hide(3))

    assert "1 row of the sheet is hidden" in refusal(content, nobody)
    assert [row.number for row in read(content, nobody, with_hidden=False)] == [2]
    assert [row.number for row in read(content, nobody, with_hidden=True)] == [2, 3]


def test_hidden_columns_are_not_recognised_by_themselves(nobody: PartnerAccount) -> None:
    content = workbook({}, change=lambda sheet: setattr(sheet.column_dimensions["B"], "hidden", True))

    assert "missing: bid" in refusal(content, nobody).lower()


def several(**hidden: bool) -> bytes:
    book = Workbook()
    book.remove(book["Sheet"])
    for name, is_hidden in hidden.items():
        sheet: Any = book.create_sheet(name)
        sheet.append(list(HEADER))
        sheet.append([f"{name} Oy", "1234567-1", "FI", "S 1", "00100", "H", "H", "a@b.fi", "c@b.fi", "FI", "VISMA"])
        sheet.sheet_state = "hidden" if is_hidden else "visible"
    return saved(book)


def test_the_first_sheet_that_can_be_seen_is_read_unless_another_is_named(nobody: PartnerAccount) -> None:
    content = several(Old=True, New=False, Other=False)

    assert read(content, nobody)[0].values["name"] == "New Oy"
    assert read(content, nobody, sheet="Other")[0].values["name"] == "Other Oy"
    assert "no sheet “Gone”" in refusal(content, nobody, sheet="Gone")


def test_hidden_sheets_are_told(nobody: PartnerAccount) -> None:
    table = xlsx_tables.table(several(Old=True, New=False))

    assert table.notes == ["Hidden sheets are there: Old."]


def test_macros_are_told_and_only_the_data_is_read(nobody: PartnerAccount) -> None:
    content = with_part(workbook({}), "xl/vbaProject.bin", lambda _old: b"\xd0\xcf\x11\xe0macro")

    assert "macros" in xlsx_tables.table(content).notes[0]
    assert len(read(content, nobody)) == 1


def bomb(name: str, size: int) -> bytes:
    return with_part(workbook({}), name, lambda _old: b" " * size)


DOCTYPE = b'<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY a "boom">]>\n'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (bomb("xl/worksheets/sheet9.xml", 30 * 2**20), "unpack to far more"),
        (bomb("xl/media/image1.png", 30 * 2**20), "unpack to far more"),
        (with_part(workbook({}), "xl/sharedStrings.xml", lambda xml: DOCTYPE + xml), "XML entities"),
        (with_part(workbook({}), "xl/worksheets/sheet1.xml", lambda xml: DOCTYPE + xml), "XML entities"),
        (
            with_part(workbook({}), "xl/worksheets/sheet1.xml", lambda xml: b"<!--" + b" " * 9000 + b"-->" + DOCTYPE),
            "damaged",
        ),
        (with_part(workbook({}), "xl/worksheets/sheet1.xml", lambda xml: xml[: len(xml) // 2]), "damaged"),
        (with_part(workbook({}), "xl/workbook.xml", lambda _xml: b"<workbook/>"), "no sheet"),
        (with_part(workbook({}), "xl/_rels/workbook.xml.rels", lambda _xml: b"not XML"), "damaged"),
        (workbook({})[:-200], "damaged"),
        (b"PK\x03\x04", "damaged"),
        (
            with_part(several(Old=False), "xl/workbook.xml", lambda xml: xml.replace(b'"visible"', b'"hidden"')),
            "no sheet that can be seen",
        ),
        (saved(Workbook()), "names columns"),
        (workbook(), "no companies"),
    ],
    ids=[
        "bomb", "bomb beside", "entities", "entities in the sheet", "comment before the type", "cut sheet",
        "no sheets", "no relations", "cut file", "only a mark", "all hidden", "nothing in it", "only a header",
    ],
)  # fmt: skip
def test_a_workbook_that_cannot_be_read_safely_is_refused_with_what_to_do(
    nobody: PartnerAccount, content: bytes, words: str
) -> None:
    assert words in refusal(content, nobody)


def archive(*names: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        for name in names:
            made.writestr(name, b"x")
    return written.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (archive("readme.txt"), "no Excel workbook"),
        (archive("mimetype", "content.xml"), "OpenDocument"),
        (archive("xl/workbook.bin"), "binary Excel"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "old Excel file"),
    ],
    ids=["archive", "ods", "xlsb", "password", "xls"],
)
def test_what_is_no_workbook_is_named_for_what_it_is(nobody: PartnerAccount, content: bytes, words: str) -> None:
    assert words in refusal(content, nobody)


def test_an_archive_with_a_password_is_told_so(nobody: PartnerAccount) -> None:
    content = bytearray(workbook({}))
    at = content.find(b"PK\x01\x02")
    while at != -1:  # the flag of encryption in every entry of the directory
        struct.pack_into("<H", content, at + 8, struct.unpack_from("<H", content, at + 8)[0] | 1)
        at = content.find(b"PK\x01\x02", at + 4)

    assert "password" in refusal(bytes(content), nobody)


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_tables.openpyxl, "load_workbook", lambda *_a, **_k: pytest.fail("it was opened"))

    with pytest.raises(FileError):
        xlsx_tables.table(bomb("xl/sharedStrings.xml", xlsx_archive.MOST_STRINGS + 1))


def test_a_sheet_that_claims_to_be_endless_is_not_believed(nobody: PartnerAccount) -> None:
    content = with_part(
        workbook({}),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b'ref="A1:K2"', b'ref="A1:XFD1048576"'),
    )

    assert len(read(content, nobody)) == 1


def test_more_columns_than_anybody_needs_are_refused(nobody: PartnerAccount) -> None:
    content = workbook({}, header=[*HEADER, *(f"Column {number}" for number in range(100))])

    assert "more than 100 columns" in refusal(content, nobody)


def test_more_rows_than_anybody_needs_are_refused(nobody: PartnerAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_tables, "MOST_ROWS", 2)

    assert "Split it" in refusal(workbook({}, {}, {}), nobody)


def test_texts_that_look_like_formulas_are_errors(nobody: PartnerAccount) -> None:
    def as_text(sheet: Any) -> None:
        sheet[cell("name")].value = "=1+1"
        sheet[cell("name")].data_type = "s"

    (row,) = read(workbook({}, change=as_text), nobody)

    assert "formula" in errors_of(row)["name"]


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_workbooks_of_other_programs_are_read_with_their_hidden_rows(nobody: PartnerAccount, prefix: str) -> None:
    second = {**GOOD, "bid": "0112038-9"}
    content = by_another_program(HEADER, tuple(GOOD.values()), tuple(second.values()), prefix=prefix, hidden=[3])

    rows = read(content, nobody, with_hidden=False)

    assert [(row.number, row.errors, row.values["name"]) for row in rows] == [(2, [], "Example Oy")]
    assert len(read(content, nobody, with_hidden=True)) == 2
