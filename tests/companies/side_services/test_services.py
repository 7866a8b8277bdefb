"""Acts on services: what they need, that each happens once, and what an answer that was lost becomes."""

from typing import Any

import pytest

from companies import facts
from companies.models import Company, ServiceState
from companies.networks import glns
from companies.operations.scan import ActivateScan
from companies.side_services import catalogue
from companies.side_services import forms as service_forms
from portal.operations import outcomes, queueing
from portal.operations.handlers import NotQueueableError
from tests.companies.fakes import LOST, FakeAutoInvoice, refusal
from tests.companies.running import profile, run

SCAN, AUTOSCAN, ATG = "/v1/services/scan", "/v1/services/autoscan", "/v1/services/atg"
BACK = {"return_email": "back@example.com"}
OPENED = {"status": "pending", "return_address": {"email_address": "back@example.com"}}
AGREEMENT = {
    "account_number": "12345678903", "kid_length": 10, "reference_position": "1-7", "signer_email": "boss@example.com",
}  # fmt: skip


@pytest.fixture
def ready(make_company: Any) -> Company:
    """A verified Finnish company on VISMA."""
    company: Company = make_company(state="VERIFIED")
    profile(company)
    return company


def state(company: Company, service: str, status: str, **fields: Any) -> ServiceState:
    return ServiceState.objects.create(
        account=company.account, company=company, service=service, status=status, fact_at=company.created_at, **fields
    )


def test_scanning_waits_for_the_company_and_for_visma(make_company: Any) -> None:
    company = make_company(state="UNVERIFIED")

    operation = run("companies.activate_scan", company, BACK)

    missing = set(operation.waits.values_list("fact", flat=True))
    assert missing == {facts.verified(company.uuid), facts.active("VISMA", company.uuid)}


@pytest.mark.parametrize(
    ("country", "business_id", "kind", "parameters", "word"),
    [
        ("DE", "DE136695976", "companies.activate_scan", BACK, "only for companies of FI, SE"),
        ("FI", "1234567-1", "companies.agree_atg", AGREEMENT, "only for companies of NO"),
        ("FI", "1234567-1", "companies.agree_b2cse", {"account_number": "50501055"}, "only for companies of SE"),
        ("FI", "1234567-1", "companies.activate_lyanthe", {"email": "a@example.com"}, "only for companies of NL"),
        ("FI", "1234567-1", "companies.activate_scan", {}, "no return e-mail"),
        ("FI", "1234567-1", "companies.set_autoscan", {}, "no return e-mail"),
        ("FI", "1234567-1", "companies.change_scan", BACK, "is not on"),
        ("FI", "1234567-1", "companies.close_autoscan", {}, "is not on"),
        ("NO", "923609016", "companies.change_atg", AGREEMENT, "no agreement on this bank account"),
        ("NO", "923609016", "companies.agree_atg", AGREEMENT | {"kid_length": 30}, "2 to 25 digits"),
    ],
)
def test_an_act_that_makes_no_sense_is_not_queued(
    make_company: Any, country: str, business_id: str, kind: str, parameters: Any, word: str
) -> None:
    company = make_company(business_id, country, state="VERIFIED")

    with pytest.raises(NotQueueableError) as caught:
        queueing.queue(kind, company, parameters, account=company.account)

    assert word in str(caught.value.reason)


def test_a_service_that_is_on_is_not_activated_again(ready: Company) -> None:
    state(ready, catalogue.SCAN, "pending")

    with pytest.raises(NotQueueableError) as caught:
        queueing.queue("companies.activate_scan", ready, BACK, account=ready.account)

    assert "on already" in str(caught.value.reason)


def test_what_was_activated_is_written_and_looked_at_again_while_it_is_pending(
    autoinvoice: FakeAutoInvoice, ready: Company
) -> None:
    autoinvoice.on("POST", SCAN, OPENED | {"scan_address": {"email_address": "in@scan.example"}})

    operation = run("companies.activate_scan", ready, BACK)

    row = ServiceState.objects.get()
    assert operation.state == "DONE"
    assert (row.status, row.address, row.return_email) == ("pending", "in@scan.example", "back@example.com")
    assert row.next_check_at is not None


