"""What events write: the newest wins, in whatever order and however often they come."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from companies import mirrors, services, webhooks
from companies.models import Authorization, Company, NetworkProfile
from portal.operations import queueing
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount
from portal.sync import nudging
from portal.webhooks import registry
from portal.webhooks.registry import Event, Handled, Ignored, NotYet
from tests.companies.running import profile

NOW = timezone.now


def tell(company: Company, name: str, at: datetime | None = None, **data: Any) -> Any:
    """Hand an event to its handler, as a delivery does."""
    (handler,) = registry.handlers_for(name)
    return handler(Event(name, company.account, company.uuid, at or NOW(), data, 1))


def asked(company: Company, **fields: Any) -> Authorization:
    given = {
        "email": "s@example.com", "locale": "FI", "requested_at": NOW() - timedelta(hours=1),
        "expires_at": NOW() + timedelta(days=6),
    } | fields  # fmt: skip
    return Authorization.objects.create(account=company.account, company=company, **given)


def test_verified_settles_the_request_and_lets_waiting_networks_go(make_company: Any) -> None:
    company = make_company()
    request = asked(company)
    operation = queueing.queue("companies.activate_network", company, {"network": "VISMA"}, account=company.account)

    outcome = tell(company, "COMPANIES.AUTHORIZATION.VERIFIED", state="VERIFIED")

    for row in (company, request, operation):
        row.refresh_from_db()
    assert isinstance(outcome, Handled)
    assert (company.state, request.state, operation.state) == ("VERIFIED", "CONFIRMED", "QUEUED")


def test_the_same_event_twice_is_one(make_company: Any) -> None:
    company, at = make_company(), NOW()
    queueing.queue("companies.activate_network", company, {"network": "VISMA"}, account=company.account)

    outcomes = [tell(company, "COMPANIES.AUTHORIZATION.VERIFIED", at, state="VERIFIED") for _ in range(2)]

    assert all(isinstance(outcome, Handled) for outcome in outcomes)
    assert Operation.objects.get().state == "QUEUED"


def test_an_older_event_changes_nothing_but_has_autoinvoice_asked(make_company: Any) -> None:
    company = make_company(state="VERIFIED", state_at=NOW())

    tell(company, "COMPANIES.AUTHORIZATION.UNVERIFIED", NOW() - timedelta(minutes=5), state="UNVERIFIED")

    company.refresh_from_db()
    assert company.state == "VERIFIED"
    assert company.next_check_at <= NOW()


def test_an_event_from_a_clock_that_is_ahead_is_taken_as_of_now(make_company: Any) -> None:
    company = make_company()

    tell(company, "COMPANIES.AUTHORIZATION.VERIFIED", NOW() + timedelta(days=8), state="VERIFIED")

    company.refresh_from_db()
    assert company.state == "VERIFIED"
    assert company.state_at <= NOW()


def test_a_word_that_nobody_knows_is_kept(make_company: Any) -> None:
    company = make_company()

    tell(company, "COMPANIES.AUTHORIZATION.SUSPENDED")

    company.refresh_from_db()
    assert (company.state, company.is_usable) == ("SUSPENDED", False)


def test_a_company_that_is_not_known_yet_is_waited_for(account: PartnerAccount) -> None:
    stranger = Company(account=account, uuid=uuid4())

    outcomes = [
        tell(stranger, name, state="VERIFIED")
        for name in ("COMPANIES.AUTHORIZATION.VERIFIED", "NETWORKS.PEPPOL.ENABLED")
    ]

    assert all(isinstance(outcome, NotYet) for outcome in outcomes)


def test_a_network_that_autoinvoice_opens_by_itself_appears(make_company: Any) -> None:
    company = make_company(state="VERIFIED")

    tell(company, "NETWORKS.BANK.CREATED", network="BANK", profiles=["INVOICE_AND_CREDIT_NOTE"], id="b1")

    bank = NetworkProfile.objects.get()
    assert (bank.network, bank.status, bank.remote_id) == ("BANK", "pending", "b1")
    assert bank.next_check_at <= NOW()


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (("CREATED", "ENABLED"), "active"),
        (("ENABLED", "CREATED"), "active"),
        (("CREATED", "ENABLED", "DISABLED"), "disabled"),
        (("DISABLED", "ENABLED", "CREATED"), "disabled"),
    ],
)
def test_network_events_end_in_the_latest_whatever_their_order(
    make_company: Any, order: tuple[str, ...], expected: str
) -> None:
    company, start = make_company(state="VERIFIED"), NOW() - timedelta(minutes=10)
    company.account.created_at = start - timedelta(days=1)
    minutes = {"CREATED": 1, "ENABLED": 2, "DISABLED": 3}

    for action in order:
        at = start + timedelta(minutes=minutes[action])
        tell(company, f"NETWORKS.PEPPOL.{action}", at, network="PEPPOL", profiles=["ORDER"], id="p1")

    assert NetworkProfile.objects.get().status == expected


def test_visma_becoming_active_lets_peppol_go(make_company: Any) -> None:
    company = make_company(state="VERIFIED")
    profile(company, "VISMA", "pending")
    operation = queueing.queue("companies.activate_network", company, {"network": "PEPPOL"}, account=company.account)

    tell(company, "NETWORKS.VISMA.ENABLED", network="VISMA", id="visma")

    operation.refresh_from_db()
    assert operation.state == "QUEUED"


def test_an_event_without_an_id_has_the_company_looked_at(make_company: Any) -> None:
    company = make_company(state="VERIFIED")

    outcome = tell(company, "NETWORKS.SCAN.ENABLED", network="SCAN")

    company.refresh_from_db()
    assert isinstance(outcome, Handled)
    assert company.next_check_at <= NOW()
    assert not NetworkProfile.objects.exists()


def test_a_change_of_networks_that_nobody_knows_is_ignored(make_company: Any) -> None:
    company = make_company()

    assert isinstance(tell(company, "NETWORKS.PEPPOL.PAINTED", id="p1"), Ignored)
    assert webhooks.network_event in registry.handlers_for("NETWORKS.PEPPOL.PAINTED")


@pytest.mark.parametrize(
    ("event", "data", "watch"),
    [
        ("COMPANIES.AUTHORIZATION.VERIFIED", {"state": "VERIFIED"}, "companies.status"),
        ("NETWORKS.VISMA.ENABLED", {"id": "p-1", "network": "VISMA"}, "companies.profiles"),
        ("NETWORKS.SCAN.ENABLED", {"id": "p-2", "network": "SCAN"}, "companies.services"),
    ],
)
def test_what_an_event_leaves_open_is_looked_at_at_once(
    make_company: Any, monkeypatch: pytest.MonkeyPatch, event: str, data: dict[str, str], watch: str
) -> None:
    asked_for: list[tuple[str, int]] = []
    monkeypatch.setattr(nudging, "look_at_once", lambda *wanted: asked_for.append(wanted))
    company = make_company()

    tell(company, event, **data)

    assert (watch, company.account_id) in asked_for


def test_a_registration_that_an_event_hurried_stays_due_when_its_answer_is_written_late(make_company: Any) -> None:
    company, asked_at = make_company(state="VERIFIED"), NOW()
    tell(company, "NETWORKS.VISMA.ENABLED", asked_at - timedelta(seconds=1), id="p-1", network="VISMA")

    answer = services.Profile(id="p-1", status="pending", network="VISMA")
    mirrors.write_registrations([(company, answer, asked_at)])

    row = NetworkProfile.objects.get()
    assert row.status == "pending"
    assert row.next_check_at is not None
    assert row.next_check_at <= NOW()
