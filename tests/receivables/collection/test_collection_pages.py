"""Pages of agencies, handing over, assignments and events."""

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from lxml import html

from companies.models import Company
from invoices.models import Invoice
from portal.operations.models import Operation
from receivables import policies
from receivables.models import Assignment, AssignmentEvent, CollectionService, HandOver
from tests.receivables.collecting import AMILI, prepare

NUMBER = "131052-308T"
FORM = {
    "collection_type": "reminder_and_collection", "receivables_type": "b2b", "capital_amount": "100,50",
    "summary": "Roof repair", "payers-TOTAL_FORMS": "1", "payers-INITIAL_FORMS": "1", "payers-MIN_NUM_FORMS": "1",
    "payers-MAX_NUM_FORMS": "10", "payers-0-role": "main", "payers-0-name": "Rannan Rauta Oy",
    "payers-0-identifier": "1572860-0", "payers-0-street": "Testitie 2", "payers-0-post_code": "02100",
    "payers-0-city": "Espoo", "payers-0-country": "FI",
}  # fmt: skip


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def company(make_company: Any) -> Company:
    made: Company = make_company(state="VERIFIED", name="Kuura Oy")
    return made


def served(company: Company, agency: str = "amili", status: str = "ACTIVE", **fields: Any) -> CollectionService:
    known = {"service_type": "express"} if agency == "amili" else {}
    return CollectionService.objects.create(
        account=company.account, company=company, agency=agency, status=status, **(known | fields)
    )


def invoice_of(company: Company, *, days: int = 60, **fields: Any) -> Invoice:
    known = {
        "uuid": uuid4(), "direction": "SENT", "status": "DELIVERED", "number": "1001", "currency": "EUR",
        "total_amount": Decimal("251.00"), "due_date": timezone.localdate() - timedelta(days=days),
        "counterparty_name": "Rannan Rauta Oy", "counterparty_country": "FI",
    }  # fmt: skip
    return Invoice.objects.create(account=company.account, company=company, **(known | fields))


def assignment_of(company: Company, **fields: Any) -> Assignment:
    known = {
        "remote_id": str(uuid4()), "agency": "amili", "status": "open", "stage": "reminder", "invoice_number": "1001",
        "currency": "EUR", "open_amount": Decimal("251.00"), "due_date": timezone.localdate() + timedelta(days=3),
        "debtor_name": "Rannan Rauta Oy", "reference": "1232",
    }  # fmt: skip
    return Assignment.objects.create(account=company.account, company=company, **(known | fields))


def event_of(assignment: Assignment, kind: str = "reminder_sent", **fields: Any) -> AssignmentEvent:
    known = {"remote_id": str(uuid4()), "origin": "agency", "type": kind}
    return AssignmentEvent.objects.create(
        account=assignment.account, company=assignment.company, assignment=assignment,
        assignment_remote_id=assignment.remote_id, **(known | fields),
    )  # fmt: skip


def tab(client: Any, company: Company) -> str:
    return text_of(client.get(reverse("admin:companies_company_change", args=[company.pk]), {"tab": "collection"}))


class TestServices:
    def test_the_tab_says_who_collects_where(self, log_in: Any, make_company: Any) -> None:
        swedish = make_company("5560125790", "SE", state="VERIFIED")

        shown = tab(log_in(), swedish)

        assert "agency-ropo" in shown
        assert "agency-amili" not in shown
        assert "FI (EUR)" in shown

    def test_a_week_without_signature_is_said_with_the_link_to_forward(self, log_in: Any, company: Company) -> None:
        link, since = "https://kyc.example.test/abc", timezone.now() - timedelta(days=8)
        served(company, status="PENDING", activation_url=link, pending_since=since)

        shown = tab(log_in(), company)

        assert "Nobody has signed for 8 days" in shown
        assert link in shown

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"iban": "FI2112345600000786"}, "This is no IBAN"),
            ({"bic": "NDEA"}, "This is no BIC"),
            ({"iban": "SE4550000000058398257466"}, "This account is in SE, the company in FI"),
            ({"bic": "DABASESX"}, "bank of another country"),
            ({"postal_city": "Oulu"}, "A postal address is whole"),
            ({"contact_email": "nobody"}, "valid email"),
        ],
    )
    def test_a_wrong_field_of_amilis_is_said_at_the_field(
        self, log_in: Any, company: Company, changed: dict[str, str], said: str
    ) -> None:
        url = reverse("admin:company_collection_act", args=[company.pk, "receivables.activate_amili"])

        answer = log_in().post(url, AMILI | changed)

        assert said in text_of(answer)
        assert not Operation.objects.exists()

    def test_an_account_abroad_is_taken_when_it_is_meant(self, log_in: Any, company: Company) -> None:
        url = reverse("admin:company_collection_act", args=[company.pk, "receivables.activate_amili"])
        abroad = {"iban": "SE45 5000 0000 0583 9825 7466", "bic": "ESSESESS", "foreign_account": "on"}

        log_in().post(url, AMILI | abroad)

        assert Operation.objects.get().parameters["iban"] == "SE4550000000058398257466"

    def test_closing_says_what_follows(self, log_in: Any, company: Company) -> None:
        served(company)
        url = reverse("admin:company_collection_act", args=[company.pk, "receivables.close_service"])

        answer = log_in().get(url, {"agency": "amili"})

        assert "Open assignments stay with Amili" in text_of(answer)

    def test_companies_are_served_in_bulk(self, log_in: Any, company: Company) -> None:
        client = log_in()
        listed = reverse("admin:companies_company_changelist")

        answer = client.post(
            listed, {"action": "bulk_receivables_activate_ropo", "_selected_action": [company.pk]}, follow=True
        )

        assert "One contact for all chosen companies" in text_of(answer)


