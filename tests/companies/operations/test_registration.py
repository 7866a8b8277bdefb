"""Registering a company: what is sent, what is written, how it ends when something goes wrong."""

from typing import Any
from uuid import uuid4

import pytest

from companies import onboarding
from companies.enums import OnboardingState
from companies.models import Company
from portal.operations import decisions, queueing, registry, runner
from portal.operations.handlers import AlreadyQueuedError, NotQueueableError
from portal.operations.models import Operation
from tests.companies.fakes import LOST, FakeAutoInvoice, refusal
from tests.companies.running import COMPANIES, REQUESTS, run


def test_register_sends_what_staff_typed_and_makes_the_company(
    autoinvoice: FakeAutoInvoice, make_onboarding: Any
) -> None:
    row, uuid = make_onboarding("FI12345671"), uuid4()
    autoinvoice.on("POST", COMPANIES, {"id": str(uuid)})

    operation = run("companies.register", row, **row.operation_subject())

    form = autoinvoice.called("POST", COMPANIES)[0]["form"]
    company = Company.objects.get()
    row.refresh_from_db()
    assert (form["bid"], form["no_vat"], form["country"], form["name"]) == ("FI12345671", False, "FI", "Example Oy")
    assert (company.uuid, company.state, company.auth_state) == (uuid, "UNVERIFIED", "NONE")
    assert (row.company, row.state) == (company, OnboardingState.REGISTERED)
    assert (operation.state, operation.company_uuid) == ("DONE", uuid)


def test_register_hides_a_personal_number_everywhere_but_in_the_call(
    autoinvoice: FakeAutoInvoice, make_onboarding: Any
) -> None:
    row = make_onboarding("640823-3234", "SE")
    autoinvoice.on("POST", COMPANIES, {"id": str(uuid4())})

    operation = run("companies.register", row, **row.operation_subject())

    company = Company.objects.get()
    assert autoinvoice.called("POST", COMPANIES)[0]["form"]["bid"] == "6408233234"
    assert (company.business_id, company.real_business_id) == ("640823-••••", "6408233234")
    assert "3234" not in f"{operation.parameters}{operation.result}"


def test_register_finds_the_company_when_it_was_ours_all_along(
    autoinvoice: FakeAutoInvoice, make_onboarding: Any
) -> None:
    row, uuid = make_onboarding(), uuid4()
    autoinvoice.on("POST", COMPANIES, refusal("any", "BID ALREADY TAKEN"))
    autoinvoice.on("GET", COMPANIES, [{"id": str(uuid), "name": "Example Oy", "bid": "1234567-1"}])

    operation = run("companies.register", row, **row.operation_subject())

    assert (operation.state, operation.result["found"]) == ("DONE", True)
    assert Company.objects.get().uuid == uuid


def test_register_is_refused_with_a_remedy_when_another_account_holds_the_id(
    autoinvoice: FakeAutoInvoice, make_onboarding: Any
) -> None:
    row = make_onboarding()
    autoinvoice.on("POST", COMPANIES, refusal("any", "BID ALREADY TAKEN"))
    autoinvoice.on("GET", COMPANIES, [])

    operation = run("companies.register", row, **row.operation_subject())

    row.refresh_from_db()
    assert (operation.state, operation.remedy_by) == ("REFUSED", "support")
    assert (row.state, row.problem_code) == (OnboardingState.REFUSED, "bid_taken")
    assert not Company.objects.exists()


def test_register_is_sent_again_when_its_lost_answer_left_nothing(
    autoinvoice: FakeAutoInvoice, make_onboarding: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = make_onboarding()
    monkeypatch.setattr(type(registry.get("companies.register")), "deadline", 0.05)
    autoinvoice.on("POST", COMPANIES, LOST, {"id": str(uuid4())})
    autoinvoice.on("GET", COMPANIES, [])

    operation = run("companies.register", row, **row.operation_subject())

    assert (operation.state, operation.attempts) == ("DONE", 2)


def test_register_is_not_queued_when_something_is_missing(make_onboarding: Any) -> None:
    row = make_onboarding(city="", email="")

    with pytest.raises(NotQueueableError) as caught:
        queueing.queue("companies.register", row, account=row.account)

    assert "city" in str(caught.value.reason)
    assert "e-mail" in str(caught.value.reason)


def test_the_rest_of_the_chain_is_about_the_company_once_it_is_registered(
    autoinvoice: FakeAutoInvoice, make_onboarding: Any
) -> None:
    row, uuid = make_onboarding(), uuid4()
    autoinvoice.on("POST", COMPANIES, {"id": str(uuid)})
    autoinvoice.on("POST", REQUESTS, {"status": "sent", "count": 1})

    onboarding.submit(row)
    runner.run_until_idle(row.account, timeout=5)

    company = Company.objects.get()
    waiting = Operation.objects.filter(state="WAITING")
    assert {operation.target for operation in waiting} == {company}
    with pytest.raises(AlreadyQueuedError):
        queueing.queue("companies.activate_network", company, {"network": "VISMA"}, account=row.account)


def test_the_chain_goes_on_when_a_refused_registration_is_tried_again(
    autoinvoice: FakeAutoInvoice, make_onboarding: Any
) -> None:
    row, uuid = make_onboarding(), uuid4()
    autoinvoice.on("POST", COMPANIES, refusal("any", "BID ALREADY TAKEN"), {"id": str(uuid)})
    autoinvoice.on("POST", REQUESTS, {"status": "sent"})
    autoinvoice.on("GET", COMPANIES, [])
    onboarding.submit(row)
    runner.run_until_idle(row.account, timeout=5)

    decisions.retry(Operation.objects.get(state="REFUSED"), None)
    runner.run_until_idle(row.account, timeout=5)

    ended = Operation.objects.filter(company_uuid=uuid).exclude(state="SKIPPED").order_by("pk")
    assert [(operation.kind, operation.state) for operation in ended] == [
        ("companies.register", "DONE"),
        ("companies.authorize", "DONE"),
        ("companies.activate_network", "WAITING"),
        ("companies.activate_network", "WAITING"),
    ]


def test_what_follows_is_skipped_when_registration_is_refused(
    autoinvoice: FakeAutoInvoice, make_onboarding: Any
) -> None:
    row = make_onboarding()
    autoinvoice.on("POST", COMPANIES, refusal("invalid_parameters", "name: too short", 400))

    onboarding.submit(row)
    runner.run_until_idle(row.account, timeout=5)

    states = dict(Operation.objects.order_by("pk").values_list("pk", "state"))
    assert list(states.values()) == ["REFUSED", "SKIPPED", "SKIPPED", "SKIPPED"]
