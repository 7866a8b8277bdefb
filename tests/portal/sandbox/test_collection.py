"""Agencies: their agreements, handing over with its refusals, their course by the clock, and events of companies."""

from datetime import timedelta
from typing import Any

import pytest

from tests.portal.sandbox.invoice_bench import Bench, Reply
from tests.portal.sandbox.invoice_files import finvoice

DAY = 86_400.0
AMILI, ROPO, INTRUM = (f"/v2/services/{name}/receivables" for name in ("amili", "ropo", "intrum"))
BILLING = {"country": "FI", "streets": ["Katu 1"], "city": "Oulu", "zip_code": "90100"}
ACCOUNT = {
    "iban": "FI2112345600000785",
    "bic": "NDEAFIHH",
    "bank": "Nordea",
    "contact_person": "Pirjo Puu",
    "contact_email": "pirjo@puu.test",
    "contact_phone_number": "+358401234567",
    "customer_service_email": "help@puu.test",
    "billing_address": BILLING,
}
PAYER = {
    "name": "Rannan Rauta Oy",
    "identifier": "1572860-0",
    "role": "main",
    "address": {"street": "Testitie 2", "post_code": "02100", "city": "Espoo", "country": "FI"},
}
CASE = {"collection_type": "reminder_and_collection", "receivables_type": "b2b", "payers": [PAYER]}


def service(bench: Bench, company: str, method: str, path: str, body: Any = None) -> Reply:
    return bench.call(company, method, path, scope="company", body=body)


def receivables(bench: Bench, company: str, method: str, path: str, body: Any = None, **params: Any) -> Reply:
    scope = "receivables:assignments"
    return bench.call(company, method, f"/v1{path}", scope=scope, body=body, api="receivables", **params)


def later(bench: Bench, days: float = 0, seconds: float = 1) -> None:
    bench.world.advance(bench.world.clock.time() + days * DAY + seconds)


def activate(bench: Bench, company: str, agency: str, **fields: Any) -> None:
    if agency == "amili":
        assert service(bench, company, "PUT", AMILI, ACCOUNT | {"service_type": "express"} | fields).status == 200
        later(bench, 2)
    elif agency == "ropo":
        assert service(bench, company, "PUT", ROPO, {"agreement_contact_email": "pirjo@puu.test"}).status == 200
        later(bench, 2)
    else:
        contact = {f"agreement_contact_{name}": f"x@puu.{name}" for name in ("email", "name", "phone")}
        assert service(bench, company, "PUT", INTRUM, contact).status == 201
        assert service(bench, company, "PATCH", INTRUM, {"client_code": "K-17"}).status == 204


def invoice(bench: Bench, company: str, content: bytes = b"") -> str:
    posted = bench.post(company, content or finvoice(), prevent_routing="true")
    assert posted.status == 201, posted.content
    later(bench, seconds=60)
    return str(posted.json["id"])


def hand_over(bench: Bench, company: str, invoice_id: str, agency: str = "amili", **fields: Any) -> Reply:
    return bench.call(company, "POST", f"/v2/invoices/{invoice_id}/assignment/{agency}", body=CASE | fields)


def state_of(bench: Bench, company: str, invoice_id: str) -> Any:
    return bench.call(company, "GET", f"/v2/invoices/{invoice_id}/assignment").json


@pytest.fixture
def handed_over(bench: Bench, sender: str) -> str:
    """An assignment at Amili; its id."""
    activate(bench, sender, "amili")
    invoice_id = invoice(bench, sender)
    assert hand_over(bench, sender, invoice_id).status == 202
    later(bench, seconds=400)
    return str(state_of(bench, sender, invoice_id)["url"].rsplit("/", 1)[-1])


def shown(bench: Bench, company: str, assignment_id: str) -> Any:
    return receivables(bench, company, "GET", f"/assignments/{assignment_id}").json


def types_of(assignment: Any) -> list[str]:
    return [event["type"] for event in assignment["events"]]


