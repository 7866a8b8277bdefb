"""Many files at once: taken in, recognised, read by a worker, sent as one batch; nothing twice."""

import io
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from companies.models import Company
from invoices import retained
from invoices.enums import DropState, FileOutcome
from invoices.files import storing
from invoices.models import Drop, DropFile, Upload, stored_path
from invoices.sending import drops, intake
from portal.operations import batches, filling
from portal.operations.models import Batch, Operation
from portal.partners.models import PartnerAccount
from tests.invoices.conftest import MakeCompany, make_account
from tests.invoices.documents import BUYER, SELLER, Who, finvoice, ubl, zipped

OTHER = Who("Toinen Oy", "FI", "2077474-0", "003720774740")
STRANGER = Who("Outo Oy", "FI", "1572860-0", "003715728600")


@pytest.fixture
def browser(staff: User) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def dropped(account: PartnerAccount, files: dict[str, bytes], company: Company | None = None) -> Drop:
    drop = drops.begin(account, company, actor=None)
    drops.add(drop, [(path, io.BytesIO(content)) for path, content in files.items()])
    drops.close(drop)
    if drop.state == DropState.READING:
        drops.read(drop.pk)
    drop.refresh_from_db()
    return drop


def outcomes(drop: Drop) -> dict[str, str]:
    return dict(drop.files.values_list("path", "outcome"))


def test_each_file_is_sent_as_the_company_that_its_sender_is(
    account: PartnerAccount, company: Company, make_company: MakeCompany
) -> None:
    other = make_company(OTHER)

    drop = dropped(account, {"a.zip": zipped({"1.xml": finvoice("1"), "2.xml": ubl("2", seller=OTHER)})})

    found = {file.document_number: file.company for file in drop.files.select_related("company")}
    assert found == {"1": company, "2": other}
    assert set(outcomes(drop).values()) == {FileOutcome.READY}


def test_sender_that_nobody_knows_waits_for_a_choice(account: PartnerAccount, company: Company) -> None:
    files = {"1.xml": finvoice("1", seller=STRANGER), "2.xml": finvoice("2", seller=STRANGER), "3.xml": finvoice("3")}
    drop = dropped(account, files)
    (first,) = drops.unclear(drop)

    changed = drops.choose(drop, first.sender_key, company, actor=None)

    assert (first.sender, first.count, changed) == (STRANGER.name, 2, 2)  # type: ignore[attr-defined]
    assert set(outcomes(drop).values()) == {FileOutcome.READY}
    chosen = drop.files.get(document_number="1")
    assert chosen.company == company
    assert "sender_unknown" in {concern["code"] for concern in chosen.concerns} | {"sender_unknown"}
    assert Upload.objects.filter(company=company).count() == 3


def test_file_that_is_gone_before_its_company_is_chosen_says_so(account: PartnerAccount, company: Company) -> None:
    drop = dropped(account, {"1.xml": finvoice("1", seller=STRANGER)})
    row = drop.files.get()
    storing.remove(row.sha256)

    drops.choose(drop, row.sender_key, company, actor=None)

    row.refresh_from_db()
    assert (row.outcome, "not in the storage any more" in row.text) == (FileOutcome.UNREADABLE, True)


def test_two_files_of_one_name_are_two_files(account: PartnerAccount, company: Company) -> None:
    drop = drops.begin(account, None, actor=None)
    drops.add(drop, [("1.xml", io.BytesIO(finvoice("1"))), ("1.xml", io.BytesIO(finvoice("2")))])
    drops.close(drop)

    assert sorted(drop.files.values_list("document_number", "outcome")) == [("1", "READY"), ("2", "READY")]


def test_business_id_that_two_companies_have_is_a_choice_too(
    account: PartnerAccount, company: Company, make_company: MakeCompany
) -> None:
    make_company(name="Puro Puu, Turku")

    drop = dropped(account, {"1.xml": finvoice("1"), "2.xml": finvoice("2")})

    assert set(outcomes(drop).values()) == {FileOutcome.UNCLEAR}
    assert "several companies" in drop.files.first().text  # type: ignore[union-attr]


def test_companies_of_other_accounts_are_not_found(account: PartnerAccount, make_company: MakeCompany) -> None:
    make_company(account=make_account("Other"))

    assert outcomes(dropped(account, {"1.xml": finvoice()})) == {"1.xml": FileOutcome.UNCLEAR}


