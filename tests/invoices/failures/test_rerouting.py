"""Sending failed invoices another way: what is asked, what is refused, and that a lost answer never sends twice."""

from typing import Any

import pytest
import requests
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies.models import Company
from invoices import links
from invoices.enums import Direction, FileKind, Status
from invoices.failures.reroute_forms import EmailForm
from invoices.files import storing
from invoices.models import Invoice, InvoiceAction, InvoiceFile
from invoices.operations import RerouteToEinvoice, RerouteToEmail, RerouteToPrint
from portal.operations import queueing, runner
from portal.operations.handlers import NotQueueableError
from portal.operations.models import Batch, Operation
from tests.invoices.conftest import World
from tests.invoices.documents import Who, finvoice, ubl
from tests.invoices.test_end_to_end import send, settled, until
from tests.invoices.test_pages import make_invoice

STRANGER = Who("Nobody Oy", "FI", "2077474-0", "003720774740")
LETTER = {
    "name": "Nobody Oy", "address1": "Street 1", "post_code": "00100", "post_office": "Helsinki", "country": "FI",
}  # fmt: skip


@pytest.fixture
def rerouter(staff: User, browser: Client) -> Client:
    staff.user_permissions.add(*Permission.objects.filter(codename__in=("reroute_invoice", "view_batch")))
    return browser


def failed(company: Company, content: bytes = b"", **fields: Any) -> Invoice:
    """A failed invoice with one error step, looked at, and its file."""
    known = {"status": Status.FAILED, "checked_at": timezone.now(), "error_text": "Receiver address not known"}
    invoice = make_invoice(company, **(known | fields))
    InvoiceAction.objects.create(
        invoice=invoice, position=0, happened_at=timezone.now(), type="ERROR", key="action_trx_fail"
    )
    if content:
        stored = storing.store(content)
        InvoiceFile.objects.create(
            invoice=invoice, kind=FileKind.ORIGINAL, name="a.xml", size=stored.size, sha256=stored.sha256
        )
    return invoice


def queue(kind: Any, invoice: Invoice, **parameters: Any) -> Operation:
    company = invoice.company
    return queueing.queue(
        kind.kind, invoice, kind.Parameters(**parameters), account=invoice.account, company_uuid=company.uuid
    )


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"status": Status.DELIVERED}, "has not failed"),
        ({"status": Status.PENDING}, "has not failed"),
        ({"direction": Direction.RECEIVED}, "Only sent"),
    ],
)
def test_only_sent_invoices_that_failed_go_another_way(company: Company, fields: dict[str, Any], says: str) -> None:
    with pytest.raises(NotQueueableError, match=says):
        queue(RerouteToEmail, failed(company, **fields), email="a@example.com")


def test_unverified_company_is_told_so(company: Company) -> None:
    invoice = failed(company)
    Company.objects.update(state="UNVERIFIED")
    invoice.refresh_from_db()

    with pytest.raises(NotQueueableError, match="not verified"):
        queue(RerouteToEmail, invoice, email="a@example.com")


@pytest.mark.parametrize("kind", [RerouteToEinvoice, RerouteToEmail, RerouteToPrint])
def test_lost_answer_can_be_looked_up_though_an_event_was_faster(company: Company, kind: Any) -> None:
    invoice = failed(company)
    operation = Operation(kind=kind.kind, state="UNKNOWN", target_id=invoice.pk, parameters={})
    invoice.status = Status.DELIVERED
    operation.target = invoice

    request = kind().prepare([operation])

    assert (request.company, request.uuid) == (company.uuid, invoice.uuid)


def test_two_ways_at_once_are_one(company: Company) -> None:
    invoice = failed(company)
    queue(RerouteToEmail, invoice, email="a@example.com")

    with pytest.raises(NotQueueableError, match="another way already"):
        queue(RerouteToPrint, invoice, **LETTER)