class TestServices:
    def test_amili_is_pending_with_a_link_until_the_company_is_identified(self, bench: Bench, sender: str) -> None:
        asked = service(bench, sender, "PUT", AMILI, ACCOUNT).json
        later(bench, 2)

        assert (asked["status"], asked["service_type"]) == ("PENDING", "full")
        assert "/collection/" in asked["activation_url"]
        found = service(bench, sender, "GET", AMILI).json
        assert found["status"] == "ACTIVE"
        assert "activation_url" not in found
        assert {note["code"] for note in found["vfsfi"]["notes"]} == {"FI", "SV", "EN"}

    def test_the_old_path_shows_the_same_service(self, bench: Bench, sender: str) -> None:
        service(bench, sender, "PUT", "/v1/services/receivables", ACCOUNT)

        assert (
            service(bench, sender, "GET", AMILI).json == service(bench, sender, "GET", "/v1/services/receivables").json
        )

    def test_an_agreement_that_is_declined_ends_disabled_and_says_so(self, bench: Bench, sender: str) -> None:
        bench.subscribe(sender)
        service(bench, sender, "PUT", AMILI, ACCOUNT | {"contact_email": "refuse@puu.test"})
        later(bench, 2)

        assert service(bench, sender, "GET", AMILI).json["status"] == "DISABLED"
        assert [event["event"] for event in bench.events()] == ["NETWORKS.RECEIVABLES.DISABLED"]

    def test_who_does_not_answer_is_reminded_after_a_week(self, bench: Bench, sender: str) -> None:
        service(bench, sender, "PUT", ROPO, {"agreement_contact_email": "ignore@puu.test"})
        later(bench, 6)
        before = bench.world.db.execute("select count(*) from collection_reminders").fetchone()[0]
        later(bench, 2)

        assert before == 0
        assert service(bench, sender, "GET", ROPO).json["status"] == "PENDING"
        assert [row["email"] for row in bench.world.db.execute("select email from collection_reminders")] == [
            "ignore@puu.test"
        ]

    def test_intrum_is_active_once_its_client_code_is_given(self, bench: Bench, sender: str) -> None:
        activate(bench, sender, "intrum")

        assert service(bench, sender, "GET", INTRUM).json["status"] == "ACTIVE"

    @pytest.mark.parametrize("path", [AMILI, ROPO, INTRUM])
    def test_nothing_is_closed_that_was_never_opened(self, bench: Bench, sender: str, path: str) -> None:
        assert service(bench, sender, "DELETE", path).status == 404

    def test_a_wrong_iban_is_refused(self, bench: Bench, sender: str) -> None:
        answer = service(bench, sender, "PUT", AMILI, ACCOUNT | {"iban": "FI2112345600000786"})

        assert (answer.status, answer.json["details"]) == (400, ["iban: is no IBAN"])

    def test_amili_is_not_for_sweden(self, bench: Bench) -> None:
        company = bench.company("5560125790", "Svea AB", country="SE")

        assert service(bench, company, "PUT", AMILI, ACCOUNT).status == 400
        assert service(bench, company, "PUT", ROPO, {"agreement_contact_email": "a@svea.test"}).status == 200


