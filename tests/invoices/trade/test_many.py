"""Many documents at once: read, recognised, each to the receiver that it names, sent as one batch; nothing twice."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from companies.models import Company
from invoices.enums import Direction, DropSends, FileOutcome
from invoices.files import storing
from invoices.models import BusinessDocument, DocumentDraft, Drop, DropFile, transmission_of
from invoices.operations import SendDocument
from invoices.sending import drops
from invoices.trade.chains import ManyDocumentsForm
from invoices.trade.kinds import DocumentStatus
from portal.operations import batches, filling, previews
from portal.operations.models import Batch, Operation
from portal.partners.models import PartnerAccount
from tests.invoices.conftest import MakeCompany, World
from tests.invoices.documents import BUYER, Who, ubl, zipped
from tests.invoices.trade.conftest import OUTSIDE, at_autoinvoice, order, until

OTHER = Who("Toinen Oy", "FI", "2077474-0", "003720774740")
STRANGER = Who("Outo Oy", "FI", "1572860-0", "003715728600")
FJORD = Who("Fjordhandel AS", "NO", "987654325", "987654325", "0192")
NAMED = f"{BUYER.scheme}:{BUYER.endpoint}"
PDF = b"%PDF-1.4 voucher"
ADDRESS, OPERATOR = "003712345671", "003721291126"


@pytest.fixture
def clerk(staff: User) -> Client:
    rights = ("send_document", "view_company", "view_batch")
    staff.user_permissions.set(Permission.objects.filter(codename__in=rights))
    client = Client()
    client.force_login(staff)
    return client


def dropped(account: PartnerAccount, files: dict[str, bytes], company: Company | None = None, kind: str = "") -> Drop:
    drop = drops.begin(account, company, actor=None, sends=DropSends.DOCUMENTS, kind=kind)
    drops.add(drop, [(path, io.BytesIO(content)) for path, content in files.items()])
    drops.close(drop)
    drop.refresh_from_db()
    return drop


def outcomes(drop: Drop) -> dict[str, str]:
    return dict(drop.files.values_list("path", "outcome"))


def started(drop: Drop, **chosen: Any) -> Batch:
    batch = drops.batch_of(drop, actor=None)
    assert batch is not None
    batch.parameters = {**batch.parameters, **chosen}
    batch.save(update_fields=["parameters"])
    batches.start(batch)
    filling.fill(batch.account_id)
    batch.refresh_from_db()
    return batch


def receivers() -> dict[str, tuple[str, str]]:
    """To whom what is queued goes, by the document's number or file."""
    queued = Operation.objects.filter(kind=SendDocument.kind)
    return {str(one.target): (one.parameters["recipient_eia"], one.parameters["recipient_operator"]) for one in queued}


def concerns(drop: Drop) -> dict[str, set[str]]:
    return {row.path: {concern["code"] for concern in row.concerns} for row in drop.files.all()}


def test_each_document_is_sent_as_the_company_that_its_sender_is(
    account: PartnerAccount, company: Company, make_company: MakeCompany
) -> None:
    other = make_company(OTHER)

    drop = dropped(account, {"a.zip": zipped({"1.xml": order("1"), "2.xml": order("2", buyer=OTHER)})})

    found = {row.document_number: row.company for row in drop.files.select_related("company")}
    assert found == {"1": company, "2": other}
    assert set(outcomes(drop).values()) == {FileOutcome.READY}


def test_a_row_for_each_file_with_its_reason(account: PartnerAccount, company: Company) -> None:
    drop = dropped(
        account,
        {
            "good.xml": order("1"),
            "twin.xml": order("1"),
            "doctype.xml": b"<!DOCTYPE a><a/>",
            "cut.xml": b"<Order><ID>1</ID>",
            "invoice.xml": ubl("7"),
            "stranger.xml": order("2", buyer=STRANGER),
            "empty.pdf": b"",
        },
    )

    texts = {row.path: f"{row.text} {row.remedy}" for row in drop.files.all()}
    assert outcomes(drop) == {
        "good.xml": FileOutcome.READY,
        "twin.xml": FileOutcome.SAME,
        "doctype.xml": FileOutcome.UNREADABLE,
        "cut.xml": FileOutcome.UNREADABLE,
        "invoice.xml": FileOutcome.UNREADABLE,
        "stranger.xml": FileOutcome.UNCLEAR,
        "empty.pdf": FileOutcome.UNREADABLE,
    }
    assert "good.xml" in texts["twin.xml"]
    assert "“Send invoices”" in texts["invoice.xml"]
    assert STRANGER.name in texts["stranger.xml"]
    assert "DOCTYPE" in texts["doctype.xml"]
    assert "empty" in texts["empty.pdf"]
    assert DocumentDraft.objects.count() == 1


