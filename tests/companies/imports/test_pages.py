"""Uploading, mapping and correcting in the browser, without its scripts."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from companies.enums import ImportState
from companies.models import ColumnMapping, ImportFile, ImportRow, Onboarding
from portal.partners.models import PartnerAccount
from tests.companies.conftest import make_account
from tests.companies.csv_files import GOOD, finnish_ids, sheet
from tests.companies.imports.conftest import Stored, Upload
from tests.companies.staff import client_of


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def address(answer: Any) -> str:
    return str(answer.redirect_chain[-1][0])


def chosen(**columns: str) -> dict[str, str]:
    """Return what the columns page posts: all fields of a good file in their order, but for the given ones."""
    return {name: str(index) for index, name in enumerate(GOOD)} | columns


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04rest of a spreadsheet", "damaged"),
        ("name;bid\nÄiti;1".encode("latin-1"), "UTF-8"),
        (b"name\nx", "one column"),
    ],
)
def test_a_file_that_cannot_be_read_says_why_at_its_field(upload: Upload, content: bytes, words: str) -> None:
    answer = upload(content)

    assert words in str(answer.context["form"].errors["file"])
    assert not ImportFile.objects.exists()


def test_a_file_with_known_columns_and_no_errors_goes_straight_to_its_plan(upload: Upload) -> None:
    answer = upload(sheet({}).getvalue())

    file = ImportFile.objects.get()
    assert address(answer) == reverse("admin:import_plan", args=[file.pk])
    assert file.state in (ImportState.PLANNING, ImportState.PLANNED)
    assert file.rows.count() == 1
    assert not Onboarding.objects.exists()


def test_a_file_with_errors_shows_them_all_before_anything_is_planned(upload: Upload) -> None:
    answer = upload(sheet({"bid": "1"}, {"bid": "0112038-9"}, {"bid": "1572860-0", "email": "x"}).getvalue())

    file = ImportFile.objects.get()
    assert address(answer) == reverse("admin:import_errors", args=[file.pk])
    assert file.state == ImportState.MAPPED
    assert "looks like" in text_of(answer)
    assert "no e-mail" in text_of(answer)


def test_a_file_with_unknown_columns_asks_which_says_what(upload: Upload) -> None:
    answer = upload(sheet({}).getvalue().replace(b"name,", b"Colour,", 1))

    assert address(answer) == reverse("admin:import_mapping", args=[ImportFile.objects.get().pk])
    assert "Example Oy" in text_of(answer)  # what the column says, to choose by


def test_a_mapping_is_remembered_for_the_next_file_with_these_columns(agent: Client, upload: Upload) -> None:
    odd = sheet({}).getvalue().replace(b"name,", b"Colour,", 1)
    upload(odd)
    agent.post(reverse("admin:import_mapping", args=[ImportFile.objects.get().pk]), chosen())

    answer = upload(odd.replace(b"1234567-1", b"0112038-9"))

    assert ColumnMapping.objects.get().columns["name"] == "Colour"
    assert ImportFile.objects.last().state in (ImportState.PLANNING, ImportState.PLANNED)
    assert "/plan" in address(answer)


@pytest.mark.parametrize(
    ("posted", "field", "words"),
    [
        ({"name": ""}, "name", "AutoInvoice needs this"),
        ({"country": ""}, "country", "holds for all rows"),
        ({"name": "1"}, "name", "is given for Business id too"),
        ({"name": "1"}, "bid", "is given for Company name too"),
        ({"city": "", "post_office": ""}, "city", "is enough"),
        ({"name": "99"}, "name", "valid choice"),
    ],
)
def test_a_wrong_mapping_is_told_at_its_field(
    agent: Client, upload: Upload, posted: dict[str, str], field: str, words: str
) -> None:
    upload(sheet({}).getvalue().replace(b"name,", b"Colour,", 1))

    answer = agent.post(reverse("admin:import_mapping", args=[ImportFile.objects.get().pk]), chosen(**posted))

    assert words in " ".join(answer.context["form"].errors[field])
    assert not ImportRow.objects.exists()


def test_what_holds_for_all_rows_is_given_once(agent: Client, upload: Upload) -> None:
    columns = [name for name in GOOD if name not in ("country", "networks")]
    upload(sheet({}, columns=columns).getvalue())
    file = ImportFile.objects.get()
    places = {name: str(index) for index, name in enumerate(columns)}

    agent.post(reverse("admin:import_mapping", args=[file.pk]), places | {"all_country": "FI", "all_networks": "VISMA"})

    row = ImportRow.objects.get()
    assert (row.values["country"], row.values["networks"], row.errors) == ("FI", "VISMA", [])


def test_a_file_without_networks_is_never_read_without_asking(upload: Upload) -> None:
    answer = upload(sheet({}, columns=[name for name in GOOD if name != "networks"]).getvalue())

    assert "/columns/" in address(answer)
    assert 'value="VISMA PEPPOL"' in text_of(answer)


def test_a_row_is_corrected_in_the_page_and_the_next_is_shown(agent: Client, upload: Upload) -> None:
    upload(sheet({"bid": "1"}, {"bid": "0112038-9", "email": "x"}).getvalue())
    file = ImportFile.objects.get()
    good = {**file.rows.get(number=2).values, "bid": "1572860-0"}

    answer = agent.post(reverse("admin:import_row", args=[file.pk, 2]), good)

    row = file.rows.get(number=2)
    assert answer.headers["Location"] == reverse("admin:import_row", args=[file.pk, 3])
    assert (row.has_errors, row.corrected, row.values["bid"]) == (False, True, "1572860-0")


def test_a_correction_that_is_wrong_too_is_told_at_its_field_and_nothing_is_kept(agent: Client, upload: Upload) -> None:
    upload(sheet({"bid": "1"}).getvalue())
    file = ImportFile.objects.get()
    before = file.rows.get().values

    answer = agent.post(reverse("admin:import_row", args=[file.pk, 2]), {**before, "bid": "1234567-8", "email": "x"})

    assert "check digit" in str(answer.context["form"].errors["bid"])
    assert "no e-mail" in str(answer.context["form"].errors["email"])
    assert file.rows.get().values == before


def test_the_last_correction_leads_to_the_plan(agent: Client, upload: Upload) -> None:
    upload(sheet({"bid": "1"}).getvalue())
    file = ImportFile.objects.get()

    answer = agent.post(reverse("admin:import_row", args=[file.pk, 2]), {**file.rows.get().values, "bid": "1234567-1"})

    file.refresh_from_db()
    assert answer.headers["Location"] == reverse("admin:import_plan", args=[file.pk])
    assert file.state in (ImportState.PLANNING, ImportState.PLANNED)


def test_a_row_can_be_left_out(agent: Client, upload: Upload) -> None:
    upload(sheet({"bid": "1"}, {"bid": "0112038-9"}).getvalue())
    file = ImportFile.objects.get()

    agent.post(reverse("admin:import_leave_out", args=[file.pk, 2]))

    file.refresh_from_db()
    assert [row.number for row in file.rows.all()] == [3]
    assert file.totals["errors"] == 0


def test_rows_are_closed_once_the_file_is_carried_out(agent: Client, stored: Stored) -> None:
    file = stored({"bid": "1"}, {})
    ImportFile.objects.update(state=ImportState.STARTED)

    answer = agent.post(reverse("admin:import_row", args=[file.pk, 2]), {**GOOD})

    assert answer.headers["Location"] == reverse("admin:import_plan", args=[file.pk])
    assert file.rows.get(number=2).has_errors


def test_a_persons_number_is_never_shown_and_stays_when_it_is_left_as_it_is(agent: Client, upload: Upload) -> None:
    upload(sheet({"bid": "640823-3234", "country": "SE", "locale": "SE", "email": "x"}).getvalue())
    file = ImportFile.objects.get()

    page = agent.get(reverse("admin:import_row", args=[file.pk, 2]))
    typed = {field.name: field.value() for field in page.context["form"]} | {"email": "office@example.com"}
    agent.post(reverse("admin:import_row", args=[file.pk, 2]), typed)

    pages = [page, agent.get(reverse("admin:import_errors", args=[file.pk])), agent.get(
        reverse("admin:import_mapping", args=[file.pk])
    )]  # fmt: skip
    assert not any("3234" in text_of(answer) for answer in pages)
    assert file.rows.get().values["bid"] == "640823-3234"


def test_the_same_content_uploaded_twice_is_one_file(upload: Upload) -> None:
    upload(sheet({"bid": "1"}).getvalue())

    answer = upload(sheet({"bid": "1"}).getvalue(), "again.csv")

    assert ImportFile.objects.count() == 1
    assert "here already" in text_of(answer)


@pytest.mark.parametrize(
    "page", ["import_file", "import_mapping", "import_errors", "import_row", "import_download", "import_live"]
)
def test_files_of_other_accounts_do_not_exist_for_staff(stored: Stored, page: str) -> None:
    file = stored({"bid": "1"})
    stranger = client_of("lead", make_account("Another"))
    more = {"import_row": [2], "import_download": ["csv"]}.get(page, [])

    answer = stranger.get(reverse(f"admin:{page}", args=[file.pk, *more]))

    assert answer.status_code == 404


def test_viewers_may_not_upload(account: PartnerAccount) -> None:
    assert client_of("viewer", account).get(reverse("admin:onboard_file")).status_code == 403


def test_a_large_file_is_read_by_a_worker(upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("companies.files.importing.AT_ONCE", 10)

    answer = upload(sheet(*({"bid": number} for number in finnish_ids(3))).getvalue())

    assert ImportFile.objects.get().state == ImportState.READING
    assert "being read" in text_of(answer)


def test_a_kept_file_holds_nothing_in_clear(upload: Upload, tmp_path: Any) -> None:
    upload(sheet({"bid": "640823-3234", "country": "SE", "locale": "SE"}).getvalue())

    (kept,) = tmp_path.rglob("*.enc")
    assert b"640823" not in kept.read_bytes()
    assert b"Example" not in kept.read_bytes()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_file_is_downloaded_under_a_name_that_says_what_it_is(agent: Client, stored: Stored, kind: str) -> None:
    file = stored({"bid": "1"}, name="Asiakkaat ä.csv")

    answer = agent.get(reverse("admin:import_download", args=[file.pk, kind]))

    assert answer.status_code == 200
    assert f"corrections.{kind}" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_a_file_whose_content_was_dropped_cannot_be_downloaded_and_says_why(agent: Client, stored: Stored) -> None:
    file = stored({"bid": "1"})
    ImportFile.objects.update(path="")

    answer = agent.get(reverse("admin:import_download", args=[file.pk, "csv"]), follow=True)

    assert "Upload it once more" in text_of(answer)