class TestHandingOver:
    def test_a_case_is_pending_and_then_sent_with_its_address(self, bench: Bench, sender: str) -> None:
        activate(bench, sender, "amili")
        invoice_id = invoice(bench, sender)
        assert bench.call(sender, "GET", f"/v2/invoices/{invoice_id}/assignment").status == 404

        assert hand_over(bench, sender, invoice_id).status == 202
        assert state_of(bench, sender, invoice_id) == {"status": "pending", "collectable_amount": 251.0}
        later(bench, seconds=400)

        found = state_of(bench, sender, invoice_id)
        assert found["status"] == "sent"
        assert bench.call(sender, "GET", f"/v1/invoices/{invoice_id}/assignment").json == found

    def test_an_invoice_is_handed_over_once(self, bench: Bench, sender: str) -> None:
        activate(bench, sender, "amili")
        invoice_id = invoice(bench, sender)
        hand_over(bench, sender, invoice_id)

        again = hand_over(bench, sender, invoice_id)

        assert (again.status, again.json["details"]) == (400, ["the invoice has an assignment already"])

    def test_without_the_service_nothing_is_taken(self, bench: Bench, sender: str) -> None:
        answer = hand_over(bench, sender, invoice(bench, sender), "ropo")

        assert (answer.status, answer.json["code"]) == (403, "forbidden")

    @pytest.mark.parametrize(
        ("fields", "fault"),
        [
            ({"amounts": {"capital_amount": 0}}, "capital: must be more than 0"),
            ({"amounts": {"capital_amount": 251.01}}, "capital: is more than the invoice's 251.00"),
            ({"amounts": {"capital_amount": 1.234}}, "capital_amount: must have at most two decimals"),
            ({"payers": [PAYER, {"name": "B", "role": "co_debtor"}]}, "payers[1].address.street: is required"),
            ({"payers": [PAYER | {"role": "co_debtor"}]}, "payers: a main payer is required"),
            ({"assignment_summary": "x"}, ""),
        ],
    )
    def test_wrong_input_is_refused_at_once(self, bench: Bench, sender: str, fields: Any, fault: str) -> None:
        activate(bench, sender, "amili")

        answer = hand_over(bench, sender, invoice(bench, sender), **fields)

        assert answer.status == 400
        assert fault in answer.json["details"] or not fault

    @pytest.mark.parametrize(
        ("whole", "parts", "status"),
        [(True, False, 202), (False, True, 202), (True, True, 400), (False, False, 400)],
    )
    def test_v1_takes_one_amount_or_its_parts(
        self, bench: Bench, sender: str, *, whole: bool, parts: bool, status: int
    ) -> None:
        activate(bench, sender, "intrum")
        body: dict[str, Any] = {"collection_type": "collection", "payer_ssns": ["131052-308T"]}
        if whole:
            body["collectable_amount"] = 100
        if parts:
            body["amounts"] = {"capital_amount": 100, "interest_amount": 1.5, "reminder_amount": 5}

        answer = bench.call(sender, "POST", f"/v1/invoices/{invoice(bench, sender)}/assignment", body=body)

        assert answer.status == status

    @pytest.mark.parametrize(
        ("kind", "days", "reason"),
        [
            ("b2b", 3, "7 days must have passed since the due date, 3 have"),
            ("b2b", 8, ""),
            ("b2c", 8, "14 days must have passed since the due date, 8 have"),
            ("b2c", 15, ""),
            ("b2c_rental", 15, "a consumer's rent needs the debtor's personal identity number"),
        ],
    )
    def test_ropo_waits_and_wants_to_know_who_rents(
        self, bench: Bench, sender: str, kind: str, days: int, reason: str
    ) -> None:
        activate(bench, sender, "ropo")
        invoice_id = invoice(bench, sender)
        due = (bench.world.day() - timedelta(days=days)).isoformat()
        with bench.world.write() as db:
            db.execute("update invoices set date_due = ?", (due,))

        hand_over(bench, sender, invoice_id, "ropo", receivables_type=kind)
        later(bench, seconds=400)

        found = state_of(bench, sender, invoice_id)
        assert found.get("error_reason", "") == reason
        assert found["status"] == ("error" if reason else "sent")

    def test_a_case_that_was_sent_back_may_be_handed_over_again(self, bench: Bench, sender: str) -> None:
        activate(bench, sender, "ropo")
        invoice_id = invoice(bench, sender)
        hand_over(bench, sender, invoice_id, "ropo", receivables_type="b2c_rental")
        later(bench, seconds=400)

        assert hand_over(bench, sender, invoice_id, "ropo").status == 202

    def test_kassavirta_follows_every_invoice_without_handing_over(self, bench: Bench, sender: str) -> None:
        activate(bench, sender, "amili", service_type="full")
        invoice_id = invoice(bench, sender)

        [followed] = receivables(bench, sender, "GET", "/assignments").json

        assert (followed["invoice_id"], followed["service_type"]) == (invoice_id, "full")
        assert state_of(bench, sender, invoice_id)["status"] == "sent"