def test_decision_about_an_earlier_failure_is_refused(company: Company) -> None:
    invoice = failed(company)
    InvoiceAction.objects.create(invoice=invoice, position=1, happened_at=timezone.now(), type="ERROR", key="x")

    with pytest.raises(NotQueueableError, match="moved on"):
        queue(RerouteToEmail, invoice, email="a@example.com", seen=1)


@pytest.mark.parametrize(
    ("kind", "missing"),
    [
        (RerouteToEinvoice, "e-invoice address, the receiver's operator"),
        (RerouteToEmail, "e-mail"),
        (RerouteToPrint, "the street"),
    ],
)
def test_what_neither_staff_nor_file_give_is_named(company: Company, kind: Any, missing: str) -> None:
    with pytest.raises(NotQueueableError, match=missing):
        queue(kind, failed(company, counterparty_operator=""))


def test_letter_goes_where_the_invoice_says_when_nothing_is_given(company: Company) -> None:
    invoice = failed(company, finvoice())

    receiver = RerouteToPrint().receiver(invoice, RerouteToPrint.Parameters())

    assert receiver == {
        "recipient_name": "Aalto Astiat Oy", "recipient_address1": "Street 1", "recipient_post_code": "00100",
        "recipient_post_office": "Helsinki", "recipient_country": "FI",
    }  # fmt: skip


def test_peppol_address_of_the_file_goes_with_its_scheme(company: Company) -> None:
    receiver = RerouteToEinvoice().receiver(failed(company, ubl()), RerouteToEinvoice.Parameters(operator="PEPPOL"))

    assert receiver == {"recipient_eia": "0216:003701120389", "recipient_operator": "PEPPOL"}


@pytest.mark.parametrize(
    ("route", "given", "field", "says"),
    [
        ("einvoice", {"eia": "", "operator": "PEPPOL"}, "eia", "required"),
        ("einvoice", {"eia": "0037 2077", "operator": "PEPPOL"}, "eia", "no blanks"),
        ("einvoice", {"eia": "003720774740", "operator": "Apix Messaging"}, "operator", "code, not its name"),
        ("email", {"email": "nobody"}, "email", "valid email"),
        ("email", {"email": "a@example.com, b@example.com"}, "email", "valid email"),
        ("print", {**LETTER, "post_code": ""}, "post_code", "required"),
        ("print", {**LETTER, "country": "XX"}, "country", "valid choice"),
    ],
)
def test_form_asks_what_the_route_needs(
    rerouter: Client, company: Company, route: str, given: dict[str, str], field: str, says: str
) -> None:
    invoice = failed(company)

    answer = rerouter.post(reverse("admin:invoice_reroute", args=[invoice.pk, route]), {"seen": 1, **given})

    assert says in answer.context["form"].errors[field][0]
    assert not Operation.objects.exists()


def test_form_begins_with_what_the_invoice_says(rerouter: Client, company: Company) -> None:
    invoice = failed(company, finvoice())

    shown = rerouter.get(reverse("admin:invoice_reroute", args=[invoice.pk, "print"])).context["form"].initial

    assert (shown["name"], shown["post_office"], shown["country"]) == ("Aalto Astiat Oy", "Helsinki", "FI")


def test_doubt_is_shown_first_and_overruled_on_purpose(rerouter: Client, company: Company) -> None:
    invoice = failed(company)
    company.settings = {"send_invoice_print": {"enabled": False}}
    company.save()
    page = reverse("admin:invoice_reroute", args=[invoice.pk, "print"])
    given = {"seen": 1, **LETTER, "post_code": "1"}

    doubted = rerouter.post(page, given)
    nothing_yet = Operation.objects.count()
    rerouter.post(page, {**given, "sure": doubted.context["sure"]})

    assert "Printing is switched off" in doubted.text
    assert "does not look like a post code" in doubted.text
    assert (nothing_yet, Operation.objects.get().kind) == (0, "invoices.reroute_print")