def test_files_named_like_an_xml_are_its_attachments_and_others_documents(
    account: PartnerAccount, company: Company
) -> None:
    files = {
        "1.xml": order("1"), "1-terms.pdf": PDF + b" terms", "2.xml": order("2"), "voucher.pdf": PDF,
        "packed.zip": zipped({"3.xml": order("3"), "plan.pdf": PDF + b" plan"}),
        "scans.zip": zipped({"a.pdf": PDF + b" a", "b.pdf": PDF + b" b"}),
    }  # fmt: skip

    drop = dropped(account, files, company, kind="VOUCHER")

    found = {
        str(row.draft): (row.draft.type, [file["name"] for file in row.draft.attachments])
        for row in drop.files.select_related("draft")
        if row.draft
    }
    assert found == {
        "1": ("ORDER", ["1-terms.pdf"]),
        "2": ("ORDER", []),
        "3": ("ORDER", ["plan.pdf"]),
        "voucher.pdf": ("VOUCHER", []),
        "a.pdf": ("VOUCHER", []),
        "b.pdf": ("VOUCHER", []),
    }
    with storing.opened(DocumentDraft.objects.get(name="b.pdf").sha256) as stream:
        assert stream.read() == PDF + b" b"


def test_beside_a_single_xml_only_what_is_named_after_it_is_its_attachment(
    account: PartnerAccount, company: Company
) -> None:
    files = {"1.xml": order("1"), "1-terms.pdf": PDF, "voucher.pdf": PDF + b" other"}

    drop = dropped(account, files, company, kind="VOUCHER")

    assert outcomes(drop) == {"1.xml": FileOutcome.READY, "voucher.pdf": FileOutcome.READY}


def test_hostile_zips_are_rows_that_say_why(account: PartnerAccount, company: Company) -> None:
    inner = zipped({"1.xml": order("1"), "2.xml": order("2")})
    for _depth in range(4):
        inner = zipped({"in.zip": inner, "x.txt": b"x"})
    bomb = zipped({"a.txt": b"0" * 2**24, "b.txt": b"1"})

    drop = dropped(account, {"deep.zip": inner, "bomb.zip": bomb, "cut.zip": zipped({"1.xml": order()})[:40]}, company)

    told = {row.path.partition(" / ")[0]: row.text for row in drop.files.filter(outcome=FileOutcome.UNREADABLE)}
    assert set(told) == {"deep.zip", "bomb.zip", "cut.zip"}
    assert not drop.files.filter(document_number__gt="").exists()


def test_what_speaks_against_a_document_is_said_before(account: PartnerAccount, company: Company) -> None:
    odd = Who("Odd AS", "NO", "987654326", "987654326", "0192")  # its check digit is wrong
    bare = Who("Bare Oy", "FI", "2077474-0", ADDRESS, "")
    files = {
        "odd.xml": order("1", seller=odd), "bare.xml": order("2", seller=bare),
        "other.xml": order("3", buyer=STRANGER), "voucher.pdf": PDF,
    }  # fmt: skip

    drop = dropped(account, files, company)

    assert concerns(drop) == {
        "odd.xml": {"bad_address"},
        "bare.xml": {"no_operator"},
        "other.xml": {"other_sender"},
        "voucher.pdf": {"no_type", "no_receiver"},
    }


def test_a_sender_that_nobody_knows_waits_for_a_choice(account: PartnerAccount, company: Company) -> None:
    drop = dropped(account, {"1.xml": order("1", buyer=STRANGER), "2.xml": order("2"), "a.pdf": PDF}, kind="VOUCHER")
    unclear = {row.sender: row.sender_key for row in drops.unclear(drop)}

    changed = [drops.choose(drop, key, company, actor=None) for key in unclear.values()]

    assert set(unclear) == {STRANGER.name, ""}
    assert changed == [1, 1]
    assert set(outcomes(drop).values()) == {FileOutcome.READY}
    assert drop.files.get(path="a.pdf").draft.type == "VOUCHER"  # type: ignore[union-attr]