def test_a_row_for_each_file_with_its_reason(account: PartnerAccount, company: Company) -> None:
    drop = dropped(
        account,
        {
            "good.xml": finvoice("1"),
            "twin.xml": finvoice("1"),
            "doctype.xml": b"<!DOCTYPE a><a/>",
            "picture.xml": b"%PDF-1.4",
            "page.xml": b"<html/>",
        },
    )

    texts = {file.path: f"{file.text} {file.remedy}" for file in drop.files.all()}
    assert outcomes(drop) == {
        "doctype.xml": FileOutcome.UNREADABLE,
        "good.xml": FileOutcome.READY,
        "page.xml": FileOutcome.UNREADABLE,
        "picture.xml": FileOutcome.UNREADABLE,
        "twin.xml": FileOutcome.SAME,
    }
    assert "good.xml" in texts["twin.xml"]
    assert "is a PDF" in texts["picture.xml"]
    assert "DOCTYPE" in texts["doctype.xml"]


def test_several_finvoices_in_one_file_are_taken_apart(account: PartnerAccount, company: Company) -> None:
    drop = dropped(account, {"many.xml": finvoice("1") + b"\n" + finvoice("2"), "3.xml": finvoice("3")})

    assert sorted(drop.files.values_list("document_number", flat=True)) == ["1", "2", "3"]
    assert "many.xml, invoice 2 of 2" in outcomes(drop)
    assert set(outcomes(drop).values()) == {FileOutcome.READY}


def test_ten_thousand_lines_are_read(account: PartnerAccount, company: Company) -> None:
    lines = ("0.01",) * 10_000

    drop = dropped(account, {"long.xml": ubl("1", lines=lines), "2.xml": finvoice("2")})

    long = drop.files.get(path="long.xml")
    assert (long.outcome, long.total, [concern["code"] for concern in long.concerns]) == (FileOutcome.READY, 125.5, [])


def test_what_was_sent_before_is_the_same(account: PartnerAccount, company: Company) -> None:
    first = dropped(account, {"1.xml": finvoice("1"), "2.xml": finvoice("2")})
    started(first)

    again = dropped(account, {"other-name.xml": finvoice("1"), "3.xml": finvoice("3")})

    assert outcomes(again) == {"other-name.xml": FileOutcome.SAME, "3.xml": FileOutcome.READY}
    assert "being sent already" in again.files.get(path="other-name.xml").text


def started(drop: Drop) -> Batch:
    batch = drops.batch_of(drop, actor=None)
    assert batch is not None
    batches.start(batch)
    filling.fill(batch.account_id)
    batch.refresh_from_db()
    return batch


def test_batch_sends_what_is_ready_once_however_often_it_is_asked_for(
    account: PartnerAccount, company: Company
) -> None:
    drop = dropped(account, {f"{number}.xml": finvoice(str(number)) for number in range(5)} | {"bad.xml": b"<a"})

    made = [drops.batch_of(drop, actor=None) for _click in range(2)]
    started(drop)

    assert made[0] == made[1]
    assert Operation.objects.filter(batch=made[0], kind="invoices.send").count() == 5


def test_reading_goes_on_where_a_killed_worker_stopped(
    account: PartnerAccount, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "CHUNK", 3)
    monkeypatch.setattr(drops, "AT_ONCE_FILES", 0)
    drop = drops.begin(account, None, actor=None)
    drops.add(drop, [(f"{number}.xml", io.BytesIO(finvoice(str(number)))) for number in range(8)])
    drops.close(drop)
    reads = []
    real = drops._read_chunk

    def dying(drop: Drop, chunk: Any) -> None:
        if len(reads) == 1:
            raise KeyboardInterrupt
        reads.append(1)
        real(drop, chunk)

    monkeypatch.setattr(drops, "_read_chunk", dying)
    with pytest.raises(KeyboardInterrupt):
        drops.read(drop.pk)
    before = drop.files.count()
    drops.read(drop.pk)  # its lease holds: another worker may be at it
    still = drop.files.count()
    monkeypatch.setattr(drops, "_read_chunk", real)
    Drop.objects.update(leased_until=None)
    drops.read(drop.pk)

    assert (before, still) == (3, 3)
    assert list(drop.files.values_list("number", "document_number")) == [(n, str(n - 1)) for n in range(1, 9)]


def test_reading_costs_few_statements_for_each_chunk(
    account: PartnerAccount, company: Company, django_assert_max_num_queries: Any
) -> None:
    files = {f"{number}.xml": finvoice(str(number)) for number in range(60)}

    with django_assert_max_num_queries(40):
        dropped(account, {"a.zip": zipped(files)})


