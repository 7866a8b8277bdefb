"""Personal data on request: searched first; what the law keeps stays with its reason, the rest goes."""

import csv
import io
import json
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies.enums import AuthorizationState, ImportKind, OnboardingState
from companies.models import (
    Authorization,
    Company,
    CompanyUser,
    DossierEntry,
    ImportFile,
    ImportRow,
    Note,
    Onboarding,
    StateChange,
)
from invoices.enums import Direction
from invoices.models import Invoice
from portal import persons
from portal.counters import verifying
from portal.keeping import removing
from portal.keeping.person_models import Outcome, PersonFinding, PersonRequest, RequestState
from portal.lists import text as texts
from portal.partners.models import Environment, PartnerAccount
from portal.persons import Person
from receivables.enums import Agency
from receivables.models import Assignment, HandOver, Payer

NAME, EMAIL, NUMBER = "Signe Virtanen", "signe.virtanen@puro.example", "131052-308T"
SIGNE = Person(NAME, EMAIL, "FI", NUMBER)
LONG_AGO = timezone.now() - timedelta(days=4_000)


@pytest.fixture
def company(account: PartnerAccount) -> Company:
    return Company.objects.create(account=account, uuid=uuid4(), name="Puro Puu Oy", country="FI")


@pytest.fixture
def keeper(account: PartnerAccount) -> User:
    user = User.objects.create_user("keeper", password="x", is_staff=True)
    wanted = ("view_personrequest", "remove_person")
    user.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    account.staff.add(user)
    return user


