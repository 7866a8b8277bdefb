"""Asking for authorization: by signature or own proof, alone or fifty at a time, with answers lost."""

from typing import Any

import pytest

from companies.enums import AuthorizationState
from companies.models import Authorization
from portal.operations import decisions, queueing, runner
from portal.operations.handlers import NotQueueableError
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount
from tests.companies.fakes import LOST, FakeAutoInvoice, refusal
from tests.companies.running import ASKED, REQUESTS, STATUS, run


def test_authorize_opens_a_request_that_lives_seven_days(autoinvoice: FakeAutoInvoice, make_company: Any) -> None:
    company = make_company()
    autoinvoice.on("POST", REQUESTS, {"status": "sent", "count": 1})

    operation = run("companies.authorize", company, ASKED)

    request = Authorization.objects.get()
    company.refresh_from_db()
    assert operation.state == "DONE"
    assert (request.state, request.email) == (AuthorizationState.OPEN, "signer@example.com")
    assert (request.expires_at - request.requested_at).days == 7
    assert (company.auth_state, company.auth_email) == ("SENT", "signer@example.com")
    assert company.next_check_at is not None


def test_authorize_sends_companies_of_one_signer_and_country_together(
    autoinvoice: FakeAutoInvoice, make_company: Any
) -> None:
    autoinvoice.on("POST", REQUESTS, {"status": "sent", "count": 2})
    finns, swede = [make_company(number) for number in ("1234567-1", "0112038-9")], make_company("5560004615", "SE")
    rows = [queueing.Row(company, ASKED) for company in (*finns, swede)]

    queueing.queue_many("companies.authorize", rows, account=swede.account)
    runner.run_until_idle(swede.account, timeout=8)

    sent = [set(given["json"]["company_ids"]) for given in autoinvoice.called("POST", REQUESTS)]
    assert sorted(sent, key=len) == [{str(swede.uuid)}, {str(company.uuid) for company in finns}]
    assert Authorization.objects.count() == 3


def test_authorize_learns_who_is_to_blame_when_a_group_is_refused(
    autoinvoice: FakeAutoInvoice, make_company: Any
) -> None:
    good, bad = make_company("1234567-1"), make_company("0112038-9")

    def answer(given: dict[str, Any]) -> Any:
        return refusal("not_found", status=404) if str(bad.uuid) in given["json"]["company_ids"] else {"status": "sent"}

    autoinvoice.on("POST", REQUESTS, answer)
    rows = [queueing.Row(company, ASKED) for company in (good, bad)]
    queueing.queue_many("companies.authorize", rows, account=good.account)
    runner.run_until_idle(good.account, timeout=8)

    states = {operation.target: (operation.state, operation.remedy_by) for operation in Operation.objects.all()}
    assert states[good][0] == "DONE"
    assert states[bad] == ("REFUSED", "support")


def test_own_proof_carries_its_traceable_id_and_verifies_at_once(
    autoinvoice: FakeAutoInvoice, make_company: Any, account: PartnerAccount
) -> None:
    PartnerAccount.objects.update(own_kyc=True)
    account.refresh_from_db()
    company = make_company()
    autoinvoice.on("POST", REQUESTS, {"status": "ok", "count": 1})
    autoinvoice.on("GET", STATUS, {"auth_state": "NONE", "company_state": "VERIFIED"})

    run("companies.authorize", company, ASKED | {"method": "own", "authorization_id": "contract 7"})

    company.refresh_from_db()
    assert autoinvoice.called("POST", REQUESTS)[0]["json"]["options"] == '{"authorization_method": "contract 7"}'
    assert company.state == "VERIFIED"
    assert Authorization.objects.get().state == AuthorizationState.CONFIRMED


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ({"auth_state": "SENT", "auth_email": "Signer@example.com", "company_state": "UNVERIFIED"}, "DONE"),
        ({"auth_state": "SIGNED", "auth_email": "signer@example.com", "company_state": "VERIFIED"}, "DONE"),
    ],
)
def test_authorize_is_found_by_the_companys_status_when_its_answer_is_lost(
    autoinvoice: FakeAutoInvoice, make_company: Any, now: dict[str, str], expected: str
) -> None:
    company = make_company()
    autoinvoice.on("POST", REQUESTS, LOST)
    autoinvoice.on("GET", STATUS, now)

    operation = run("companies.authorize", company, ASKED)

    assert (operation.state, operation.attempts) == (expected, 1)
    assert Authorization.objects.count() == 1


def test_authorize_goes_to_a_person_when_an_older_request_looks_alike(
    autoinvoice: FakeAutoInvoice, make_company: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    company = make_company(auth_state="SENT", auth_email="signer@example.com")
    monkeypatch.setattr("portal.operations.outcomes.MOST_LOOKS", 2)
    autoinvoice.on("POST", REQUESTS, LOST)
    autoinvoice.on(
        "GET", STATUS, {"auth_state": "SENT", "auth_email": "signer@example.com", "company_state": "UNVERIFIED"}
    )

    operation = run("companies.authorize", company, ASKED)

    assert (operation.state, operation.attempts) == ("UNKNOWN", 1)
    assert operation.named_case
    decisions.it_happened(operation, None)
    assert Authorization.objects.get().state == AuthorizationState.OPEN


def test_authorize_is_not_queued_while_the_same_request_is_open(
    autoinvoice: FakeAutoInvoice, make_company: Any
) -> None:
    company = make_company()
    autoinvoice.on("POST", REQUESTS, {"status": "sent"})
    run("companies.authorize", company, ASKED)

    with pytest.raises(NotQueueableError) as caught:
        queueing.queue("companies.authorize", company, ASKED, account=company.account)
    other = run("companies.authorize", company, ASKED | {"email": "boss@example.com"})

    assert "still open" in str(caught.value.reason)
    assert other.state == "DONE"
    assert set(Authorization.objects.values_list("email", "state")) == {
        ("signer@example.com", "REPLACED"),
        ("boss@example.com", "OPEN"),
    }


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        (ASKED | {"method": "own", "authorization_id": "x"}, "may not verify"),
        (ASKED | {"locale": "XX"}, "language XX"),
        (ASKED | {"email": ""}, "e-mail is missing"),
    ],
)
def test_authorize_is_not_queued_when_it_would_be_refused(make_company: Any, parameters: Any, reason: str) -> None:
    company = make_company()

    with pytest.raises(NotQueueableError) as caught:
        queueing.queue("companies.authorize", company, parameters, account=company.account)

    assert reason in str(caught.value.reason)
    assert caught.value.remedy


def test_visma_sign_is_not_asked_where_only_support_can_verify(make_company: Any) -> None:
    company = make_company("0403019261", "BE")

    with pytest.raises(NotQueueableError) as caught:
        queueing.queue("companies.authorize", company, ASKED, account=company.account)

    assert "support" in str(caught.value.remedy)


@pytest.mark.parametrize("traced", ["contract\n7", "- / -", "x" * 201, "\x00"])
def test_own_proof_is_not_sent_under_an_id_that_nobody_can_read_back(
    make_company: Any, account: PartnerAccount, traced: str
) -> None:
    PartnerAccount.objects.update(own_kyc=True)
    account.refresh_from_db()
    company = make_company()

    with pytest.raises(NotQueueableError) as caught:
        queueing.queue(
            "companies.authorize", company, ASKED | {"method": "own", "authorization_id": traced}, account=account
        )

    assert "id in our own process" in str(caught.value.reason)
