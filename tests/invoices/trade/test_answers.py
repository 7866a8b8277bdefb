"""Answers to received invoices: their order, what is written, and that a double click answers once."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from lxml import etree

from companies.models import Company
from invoices.enums import Direction, Status
from invoices.models import BusinessDocument, DocumentDraft, Invoice
from invoices.operations import RespondNemhandel
from invoices.trade import answers, header, responses
from invoices.trade.kinds import DocumentStatus
from invoices.trade.responses import Facts, Party, Response
from portal import contract
from portal.operations import decisions, queueing
from portal.operations.enums import State
from portal.operations.handlers import NotQueueableError
from portal.operations.models import Operation
from tests.invoices.conftest import MakeCompany, World
from tests.invoices.documents import BUYER, Who
from tests.invoices.trade.conftest import OUTSIDE, at_autoinvoice, open_for, until

DANE = Who("Havnens Lager ApS", "DK", "24257630", "24257630", "0184")
_NAMES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
_FACTS = Facts(
    number="88 & 1",
    issued=date(2026, 11, 2),
    sender=Party(name="Aalto <Astiat> Oy", eia="0216:003701120389"),
    receiver=Party(name="Fjordhandel AS", eia=OUTSIDE),
)
_NOW = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)


def make_invoice(company: Company, **fields: Any) -> Invoice:
    known = {
        "account": company.account, "company": company, "uuid": uuid4(), "direction": Direction.RECEIVED,
        "status": Status.DELIVERED, "number": "88001", "counterparty_name": "Fjordhandel AS",
        "counterparty_country": "NO", "counterparty_address": OUTSIDE, "invoice_date": date(2026, 11, 2),
        "total_amount": Decimal("125.50"), "currency": "EUR",
    }  # fmt: skip
    return Invoice.objects.create(**(known | fields))


@pytest.mark.parametrize("known", [answers.PEPPOL, answers.NEMHANDEL])
def test_answers_go_forward_only_and_a_final_one_ends_it(known: tuple[answers.Answer, ...]) -> None:
    assert answers.may_follow(known, "") == list(known)
    for answer in known:
        offered = answers.may_follow(known, answer.code)
        assert all(other.rank > answer.rank for other in offered)
        assert (offered == []) == (answer.is_final or answer.rank == max(other.rank for other in known))
    assert answers.may_follow(known, "NeverSeen") == []


def test_nemhandel_offers_exactly_the_words_of_the_contract() -> None:
    words = contract.load("ax")["components"]["schemas"]["postV1InvoicesIdResponsesNemhandel"]["properties"]["response"]

    assert [answer.code for answer in answers.NEMHANDEL] == words["enum"]


def test_a_response_says_who_answers_whom_about_which_invoice_and_why() -> None:
    response = Response(code="RE", reasons=("PRI", "OTH"), actions=("NIN",), note="Agreed: 9 €\x00")

    content = responses.write(_FACTS, response, "IR-1", _NOW)

    root = etree.fromstring(content)
    texts = {path: root.findtext(path, namespaces=_NAMES) for path in (
        "cbc:ID", "cbc:IssueDate", "cbc:IssueTime", "cbc:Note", "cac:SenderParty/cbc:EndpointID",
        "cac:SenderParty/cac:PartyLegalEntity/cbc:RegistrationName", "cac:ReceiverParty/cbc:EndpointID",
        "cac:DocumentResponse/cac:Response/cbc:ResponseCode", "cac:DocumentResponse/cac:DocumentReference/cbc:ID",
        "cac:DocumentResponse/cac:DocumentReference/cbc:DocumentTypeCode",
    )}  # fmt: skip
    assert list(texts.values()) == [
        "IR-1", "2026-11-03", "09:30:00", "Agreed: 9 €", "003701120389", "Aalto <Astiat> Oy", "987654325", "RE",
        "88 & 1", "380",
    ]  # fmt: skip
    codes = root.findall(".//cac:Status/cbc:StatusReasonCode", _NAMES)
    assert [(code.get("listID"), code.text) for code in codes] == [
        ("OPStatusReason", "PRI"), ("OPStatusReason", "OTH"), ("OPStatusAction", "NIN"),
    ]  # fmt: skip
    assert root.find("cac:SenderParty/cbc:EndpointID", _NAMES).get("schemeID") == "0216"  # type: ignore[union-attr]
    read = header.read(content)
    assert (read.type, read.receiver.eia, read.sender.name) == ("INVOICE_RESPONSE", OUTSIDE, "Aalto <Astiat> Oy")


def test_elements_stand_in_the_order_of_the_schema() -> None:
    root = etree.fromstring(responses.write(_FACTS, Response(code="AB", note="x"), "IR-1", _NOW))

    assert [etree.QName(child).localname for child in root] == [
        "CustomizationID", "ProfileID", "ID", "IssueDate", "IssueTime", "Note", "SenderParty", "ReceiverParty",
        "DocumentResponse",
    ]  # fmt: skip


@pytest.mark.slow
def test_an_answer_is_sent_once_however_often_the_form_is_sent(browser: Client, world: World) -> None:
    invoice = make_invoice(world.buyer)
    address = reverse("admin:invoice_answer", args=[invoice.pk])
    form = {"code": "RE", "reasons": ["PRI"], "note": "", "place": "1"}

    browser.post(address, form)
    browser.post(address, form)
    until(world, lambda: BusinessDocument.objects.filter(status=DocumentStatus.DELIVERED).exists())
    browser.post(address, form)

    (found,) = at_autoinvoice(world, world.buyer)
    assert (found["type"], found["reference"]) == ("INVOICE_RESPONSE", "88001")
    assert BusinessDocument.objects.get().invoice == invoice
    html = browser.get(address).content.decode()
    assert "It is final" in html
    assert 'name="code"' not in html


@pytest.mark.slow
def test_after_an_answer_only_later_ones_are_offered(browser: Client, world: World) -> None:
    invoice = make_invoice(world.buyer)
    address = reverse("admin:invoice_answer", args=[invoice.pk])
    browser.post(address, {"code": "IP", "place": "1"})
    until(world, lambda: BusinessDocument.objects.exists())

    html = browser.get(address).content.decode()
    browser.post(address, {"code": "AB", "place": "2"})

    assert 'value="AB"' not in html
    assert 'value="AP"' in html
    assert DocumentDraft.objects.count() == 1


def test_another_answer_for_a_place_that_is_taken_is_not_sent(browser: Client, world: World) -> None:
    invoice = make_invoice(world.buyer)
    address = reverse("admin:invoice_answer", args=[invoice.pk])
    browser.post(address, {"code": "AB", "place": "1"})

    html = browser.post(address, {"code": "AP", "place": "1"}, follow=True).content.decode()

    assert "Another answer was sent meanwhile" in html
    assert Operation.objects.count() == 1


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "Choose an answer."),
        ({"code": "RE"}, "Tick why"),
        ({"code": "UQ", "reasons": ["OTH"]}, "Say it in words"),
        ({"code": "NOPE"}, "NOPE"),
    ],
)
def test_an_answer_that_lacks_something_is_told_at_its_field(
    browser: Client, world: World, form: dict[str, Any], said: str
) -> None:
    invoice = make_invoice(world.buyer)

    html = browser.post(reverse("admin:invoice_answer", args=[invoice.pk]), {"place": "1"} | form).content.decode()

    assert said in html
    assert not DocumentDraft.objects.exists()


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"counterparty_address": "003712345671"}, "Answer by e-mail"), ({"number": ""}, "number is not known")],
)
def test_what_keeps_an_invoice_from_being_answered_is_told(
    browser: Client, world: World, fields: dict[str, str], said: str
) -> None:
    invoice = make_invoice(world.buyer, **fields)

    html = browser.get(reverse("admin:invoice_answer", args=[invoice.pk])).content.decode()

    assert said in html
    assert 'name="code"' not in html


def test_sent_invoices_are_not_answered(browser: Client, world: World) -> None:
    invoice = make_invoice(world.buyer, direction=Direction.SENT)

    assert browser.get(reverse("admin:invoice_answer", args=[invoice.pk])).status_code == 404


def test_own_peppol_address_is_the_registered_one(world: World) -> None:
    open_for(world, world.buyer, "INVOICE_RESPONSE")

    facts = responses.facts_of(make_invoice(world.buyer))

    assert facts.sender.eia == f"{BUYER.scheme}:{BUYER.endpoint}"


@pytest.fixture
def danish(make_company: MakeCompany) -> Invoice:
    return make_invoice(make_company(DANE))


def respond(invoice: Invoice, response: str, reason: str = "") -> Operation:
    parameters = {"response": response, "reason": reason}
    return queueing.queue(
        RespondNemhandel.kind, invoice, parameters, account=invoice.account, company_uuid=invoice.company.uuid
    )


def test_nemhandel_answers_wait_for_each_other_and_impossible_steps_are_refused(danish: Invoice) -> None:
    first = respond(danish, "Accepted")
    with pytest.raises(NotQueueableError, match="on its way"):
        respond(danish, "FullyPaid")
    Operation.objects.filter(pk=first.pk).update(state=State.DONE)

    with pytest.raises(NotQueueableError, match="cannot follow"):
        respond(danish, "InProcess")
    with pytest.raises(NotQueueableError, match="cannot follow"):
        respond(danish, "Rejected")
    second = respond(danish, "FullyPaid")
    Operation.objects.filter(pk=second.pk).update(state=State.DONE)

    with pytest.raises(NotQueueableError):
        respond(danish, "PartiallyPaid")


def test_only_danish_companies_answer_over_nemhandel(make_company: MakeCompany) -> None:
    with pytest.raises(NotQueueableError, match="Danish"):
        respond(make_invoice(make_company()), "Accepted")


def test_an_answer_that_was_lost_is_a_persons_case_and_is_never_repeated_blindly(danish: Invoice) -> None:
    operation = respond(danish, "Accepted")
    Operation.objects.filter(pk=operation.pk).update(state=State.UNKNOWN, named_case="lost")
    operation.refresh_from_db()
    with pytest.raises(NotQueueableError, match="on its way"):
        respond(danish, "FullyPaid")

    decisions.it_happened(operation, None)

    assert answers.last_nemhandel(danish) == "Accepted"