def test_each_goes_to_the_receiver_that_it_names_and_the_rest_to_the_one_for_all(
    account: PartnerAccount, company: Company
) -> None:
    bare = Who("Bare Oy", "FI", "2077474-0", ADDRESS, "")
    files = {"1.xml": order("1"), "2.xml": order("2", seller=bare), "voucher.pdf": PDF}

    started(dropped(account, files, company), recipient_eia="V-1", recipient_operator=OPERATOR)

    assert receivers() == {
        "1": (NAMED, "PEPPOL"),
        "2": (ADDRESS, OPERATOR),
        "voucher.pdf": ("V-1", OPERATOR),
    }


def test_one_receiver_can_be_that_of_all(account: PartnerAccount, company: Company) -> None:
    drop = dropped(account, {"1.xml": order("1"), "2.xml": order("2")})

    started(drop, recipient_eia=OUTSIDE, recipient_operator="PEPPOL", for_all=True)

    assert set(receivers().values()) == {(OUTSIDE, "PEPPOL")}


def test_without_a_receiver_a_document_is_left_out_with_its_reason(account: PartnerAccount, company: Company) -> None:
    bare = Who("Bare Oy", "FI", "2077474-0", ADDRESS, "")
    files = {"1.xml": order("1"), "2.xml": order("2", seller=bare), "voucher.pdf": PDF}
    drop = dropped(account, files, company)
    draft = drops.batch_of(drop, actor=None)
    assert draft is not None

    seen = previews.whole(draft)
    batch = started(drop)

    assert set(receivers()) == {"1"}
    assert batch.total == 1
    reasons = {row["reason"] for row in batch.skipped}
    assert reasons == {"The file names no receiver's address.", "The file names an address without its operator."}
    assert previews.stored(seen, {})["will_run"] == 1


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ({"recipient_eia": "0216:003712345671"}, "recipient_operator"),
        ({"for_all": True}, "recipient_eia"),
        ({"recipient_country": "Finland"}, "recipient_country"),
    ],
)
def test_half_a_receiver_is_told_at_its_field(given: dict[str, Any], at: str) -> None:
    assert set(ManyDocumentsForm(given).errors) == {at}


@pytest.mark.parametrize(
    "given", [{}, {"recipient_operator": "peppol"}, {"recipient_eia": "1", "recipient_operator": "x"}]
)
def test_no_receiver_an_operator_alone_and_a_whole_one_are_fine(given: dict[str, Any]) -> None:
    assert ManyDocumentsForm(given).is_valid()


def test_a_doubled_click_and_the_same_files_again_send_nothing_twice(account: PartnerAccount, company: Company) -> None:
    files = {f"{number}.xml": order(str(number)) for number in range(5)}
    drop = dropped(account, files)

    made = [drops.batch_of(drop, actor=None) for _click in range(2)]
    batches.start(made[0])  # type: ignore[arg-type]
    batches.start(made[1])  # type: ignore[arg-type]
    filling.fill(account.pk)
    again = dropped(account, {"renamed.zip": zipped(files | {"6.xml": order("6")})})

    assert made[0] == made[1]
    assert Operation.objects.filter(kind=SendDocument.kind).count() == 5
    assert sorted(outcomes(again).values()) == [FileOutcome.READY, *[FileOutcome.SAME] * 5]
    started(again)
    assert Operation.objects.filter(kind=SendDocument.kind).count() == 6


def test_a_draft_that_was_kept_without_its_address_gets_it(account: PartnerAccount, company: Company) -> None:
    dropped(account, {"1.xml": order("1")})
    DocumentDraft.objects.update(receiver_address="")

    drop = dropped(account, {"1.xml": order("1")})

    assert DocumentDraft.objects.get().receiver_address == NAMED
    assert concerns(drop) == {"1.xml": set()}


def test_what_was_sent_to_its_receiver_before_is_the_same(account: PartnerAccount, company: Company) -> None:
    dropped(account, {"1.xml": order("1")})
    draft = DocumentDraft.objects.get()
    BusinessDocument.objects.create(
        account=account, company=company, remote_id="id-1", direction=Direction.SENT, type="ORDER", number="1",
        status=DocumentStatus.DELIVERED, transmission_id=str(transmission_of(draft, NAMED, "PEPPOL", 0)),
    )  # fmt: skip

    row = dropped(account, {"again.xml": order("1")}).files.get()

    assert (row.outcome, "sent to this receiver already: 1" in row.text) == (FileOutcome.SAME, True)


def test_reading_costs_few_statements_for_each_chunk(
    account: PartnerAccount, company: Company, django_assert_max_num_queries: Any
) -> None:
    files = {f"{number}.xml": order(str(number)) for number in range(60)}

    with django_assert_max_num_queries(40):
        dropped(account, {"a.zip": zipped(files)})