class TestHandingOver:
    @pytest.mark.parametrize(
        ("agency", "kind", "days", "changes", "said"),
        [
            ("amili", "b2b", 60, {"status": "FAILED"}, "Only a sent invoice that arrived"),
            ("amili", "b2b", 60, {"currency": "SEK"}, "Amili collects EUR in FI; the invoice is in SEK."),
            ("amili", "b2b", 60, {"total_amount": Decimal(-5)}, "There is nothing to collect"),
            ("amili", "b2b", 60, {"due_date": None}, "due date is not known"),
            ("amili", "b2b", 0, {}, "Amili takes it 1 days after the due date"),
            ("ropo", "b2b", 6, {}, "Ropo takes it 7 days after the due date"),
            ("ropo", "b2c", 13, {}, "Ropo takes it 14 days after the due date"),
            ("intrum", "b2b", 60, {}, "Intrum is not active"),
            ("amili", "b2b", 60, {"direction": "RECEIVED"}, "Only a sent invoice"),
        ],
    )
    def test_each_rule_is_checked_before_the_call(
        self, company: Company, agency: str, kind: str, days: int, changes: dict[str, Any], said: str
    ) -> None:
        served(company), served(company, "ropo")
        invoice = invoice_of(company, days=days, **changes)

        with pytest.raises(policies.NotQueueableError) as raised:
            policies.check_invoice(invoice, agency, kind)

        assert said in raised.value.staff_text

    def test_kassavirta_needs_no_handing_over(self, company: Company) -> None:
        served(company, service_type="full")

        with pytest.raises(policies.NotQueueableError, match="Kassavirta follows every invoice"):
            policies.check_invoice(invoice_of(company), "amili", "b2b")

    def test_the_page_says_why_an_agency_does_not_take_the_invoice(self, log_in: Any, company: Company) -> None:
        served(company), served(company, "ropo")

        shown = text_of(log_in().get(reverse("admin:receivables_hand_over", args=[invoice_of(company, days=3).pk])))

        assert "Hand over to Amili" in shown
        assert "Ropo takes it 7 days after the due date" in shown

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"capital_amount": "0"}, "There must be something to collect"),
            ({"capital_amount": "1.234"}, "An amount has at most two decimals."),
            ({"capital_amount": "251,01"}, "That is more than the invoice"),
            ({"capital_amount": ""}, "Give what is left of the invoice itself."),
            ({"summary": "x"}, "at least 2 characters"),
            ({"summary": "x" * 65}, "at most 64 characters"),
            ({"payers-0-street": ""}, "This field is required"),
            ({"payers-0-personal_number": "131052-308U"}, "This is no personal identity number of FI"),
            ({"payers-0-identifier": NUMBER}, "give it in the field for it"),
            ({"payers-0-identifier": "1572860-1"}, "This is no business id of that country"),
        ],
    )
    def test_a_wrong_field_is_said_at_the_field(
        self, log_in: Any, company: Company, changes: dict[str, str], said: str
    ) -> None:
        served(company)
        url = reverse("admin:receivables_hand_over", args=[invoice_of(company).pk])

        answer = log_in().post(f"{url}?agency=amili", FORM | changes)

        assert said in text_of(answer)
        assert NUMBER not in text_of(answer)
        assert not Operation.objects.exists()
        assert not HandOver.objects.exists()

    @pytest.mark.parametrize(
        ("agency", "kind", "field", "said"),
        [
            ("ropo", "b2c", "receivables_type", "Ropo takes it 14 days after the due date"),
            ("amili", "b2c_rental", "payers-0-personal_number", "needs the personal identity number"),
        ],
    )
    def test_what_a_kind_of_receivable_needs_is_said_at_its_field(
        self, log_in: Any, company: Company, agency: str, kind: str, field: str, said: str
    ) -> None:
        served(company, agency)
        url = reverse("admin:receivables_hand_over", args=[invoice_of(company, days=10).pk])

        answer = log_in().post(f"{url}?agency={agency}", FORM | {"receivables_type": kind})

        group = html.fromstring(text_of(answer)).get_element_by_id(f"div_id_{field}")
        assert said in group.text_content()
        assert not Operation.objects.exists()

    def test_a_written_number_is_not_shown_beside_another_mistake_and_need_not_be_written_again(
        self, log_in: Any, company: Company
    ) -> None:
        served(company)
        url = f"{reverse('admin:receivables_hand_over', args=[invoice_of(company).pk])}?agency=amili"
        client, person = log_in(), FORM | {"payers-0-identifier": "", "payers-0-personal_number": NUMBER}

        wrong = text_of(client.post(url, person | {"payers-0-street": ""}))
        carried = html.fromstring(wrong).get_element_by_id("id_payers-0-carried_number").get("value")
        client.post(url, person | {"payers-0-personal_number": "", "payers-0-carried_number": carried})

        assert NUMBER not in wrong
        assert HandOver.objects.get().payers.get().personal_number == NUMBER

    def test_a_carried_number_that_somebody_changed_is_none(self, log_in: Any, company: Company) -> None:
        served(company)
        url = f"{reverse('admin:receivables_hand_over', args=[invoice_of(company).pk])}?agency=amili"

        log_in().post(url, FORM | {"payers-0-carried_number": "enc:nonsense"})

        assert HandOver.objects.get().payers.get().personal_number == ""

    def test_one_of_many_is_settled_with_the_invoice_that_it_was_prepared_with(self, company: Company) -> None:
        invoice = invoice_of(company)
        HandOver(account=company.account, company=company, invoice=invoice)  # what preparing leaves at the invoice

        assert policies.hand_over_of(invoice) is None

    def test_a_co_debtor_needs_an_address(self, log_in: Any, company: Company) -> None:
        served(company)
        url = f"{reverse('admin:receivables_hand_over', args=[invoice_of(company).pk])}?agency=amili"
        client = log_in()

        added = client.post(url, FORM | {"add": "1"})
        second = {
            "payers-TOTAL_FORMS": "2",
            "payers-1-role": "co_debtor",
            "payers-1-name": "B",
            "payers-1-country": "FI",
        }
        answer = client.post(url, FORM | second)

        assert "Co-debtor" in text_of(added)
        assert 'value="100,50"' in text_of(added)
        assert "This field is required" in text_of(answer)

    def test_intrum_takes_one_amount_or_its_parts(self, log_in: Any, company: Company) -> None:
        served(company, "intrum")
        url = f"{reverse('admin:receivables_hand_over', args=[invoice_of(company).pk])}?agency=intrum"
        client = log_in()

        both = client.post(url, FORM | {"collectable_amount": "100"})
        client.post(url, FORM | {"collectable_amount": "100", "capital_amount": ""})

        assert "Give the whole amount or its parts, not both." in text_of(both)
        assert HandOver.objects.get().collectable_amount == Decimal("100.00")

    def test_what_is_given_is_kept_and_the_number_only_encrypted(self, log_in: Any, company: Company) -> None:
        served(company)
        invoice, client = invoice_of(company), log_in("lead")
        url = reverse("admin:receivables_hand_over", args=[invoice.pk])

        client.post(f"{url}?agency=amili", FORM | {"payers-0-personal_number": NUMBER, "payers-0-identifier": ""})

        row = HandOver.objects.get()
        payer = row.payers.get()
        assert (row.amounts, payer.personal_number) == ({"capital_amount": "100.50"}, NUMBER)
        assert NUMBER not in str(Operation.objects.get().parameters)
        assert NUMBER not in text_of(client.get(url))
        with connection.cursor() as cursor:
            cursor.execute("select personal_number from receivables_payer")
            assert NUMBER not in cursor.fetchone()[0]

    def test_the_number_is_shown_on_purpose_and_that_is_written_down(self, log_in: Any, company: Company) -> None:
        row = prepare(invoice_of(company), personal_number=NUMBER)
        url = reverse("admin:receivables_unmask", args=[row.invoice_id, row.payers.get().pk])
        lead, agent = log_in("lead"), log_in("agent")

        refused, shown = agent.post(url), lead.post(url)

        assert refused.status_code == 403
        assert NUMBER in text_of(shown)
        assert "Looked at a payer" in LogEntry.objects.get().change_message

    def test_the_work_list_has_what_can_be_handed_over(self, log_in: Any, company: Company, make_company: Any) -> None:
        served(company)
        ours, soon = invoice_of(company, number="77"), invoice_of(company, days=-5, number="78")
        taken = prepare(invoice_of(company, number="79"))
        HandOver.objects.filter(pk=taken.pk).update(status="sent")
        without_agency = invoice_of(make_company("0112038-9", state="VERIFIED"), number="80")

        shown = text_of(log_in().get(reverse("admin:receivables_overdueinvoice_changelist")))

        assert f">{ours.number}<" in shown
        assert not any(f">{row.number}<" in shown for row in (soon, taken.invoice, without_agency))

    def test_many_are_handed_over_in_one_batch(self, log_in: Any, company: Company) -> None:
        served(company)
        rows, client = [invoice_of(company, number=str(n)) for n in range(3)], log_in()
        for row in rows[:2]:
            prepare(row)

        picked = client.post(
            reverse("admin:receivables_overdueinvoice_changelist"),
            {"action": "bulk_receivables_hand_over", "_selected_action": [row.pk for row in rows]},
            follow=True,
        )
        chosen = {"agency": "amili", "collection_type": "collection", "receivables_type": "b2b", "summary": ""}
        preview = client.post(picked.redirect_chain[-1][0], chosen, follow=True)

        assert "A payer&#x27;s name or address is not known." in text_of(preview)


