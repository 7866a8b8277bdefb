"""What is noted when a remote fact becomes another one, and that nothing is when it does not."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from companies import mirrors, services, webhooks
from companies.models import Authorization, Company, NetworkProfile, StateChange
from portal.operations import causes
from portal.partners.models import PartnerAccount
from portal.webhooks.registry import Event
from tests.companies.conftest import MakeCompany
from tests.companies.running import ASKED, run

pytestmark = pytest.mark.django_db
Signed = services.CompanyStatus(company_state="VERIFIED", auth_state="SIGNED", auth_email="signer@example.com")


def noted(company: Company) -> list[tuple[str, Any, Any]]:
    return list(company.changes.order_by("pk").values_list("what", "before", "after"))


def statements(act: Callable[[], Any], table: str) -> list[str]:
    with CaptureQueriesContext(connection) as seen:
        act()
    return [query["sql"] for query in seen.captured_queries if table in query["sql"]]


def test_a_status_notes_each_fact_with_what_it_was(make_company: MakeCompany) -> None:
    company, at = make_company(), timezone.now()

    mirrors.write_status(company, Signed, at)

    assert noted(company) == [
        ("state", "UNVERIFIED", "VERIFIED"),
        ("authorization", {"state": "NONE"}, {"state": "SIGNED", "email": "signer@example.com"}),
    ]
    assert set(company.changes.values_list("at", flat=True)) == {at}


def test_a_status_notes_nothing_when_it_tells_what_is_known(make_company: MakeCompany) -> None:
    company = make_company()
    mirrors.write_status(company, Signed, timezone.now())
    before = company.changes.count()

    seen = statements(lambda: mirrors.write_status(company, Signed, timezone.now()), "companies_statechange")

    assert company.changes.count() == before
    assert seen == []


def test_a_status_notes_what_was_stored_when_the_row_in_hand_is_outdated(make_company: MakeCompany) -> None:
    company = make_company()
    in_hand = Company.objects.get(pk=company.pk)
    mirrors.write_status(company, Signed, timezone.now())

    mirrors.write_state(in_hand, "UNVERIFIED", timezone.now())

    assert noted(company)[-1] == ("state", "VERIFIED", "UNVERIFIED")


def test_a_status_is_written_again_when_its_first_writing_was_rolled_back(make_company: MakeCompany) -> None:
    company, at = make_company(), timezone.now()
    with transaction.atomic():
        mirrors.write_status(company, Signed, at)
        transaction.set_rollback(True)

    mirrors.write_status(company, Signed, at)

    assert Company.objects.get(pk=company.pk).state == "VERIFIED"
    assert ("state", "UNVERIFIED", "VERIFIED") in noted(company)


def test_an_older_status_notes_nothing(make_company: MakeCompany) -> None:
    company = make_company(state="VERIFIED", auth_state="SIGNED", auth_at=timezone.now())

    mirrors.write_status(
        company,
        services.CompanyStatus(company_state="UNVERIFIED", auth_state="SENT"),
        timezone.now() - timedelta(days=1),
    )

    assert noted(company) == []


def test_profiles_note_what_is_new_changed_and_gone(make_company: MakeCompany) -> None:
    company, at = make_company(), timezone.now()
    visma = services.Profile(id="v", network="VISMA", status="pending")
    bank = services.Profile(id="b", network="BANK", status="active")
    mirrors.write_profiles(company, [visma, bank], at, whole=True)

    active = services.Profile(id="v", network="VISMA", status="active")
    mirrors.write_profiles(company, [active], at + timedelta(seconds=1), whole=True)

    assert noted(company) == [
        ("network:VISMA", None, {"status": "pending"}),
        ("network:BANK", None, {"status": "active"}),
        ("network:VISMA", {"status": "pending"}, {"status": "active"}),
        ("network:BANK", {"status": "active"}, {"status": "disabled"}),
    ]


def test_profiles_that_are_confirmed_cost_no_more_than_moving_their_time(make_company: MakeCompany) -> None:
    company, at = make_company(), timezone.now()
    profiles = [services.Profile(id=str(n), network=f"N{n}", status="active") for n in range(5)]
    mirrors.write_profiles(company, profiles, at, whole=True)
    later = at + timedelta(seconds=1)

    with CaptureQueriesContext(connection) as seen:
        changed = mirrors.write_profiles(company, profiles, later, whole=True)

    assert changed == 0
    assert len([query for query in seen.captured_queries if "companies_" in query["sql"]]) == 2
    assert set(NetworkProfile.objects.values_list("fact_at", flat=True)) == {later}


def test_an_event_notes_a_registration_it_brings_as_new(make_company: MakeCompany, account: PartnerAccount) -> None:
    company = make_company()
    event = Event("NETWORKS.BANK.ENABLED", account, company.uuid, timezone.now(), {"id": "b1", "network": "BANK"}, 7)

    webhooks.network_event(event)

    assert noted(company) == [("network:BANK", None, {"status": "active"})]


def test_users_note_who_came_and_who_went(make_company: MakeCompany) -> None:
    company, at = make_company(), timezone.now()
    ann = services.User(id="1", email="ann@example.com", role="ADMIN")
    mirrors.write_users(company, [ann], at, whole=True)

    mirrors.write_users(company, [], at + timedelta(seconds=1), whole=True)

    shown = {"email": "ann@example.com", "role": "ADMIN"}
    assert noted(company) == [("user", None, shown), ("user", shown, None)]


def test_settings_note_the_changed_fields_only_and_no_business_id(make_company: MakeCompany) -> None:
    company = make_company()
    mirrors.write_settings(company, {"details": {"name": "A", "bid": "640823-3234", "email": "a@b.fi"}}, timezone.now())

    mirrors.write_settings(company, {"details": {"name": "B", "bid": "640823-3235", "email": "a@b.fi"}}, timezone.now())

    what, before, after = noted(company)[-1]
    assert (what, before["name"], after["name"]) == ("settings:details", "A", "B")
    assert "email" not in after
    assert "640823" not in str(noted(company))


def test_an_operation_stands_behind_what_it_changed(
    make_company: MakeCompany, account: PartnerAccount, autoinvoice: Any, django_user_model: Any
) -> None:
    company, actor = make_company(), django_user_model.objects.create(username="ann")
    autoinvoice.on("POST", "/v1/companies/authorizations", {"status": "ok", "company_count": 1})

    operation = run("companies.authorize", company, ASKED, actor=actor)

    change = StateChange.objects.get(company=company, what="authorization")
    assert (change.source, change.source_id, change.actor) == ("operation", operation.pk, actor)
    assert Authorization.objects.get().state == "OPEN"


def test_many_changes_of_one_transaction_are_written_with_one_statement(make_company: MakeCompany) -> None:
    first, second, at = make_company("1234567-1"), make_company("0112038-9"), timezone.now()

    def act() -> None:
        with transaction.atomic(), causes.gathered():
            for company in (first, second):
                mirrors.write_status(company, Signed, at)
                mirrors.write_profiles(company, [services.Profile(id="v", network="VISMA")], at, whole=True)

    written = [sql for sql in statements(act, "companies_statechange") if sql.startswith("INSERT")]
    assert len(written) == 1
    assert StateChange.objects.count() == 6
