"""Files in the database: read once, in pieces, encrypted, and held against what was carried out before."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from companies.enums import ImportState, RowChange
from companies.files import FileError, importing, storing
from companies.models import ColumnMapping, ImportFile, ImportRow
from companies.pages.imports.notes import notes
from portal.partners.models import PartnerAccount
from tests.companies.conftest import MakeOnboarding, make_account
from tests.companies.csv_files import finnish_ids, sheet
from tests.companies.imports.conftest import Stored
from tests.companies.imports.workbooks import workbook

IDS = finnish_ids(5)


def carry_out(file: ImportFile, make_onboarding: MakeOnboarding) -> None:
    """Mark a file as carried out, every right row with its onboarding."""
    for row in file.rows.filter(has_errors=False):
        row.onboarding = make_onboarding(row.values["bid"], row.country, account=file.account)
        row.save()
    ImportFile.objects.filter(pk=file.pk).update(state=ImportState.DONE, started_at=timezone.now())


def changes(file: ImportFile) -> dict[int, str]:
    return dict(file.rows.values_list("number", "change"))


def test_rows_are_stored_with_their_errors_repairs_and_totals(stored: Stored) -> None:
    file = stored(content=workbook({"post_code": 100}, {"bid": "1"}), name="customers.xlsx")

    right, wrong = file.rows.order_by("number")
    assert (right.number, right.country, right.has_errors) == (2, "FI", False)
    assert [note["field"] for note in right.notes] == ["post_code"]
    assert wrong.errors_at("bid")
    assert file.state == ImportState.MAPPED
    assert file.totals == {"rows": 2, "errors": 1, "repaired": 1, "new": 1, "changed": 0, "unchanged": 0}


def test_what_a_row_says_is_not_in_the_database_in_clear(stored: Stored) -> None:
    file = stored({"bid": "640823-3234", "country": "SE", "locale": "SE", "auth_email": "secret@example.com"})

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM companies_importrow")
        kept = str(cursor.fetchall())
    assert "3234" not in kept
    assert "secret@example.com" not in kept
    assert file.rows.get().values["bid"] == "640823-3234"


def test_reading_takes_no_query_for_a_row(account: PartnerAccount, django_assert_max_num_queries: Any) -> None:
    file = storing.take_in(account, "c.csv", sheet(*({"bid": bid} for bid in finnish_ids(1200))).getvalue())
    storing.decide(file, storing.columns_of(file))

    with django_assert_max_num_queries(60):  # SQLite takes some sixty rows a statement
        storing.read_rows(file)

    assert file.rows.count() == 1200


def test_a_company_that_is_there_twice_is_found_across_the_pieces_of_a_file(
    stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "CHUNK", 2)

    file = stored(*({"bid": bid} for bid in [*IDS, IDS[0]]))

    assert [row.number for row in file.rows.filter(has_errors=True).order_by("number")] == [2, 7]
    assert "row 2" in file.rows.get(number=7).errors_at("bid")[0]


def test_a_file_that_breaks_off_goes_back_to_staff_with_the_reason_and_no_rows(
    stored: Stored, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "CHUNK", 2)

    file = stored(content=sheet(*({"bid": bid} for bid in IDS)).getvalue() + b'\n"not closed,1')

    assert (file.state, file.rows.count()) == (ImportState.UPLOADED, 0)
    assert "quotation mark" in file.problem


def test_a_file_whose_content_is_gone_says_so(account: PartnerAccount) -> None:
    file = storing.take_in(account, "customers.csv", sheet({}).getvalue())
    storing.decide(file, storing.columns_of(file))
    ImportFile.objects.update(path="onboarding/1/gone.enc")
    file.refresh_from_db()

    assert not storing.read_rows(file)
    assert "Upload it once more" in file.problem


def test_one_worker_reads_a_file_and_another_takes_it_up_when_the_first_died(account: PartnerAccount) -> None:
    file = storing.take_in(account, "customers.csv", sheet({}, {"bid": IDS[0]}).getvalue())
    storing.decide(file, storing.columns_of(file))
    ImportRow.objects.create(file=file, number=2, name="what the dead worker wrote")
    ImportFile.objects.update(leased_until=timezone.now() + timedelta(minutes=1))
    assert not importing.read_due()

    ImportFile.objects.update(leased_until=timezone.now() - timedelta(seconds=1))

    assert importing.read_due() == 1
    assert [row.name for row in file.rows.order_by("number")] == ["Example Oy", "Example Oy"]
    assert importing.read_due() == 0


def test_the_same_file_again_changes_nothing_and_says_when_and_by_whom_it_was_carried_out(
    stored: Stored, make_onboarding: MakeOnboarding
) -> None:
    rows = [{"bid": bid} for bid in IDS[:3]]
    carry_out(stored(*rows), make_onboarding)
    ImportFile.objects.update(started_by=User.objects.create_user("aino"))

    again = stored(*rows)

    assert again.totals["unchanged"] == 3
    assert again.previous is not None
    assert "by aino; rows unchanged: 3" in notes(again)[0].text


def test_a_changed_file_says_which_rows_are_changed_new_and_unchanged(
    stored: Stored, make_onboarding: MakeOnboarding
) -> None:
    carry_out(stored({"bid": IDS[0]}, {"bid": IDS[1]}), make_onboarding)

    file = stored({"bid": IDS[2]}, {"bid": IDS[0]}, {"bid": IDS[1], "networks": "VISMA"})

    assert changes(file) == {2: RowChange.NEW, 3: RowChange.UNCHANGED, 4: RowChange.CHANGED}
    assert "changed 1, new 1, unchanged 1" in notes(file)[0].text


def test_only_how_a_row_says_it_makes_no_change(stored: Stored, make_onboarding: MakeOnboarding) -> None:
    carry_out(stored({"bid": "1234567-1", "networks": "VISMA PEPPOL"}), make_onboarding)

    file = stored({"bid": "FI 1234567 1", "networks": "peppol, visma", "country": "Suomi"})

    assert changes(file) == {2: RowChange.UNCHANGED}


def test_the_newest_of_several_files_counts(stored: Stored, make_onboarding: MakeOnboarding) -> None:
    for networks in ("VISMA", "VISMA PEPPOL"):
        file = stored({"networks": networks})
        ImportRow.objects.filter(file=file).update(onboarding=make_onboarding())
        ImportFile.objects.filter(pk=file.pk).update(started_at=timezone.now(), state=ImportState.DONE)

    assert changes(stored({"networks": "VISMA PEPPOL", "locale": ""})) == {2: RowChange.UNCHANGED}
    assert changes(stored({"networks": "VISMA", "locale": "FI"}, name="older.csv")) == {2: RowChange.CHANGED}


def test_files_of_other_accounts_and_those_never_carried_out_do_not_count(
    stored: Stored, make_onboarding: MakeOnboarding
) -> None:
    stored({}, name="never.csv")
    other = make_account("Another")
    foreign = storing.take_in(other, "customers.csv", sheet({}).getvalue())
    storing.decide(foreign, storing.columns_of(foreign))
    storing.read_rows(foreign)
    carry_out(foreign, make_onboarding)

    assert changes(stored({"email": "other@example.com"}, {"bid": IDS[0]})) == {2: RowChange.NEW, 3: RowChange.NEW}


def test_a_mapping_is_remembered_for_its_account_only(account: PartnerAccount) -> None:
    content = sheet({}).getvalue().replace(b"name,", b"Colour,", 1)
    file = storing.take_in(account, "customers.csv", content)
    columns = storing.columns_of(file)
    storing.decide(file, type(columns)({**columns.places, "name": 0}, columns.for_all))

    same = storing.take_in(account, "next.csv", content + b"\n")
    foreign = storing.take_in(make_account("Another"), "next.csv", content)

    assert same.mapping["name"] == 0
    assert "name" not in foreign.mapping
    assert ColumnMapping.objects.count() == 1


def test_what_is_no_file_of_companies_leaves_nothing_behind(account: PartnerAccount, tmp_path: Any) -> None:
    with pytest.raises(FileError):
        storing.take_in(account, "customers.csv", b"\x00\x01")

    assert not ImportFile.objects.exists()
    assert list(tmp_path.rglob("*.enc")) == []
