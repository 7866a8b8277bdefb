"""An invoice's way in staff words, what came back after delivery, and what is stuck."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from companies.models import Company
from invoices import dashboard, links, pills
from invoices.enums import Status
from invoices.following import timeline, words, writing
from invoices.following.looking import Seen
from invoices.models import Invoice, InvoiceAction
from invoices.services import Action, InvoiceEntity, Party
from portal import contract
from tests.invoices.test_pages import make_invoice

NOW = timezone.now()
_ACTION = contract.load("ax")["components"]["schemas"]["Invoices_HttpApi_Entities_InvoiceAction"]["properties"]
KEYS = [key for key in _ACTION["key"]["enum"] if key]


def step(key: str | None, kind: str = "INFO", minutes: int = 0, **told: Any) -> Action:
    return Action(happened_at=NOW + timedelta(minutes=minutes), type=kind, key=key, **told)


@transaction.atomic
def look(invoice: Invoice, status: str, *actions: Action, recipient: Party | None = None) -> Invoice:
    entity = InvoiceEntity(id=invoice.uuid, status=status, number=invoice.number, recipient=recipient)
    invoice.refresh_from_db()
    writing.write(invoice.account, [(invoice, Seen(entity, list(actions), None), timezone.now())])
    invoice.refresh_from_db()
    return invoice


@pytest.mark.parametrize("key", KEYS)
def test_every_key_of_the_contract_is_named_in_staff_words(key: str) -> None:
    named = str(words.word_of(InvoiceAction(key=key, type="INFO", message="own words")))

    assert "_" not in named
    assert named != "own words"


@pytest.mark.parametrize(
    ("key", "kind", "word"),
    [("", "DELIVERED", "Delivered"), ("action_teleported", "MOVED", "action_teleported"), ("", "MOVED", "MOVED")],
)
def test_step_without_a_known_key_is_named_by_its_type_or_as_it_came(key: str, kind: str, word: str) -> None:
    assert str(words.word_of(InvoiceAction(key=key, type=kind, message="something else"))) == word


def test_contract_has_thirty_two_keys() -> None:
    assert len(KEYS) == 32


def test_channel_and_what_is_told_of_it_are_shown_unknown_names_as_they_came(company: Company) -> None:
    told = {"destination": "PEPPOL", "address": "0192:987654325", "smp_host": "smp.example", "deep": {"a": 1}}
    invoice = look(
        make_invoice(company), "DELIVERED", step("action_trx_ok", "SENT", channel="EINVOICE", channel_details=told)
    )

    shown = timeline.of(invoice, None, [])[0]

    assert (str(shown.channel), str(shown.what)) == ("e-invoice", "Handed to the receiver's operator")
    # In which order they come is the database's.
    assert {str(name): str(value) for name, value in shown.details} == {
        "Route": "Peppol", "Address": "0192:987654325", "smp host": "smp.example",
    }  # fmt: skip


@pytest.mark.parametrize("told", [None, [], "text", {"list": [1]}, {"x": "\x00" + "y" * 999}])
def test_odd_channel_details_cost_nothing(company: Company, told: Any) -> None:
    invoice = look(make_invoice(company), "DELIVERED", step("action_trx_ok", "SENT", channel_details=told))

    assert all(len(value) <= 300 for value in invoice.actions.get().details.values())


def test_personal_number_in_channel_details_is_masked(company: Company) -> None:
    told = {"address": "6408233234", "destination": "PEPPOL"}
    swede = Party(name="Erik", country="SE", bid="640823-3234")

    invoice = look(make_invoice(company), "DELIVERED", step("action_trx_ok", channel_details=told), recipient=swede)

    assert "3234" not in str(invoice.actions.get().details)


def test_failure_after_delivery_is_told_from_one_on_the_way(company: Company) -> None:
    sent, refused = step("action_sent_email", "SENT"), step("action_sent_email_failed", "ERROR", 5)
    never = look(make_invoice(company, "1", status=Status.PENDING), "FAILED", step("action_route_failed", "ERROR"))
    returned = look(make_invoice(company, "2", status=Status.PENDING), "FAILED", sent, refused)
    known = look(make_invoice(company, "3"), "FAILED", step("action_delivery_failed", "ERROR"))

    assert [row.failed_after_delivery for row in (never, returned, known)] == [False, True, True]
    assert set(Invoice.objects.failed_after_delivery()) == {returned, known}
    assert "Failed after delivery" in pills.status_pill(returned)


def test_failure_after_delivery_is_raised_on_dashboard_list_and_page(browser: Client, company: Company) -> None:
    returned = look(make_invoice(company), "FAILED", step("action_delivery_failed", "ERROR"))

    cards = {str(card.title): card for card in dashboard.cards([company.account])}

    assert cards["Failed after delivery"].value == 1
    assert ">1001<" in browser.get(cards["Failed after delivery"].url).text
    assert "Failed after delivery" in browser.get(links.list_of("failedinvoice")).text
    assert "the sender may believe that it arrived" in browser.get(links.page_of(returned)).text


def test_stuck_invoice_is_looked_at_again_and_shown_with_its_age(browser: Client, company: Company) -> None:
    make_invoice(company, "fresh", status=Status.PENDING)
    stuck = make_invoice(company, "old", status=Status.PENDING, created_at=NOW - timedelta(days=3, hours=1))

    cards = {str(card.title): card for card in dashboard.cards([company.account])}
    listed = browser.get(cards["Stuck on their way"].url).text

    assert (">old<" in listed, ">fresh<" in listed) == (True, False)
    assert "Stuck for 3" in listed
    assert "longer than any route takes" in browser.get(links.page_of(stuck)).text


def test_rerouted_invoice_is_not_stuck_because_it_is_old(company: Company) -> None:
    old = make_invoice(company, status=Status.PENDING, created_at=NOW - timedelta(days=30), rerouted_at=NOW)

    assert (old.is_stuck, Invoice.objects.stuck().exists()) == (False, False)


def test_pages_say_nothing_of_stuck_ones_when_there_are_none(company: Company) -> None:
    make_invoice(company)

    assert not {"Stuck on their way", "Failed after delivery"} & {
        str(card.title) for card in dashboard.cards([company.account])
    }
