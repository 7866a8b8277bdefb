"""Reading files of companies: what is taken, and what is said about everything else."""

import io
from typing import Any

import pytest

from companies import files
from companies.files import FileError, csv_tables
from companies.models import Onboarding
from portal.partners.models import PartnerAccount
from tests.companies.csv_files import GOOD, finnish_ids, sheet


@pytest.fixture
def nobody() -> PartnerAccount:
    """An account that is not stored: reading needs no database."""
    return PartnerAccount(name="Partner", default_method="visma_sign", own_kyc=False)


def errors_of(row: files.Row) -> dict[str, str]:
    return {error.field: error.text for error in row.errors}


@pytest.mark.parametrize(
    "stream",
    [
        sheet({}),
        sheet({}, encoding="utf-8-sig"),
        sheet({}, separator=";"),
        sheet({}, separator="\t"),
        sheet({}, encoding="utf-16"),
        sheet({}, line_end="\r\n"),
        sheet({}, columns=list(reversed(GOOD))),
    ],
    ids=["plain", "with a mark", "semicolon", "tabs", "UTF-16", "from Windows", "other order"],
)
def test_a_good_file_has_no_errors(nobody: PartnerAccount, stream: io.BytesIO) -> None:
    rows = files.read(stream, nobody)

    assert [(row.number, row.errors, row.values["name"]) for row in rows] == [(2, [], "Example Oy")]


def test_a_row_fills_an_onboarding(nobody: PartnerAccount) -> None:
    stream = sheet({"name": 'Åäkkönen "& Co", Oy', "locale": "", "networks": "peppol visma", "bid": "FI12345671"})

    draft = files.read(stream, nobody)[0].fill(Onboarding(account=nobody))

    assert draft.name == 'Åäkkönen "& Co", Oy'
    assert (draft.business_id, draft.locale, draft.networks) == ("FI12345671", "FI", ["VISMA", "PEPPOL"])


def test_blank_lines_are_left_out_and_lines_counted_as_a_spreadsheet_does(nobody: PartnerAccount) -> None:
    first, second = sheet({"name": "One\nOy"}).getvalue(), sheet({"bid": "0112038-9"}).getvalue().split(b"\n")[1]
    stream = io.BytesIO(first + b"\n,,,,,,,,,,\n\n" + second)

    rows = files.read(stream, nobody)

    assert [row.number for row in rows] == [3, 6]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (",".join(files.REQUIRED).encode(), "no companies"),
        (b"PK\x03\x04rest of a workbook", "damaged"),
        (b"\xd0\xcf\x11\xe0rest of an old workbook", "old Excel file"),
        (b"%PDF-1.7 and more", "PDF"),
        (b"<html><table>", "web page"),
        (b"name\nExample Oy\n", "one column"),
        (b"name\x00,bid", "NUL"),
        (b"name,bid\n\xe4\xe4kk\xf6set,1\n", "Line 2 is not in UTF-8"),
        (b"name,bid,colour\n", "missing: country, address1"),
        (sheet({}).getvalue().replace(b"name,", b"name,name,", 1), "more than once: name"),
        (sheet({}).getvalue().replace(b"name,", b"colour,", 1), "not recognised: colour"),
        (sheet({}).getvalue().replace(b"Example", b'"Exa"mple"'), "Line 2 breaks"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_whole(nobody: PartnerAccount, content: bytes, words: str) -> None:
    with pytest.raises(FileError) as caught:
        files.read(io.BytesIO(content), nobody)

    assert words.lower() in caught.value.text.lower()


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"bid": "1234567-8"}, "bid", "check digit"),
        ({"bid": "12"}, "bid", "looks like"),
        ({"bid": ""}, "bid", "empty"),
        ({"country": "FR"}, "country", "Use one of FI"),
        ({"name": "Oy"}, "name", "3 characters"),
        ({"name": "=HYPERLINK(1)"}, "name", "formula"),
        ({"name": "@cmd"}, "name", "formula"),
        ({"city": "Hel\x07sinki"}, "city", "cannot be seen"),
        ({"name": "x" * 201}, "name", "longer than 200"),
        ({"email": "office"}, "email", "no e-mail"),
        ({"auth_email": "a@b@c"}, "auth_email", "no e-mail"),
        ({"locale": "FR"}, "locale", "Use one of FI"),
        ({"networks": "VISMA TELEFAX"}, "networks", "TELEFAX"),
        ({"country": "SE", "bid": "5560004615", "networks": "BANK"}, "networks", "only for companies of FI"),
        ({"method": "fax"}, "method", "visma_sign, own"),
        ({"method": "own", "authorization_id": "1"}, "method", "may not verify"),
    ],
)
def test_a_wrong_value_is_told_at_its_field(
    nobody: PartnerAccount, values: dict[str, str], field: str, words: str
) -> None:
    row = files.read(sheet(values), nobody)[0]

    assert list(errors_of(row)) == [field]
    assert words in errors_of(row)[field]


def test_own_proof_needs_its_traceable_id(nobody: PartnerAccount) -> None:
    nobody.own_kyc = True

    row = files.read(sheet({"method": "own", "authorization_id": ""}), nobody)[0]

    assert "id under which" in errors_of(row)["authorization_id"]


def test_all_errors_of_all_rows_are_told_at_once(nobody: PartnerAccount) -> None:
    stream = sheet({"bid": "1", "email": "x", "locale": "QQ"}, {}, {"country": "XX", "name": ""})

    rows = files.read(stream, nobody)

    assert [sorted(errors_of(row)) for row in rows] == [["bid", "email", "locale"], [], ["country", "name"]]


def test_a_company_twice_in_the_file_is_refused_in_both_rows(nobody: PartnerAccount) -> None:
    stream = sheet({"bid": "1234567-1"}, {"bid": "0112038-9"}, {"bid": "FI 12345671"})

    rows = files.read(stream, nobody)

    assert "row 4" in errors_of(rows[0])["bid"]
    assert "row 2" in errors_of(rows[2])["bid"]
    assert rows[1].errors == []


def test_a_row_with_too_many_cells_asks_for_quotes(nobody: PartnerAccount) -> None:
    stream = io.BytesIO(sheet({}).getvalue().replace(b"Example Oy", b"Example, Oy"))

    row = files.read(stream, nobody)[0]

    assert "12 cells" in errors_of(row)[""]


def test_errors_never_repeat_a_personal_number(nobody: PartnerAccount) -> None:
    rows = files.read(sheet(*[{"bid": "640823-3234", "country": "SE", "email": "x"}] * 2), nobody)

    told: Any = [error.text for row in rows for error in row.errors]
    assert told
    assert "3234" not in str(told)


@pytest.mark.slow
def test_a_hundred_thousand_rows_are_read(nobody: PartnerAccount) -> None:
    stream = sheet(*({"bid": number} for number in finnish_ids(100_000)))

    rows = files.read(stream, nobody)

    assert len(rows) == 100_000
    assert not any(row.errors for row in rows)


def test_more_rows_than_anybody_needs_are_refused(nobody: PartnerAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_tables, "MOST_ROWS", 2)

    with pytest.raises(FileError) as caught:
        files.read(sheet({}, {}, {}), nobody)

    assert "Split it" in caught.value.text