def test_page_of_an_invoice_offers_another_way_to_those_who_may(browser: Client, staff: User, company: Company) -> None:
    invoice = failed(company)
    page = reverse("admin:invoice_reroute", args=[invoice.pk, "email"])
    without = browser.get(links.page_of(invoice)).text, browser.get(page).status_code
    staff.user_permissions.add(Permission.objects.get(codename="reroute_invoice"))

    assert ("Send another way" in without[0], without[1]) == (False, 403)
    assert "Send another way" in browser.get(links.page_of(invoice)).text


def test_second_click_queues_nothing(rerouter: Client, company: Company) -> None:
    invoice = failed(company)
    page = reverse("admin:invoice_reroute", args=[invoice.pk, "email"])

    answers = [rerouter.post(page, {"seen": 1, "email": "a@example.com"}, follow=True).text for _click in range(2)]

    assert Operation.objects.count() == 1
    assert "on its way again" in answers[0]
    assert "another way already" in answers[1]


def test_click_whose_twin_ended_while_its_form_was_read_queues_nothing(
    rerouter: Client, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice = failed(company)
    read = EmailForm.parameters

    def slowly(form: EmailForm) -> Any:
        Invoice.objects.filter(pk=invoice.pk).update(status=Status.PENDING)
        return read(form)

    monkeypatch.setattr(EmailForm, "parameters", slowly)
    page = reverse("admin:invoice_reroute", args=[invoice.pk, "email"])

    answer = rerouter.post(page, {"seen": 1, "email": "a@example.com"}, follow=True).text

    assert "has not failed" in answer
    assert not Operation.objects.exists()


def test_list_sends_many_another_way_after_a_preview(rerouter: Client, company: Company) -> None:
    one, two = failed(company, finvoice("1")), failed(company, number="2")
    chosen = {"action": "bulk_invoices_reroute_print", "_selected_action": [one.pk, two.pk]}

    page = rerouter.post(links.list_of("failedinvoice"), chosen)
    shown = rerouter.get(page.url).text

    assert Batch.objects.get().kind == "invoices.reroute_print"
    assert "Neither given nor in the invoice&#x27;s file" in shown
    assert "What would happen" in shown


# Over HTTP


def stranded(world: World) -> Invoice:
    """An invoice that failed at the simulator because nobody has its receiver's address."""
    _enable_print(world)
    send(world, finvoice(buyer=STRANGER))
    until(lambda: settled(world), world)
    invoice = Invoice.objects.sent().get()
    assert invoice.status == Status.FAILED
    return invoice


def _enable_print(world: World) -> None:
    ax, token = world.simulator.credentials["ax_url"], world.simulator.token(company=str(world.seller.uuid))
    headers = {"Authorization": f"Bearer {token}"}
    blocks = {"send_invoice_print": {"enabled": True}}
    requests.patch(f"{ax}/v1/company/settings", json=blocks, headers=headers, timeout=10).raise_for_status()


def printed(world: World, invoice: Invoice) -> int:
    """How often the simulator handed the invoice to the printer or mailed it."""
    ax, token = world.simulator.credentials["ax_url"], world.simulator.token(company=str(invoice.company.uuid))
    headers = {"Authorization": f"Bearer {token}"}
    actions = requests.get(f"{ax}/v1/invoices/{invoice.uuid}/actions", headers=headers, timeout=10).json()
    return sum(action["key"] in ("action_sent_print", "action_sent_email") for action in actions)


ROUTES = [
    (RerouteToPrint, LETTER, "PRINT"),
    (RerouteToEmail, {"email": "ostot@nobody.example"}, "EMAIL"),
    (RerouteToEinvoice, {"eia": "0192:987654325", "operator": "PEPPOL"}, "PEPPOL"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "receiver", "destination"), ROUTES)
def test_failed_invoice_is_delivered_another_way(
    world: World, kind: Any, receiver: dict[str, str], destination: str
) -> None:
    invoice = stranded(world)

    queue(kind, invoice, **receiver)
    runner.run_until_idle(world.account, timeout=5)
    invoice.refresh_from_db()
    moving = (invoice.status, invoice.error_text)
    until(lambda: settled(world), world)

    invoice.refresh_from_db()
    assert moving == (Status.PENDING, "")
    assert (invoice.status, invoice.destination, invoice.remedy_key) == (Status.DELIVERED, destination, "")
    assert [action.type for action in invoice.actions.all()][:2] == ["CREATED", "ERROR"], "the failed attempt stays"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["drop_after", "500_after", "malformed", "html_after", "drop_before", "503"])