@pytest.fixture
def browser(keeper: User, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr("portal.operations.waking.send", lambda *_args: None)
    client = Client()
    client.force_login(keeper)
    return client


def search(account: PartnerAccount, by: Any = None, person: Person = SIGNE) -> PersonRequest:
    request = removing.begin(person, "Ticket 4711", accounts=[account.pk], by=by)
    removing.work()
    request.refresh_from_db()
    return request


def remove(request: PersonRequest, by: User) -> PersonRequest:
    assert removing.decide(request, by)
    removing.work()
    request.refresh_from_db()
    return request


def found(request: PersonRequest) -> dict[str, str]:
    return {finding.place: finding.outcome for finding in request.findings.all()}


def user(company: Company, **fields: Any) -> CompanyUser:
    known = {"email": EMAIL, "first_name": "Signe", "last_name": "Virtanen", "phone": "+358 40 1", "fact_at": LONG_AGO}
    return CompanyUser.objects.create(
        account=company.account, company=company, remote_id=uuid4().hex, **(known | fields)
    )


def request_to_sign(company: Company, **fields: Any) -> Authorization:
    known = {"email": EMAIL.upper(), "signer_name": NAME, "locale": "FI", "requested_at": LONG_AGO}
    return Authorization.objects.create(account=company.account, company=company, **(known | fields))


def invoice(company: Company, day: date, name: str = NAME) -> Invoice:
    return Invoice.objects.create(
        account=company.account, company=company, uuid=uuid4(), number="1001", direction=Direction.SENT,
        counterparty_name=name, invoice_date=day,
    )  # fmt: skip


def test_what_was_found_says_what_can_go_and_why_the_rest_stays(account: PartnerAccount, company: Company) -> None:
    user(company, removed_at=LONG_AGO)
    live = user(company)
    request_to_sign(company, state=AuthorizationState.EXPIRED)
    still_open = request_to_sign(company, expires_at=timezone.now() + timedelta(days=3))
    recent = invoice(company, timezone.localdate())
    old = invoice(company, date(2010, 1, 1))

    request = search(account)

    outcomes = {(one.place, one.row_id): (one.outcome, one.why) for one in request.findings.all()}
    assert request.state == RequestState.FOUND
    assert len(outcomes) == 6
    assert outcomes["companies.users", live.pk][0] == Outcome.STAYS
    assert "remove the user there first" in outcomes["companies.users", live.pk][1]
    assert "can still be signed" in outcomes["companies.requests", still_open.pk][1]
    assert "kept by law until 20" in outcomes["invoices.invoices", recent.pk][1]
    assert outcomes["invoices.invoices", old.pk] == (Outcome.CAN_GO, "")


def test_removal_takes_the_person_out_and_leaves_the_rows(
    account: PartnerAccount, company: Company, keeper: User
) -> None:
    gone, request = user(company, removed_at=LONG_AGO), request_to_sign(company, state=AuthorizationState.EXPIRED)
    note = Note.objects.create(account=account, company=company, text=f"Called {NAME.upper()}, {EMAIL}: agrees.")
    change = StateChange.objects.create(
        account=account, company=company, what="user", before=None, after={"email": EMAIL, "role": "ADMIN"}, at=LONG_AGO
    )
    old, other = invoice(company, date(2010, 1, 1)), invoice(company, date(2010, 1, 1), "Someone Else")

    asked = remove(search(account, keeper), keeper)

    assert asked.state == RequestState.DONE
    for row in (gone, request, note, change, old, other):
        row.refresh_from_db()
    assert (gone.first_name, gone.last_name, gone.phone) == ("", "", "")
    assert gone.email == f"removed-{gone.pk}@removed.invalid"
    assert request.signer_name == ""
    assert note.text == "Called [removed], [removed]: agrees."
    assert change.after == {"email": "[removed]", "role": "ADMIN"}
    assert (old.counterparty_name, other.counterparty_name) == ("", "Someone Else")
    assert found(search(account)) == {}, "nothing is found any more"


def test_dossier_and_live_company_stay_whatever_is_asked(
    account: PartnerAccount, company: Company, keeper: User
) -> None:
    content = {"signer_name": NAME, "signer_email": EMAIL}
    entry = DossierEntry.objects.create(
        account=account, company=company, sequence=1, kind="requested", at=LONG_AGO, recorded_at=LONG_AGO,
        content=content, hash="0",
    )  # fmt: skip
    Company.objects.update(auth_email=EMAIL)

    asked = remove(search(account, keeper), keeper)

    entry.refresh_from_db()
    company.refresh_from_db()
    assert (entry.content, company.auth_email) == (content, EMAIL)
    assert set(asked.findings.values_list("outcome", flat=True)) == {Outcome.STAYS}


def test_personal_number_is_found_by_digest_and_behind_encryption(
    account: PartnerAccount, company: Company, keeper: User
) -> None:
    swede = Person(country="SE", number="19121212-1212")
    row = Onboarding(account=account, name="Sole Trader", country="SE", state=OnboardingState.REFUSED)
    row.set_business_id("SE", "121212-1212")
    row.save()
    hand_over = HandOver.objects.create(
        account=account, company=company, invoice=invoice(company, date(2010, 1, 1), "X"), agency=Agency.values[0],
        created_at=LONG_AGO,
    )  # fmt: skip
    payer = Payer.objects.create(hand_over=hand_over, name="Y", personal_number="19121212-1212", country="SE")

    asked = remove(search(account, keeper, swede), keeper)

    row.refresh_from_db()
    payer.refresh_from_db()
    assert found(asked) == {"companies.onboardings": Outcome.GONE, "receivables.payers": Outcome.GONE}
    assert (row.business_id, row.business_id_digest, row.business_id_secret, row.name) == ("", "", "", "")
    assert (payer.personal_number, payer.name) == ("", "")


def test_debtor_of_an_open_claim_stays_until_it_is_closed_and_its_bookings_are_old(
    account: PartnerAccount, company: Company, keeper: User
) -> None:
    known = {"account": account, "company": company, "debtor_name": NAME}
    rows = [
        Assignment.objects.create(remote_id=str(number), is_open=is_open, closed_at=closed_at, **known)
        for number, (is_open, closed_at) in enumerate(((True, None), (False, timezone.now()), (False, LONG_AGO)))
    ]

    remove(search(account, keeper), keeper)

    names = [Assignment.objects.get(pk=row.pk).debtor_name for row in rows]
    assert names == [NAME, NAME, ""]


def test_row_of_a_file_is_found_by_the_onboarding_that_was_made_of_it(account: PartnerAccount, keeper: User) -> None:
    file = ImportFile.objects.create(
        account=account, name="x.csv", kind=ImportKind.CSV, sha256="0", started_at=LONG_AGO
    )
    onboarding = Onboarding.objects.create(
        account=account, name="Puro Puu Oy", country="FI", auth_email=EMAIL, state=OnboardingState.REGISTERED
    )
    row = ImportRow(file=file, number=2, name="Puro Puu Oy", country="FI", onboarding=onboarding)
    row.values = {"auth_email": EMAIL}
    row.save()

    remove(search(account, keeper), keeper)

    row.refresh_from_db()
    onboarding.refresh_from_db()
    assert (row.stored_values, onboarding.auth_email) == ("", "")


def test_other_accounts_are_not_searched(account: PartnerAccount, company: Company) -> None:
    fields = {"environment": Environment.SANDBOX, "company_uuid": uuid4(), "user_key": "u", "vendor_key": "v"}
    other = PartnerAccount.objects.create(name="Other", **fields)
    user(company, removed_at=LONG_AGO)

    assert found(search(other)) == {}


def test_what_is_kept_of_a_request_never_holds_the_person(
    account: PartnerAccount, company: Company, keeper: User
) -> None:
    user(company, removed_at=LONG_AGO)
    request = search(account, keeper)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT wanted FROM {PersonRequest._meta.db_table}")
        assert EMAIL not in cursor.fetchone()[0], "it is encrypted while it is needed"

    asked = remove(request, keeper)

    assert asked.wanted == ""
    kept = json.dumps([list(PersonFinding.objects.values()), list(LogEntry.objects.values())], default=str)
    assert not any(word in kept for word in (NAME, EMAIL, NUMBER))
    assert EMAIL not in repr(SIGNE)
    said = list(LogEntry.objects.order_by("pk").values_list("change_message", "user__username"))
    assert [by for _said, by in said] == ["keeper"] * 3


def test_request_that_nobody_decides_is_forgotten(account: PartnerAccount, keeper: User) -> None:
    request = search(account, keeper)
    PersonRequest.objects.update(started_at=timezone.now() - timedelta(days=15))

    removing.work()

    request.refresh_from_db()
    assert (request.state, request.wanted) == (RequestState.DROPPED, "")
    assert not removing.decide(request, keeper)


def test_killed_in_the_middle_the_next_worker_goes_on_and_touches_nothing_twice(
    account: PartnerAccount, company: Company, keeper: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _number in range(4):
        user(company, removed_at=LONG_AGO)
    request, settle, settled = search(account, keeper), removing._settle, []

    def die_at_third(asked: PersonRequest, person: Person, finding: PersonFinding) -> None:
        settled.append(finding.row_id)
        settle(asked, person, finding)
        if len(settled) == 3:
            raise KeyboardInterrupt

    removing.decide(request, keeper)
    with monkeypatch.context() as patched:
        patched.setattr(removing, "_settle", die_at_third)
        with pytest.raises(KeyboardInterrupt):
            removing.work()
        assert request.findings.filter(outcome=Outcome.GONE).count() == 2, "the third was taken back"
        assert removing.work() == 0, "its lease still lives"
        PersonRequest.objects.update(leased_until=None)
        removing.work()

    request.refresh_from_db()
    assert request.state == RequestState.DONE
    assert settled[2:] == [settled[2], *settled[4:]][: len(settled) - 2] or len(set(settled)) == 4
    assert request.findings.filter(outcome=Outcome.GONE).count() == 4


def test_search_that_fails_is_tried_again_and_says_only_the_kind_of_error(
    account: PartnerAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(error: Exception) -> Any:
        def every() -> Any:
            raise error

        return every

    request = removing.begin(SIGNE, "Ticket 4711", accounts=[account.pk], by=None)
    with monkeypatch.context() as patched:
        patched.setattr(persons, "every", fails(ValueError(f"no {EMAIL}")))
        with pytest.raises(ValueError, match="no "):
            removing.work()
        PersonRequest.objects.update(leased_until=None)
        patched.setattr(persons, "every", fails(OperationalError("locked")))
        with pytest.raises(OperationalError):
            removing.work()
    request.refresh_from_db()
    assert (request.state, request.error) == (RequestState.SEARCHING, "ValueError")
    PersonRequest.objects.update(leased_until=None)

    removing.work()

    request.refresh_from_db()
    assert (request.state, request.error) == (RequestState.FOUND, "")


def test_row_that_must_stay_meanwhile_stays(account: PartnerAccount, company: Company, keeper: User) -> None:
    row = user(company, removed_at=LONG_AGO)
    request = search(account, keeper)
    CompanyUser.objects.update(removed_at=None)

    asked = remove(request, keeper)

    row.refresh_from_db()
    assert (row.email, found(asked)) == (EMAIL, {"companies.users": Outcome.STAYS})


def test_counts_and_the_index_of_names_stay_right(account: PartnerAccount, company: Company, keeper: User) -> None:
    old = invoice(company, date(2010, 1, 1))
    assert list(Invoice.objects.filter(texts.containing(Invoice, "counterparty_name", "virtanen"))) == [old]

    remove(search(account, keeper), keeper)

    assert list(Invoice.objects.filter(texts.containing(Invoice, "counterparty_name", "virtanen"))) == []
    assert verifying.verify() == []


def test_pages_from_the_search_to_the_report(browser: Client, account: PartnerAccount, company: Company) -> None:
    user(company, removed_at=LONG_AGO)
    user(company)

    answer = browser.post(reverse("admin:person_ask"), {"reference": "Ticket 4711", "email": EMAIL})
    removing.work()
    asked = PersonRequest.objects.get()
    assert answer.url == reverse("admin:keeping_personrequest_change", args=[asked.pk])
    text = browser.get(answer.url).content.decode()
    for words in ("Ticket 4711", "Users of companies", "Can go", "remove the user there first", "Not searched"):
        assert words in text
    assert EMAIL not in text
    browser.post(reverse("admin:person_act", args=[asked.pk, "remove"]))
    assert "X-Settled" not in browser.get(reverse("admin:person_live", args=[asked.pk]))
    removing.work()
    assert browser.get(reverse("admin:person_live", args=[asked.pk]))["X-Settled"] == "1"

    report = browser.get(reverse("admin:person_report", args=[asked.pk]))
    rows = list(csv.reader(io.StringIO(b"".join(report.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
    assert [row[3] for row in rows[1:3]] == ["Removed", "Stays"]
    assert "asked by keeper" in rows[3][0]
    assert EMAIL not in str(rows)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Say whom it is about"),
        ({"name": "Virtanen"}, "one word alone names many people"),
        ({"email": "nobody"}, "no e-mail address"),
        ({"number": NUMBER}, "Say of which country"),
        ({"email": EMAIL, "reference": f"Mail of {EMAIL}"}, "leave the person out of it"),
        ({"email": EMAIL, "reference": ""}, "required"),
    ],
)
def test_search_that_says_too_little_is_refused_at_its_field(
    browser: Client, fields: dict[str, str], words: str
) -> None:
    answer = browser.post(reverse("admin:person_ask"), {"reference": "Ticket 4711", **fields})

    assert words in answer.content.decode()
    assert not PersonRequest.objects.exists()


def test_only_who_may_remove_persons_searches_and_sees_requests(
    browser: Client, keeper: User, account: PartnerAccount
) -> None:
    asked = search(account, keeper)
    account.staff.remove(keeper)
    page = reverse("admin:keeping_personrequest_change", args=[asked.pk])
    assert browser.get(page).status_code == 404, "it is about accounts that the viewer does not see"

    keeper.user_permissions.clear()

    assert browser.get(reverse("admin:person_ask")).status_code == 403
    assert browser.get(page).status_code == 403
    assert browser.post(reverse("admin:person_act", args=[asked.pk, "remove"])).status_code == 403
    assert browser.get(reverse("admin:person_report", args=[asked.pk])).status_code == 403
