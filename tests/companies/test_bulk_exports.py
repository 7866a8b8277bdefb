"""Export of companies as CSV."""

from typing import Any

import pytest
from django.test import Client

from portal.partners.models import PartnerAccount
from tests.companies.bulk_pages import COMPANIES, csv_of, make_many, text_of
from tests.companies.conftest import MakeCompany, make_account
from tests.companies.staff import LogIn


def export(client: Client, columns: list[str], *rows: Any, query: str = "") -> Any:
    data = {"columns_asked": "1", "columns": columns, "action": "export"}
    ticked = {"_selected_action": [row.pk for row in rows] or ["0"], "select_across": "0" if rows else "1"}
    return client.post(f"{COMPANIES}?{query}" if query else COMPANIES, {**data, **ticked})


def test_export_asks_for_columns_and_streams_all_that_match(
    log_in: LogIn, account: PartnerAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.list_exports.CHUNK", 4)
    (
        make_many(account, 10),
        make_many(account, 3, 2_000_000, country="SE"),
        make_many(make_account("Other"), 2, 3_000_000),
    )
    client = log_in("viewer")

    asked = client.post(COMPANIES, {"action": "export", "_selected_action": ["0"], "select_across": "1"})
    rows = csv_of(export(client, ["name", "country"], query="country=FI"))

    assert "All 13 companies" in text_of(asked)
    assert len(rows) == 10
    assert {tuple(row) for row in rows} == {("Name", "Country")}


def test_export_of_ticked_rows_masks_personal_numbers_and_disarms_formulas(
    log_in: LogIn, make_company: MakeCompany
) -> None:
    person = make_company("640823-3234", "SE", name="=HYPERLINK(1)")
    make_company(name="Another Oy")

    (row,) = csv_of(export(log_in("viewer"), ["name", "business_id", "networks"], person))

    assert row["Name"] == "'=HYPERLINK(1)"
    assert "3234" not in row["Business id"]