class TestCourse:
    def test_letters_go_out_by_the_clock(self, bench: Bench, sender: str, handed_over: str) -> None:
        stages = []
        for days in (0.5, 1, 14, 14):
            later(bench, days)
            stages.append(shown(bench, sender, handed_over)["collection_status"])

        assert stages == ["none", "reminder", "payment_demand", "collection"]
        assert types_of(shown(bench, sender, handed_over)) == ["reminder_sent", "reminder_sent", "collection_started"]

    def test_a_direct_payment_ends_the_letters_and_the_charges_close_the_case(
        self, bench: Bench, sender: str, handed_over: str
    ) -> None:
        later(bench, 1.5)
        paid = {"type": "paid", "amount": 251, "payment_date": "2026-05-04"}
        assert receivables(bench, sender, "POST", f"/assignments/{handed_over}/events", paid).status == 201
        assert shown(bench, sender, handed_over)["status"] == "partially_closed"
        later(bench, 40)

        closed = shown(bench, sender, handed_over)
        assert (closed["status"], closed["open_amount"]) == ("closed", 0.0)
        assert types_of(closed) == ["reminder_sent", "paid", "paid", "close"]

    def test_a_hold_moves_the_letters(self, bench: Bench, sender: str, handed_over: str) -> None:
        until = (bench.world.now() + timedelta(days=20)).date().isoformat()
        receivables(
            bench,
            sender,
            "POST",
            f"/assignments/{handed_over}/events",
            {"type": "collection_hold", "hold_until": until},
        )
        later(bench, 15)
        assert shown(bench, sender, handed_over)["collection_status"] == "none"
        later(bench, 6)

        assert shown(bench, sender, handed_over)["collection_status"] == "reminder"

    @pytest.mark.parametrize(("days", "agreed"), [(10, True), (60, False)])
    def test_a_new_due_date_is_agreed_within_a_month(
        self, bench: Bench, sender: str, handed_over: str, days: int, *, agreed: bool
    ) -> None:
        wanted = (bench.world.now() + timedelta(days=days)).date().isoformat()
        change = {"type": "due_date_change", "due_date": wanted}
        receivables(bench, sender, "POST", f"/assignments/{handed_over}/events", change)

        assert (shown(bench, sender, handed_over)["due_date"] == wanted) is agreed

    def test_agencies_answer_comments_the_next_day(self, bench: Bench, sender: str, handed_over: str) -> None:
        receivables(bench, sender, "POST", f"/assignments/{handed_over}/events", {"type": "comment", "text": "Why?"})
        later(bench, 1.5)

        answers = [event for event in shown(bench, sender, handed_over)["events"] if event["type"] == "comment"]
        assert [event["origin"] for event in answers] == ["company", "agency"]

    def test_amili_asks_by_message_when_the_debtor_objects(self, bench: Bench, sender: str) -> None:
        activate(bench, sender, "amili")
        hand_over(bench, sender, invoice(bench, sender), payers=[PAYER | {"name": "Asks Oy"}])
        later(bench, 3)

        [thread] = receivables(bench, sender, "GET", "/message_threads").json
        assert "credit note" in thread["latest_message"]["text"]

    def test_an_unpaid_case_ends_paid_after_collection(self, bench: Bench, sender: str, handed_over: str) -> None:
        later(bench, 60)

        assert shown(bench, sender, handed_over)["status"] == "closed"