def test_several_files_come_to_their_page_and_from_there_to_the_batch(
    clerk: Client, company: Company, django_assert_max_num_queries: Any
) -> None:
    files = [SimpleUploadedFile(f"{number}.xml", order(f"N-{number}")) for number in range(15)]
    given = clerk.post(reverse("admin:document_new"), {"files": [*files, SimpleUploadedFile("bad.xml", b"<a")]})

    with django_assert_max_num_queries(20):
        shown = clerk.get(given["Location"]).text
    sent = clerk.post(f"{given['Location']}go-on/")
    pick = clerk.get(sent["Location"]).text
    preview = clerk.post(sent["Location"], {"recipient_operator": "PEPPOL"}, follow=True).text
    rows = b"".join(clerk.get(f"{given['Location']}rows/").streaming_content).decode()  # type: ignore[attr-defined]

    assert "Go on with 15 documents" in shown
    assert f"<code>{NAMED}</code>" in shown
    assert "broken or cut off" in shown
    assert "Send all of them there" in pick
    assert "Send for 15" in preview
    assert "N-14" in rows


def test_one_file_without_a_company_is_recognised_and_comes_to_its_own_page(clerk: Client, company: Company) -> None:
    given = clerk.post(reverse("admin:document_new"), {"files": SimpleUploadedFile("1.xml", order("1"))})

    assert given["Location"] == reverse("admin:document_draft", args=[DocumentDraft.objects.get().pk])


def test_attachments_beside_several_files_are_refused_at_their_field(clerk: Client, company: Company) -> None:
    files = [SimpleUploadedFile(f"{number}.xml", order(str(number))) for number in range(2)]
    data = {"company": company.business_id, "files": files, "attachments": SimpleUploadedFile("a.pdf", PDF)}

    html = clerk.post(reverse("admin:document_new"), data).text

    assert "They go with one document." in html
    assert not Drop.objects.exists()


def test_portions_make_one_drop_and_a_broken_file_in_one_is_a_row(clerk: Client, company: Company) -> None:
    def give(names: list[str], content: Callable[[str], bytes] = order, **fields: str) -> Any:
        files = [SimpleUploadedFile(name, content(name)) for name in names]
        data = {"files": files, "path": [f"folder/{name}" for name in names], "type": "VOUCHER", **fields}
        return clerk.post(reverse("admin:document_portion"), data).json()

    drop = give(["1.xml", "2.xml"])["drop"]
    give(["2.xml"], drop=drop)
    answer = give(["3.xml"], lambda _name: b"<Order>", drop=drop, last="1")

    assert answer["next"] == reverse("admin:invoices_drop", args=[drop])
    assert Drop.objects.get().type == "VOUCHER"
    assert sorted(DropFile.objects.values_list("path", "outcome")) == [
        ("folder/1.xml", "READY"), ("folder/2.xml", "READY"), ("folder/3.xml", "UNREADABLE"),
    ]  # fmt: skip


def test_who_may_send_invoices_only_does_not_see_documents_and_the_reverse(
    clerk: Client, staff: User, account: PartnerAccount, company: Company
) -> None:
    documents, invoices = dropped(account, {"1.xml": order()}), drops.begin(account, None, actor=None)
    pages = [reverse("admin:invoices_drop", args=[drop.pk]) for drop in (documents, invoices)]

    mine = [clerk.get(page).status_code for page in pages]
    staff.user_permissions.set(Permission.objects.filter(codename="send_invoice"))
    others = [clerk.get(page).status_code for page in pages]

    assert (mine, others) == ([200, 403], [403, 200])


@pytest.mark.slow
def test_a_zip_of_documents_is_sent_once_each_over_http(world: World) -> None:
    files = {f"{number}.xml": order(f"O-{number}", seller=FJORD) for number in range(3)}
    drop = dropped(world.account, {"orders.zip": zipped(files), "voucher.pdf": PDF}, world.seller, kind="VOUCHER")

    started(drop, recipient_eia=OUTSIDE, recipient_operator="PEPPOL")
    started(drop, recipient_eia=OUTSIDE, recipient_operator="PEPPOL")
    until(world, lambda: BusinessDocument.objects.filter(status=DocumentStatus.DELIVERED).count() == 4)

    there = at_autoinvoice(world, world.seller)
    assert sorted(str(one["type"]) for one in there) == ["ORDER", "ORDER", "ORDER", "VOUCHER"]
    assert len({one["transmission_id"] for one in there}) == 4
