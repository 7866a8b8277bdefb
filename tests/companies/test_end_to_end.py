"""The main job against the simulator, over HTTP: register, authorize, VISMA, PEPPOL; answers lost on the way."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
from django.core.management import call_command
from django.utils import timezone

from companies import onboarding
from companies.enums import OnboardingState
from companies.models import Authorization, Company, ImportFile, NetworkProfile, Onboarding
from portal.operations import queueing, runner
from portal.operations.models import Attempt, Operation
from portal.partners.models import PartnerAccount
from portal.sync import runs
from portal.sync.models import Cursor
from tests import waiting
from tests.companies.csv_files import finnish_ids
from tests.sandbox import Sandbox

pytestmark = pytest.mark.slow


def until(condition: Callable[[], bool], account: PartnerAccount, seconds: float = 60) -> None:
    """Do what worker and beat do until the condition holds; every look that is planned is made at once."""

    def work() -> None:
        runner.run_until_idle(account, timeout=2)
        Company.objects.exclude(next_check_at=None).update(next_check_at=timezone.now())
        NetworkProfile.objects.exclude(next_check_at=None).update(next_check_at=timezone.now())
        Cursor.objects.filter(source__in=("companies.status", "companies.profiles")).update(next_at=timezone.now())
        runs.run_due(budget=2)

    waiting.until(condition, work, seconds)


def active(account: PartnerAccount, count: int, network: str = "PEPPOL") -> Callable[[], bool]:
    profiles = NetworkProfile.objects.filter(account=account, network=network, status="active")
    return lambda: profiles.count() >= count


def states() -> dict[tuple[str, str], str]:
    rows = Operation.objects.order_by("pk").values_list("kind", "parameters", "state")
    return {(kind, parameters.get("network", "")): state for kind, parameters, state in rows}


def calls_at(simulator: Sandbox, name: str) -> int:
    """How many companies the simulator has besides the partner."""
    return len([company for company in simulator.control("GET", "/companies") if company["name"] == name])


def test_a_company_reaches_peppol_when_its_signer_signs(
    partner: PartnerAccount, simulator: Sandbox, make_onboarding: Any
) -> None:
    row = make_onboarding(account=partner)

    onboarding.submit(row)
    until(lambda: Authorization.objects.exists(), partner)
    before = states()
    company = Company.objects.get()
    simulator.sign(str(company.uuid))
    until(active(partner, 1), partner)

    company.refresh_from_db()
    row.refresh_from_db()
    assert before["companies.activate_network", "VISMA"] == "WAITING"
    assert before["companies.activate_network", "PEPPOL"] == "WAITING"
    assert (company.state, company.business_id, row.state) == ("VERIFIED", "12345671", OnboardingState.REGISTERED)
    assert Authorization.objects.get().state == "CONFIRMED"
    assert set(states().values()) == {"DONE"}
    assert set(Operation.objects.values_list("company_uuid", flat=True)) == {company.uuid}


def test_own_proof_verifies_at_once_and_goes_alone(partner: PartnerAccount, make_onboarding: Any) -> None:
    rows = [
        make_onboarding(number, account=partner, method="own", authorization_id=f"contract {number}")
        for number in ("1234567-1", "0112038-9")
    ]

    onboarding.submit_many(rows, account=partner)
    until(active(partner, 2), partner)

    assert Company.objects.filter(state="VERIFIED").count() == 2
    assert Attempt.objects.filter(kind="companies.authorize").count() == 2
    assert set(Authorization.objects.values_list("state", "expires_at")) == {("CONFIRMED", None)}


def test_one_request_carries_fifty_companies_of_one_signer(partner: PartnerAccount, make_onboarding: Any) -> None:
    numbers = finnish_ids(53, first=2_200_000)
    rows = [make_onboarding(number, account=partner, networks=[]) for number in numbers]

    batch = queueing.Batch.objects.create(account=partner, kind=onboarding.CHAIN, label="file", state="RUNNING")
    onboarding.submit_many(rows, account=partner, batch=batch)
    until(lambda: Authorization.objects.count() == 53, partner, 60)

    carried = sorted(
        Operation.objects.filter(attempt=attempt).count()
        for attempt in Attempt.objects.filter(kind="companies.authorize")
    )
    assert sum(carried) == 53
    assert carried[-1] <= 50
    assert len(carried) <= 4


@pytest.mark.parametrize("fault", ["drop_after", "500_after"])
def test_registration_happens_once_when_its_answer_is_lost(
    partner: PartnerAccount, simulator: Sandbox, make_onboarding: Any, fault: str
) -> None:
    row = make_onboarding(account=partner, networks=[])
    lose_answer(simulator, fault, "POST", "/v1/companies")

    onboarding.submit(row)
    until(lambda: Company.objects.exists(), partner)

    register = Operation.objects.get(kind="companies.register")
    assert (register.state, register.attempts, register.result["found"]) == ("DONE", 1, False)
    assert calls_at(simulator, "Example Oy") == 1


def test_a_network_is_joined_once_when_the_answer_is_lost(
    partner: PartnerAccount, simulator: Sandbox, make_onboarding: Any
) -> None:
    row = make_onboarding(account=partner, method="own", authorization_id="contract 1", networks=["VISMA"])
    lose_answer(simulator, "drop_after", "POST", "/v1/company/profiles")

    onboarding.submit(row)
    until(active(partner, 1, "VISMA"), partner)

    activate = Operation.objects.get(kind="companies.activate_network")
    assert (activate.state, activate.attempts, activate.result["found"]) == ("DONE", 1, True)
    assert NetworkProfile.objects.filter(network="VISMA").count() == 1


def test_a_business_id_that_another_account_holds_is_refused_with_a_remedy(
    partner: PartnerAccount, simulator: Sandbox, make_onboarding: Any
) -> None:
    register_elsewhere(simulator, "12345671")
    row = make_onboarding(account=partner)

    onboarding.submit(row)
    until(lambda: Operation.objects.filter(state="REFUSED").exists(), partner)

    row.refresh_from_db()
    register = Operation.objects.get(kind="companies.register")
    assert (row.state, row.problem_code) == (OnboardingState.REFUSED, "bid_taken")
    assert "AutoInvoice support" in register.remedy
    assert register.remedy_by == "support"
    assert set(Operation.objects.exclude(pk=register.pk).values_list("state", flat=True)) == {"SKIPPED"}


def test_a_file_does_nothing_when_it_is_run_a_second_time(
    partner: PartnerAccount, simulator: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "companies.csv"
    header = "name,bid,country,address1,post_code,post_office,city,email,auth_email,locale,networks"
    lines = [
        f"Company {number},{number},FI,Street 1,00100,Helsinki,Helsinki,a@example.com,s@example.com,FI,VISMA PEPPOL"
        for number in finnish_ids(5, first=2_100_000)
    ]
    path.write_text("\n".join([header, *lines]))

    first = run_file(path)
    until(lambda: Authorization.objects.count() == 5, partner)
    operations = Operation.objects.count()
    second = run_file(path)

    assert first == ["new"] * 5
    assert second == ["unchanged"] * 5
    assert Operation.objects.count() == operations
    assert Onboarding.objects.count() == 5


def test_the_partner_itself_is_never_taken_for_a_customer(
    partner: PartnerAccount, simulator: Sandbox, make_onboarding: Any
) -> None:
    row = make_onboarding("2000001-6", account=partner)  # the partner's own business id at the simulator

    onboarding.submit(row)
    runner.run_until_idle(partner, timeout=10)

    row.refresh_from_db()
    assert (row.state, row.problem_code, row.company) == (OnboardingState.REFUSED, "bid_taken", None)


def run_file(path: Path) -> list[str]:
    """Run a file; return the outcomes that were planned."""
    call_command("onboard", str(path))
    newest = ImportFile.objects.latest("pk")
    return list(newest.rows.order_by("number").values_list("outcome", flat=True))


def register_elsewhere(simulator: Sandbox, business_id: str) -> None:
    """Somebody else's user registers the company, with the same software."""
    ax, vendor = simulator.credentials["ax_url"], {"vendor_api_key": simulator.credentials["vendor_api_key"]}
    user = requests.post(f"{ax}/v1/users", json={**vendor, "email": "other@example.com"}, timeout=10).json()
    form = {
        "name": "Taken Oy", "bid": business_id, "no_vat": "true", "address1": "Street 1", "post_code": "00100",
        "post_office": "Helsinki", "city": "Helsinki", "country": "FI", "email": "taken@example.com",
    }  # fmt: skip
    answer = requests.post(
        f"{ax}/v1/companies", files={k: (None, v) for k, v in (form | vendor | user).items()}, timeout=10
    )
    assert answer.status_code == 201, answer.text


def lose_answer(simulator: Sandbox, fault: str, method: str, path: str) -> None:
    simulator.fault(fault, api="ax", method=method, path=path, count=1)
