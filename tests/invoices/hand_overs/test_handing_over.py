"""Handing received invoices over: to whom, once each, by folder and by webhook, and what failed."""

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from companies.models import Company
from invoices.enums import Direction, HandOverWay
from invoices.hand_overs import handing_over
from invoices.models import HandOver, HandOverTarget, Invoice
from portal.operations import runner
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount
from tests.invoices.conftest import World, make_account
from tests.invoices.files.test_bundles import with_files
from tests.invoices.test_end_to_end import until

SECRET = "a shared secret of some length"


@pytest.fixture(autouse=True)
def _outside(settings: Any, tmp_path: Path) -> None:
    settings.HANDOVER_DIR = tmp_path / "handover"
    settings.OUTBOUND_HOSTS, settings.OUTBOUND_PRIVATE = ["localhost"], True


@pytest.fixture
def browser(staff: User) -> Client:
    wanted = ("view_handover", "hand_over", "view_handovertarget", "add_handovertarget", "change_handovertarget")
    staff.user_permissions.add(*Permission.objects.filter(codename__in=wanted))
    client = Client()
    client.force_login(staff)
    return client


def target(account: PartnerAccount, company: Company | None = None, **fields: Any) -> HandOverTarget:
    known = {"name": f"target {HandOverTarget.objects.count()}", "way": HandOverWay.FOLDER, "folder": "customer/in"}
    return HandOverTarget.objects.create(account=account, company=company, **(known | fields))


def saved(company: Company, number: str = "7") -> Invoice:
    invoice = with_files(company, number, a_xml=b"<a/>", b_pdf=b"%PDF-1.4")
    Invoice.objects.filter(pk=invoice.pk).update(files_at=timezone.now())
    return Invoice.objects.select_related("company", "account").get(pk=invoice.pk)


def begin(*invoices: Invoice) -> None:
    with transaction.atomic():
        handing_over.begin(invoices[0].account, invoices)


def run(account: PartnerAccount) -> None:
    runner.run_until_idle(account, timeout=5)


def test_company_with_targets_of_its_own_is_not_given_to_those_of_the_account(
    company: Company, make_company: Any
) -> None:
    other, account = make_company(name="Other Oy"), company.account
    usual, own = target(account), target(account, company)
    target(account, other, is_active=False)

    found = handing_over.targets_of(account, {company.pk, other.pk})

    assert found == {company.pk: [own], other.pk: [usual]}


def test_folder_gets_each_invoice_whole_and_once(company: Company, tmp_path: Path) -> None:
    invoice, _to = saved(company), target(company.account)

    for _time in range(2):
        begin(invoice)
        run(company.account)

    place = tmp_path / "handover" / "customer" / "in"
    assert [folder.name for folder in place.iterdir()] == [f"7_{invoice.uuid}"]
    assert sorted(file.name for file in next(place.iterdir()).iterdir()) == ["a.xml", "b.pdf", "invoice.json"]
    told = json.loads((place / f"7_{invoice.uuid}" / "invoice.json").read_text())
    assert (told["key"], told["number"]) == (str(HandOver.objects.get().key), "7")
    assert (HandOver.objects.get().done_at is not None, Operation.objects.count()) == (True, 1)