def test_portions_make_one_drop_and_a_repeated_portion_changes_nothing(browser: Client, company: Company) -> None:
    def give(names: list[str], **fields: str) -> Any:
        files = [SimpleUploadedFile(name, finvoice(name)) for name in names]
        data = {"files": files, "path": [f"folder/{name}" for name in names], "company": "", **fields}
        return browser.post(reverse("admin:invoices_portion"), data)

    drop = give(["1.xml", "2.xml"]).json()["drop"]
    give(["3.xml"], drop=drop)
    give(["3.xml"], drop=drop)
    answer = give([f"{n}.xml" for n in range(4, 14)], drop=drop, last="1").json()

    assert answer["next"] == reverse("admin:invoices_drop", args=[drop])
    assert DropFile.objects.filter(drop=drop, outcome=FileOutcome.READY).count() == 13
    assert DropFile.objects.get(document_number="3.xml").path == "folder/3.xml"


def test_portion_that_is_wrong_says_why_in_json(browser: Client, company: Company) -> None:
    answer = browser.post(reverse("admin:invoices_portion"), {"company": "9999999-9"})

    assert answer.status_code == 400
    assert any("Onboard it first" in text for text in answer.json()["errors"])


def test_page_shows_rows_choices_and_leads_to_the_batch(
    staff: User, browser: Client, account: PartnerAccount, company: Company, django_assert_max_num_queries: Any
) -> None:
    staff.user_permissions.add(Permission.objects.get(codename="view_batch"))
    files = {f"{number}.xml": finvoice(str(number)) for number in range(20)}
    drop = dropped(account, files | {"x.xml": finvoice("x", seller=STRANGER), "bad.xml": b"<a"})
    page = reverse("admin:invoices_drop", args=[drop.pk])

    with django_assert_max_num_queries(20):
        shown = browser.get(page).text
    sent = browser.post(reverse("admin:invoices_drop_go_on", args=[drop.pk]))
    preview = browser.get(f"{sent['Location']}?preview=1").text

    assert "Go on with 20 invoices" in shown
    assert "Whose are these?" in shown
    assert "broken or cut off" in shown
    assert "Send for 20" in preview
    assert page in preview


def test_choice_on_the_page_takes_a_business_id(browser: Client, account: PartnerAccount, company: Company) -> None:
    drop = dropped(account, {"x.xml": finvoice("x", seller=STRANGER)})
    key = drops.unclear(drop)[0].sender_key
    choose = reverse("admin:invoices_drop_company", args=[drop.pk])

    unknown = browser.post(choose, {"sender": key, "company": "9999999-9"}, follow=True).text
    browser.post(choose, {"sender": key, "company": SELLER.business_id})

    assert "Onboard it first" in unknown
    assert outcomes(drop) == {"x.xml": FileOutcome.READY}


def test_rows_can_be_downloaded(browser: Client, account: PartnerAccount, company: Company) -> None:
    drop = dropped(account, {"1.xml": finvoice("1"), "bad.xml": b"<a"})

    answer = browser.get(reverse("admin:invoices_drop_rows", args=[drop.pk]))

    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "1.xml,Can be sent" in text
    assert "broken or cut off" in text


def test_staff_see_only_drops_of_their_accounts(browser: Client, make_company: MakeCompany) -> None:
    drop = dropped(make_account("Other"), {"1.xml": finvoice()})

    for name in ("invoices_drop", "invoices_drop_live", "invoices_drop_rows"):
        assert browser.get(reverse(f"admin:{name}", args=[drop.pk])).status_code == 404


def test_old_drops_leave_only_what_uploads_need(account: PartnerAccount, company: Company) -> None:
    drop = dropped(account, {"1.xml": finvoice("1"), "a.zip": zipped({"2.xml": finvoice("2"), "3.xml": finvoice("3")})})

    (zip_file,) = (one["sha256"] for one in drop.given if one["path"] == "a.zip")

    left = retained.drop_contents([drop.pk])

    # The invoices out of it lie there as their own.
    assert set(left) - set(retained.needed(left)) == {stored_path(zip_file)}
    for upload in Upload.objects.all():
        assert drops._opened(upload.sha256).read()
    assert BUYER.name in set(drop.files.values_list("receiver", flat=True))


def test_full_storage_is_an_error_at_the_files_and_leaves_nothing(
    browser: Client, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: Any, **_more: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_storage, "_save", full, raising=False)
    by_form, by_portion = (
        browser.post(reverse(f"admin:{name}"), {"files": SimpleUploadedFile("1.xml", finvoice())})
        for name in ("invoices_send", "invoices_portion")
    )

    assert "No space left" in by_form.context["form"].errors["files"][0]
    assert (by_portion.status_code, "No space left" in by_portion.json()["errors"][0]) == (503, True)
    assert not Upload.objects.exists()