@pytest.mark.parametrize(
    ("looked_up", "posts"),
    [(OPENED, 1), ({"status": "disabled"}, 2), (OPENED | {"return_address": {"email_address": "x@example.com"}}, 2)],
)
def test_an_activation_whose_answer_was_lost_is_repeated_only_if_it_left_nothing_behind(
    autoinvoice: FakeAutoInvoice, ready: Company, looked_up: Any, posts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ActivateScan, "deadline", 0.05)
    autoinvoice.on("POST", SCAN, LOST, OPENED)
    autoinvoice.on("GET", SCAN, looked_up)

    operation = run("companies.activate_scan", ready, BACK)

    assert operation.state == "DONE"
    assert len(autoinvoice.called("POST", SCAN)) == posts


def test_closing_what_is_gone_already_is_done(autoinvoice: FakeAutoInvoice, ready: Company) -> None:
    state(ready, catalogue.SCAN, "active")
    autoinvoice.on("DELETE", SCAN, refusal("not_found", status=404))

    operation = run("companies.close_scan", ready)

    assert operation.state == "DONE"
    assert ServiceState.objects.get().status == catalogue.NONE


def test_autoscan_that_was_set_is_found_when_its_answer_was_lost(autoinvoice: FakeAutoInvoice, ready: Company) -> None:
    told = {"status": "active", "return_email_address": "back@example.com"}
    autoinvoice.on("PUT", AUTOSCAN, LOST)
    autoinvoice.on("GET", AUTOSCAN, told)

    operation = run("companies.set_autoscan", ready, BACK)

    assert (operation.state, len(autoinvoice.called("PUT", AUTOSCAN))) == ("DONE", 1)


def test_a_change_that_cannot_be_seen_from_outside_becomes_a_persons_matter(
    autoinvoice: FakeAutoInvoice, make_company: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcomes, "MOST_LOOKS", 1)
    company = make_company("923609016", "NO", state="VERIFIED")
    same = {"kid_length": "10", "reference_position": "1-7"}
    state(company, catalogue.ATG, "ACTIVE", key="12345678903", details=same)
    autoinvoice.on("PATCH", f"{ATG}/{{account_number}}", LOST)
    autoinvoice.on("GET", f"{ATG}/{{account_number}}", {"account_number": "12345678903", "status": "PENDING", **same})

    operation = run("companies.change_atg", company, AGREEMENT | {"signer_email": "new@example.com"})

    assert operation.state == "UNKNOWN"
    assert operation.named_case
    assert len(autoinvoice.called("PATCH", f"{ATG}/{{account_number}}")) == 1


def test_looking_up_leaves_out_what_the_company_is_told_nothing_of(
    autoinvoice: FakeAutoInvoice, ready: Company
) -> None:
    autoinvoice.on("GET", SCAN, refusal("unauthorized", status=401))
    autoinvoice.on("GET", AUTOSCAN, {"status": "brand-new"})

    operation = run("companies.refresh_services", ready)

    assert operation.state == "DONE"
    assert list(ServiceState.objects.values_list("service", "status")) == [("AUTOSCAN", "brand-new")]


def test_agreements_that_are_gone_are_written_as_gone(autoinvoice: FakeAutoInvoice, make_company: Any) -> None:
    company = make_company("923609016", "NO", state="VERIFIED")
    state(company, catalogue.ATG, "ACTIVE", key="12345678903")
    autoinvoice.on("GET", ATG, [])

    run("companies.refresh_services", company, {"services": [catalogue.ATG]})

    assert ServiceState.objects.get(key="12345678903").status == catalogue.NONE


@pytest.mark.parametrize(
    ("text", "is_right"), [("6410000000001", True), ("641 000 000 0001", True), ("6410000000002", False), ("64", False)]
)
def test_a_gln_is_checked_by_its_last_digit(text: str, is_right: bool) -> None:
    if is_right:
        assert glns.parse(text) == "6410000000001"
        return
    with pytest.raises(glns.InvalidGlnError):
        glns.parse(text)


@pytest.mark.parametrize(("digits", "is_right"), [("12345678903", True), ("12345678904", False), ("1234", False)])
def test_a_norwegian_account_is_checked_by_its_last_digit(digits: str, is_right: bool) -> None:
    assert service_forms.is_norwegian_account(digits) is is_right


def test_half_a_return_address_is_told_at_its_fields() -> None:
    form = service_forms.ScanForm({"return_email": "back@example.com", "street": "Street 1"})

    assert set(form.errors) == {"post_code", "city"}