def test_folder_without_room_is_tried_again_and_shows_nothing_half(
    company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target(company.account)
    begin(saved(company))

    def full(*_args: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(handing_over.shutil, "copyfileobj", full)
        runner.drain(company.account.pk)
        operation = Operation.objects.get()
        half = list((tmp_path / "handover").rglob("*.*"))
    run(company.account)

    assert (operation.state, operation.error_text) == ("QUEUED", "No space left on device")
    assert half == []
    assert Operation.objects.get().state == "DONE"


def test_link_that_leads_out_of_the_folder_is_not_followed(company: Company, tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "handover"
    outside.mkdir()
    root.mkdir()
    (root / "customer").symlink_to(outside)
    target(company.account)
    begin(saved(company))

    runner.drain(company.account.pk)

    assert HandOver.objects.get().done_at is None
    assert [path for path in outside.rglob("*") if path.is_file()] == []


def test_webhook_that_fails_at_first_gets_the_same_key_until_it_takes_it(
    company: Company, httpserver: HTTPServer
) -> None:
    keys: list[str] = []
    bodies: list[bytes] = []

    def answer(request: Request) -> Response:
        keys.append(request.headers["Idempotency-Key"])
        bodies.append(request.get_data())
        return Response(status=200 if len(keys) == 3 else 500)

    httpserver.expect_request("/in").respond_with_handler(answer)
    url = httpserver.url_for("/in")
    target(company.account, way=HandOverWay.WEBHOOK, url=url, secret=SECRET)
    begin(saved(company))

    run(company.account)

    archive = zipfile.ZipFile(io.BytesIO(bodies[-1]))
    assert sorted(archive.namelist()) == ["a.xml", "b.pdf", "invoice.json"]
    assert len(set(keys)) == 1
    assert len(set(bodies)) == 1
    operation = Operation.objects.get()
    assert (operation.state, operation.attempts, operation.result["status"]) == ("DONE", 3, 200)
    assert SECRET not in str(Operation.objects.values().get())


def test_refusal_is_in_the_list_of_failed_ones_and_can_be_tried_again(
    browser: Client, company: Company, httpserver: HTTPServer
) -> None:
    httpserver.expect_ordered_request("/in").respond_with_data("unknown supplier", status=422)
    httpserver.expect_ordered_request("/in").respond_with_data("")
    target(company.account, way=HandOverWay.WEBHOOK, url=httpserver.url_for("/in"), secret=SECRET)
    begin(saved(company))
    run(company.account)
    listed = browser.get(reverse("admin:invoices_handover_changelist") + "?state=failed").text
    dashboard = browser.get(reverse("admin:index")).text

    with transaction.atomic():
        handing_over.queue(company.account, list(HandOver.objects.all()))
    run(company.account)
    after = browser.get(reverse("admin:invoices_handover_changelist") + "?state=failed").text

    assert "unknown supplier" in listed
    assert "Not handed over" in dashboard
    assert HandOver.objects.get().done_at is not None
    assert "unknown supplier" not in after


def test_host_that_is_taken_off_the_list_is_not_called_any_more(company: Company, settings: Any) -> None:
    target(company.account, way=HandOverWay.WEBHOOK, url="http://localhost:1/in", secret=SECRET)
    begin(saved(company))
    settings.OUTBOUND_HOSTS = []

    run(company.account)

    operation = Operation.objects.get()
    assert (operation.state, operation.error_code) == ("FAILED", "configuration")
    assert "OUTBOUND_HOSTS" in operation.remedy


def test_damaged_file_is_not_handed_over(company: Company, tmp_path: Path) -> None:
    invoice = saved(company)
    target(company.account)
    file = invoice.files.first()
    assert file is not None
    (tmp_path / "files" / file.path).write_bytes(b"<x/>")
    begin(invoice)

    run(company.account)

    operation = Operation.objects.get()
    assert (operation.state, operation.error_code) == ("REFUSED", "file_gone")
    assert not any((tmp_path / "handover").rglob("*.xml"))


def form(company: Company, **fields: Any) -> dict[str, Any]:
    known = {"account": company.account_id, "name": "ERP", "way": "WEBHOOK", "is_active": "on"}
    return known | {"url": "http://localhost/in", "secret": SECRET} | fields


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"url": "http://10.0.0.1/"}, "may call"),
        ({"secret": "short"}, "24 characters"),
        ({"way": "FOLDER", "folder": "../../etc"}, "Name a folder"),
        ({"way": "FOLDER", "folder": "/etc"}, "Name a folder"),
        ({"way": "FOLDER", "folder": ""}, "Name a folder"),
        ({"company_named": "nobody"}, "no such company"),
    ],
)
def test_target_that_cannot_be_right_says_so_at_its_field(
    browser: Client, company: Company, fields: dict[str, str], why: str
) -> None:
    answer = browser.post(reverse("admin:invoices_handovertarget_add"), form(company, **fields))

    assert why in answer.text
    assert not HandOverTarget.objects.exists()


def test_secret_is_never_shown_and_stays_when_left_empty(browser: Client, company: Company) -> None:
    browser.post(reverse("admin:invoices_handovertarget_add"), form(company, company_named=company.business_id))
    made = HandOverTarget.objects.get()
    change = reverse("admin:invoices_handovertarget_change", args=[made.pk])

    page = browser.get(change).text
    browser.post(change, form(company, company_named=company.business_id, secret="", name="New name"))
    made.refresh_from_db()

    assert SECRET not in page
    assert (made.secret, made.name, made.company) == (SECRET, "New name", company)


def test_other_accounts_are_neither_offered_nor_listed(browser: Client, company: Company, make_company: Any) -> None:
    foreign = make_company(account=make_account("Other"))
    target(foreign.account, name="secret target")
    HandOver.objects.create(account=foreign.account, target=HandOverTarget.objects.get(), invoice=saved(foreign, "99"))

    targets = browser.get(reverse("admin:invoices_handovertarget_changelist")).text
    hand_overs = browser.get(reverse("admin:invoices_handover_changelist")).text
    answer = browser.post(reverse("admin:invoices_handovertarget_add"), form(foreign))

    assert ("secret target" in targets, ">99<" in hand_overs) == (False, False)
    assert HandOverTarget.objects.filter(account=foreign.account).count() == 1
    assert answer.status_code == 200


def test_chosen_invoices_of_before_the_target_are_handed_over_from_the_list(browser: Client, company: Company) -> None:
    invoice = saved(company)
    target(company.account)
    chosen = {"action": "hand_over", "_selected_action": [invoice.pk]}
    url = reverse("admin:invoices_receivedinvoice_changelist")

    first = browser.post(url, chosen, follow=True).text
    second = browser.post(url, chosen, follow=True).text

    assert "1 invoice is on its way" in first
    assert "went there before" in second
    assert Operation.objects.count() == 1


def test_list_of_hand_overs_costs_the_same_however_many(
    browser: Client, company: Company, django_assert_max_num_queries: Any
) -> None:
    to = target(company.account)
    for number in range(30):
        HandOver.objects.create(account=company.account, target=to, invoice=saved(company, str(number)))

    with django_assert_max_num_queries(16):
        assert browser.get(reverse("admin:invoices_handover_changelist")).status_code == 200


@pytest.mark.slow
def test_received_invoice_goes_to_the_customer_by_itself(world: World, tmp_path: Path) -> None:
    target(world.account, world.buyer, folder="buyer")
    world.simulator.receive(str(world.buyer.uuid), number="R-1", with_attachment=True)

    until(lambda: HandOver.objects.filter(done_at__isnull=False).exists(), world)

    names = {file.name for file in (tmp_path / "handover" / "buyer").rglob("*.*") if file.is_file()}
    assert {"R-1.xml", "R-1.pdf", "specification.pdf", "invoice.json"} <= names
    assert Invoice.objects.get().direction == Direction.RECEIVED
    assert HandOver.objects.get().created_at > timezone.now() - timedelta(minutes=5)