class TestAssignments:
    def test_words_that_nobody_knows_are_shown_as_they_are(self, log_in: Any, company: Company) -> None:
        row = assignment_of(company, agency="kravia", status="sleeping", stage="frozen")
        event_of(row, "moonlight", origin="oracle")

        client = log_in()
        page = text_of(client.get(reverse("admin:receivables_assignment_change", args=[row.pk])))
        listed = text_of(client.get(reverse("admin:receivables_assignment_changelist"), {"standing": "other"}))

        assert all(word in page for word in ("kravia", "sleeping", "frozen", "moonlight", "oracle"))
        assert "kravia" in listed

    @pytest.mark.parametrize(
        ("fields", "offered"),
        [
            ({"agency": "amili"}, {"paid", "credit_note", "due_date_change", "collection_hold", "comment", "cancel",
                                   "credit_loss"}),
            ({"agency": "ropo"}, {"paid", "credit_note"}),
            ({"agency": "amili", "status": "closed", "is_open": False}, set()),
        ],
    )  # fmt: skip
    def test_only_what_the_agency_takes_is_offered(
        self, log_in: Any, company: Company, fields: dict[str, Any], offered: set[str]
    ) -> None:
        row = assignment_of(company, **fields)

        shown = text_of(log_in().get(reverse("admin:receivables_assignment_change", args=[row.pk])))

        assert {kind for kind in policies.AGENCIES["amili"].events if f"/tell/{kind}/" in shown} == offered

    def test_an_event_on_a_closed_assignment_is_refused_with_words(self, company: Company) -> None:
        row = assignment_of(company, status="closed", is_open=False)

        with pytest.raises(policies.NotQueueableError, match="closed: the agency takes nothing more"):
            policies.check_event(row, {"type": "comment", "text": "x"})

    @pytest.mark.parametrize(
        ("kind", "given", "said"),
        [
            ("paid", {"amount": "300", "payment_date": "2026-01-01"}, "That is more than the 251.00 EUR"),
            ("paid", {"amount": "0", "payment_date": "2026-01-01"}, "An amount is more than 0."),
            ("paid", {"amount": "1.005", "payment_date": "2026-01-01"}, "at most two decimals"),
            ("paid", {"amount": "5", "payment_date": "2099-01-01"}, "was made today or earlier"),
            ("collection_hold", {"hold_until": "2020-01-01"}, "Choose a day after today."),
            ("credit_note", {"credit_note": "404", "amount": "5"}, "No one sent credit note"),
            ("cancel", {"text": "A mistake"}, "This field is required"),
            ("comment", {"text": f"Ask {NUMBER}"}, "Leave the personal identity number out"),
        ],
    )
    def test_half_an_event_is_said_at_its_field(
        self, log_in: Any, company: Company, kind: str, given: dict[str, str], said: str
    ) -> None:
        row = assignment_of(company)

        answer = log_in().post(reverse("admin:receivables_tell", args=[row.pk, kind]), given)

        assert said in text_of(answer)
        assert NUMBER not in text_of(answer)
        assert not Operation.objects.exists()

    def test_cancelling_warns_of_its_cost(self, log_in: Any, company: Company) -> None:
        url = reverse("admin:receivables_tell", args=[assignment_of(company).pk, "cancel"])

        assert "It may charge for what it has done" in text_of(log_in().get(url))

    def test_the_same_payment_is_told_once(self, company: Company) -> None:
        row = assignment_of(company)
        event_of(row, "paid", origin="company", amount=Decimal("5.00"), payment_date="2026-01-02")

        with pytest.raises(policies.NotQueueableError, match="told already"):
            policies.check_event(row, {"type": "paid", "amount": "5.00", "payment_date": "2026-01-02"})

    def test_what_was_said_last_is_not_said_again(self, company: Company) -> None:
        row = assignment_of(company)
        event_of(row, "comment", origin="company", text="Call her after noon.")
        event_of(row, "collection_hold", origin="company", hold_until="2099-01-02")
        event_of(row, "collection_hold", origin="company", hold_until="2099-01-09")

        for told in ({"type": "comment", "text": "Call her after noon."},
                     {"type": "collection_hold", "hold_until": "2099-01-09"}):  # fmt: skip
            with pytest.raises(policies.NotQueueableError, match="told already"):
                policies.check_event(row, told)
        policies.check_event(row, {"type": "collection_hold", "hold_until": "2099-01-02"})  # back to the first day
        policies.check_event(row, {"type": "comment", "text": "Call her in the morning."})

    def test_unseen_events_of_agencies_come_first(self, log_in: Any, company: Company) -> None:
        row = assignment_of(company)
        event_of(row, "comment", text="An old question", happened_at=timezone.now() - timedelta(days=9))
        event_of(row, "paid", text="Seen already", seen=True)

        client = log_in()
        shown = text_of(client.get(reverse("admin:receivables_assignment_change", args=[row.pk])))
        listed = text_of(client.get(reverse("admin:receivables_assignmentevent_changelist")))

        assert shown.index("An old question") < shown.index("Seen already")
        assert listed.index("An old question") < listed.index("Seen already")

    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({"standing": "open"}, 1), ({"standing": "due_soon"}, 1), ({"standing": "overdue"}, 0),
            ({"standing": "closed"}, 0), ({"stage": "reminder"}, 1), ({"stage": "collection"}, 0),
            ({"agency": "amili"}, 1), ({"agency": "ropo"}, 0), ({"q": "Rannan"}, 1), ({"q": "1232"}, 1),
            ({"q": "nobody"}, 0), ({"seen": "no"}, 0), ({"created_at_from": "2090-01-01"}, 0),
        ],
    )  # fmt: skip
    def test_every_filter_filters(self, log_in: Any, company: Company, asked: dict[str, str], found: int) -> None:
        row = assignment_of(company)

        shown = text_of(log_in().get(reverse("admin:receivables_assignment_changelist"), asked))

        assert shown.count(f"/assignment/{row.pk}/change/") == found

    def test_the_lists_ask_the_database_as_often_for_many_rows(self, log_in: Any, company: Company) -> None:
        client = log_in()
        counts = []
        for _round in range(2):
            for _row in range(10):
                event_of(assignment_of(company, invoice=invoice_of(company)))
            for name in ("assignment", "assignmentevent", "overdueinvoice", "handover", "collectionservice"):
                url = reverse(f"admin:receivables_{name}_changelist")
                client.get(url)
                with CaptureQueriesContext(connection) as queries:
                    assert client.get(url).status_code == 200
                counts.append(len(queries))

        assert counts[:5] == counts[5:]

    def test_what_is_another_accounts_is_not_there(self, log_in: Any, company: Company) -> None:
        row, invoice = assignment_of(company), invoice_of(company)
        stranger = log_in("lead", accounts=())

        pages = (
            reverse("admin:receivables_assignment_change", args=[row.pk]),
            reverse("admin:receivables_tell", args=[row.pk, "paid"]),
            reverse("admin:receivables_hand_over", args=[invoice.pk]),
        )

        assert {stranger.get(page).status_code for page in pages} == {404}