def test_letter_is_printed_once_when_its_answer_is_lost(world: World, kind: str, settings: Any) -> None:
    settings.CALL_DEADLINE = 2.0
    invoice = stranded(world)
    world.simulator.fault(kind, method="PUT", path="/v1/invoices/*/reroute/print", count=1, seconds=0)

    queue(RerouteToPrint, invoice, **LETTER)
    until(lambda: Operation.objects.filter(kind=RerouteToPrint.kind, state="DONE").exists() and settled(world), world)

    invoice.refresh_from_db()
    assert (invoice.status, printed(world, invoice)) == (Status.DELIVERED, 1)


@pytest.mark.slow
def test_mail_that_bounced_is_not_mailed_again_because_its_answer_was_lost(world: World, settings: Any) -> None:
    settings.CALL_DEADLINE = 2.0
    invoice = stranded(world)
    world.simulator.fault("drop_after", method="PUT", path="/v1/invoices/*/reroute/email", count=1)
    operation = queue(RerouteToEmail, invoice, email="bounce@nobody.example")
    runner.run_until_idle(world.account, timeout=1)
    world.simulator.advance(3600)

    until(lambda: Operation.objects.filter(pk=operation.pk, state="DONE").exists() and settled(world), world)

    invoice.refresh_from_db()
    assert (invoice.status, printed(world, invoice)) == (Status.FAILED, 1)


@pytest.mark.slow
def test_reroute_of_what_did_not_fail_there_is_refused_and_looked_up(world: World) -> None:
    send(world, finvoice())
    until(lambda: settled(world), world)
    invoice = Invoice.objects.sent().get()
    Invoice.objects.filter(pk=invoice.pk).update(status=Status.FAILED)
    invoice.refresh_from_db()

    operation = queue(RerouteToEmail, invoice, email="a@nobody.example")
    until(lambda: Operation.objects.filter(pk=operation.pk, state="REFUSED").exists() and settled(world), world)

    operation.refresh_from_db()
    invoice.refresh_from_db()
    assert (operation.state, invoice.status) == ("REFUSED", Status.DELIVERED)
    assert "has not failed" in operation.remedy


@pytest.mark.slow
def test_look_up_names_where_a_receiver_can_be_reached(world: World, rerouter_of_world: Client) -> None:
    invoice = stranded(world)
    body = {"scheme": "0216", "endpoint_id": "003720774740", "name": "Nobody Oy", "bid": "20774740"}
    world.simulator.control("POST", "/receivers", body)
    page = reverse("admin:invoice_reroute", args=[invoice.pk, "einvoice"])

    found = rerouter_of_world.get(page, {"find": 1}).context["addresses"]
    unknown = rerouter_of_world.post(page, {"seen": invoice.actions.count(), "eia": "1", "operator": "PEPPOL"})
    elsewhere = rerouter_of_world.post(
        page, {"seen": invoice.actions.count(), "eia": found[0].eia, "operator": "NDEAFIHH"}
    )

    assert [(one.eia, one.operator) for one in found] == [("0216:003720774740", "PEPPOL")]
    assert "knows the address 1" in unknown.text
    assert "but at PEPPOL" in elsewhere.text
    assert "BANK network" in elsewhere.text


@pytest.fixture
def rerouter_of_world(world: World) -> Client:
    user = User.objects.create_superuser("lead", password="x")
    client = Client()
    client.force_login(user)
    return client
