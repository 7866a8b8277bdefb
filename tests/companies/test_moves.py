"""Whose move it is, what the dashboard counts, and what `manage.py status` tells."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from companies import dashboard, moves, status
from companies.enums import Mover, OnboardingState
from companies.models import Authorization, Company
from portal.partners.models import PartnerAccount
from tests.companies.conftest import make_account
from tests.companies.csv_files import finnish_ids
from tests.companies.running import profile

NOW = timezone.now


def ask(company: Company, *, days_left: float, state: str = "OPEN") -> Authorization:
    expires_at = NOW() + timedelta(days=days_left)
    return Authorization.objects.create(
        account=company.account, company=company, email="s@example.com", locale="FI", state=state,
        requested_at=expires_at - timedelta(days=7), expires_at=expires_at, ended_at=None if state == "OPEN" else NOW(),
    )  # fmt: skip


def test_companies_that_stand_still_come_longest_first(
    account: PartnerAccount, make_company: Any, make_onboarding: Any
) -> None:
    numbers = finnish_ids(4)
    ask(make_company(numbers[0], name="Waits"), days_left=6.5)
    ask(make_company(numbers[1], name="Expired"), days_left=-1)
    ask(make_company(numbers[2], name="Declined"), days_left=3, state="DECLINED")
    make_onboarding(
        numbers[3], name="Taken", state=OnboardingState.REFUSED, problem_code="bid_taken",
        submitted_at=NOW() - timedelta(days=9),
    )  # fmt: skip

    found = moves.stand_stills([account], 10)

    assert [(row.title, row.whose) for row in found] == [
        ("Taken", Mover.SUPPORT), ("Expired", Mover.STAFF), ("Waits", Mover.SIGNER), ("Declined", Mover.CUSTOMER),
    ]  # fmt: skip


def test_a_company_that_was_asked_anew_or_verified_does_not_count_as_expired(
    account: PartnerAccount, make_company: Any
) -> None:
    asked_anew, verified = make_company(finnish_ids(1)[0]), make_company("1234567-1", state="VERIFIED")
    for company in (asked_anew, verified):
        ask(company, days_left=-3, state="EXPIRED")
    ask(asked_anew, days_left=5)

    assert not moves.expired([account]).exists()
    assert moves.waiting([account]).count() == 1


def test_staff_see_only_their_accounts(account: PartnerAccount, make_company: Any) -> None:
    ask(make_company(), days_left=-1)
    other = make_account("Other")

    assert moves.stand_stills([other], 10) == []
    assert next(iter(dashboard.cards([other]))).value == 0


def test_the_dashboard_costs_the_same_however_many_companies_there_are(
    account: PartnerAccount, make_company: Any, django_assert_num_queries: Any
) -> None:
    for number in finnish_ids(3):
        ask(make_company(number), days_left=-1)

    with django_assert_num_queries(6):
        cards = {str(card.title): card.value for card in dashboard.cards([account])}
    with django_assert_num_queries(6):
        rows = list(dashboard.moves_of([account], 2))

    assert (cards["Companies"], cards["Signature expired"], len(rows)) == (3, 3, 2)


def test_the_chart_leads_from_each_day_to_its_rows(account: PartnerAccount, make_onboarding: Any) -> None:
    make_onboarding(state=OnboardingState.REGISTERED, submitted_at=NOW())

    last = dashboard.chart([account]).bars[-1]

    assert [(tone, count) for tone, count, _label in last.parts] == [("good", 1), ("info", 0), ("bad", 0)]
    assert "submitted_at__gte" in last.url


def test_the_status_counts_companies_and_active_networks(account: PartnerAccount, make_company: Any) -> None:
    verified, older = make_company(state="VERIFIED"), make_company("0112038-9", state="UNKNOWN")
    make_company(finnish_ids(1)[0])
    profile(verified, "VISMA")
    profile(verified, "PEPPOL", "pending")
    profile(older, "VISMA")

    section = status.section(PartnerAccount.objects.all())

    assert section == {"total": 3, "verified": 2, "active_profiles": {"VISMA": 2}, "open_cases": 0}