class TestEvents:
    def test_a_closed_assignment_takes_nothing_more(self, bench: Bench, sender: str, handed_over: str) -> None:
        path = f"/assignments/{handed_over}/events"
        receivables(bench, sender, "POST", path, {"type": "cancel", "text": "A mistake"})

        again = receivables(bench, sender, "POST", path, {"type": "comment", "text": "Wait"})

        assert (again.status, again.json["details"]) == (422, ["the assignment is closed"])

    @pytest.mark.parametrize(
        ("event", "fault"),
        [
            ({"type": "paid", "payment_date": "2026-05-04"}, "amount: is required for paid"),
            ({"type": "paid", "amount": 300, "payment_date": "2026-05-04"}, "amount: is more than the 251.00 that are"),
            ({"type": "paid", "amount": 1.005, "payment_date": "2026-05-04"}, "amount: must have at most two decimals"),
            ({"type": "credit_note", "amount": 5}, "credit_note_id: is required for credit_note"),
            ({"type": "collection_hold", "hold_until": "2020-01-01"}, "hold_until: must be later than today"),
        ],
    )
    def test_half_an_event_is_refused(
        self, bench: Bench, sender: str, handed_over: str, event: Any, fault: str
    ) -> None:
        answer = receivables(bench, sender, "POST", f"/assignments/{handed_over}/events", event)

        assert answer.status == 400
        assert answer.json["details"][0].startswith(fault)

    def test_ropo_takes_payments_and_credit_notes_only(self, bench: Bench, sender: str) -> None:
        activate(bench, sender, "ropo")
        hand_over(bench, sender, invoice(bench, sender), "ropo")
        later(bench, seconds=400)
        [case] = receivables(bench, sender, "GET", "/assignments").json
        path = f"/assignments/{case['id']}/events"

        comment = receivables(bench, sender, "POST", path, {"type": "comment", "text": "Hello"})
        note = receivables(bench, sender, "POST", path, {"type": "credit_note", "amount": 251, "credit_note_id": "x"})

        assert (comment.status, note.status) == (422, 201)
        assert shown(bench, sender, case["id"])["status"] == "closed"

    def test_seen_is_marked_by_event(self, bench: Bench, sender: str, handed_over: str) -> None:
        later(bench, 1.5)
        [event] = receivables(bench, sender, "GET", "/events", seen="false").json
        path = f"/assignments/{handed_over}/events/{event['id']}/seen"

        assert receivables(bench, sender, "POST", path).status == 204
        assert receivables(bench, sender, "GET", "/events", seen="false").json == []

    def test_another_company_sees_nothing(self, bench: Bench, receiver: str, handed_over: str) -> None:
        assert receivables(bench, receiver, "GET", f"/assignments/{handed_over}").status == 404
        assert receivables(bench, receiver, "GET", "/assignments").json == []


class TestLists:
    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({}, 1),
            ({"status": "closed"}, 0),
            ({"status": ["closed", "open"]}, 1),
            ({"debtor_name": "rauta"}, 1),
            ({"debtor_name": "nobody"}, 0),
            ({"debtor_bid": "1572860-0"}, 1),
            ({"invoice_number": "1001"}, 1),
            ({"collection_status": "legal_collection"}, 0),
            ({"created_at_start": "2035-01-01T00:00:00Z"}, 0),
            ({"due_date_end": "2026-03-16"}, 1),
            ({"due_date_start": "2026-03-17"}, 0),
        ],
    )
    def test_every_filter_filters(
        self, bench: Bench, sender: str, handed_over: str, asked: dict[str, Any], found: int
    ) -> None:
        named = {f"{name}[]" if name == "status" else name: value for name, value in asked.items()}

        answer = receivables(bench, sender, "GET", "/assignments", **named)

        assert answer.status == 200, answer.content
        assert len(answer.json) == found

    def test_the_overview_counts(self, bench: Bench, sender: str, handed_over: str) -> None:
        assert receivables(bench, sender, "GET", "/assignments/overview").json == {
            "open": 1, "due_soon": 0, "overdue": 1,
        }  # fmt: skip
