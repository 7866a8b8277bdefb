"""The signature desk: what stands in which tab, who may do what, and what a page costs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from companies import mirrors, services
from companies.desk import listing as desk
from companies.desk import signatures
from companies.desk.listing import Tab, Wanted
from companies.enums import Problem
from companies.models import Authorization, Company
from portal.operations import batches, previews, runner
from portal.operations.models import Batch, Operation
from portal.partners.models import PartnerAccount
from tests.companies.fakes import FakeAutoInvoice, refusal
from tests.companies.running import REQUESTS
from tests.companies.signing import request_of
from tests.companies.staff import LogIn

DESK = "/admin/desk/"
ACT = "/admin/desk/act/"


@pytest.fixture
def waiting(make_company: Any) -> Callable[..., Authorization]:
    def make(name: str = "Example Oy", country: str = "FI", **fields: Any) -> Authorization:
        return request_of(make_company("1234567-1", country, name=name), **fields)

    return make


def names(account: PartnerAccount, tab: Tab = Tab.OPEN, **wanted: Any) -> list[str]:
    shown = desk.page(Wanted(account, tab, **wanted))
    return [request.company.name for group in shown.groups for request in group.requests]


def test_each_tab_holds_its_requests_and_counts_them(waiting: Any, account: PartnerAccount) -> None:
    waiting("Fresh")
    waiting("Nearly over", hours_left=10)
    waiting("Own proof", method="own", expires_at=None)
    waiting("Over", hours_left=-5, state="EXPIRED")
    waiting("Said no", state="DECLINED")
    waiting("Bounced", problem=Problem.BOUNCED)
    waiting("Wrong", problem=Problem.WRONG_PERSON)
    waiting("Gone", state="REPLACED", on_desk=False)

    assert set(names(account)) == {"Fresh", "Nearly over", "Own proof", "Bounced", "Wrong"}
    assert names(account, Tab.SOON) == ["Nearly over"]
    assert names(account, Tab.EXPIRED) == ["Over"]
    assert names(account, Tab.DECLINED) == ["Said no"]
    assert names(account, Tab.BOUNCED) == ["Bounced"]
    assert names(account, Tab.WRONG) == ["Wrong"]
    assert list(desk.counts(account).values()) == [5, 1, 1, 1, 1, 1]


def test_pages_follow_each_other_without_gap_or_repeat(
    waiting: Any, account: PartnerAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "PAGE", 2)
    same = timezone.now() - timedelta(days=1)
    for number in range(5):
        waiting(f"Company {number}", requested_at=same, email=f"{number}@example.com")
    found, after = [], ""

    for _turn in range(3):
        shown = desk.page(Wanted(account), after)
        found += [request.company.name for group in shown.groups for request in group.requests]
        after = shown.after

    assert found == [f"Company {number}" for number in range(5)]
    assert after == ""


@pytest.mark.parametrize("after", ["", "nonsense", "2026-01-01|x", "|", "2026-13-45|1"])
def test_a_page_key_of_somebodys_making_shows_the_first_page(waiting: Any, account: PartnerAccount, after: str) -> None:
    waiting("Only one")

    assert len(desk.page(Wanted(account), after).groups) == 1


@pytest.mark.parametrize("text", ["rantakyl", "1234567-1", "MAIJA", "signer@exam"])
def test_a_company_is_found_by_its_name_its_id_and_its_signer(waiting: Any, account: PartnerAccount, text: str) -> None:
    waiting("Rantakylän Puusepät Oy")

    assert names(account, text=text) == ["Rantakylän Puusepät Oy"]
    assert names(account, text="somebody else") == []


def test_filters_for_country_and_language(waiting: Any, account: PartnerAccount) -> None:
    waiting("Finn")
    waiting("Swede", "SE", locale="EN")

    assert names(account, country="SE") == ["Swede"]
    assert names(account, locale="FI") == ["Finn"]


def test_companies_of_one_signer_stand_together(waiting: Any, account: PartnerAccount) -> None:
    waiting("One", hours_left=20, email="maija@example.com")
    waiting("Other", hours_left=30, email="other@example.com")
    waiting("Two", hours_left=40, email="Maija@example.com")

    groups = desk.page(Wanted(account)).groups

    assert [[request.company.name for request in group.requests] for group in groups] == [["One", "Two"], ["Other"]]
    assert [(group.in_all, group.is_many) for group in groups] == [(2, True), (1, False)]


def test_another_accounts_desk_is_not_shown(waiting: Any, log_in: LogIn) -> None:
    waiting("Ours")
    other = PartnerAccount.objects.create(
        name="Other", environment="SANDBOX", company_uuid="5a0b7c0e-0000-4000-8000-000000000001", user_key="u",
        vendor_key="v",
    )  # fmt: skip
    client = log_in("agent")

    answer = client.get(DESK, {"account": other.pk})

    assert "Ours" in answer.content.decode()


def test_a_page_costs_the_same_however_many_requests_there_are(waiting: Any, log_in: LogIn) -> None:
    client = log_in("agent")
    for number in range(3):
        waiting(f"Company {number}", email=f"{number}@example.com")
    client.get(DESK)
    costs = []
    for more in (0, 30):
        for number in range(more):
            waiting(f"More {number}", email=f"more{number}@example.com")
        costs.append(_queries(client))

    assert costs[0] == costs[1] <= 20


def _queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(DESK).status_code == 200
    return len(captured)


def test_the_chosen_requests_go_to_a_batch_that_staff_still_have_to_start(
    waiting: Any, log_in: LogIn, settings: Any
) -> None:
    settings.EMAIL_READY = True
    chosen, _other = waiting("Chosen"), waiting("Other", email="other@example.com")
    client = log_in("agent")

    answer = client.post(ACT, {"verb": "remind", "ids": [chosen.pk]}, follow=True)

    batch = Batch.objects.get()
    assert (batch.kind, batch.state, batch.targets.count()) == (signatures.REMIND, "DRAFT", 1)
    assert "Send reminders" in answer.content.decode()
    assert Operation.objects.count() == 0


def test_a_signer_is_acted_on_as_a_whole_and_all_means_what_the_filter_shows(waiting: Any, log_in: LogIn) -> None:
    for name in ("One", "Two"):
        waiting(name, email="maija@example.com")
    waiting("Swede", "SE", email="other@example.com")
    client = log_in("agent")

    client.post(ACT, {"verb": "reissue", "signers": ["maija@example.com"]})
    client.post(ACT, {"verb": "reissue", "all": "1", "country": "SE"})
    client.post(ACT, {"verb": "reissue", "all": "1"})

    assert [batch.targets.count() for batch in Batch.objects.order_by("pk")] == [2, 1, 3]


@pytest.mark.parametrize("verb", ["remind", "reissue", "mark"])
def test_a_viewer_only_looks(waiting: Any, log_in: LogIn, verb: str) -> None:
    request = waiting()
    client = log_in("viewer")

    assert client.get(DESK).status_code == 200
    assert client.post(ACT, {"verb": verb, "ids": [request.pk]}).status_code == 403


def test_a_wrong_person_is_marked_with_a_note_and_without_one_asked_for_it(waiting: Any, log_in: LogIn) -> None:
    request = waiting()
    client = log_in("agent")
    mark = {"ids": [request.pk], "what": "WRONG_PERSON"}

    refused = client.post("/admin/desk/mark/", mark | {"note": ""})
    client.post("/admin/desk/mark/", mark | {"note": "She left in May"})

    request.refresh_from_db()
    assert "Say why" in refused.content.decode()
    assert (request.problem, request.problem_note) == ("WRONG_PERSON", "She left in May")


def test_a_request_that_is_no_longer_followed_leaves_the_desk_and_the_way_free(
    waiting: Any, log_in: LogIn, account: PartnerAccount
) -> None:
    request = waiting()
    client = log_in("agent")

    client.post("/admin/desk/mark/", {"ids": [request.pk], "what": "drop", "note": "sold"})

    request.refresh_from_db()
    assert (request.state, request.on_desk) == ("DROPPED", False)
    assert names(account) == []


def test_reissue_replaces_only_when_the_new_request_is_taken(
    waiting: Any, account: PartnerAccount, autoinvoice: FakeAutoInvoice
) -> None:
    request = waiting()
    autoinvoice.on("POST", REQUESTS, refusal("invalid_parameters"))
    batches.start(_reissue(account, [request], {"email": "nobody@example.com"}))
    runner.run_until_idle(account, timeout=8)
    request.refresh_from_db()
    before = (request.state, request.on_desk)

    autoinvoice.on("POST", REQUESTS, {"status": "sent", "count": 1})
    batches.start(_reissue(account, [request], {"email": "boss@example.com"}))
    runner.run_until_idle(account, timeout=8)

    request.refresh_from_db()
    assert before == ("OPEN", True)
    assert (request.state, request.on_desk) == ("REPLACED", False)
    assert list(Authorization.objects.filter(on_desk=True).values_list("email", "signer_name", "state")) == [
        ("boss@example.com", "", "OPEN")
    ]


def _reissue(account: PartnerAccount, requests: list[Authorization], parameters: dict[str, str]) -> Batch:
    return batches.create_batch(
        signatures.REISSUE, Authorization, [request.pk for request in requests], account=account, actor=None,
        label="Reissue", parameters=parameters,
    )  # fmt: skip


def test_reissue_of_120_companies_of_three_countries_takes_the_fewest_calls(
    make_company: Any, account: PartnerAccount, autoinvoice: FakeAutoInvoice
) -> None:
    requests = []
    for number in range(120):
        country, signer = (("FI", "a"), ("FI", "b"), ("SE", "a"), ("NO", "a"))[number % 4]
        company = make_company(f"{number}", country, name=f"Company {number}")
        requests.append(request_of(company, hours_left=-1, state="EXPIRED", email=f"{signer}@example.com"))
    autoinvoice.on("POST", REQUESTS, {"status": "sent"})
    batch = _reissue(account, requests, {"email": "boss@example.com"})

    expected = previews.whole(batch)
    batches.start(batch)
    runner.run_until_idle(account, timeout=30)

    sent = [given["json"]["company_ids"] for given in autoinvoice.called("POST", REQUESTS)]
    countries = dict(Company.objects.values_list("uuid", "country"))
    assert (expected.will_run, expected.calls) == (120, 4)  # 60 Finns, 30 Swedes, 30 Norwegians
    assert sorted(map(len, sent)) == [10, 30, 30, 50]
    assert all(len({countries[UUID(one)] for one in group}) == 1 for group in sent)
    assert Authorization.objects.filter(on_desk=True, state="OPEN", email="boss@example.com").count() == 120


def test_reissue_to_their_own_signers_keeps_signers_apart(
    make_company: Any, account: PartnerAccount, autoinvoice: FakeAutoInvoice
) -> None:
    requests = [
        request_of(make_company(str(number)), state="DECLINED", email=f"{number % 2}@example.com", locale="SE")
        for number in range(6)
    ]
    autoinvoice.on("POST", REQUESTS, {"status": "sent"})

    batches.start(_reissue(account, requests, {}))
    runner.run_until_idle(account, timeout=8)

    sent = {given["json"]["auth_email"]: given["json"] for given in autoinvoice.called("POST", REQUESTS)}
    assert {email: len(body["company_ids"]) for email, body in sent.items()} == {"0@example.com": 3, "1@example.com": 3}
    assert {body["locale"] for body in sent.values()} == {"SE"}


def test_own_proofs_go_alone_unless_their_ids_are_equal(
    make_company: Any, account: PartnerAccount, autoinvoice: FakeAutoInvoice
) -> None:
    PartnerAccount.objects.update(own_kyc=True)
    requests = [
        request_of(make_company(str(number)), state="EXPIRED", method="own", authorization_id=traced)
        for number, traced in enumerate(("contract 1", "contract 1", "contract 2"))
    ]
    account.refresh_from_db()
    autoinvoice.on("POST", REQUESTS, {"status": "ok"})
    autoinvoice.on("GET", "/v1/companies/{id}/status", {"auth_state": "NONE", "company_state": "VERIFIED"})

    batches.start(_reissue(account, requests, {}))
    runner.run_until_idle(account, timeout=8)

    sent = [
        (given["json"]["options"], len(given["json"]["company_ids"])) for given in autoinvoice.called("POST", REQUESTS)
    ]
    assert sorted(sent) == [
        ('{"authorization_method": "contract 1"}', 2),
        ('{"authorization_method": "contract 2"}', 1),
    ]
    assert Authorization.objects.filter(on_desk=True).count() == 0


def test_what_runs_out_is_expired_by_our_own_clock(waiting: Any, account: PartnerAccount) -> None:
    waiting("Over", hours_left=-1)
    waiting("Not yet", hours_left=1)

    ended = signatures.end_expired()

    assert ended == 1
    assert names(account, Tab.EXPIRED) == ["Over"]


@pytest.mark.parametrize("state", ["OPEN", "EXPIRED"])
def test_a_signature_counts_however_late_it_is_told_and_clears_the_desk(
    waiting: Any, account: PartnerAccount, state: str
) -> None:
    request = waiting(hours_left=-1, state=state)
    request.company.account = account

    with transaction.atomic():
        mirrors.write_state(request.company, "VERIFIED", timezone.now())

    request.refresh_from_db()
    assert (request.state, request.on_desk) == ("CONFIRMED", False)


def test_a_declined_request_goes_to_its_tab(waiting: Any, account: PartnerAccount) -> None:
    request = waiting()
    request.company.account = account
    status = services.CompanyStatus(auth_state="CANCELED", auth_email=request.email, company_state="UNVERIFIED")

    with transaction.atomic():
        mirrors.write_status(request.company, status, timezone.now())

    assert names(account, Tab.DECLINED) == ["Example Oy"]
    assert names(account) == []
