"""Whatever a file says comes back as it was written: through CSV and workbooks, in any order and language."""

import csv
import io
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from companies import files
from companies.files import FileError, opening
from portal.partners.models import PartnerAccount
from tests.companies.csv_files import GOOD, finnish_ids

HEADERS = {
    "name": "Företagsnamn", "bid": "Y-tunnus", "country": "Land", "address1": "Straat", "post_code": "Postnr",
    "post_office": "Postort", "city": "Kaupunki", "email": "E-mail", "auth_email": "Signer's e-mail",
    "locale": "Språk", "networks": "Networks",
}  # fmt: skip
# What a cell can hold without being an error: no control characters, no formula, no blanks at the ends.
text = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp", "Zs", "Co", "Cn")),
    min_size=3,
    max_size=40,
).filter(lambda written: not written.startswith(("=", "+", "-", "@", "'", "\ufeff")) and written == written.strip())
company = st.fixed_dictionaries({"name": text, "address1": text, "city": text, "post_office": text})
IDS = finnish_ids(20)


@pytest.fixture(scope="module")
def nobody() -> PartnerAccount:
    return PartnerAccount(name="Partner", default_method="visma_sign", own_kyc=False)


def filled(companies: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{**GOOD, **one, "bid": bid} for one, bid in zip(companies, IDS, strict=False)]


def as_csv(rows: list[dict[str, str]], order: list[str], separator: str, encoding: str) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=separator)
    writer.writerow([HEADERS[name] for name in order])
    writer.writerows([[row[name] for name in order] for row in rows])
    return written.getvalue().encode(encoding)


def as_workbook(rows: list[dict[str, str]], order: list[str]) -> bytes:
    book = Workbook()
    sheet: Any = book.active
    sheet.append([HEADERS[name] for name in order])
    for row in rows:
        sheet.append([row[name] for name in order])
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def said(content: bytes, account: PartnerAccount) -> list[dict[str, str]]:
    rows = files.read(io.BytesIO(content), account)
    assert [row.errors for row in rows] == [[] for _row in rows]
    return [{name: row.values[name] for name in GOOD} for row in rows]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    companies=st.lists(company, min_size=1, max_size=5),
    order=st.permutations(list(GOOD)),
    separator=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_csv_comes_back_as_it_was_written(
    nobody: PartnerAccount, companies: list[dict[str, str]], order: list[str], separator: str, encoding: str
) -> None:
    rows = filled(companies)

    assert said(as_csv(rows, order, separator, encoding), nobody) == rows


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(companies=st.lists(company, min_size=1, max_size=5), order=st.permutations(list(GOOD)))
def test_a_workbook_comes_back_as_it_was_written(
    nobody: PartnerAccount, companies: list[dict[str, str]], order: list[str]
) -> None:
    rows = filled(companies)

    assert said(as_workbook(rows, order), nobody) == rows


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=400), st.binary(max_size=400).map(lambda content: b"PK\x03\x04" + content)))
def test_no_content_whatever_raises_anything_but_a_sentence_for_staff(content: bytes) -> None:
    with suppress(FileError):
        table = opening.table(opening.read_all(io.BytesIO(content)))
        list(table.lines())


WHOLE = as_workbook(filled([{}] * 3), list(GOOD))  # written once: a workbook holds the time of its making


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_a_workbook_of_which_bytes_were_lost_is_read_or_refused_with_a_sentence(data: st.DataObject) -> None:
    whole = bytearray(WHOLE)
    for _number in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))

    with suppress(FileError):
        table = opening.table(bytes(whole))
        list(table.lines())
