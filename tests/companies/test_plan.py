"""What a file of companies would do, and does: the same, and nothing twice."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from companies import files, onboarding, plan
from companies.enums import OnboardingState
from companies.models import Authorization, Company, Onboarding
from companies.plan import Outcome, Planned
from portal.operations.models import Batch, Operation
from portal.partners.models import PartnerAccount
from tests.companies.csv_files import finnish_ids, sheet
from tests.companies.fakes import FakeAutoInvoice, refusal
from tests.companies.running import profile

LOOKUP = "/v1/partner/lookups/companies"


@pytest.fixture(autouse=True)
def _all_free(autoinvoice: FakeAutoInvoice) -> None:
    autoinvoice.on(
        "GET", LOOKUP, lambda given: [{"company_bid": b, "company_status": "FREE"} for b in given["params"]["bids"]]
    )


def planned(account: PartnerAccount, *rows: dict[str, str]) -> list[Planned]:
    return plan.plan(account, files.read(sheet(*rows), account))


def carried_out(account: PartnerAccount, *rows: dict[str, str]) -> list[Planned]:
    return plan.carry_out(account, files.read(sheet(*rows), account), file="companies.csv")


def test_a_new_company_is_planned_with_every_step(account: PartnerAccount) -> None:
    line = planned(account, {})[0]

    assert line.outcome == Outcome.NEW
    assert line.steps == [
        "Register company", "Request authorization", "Activate network VISMA", "Activate network PEPPOL",
    ]  # fmt: skip


def test_a_plan_writes_and_sends_nothing_but_look_ups(account: PartnerAccount, autoinvoice: FakeAutoInvoice) -> None:
    planned(account, *({"bid": number} for number in finnish_ids(25)))

    assert {(method, path) for method, path, _company, _given in autoinvoice.calls} == {("GET", LOOKUP)}
    assert sorted(len(given["params"]["bids"]) for given in autoinvoice.called("GET", LOOKUP)) == [5, 10, 10]
    assert {model.objects.count() for model in (Onboarding, Operation, Batch)} == {0}


def test_a_business_id_of_another_account_is_planned_as_reserved(
    account: PartnerAccount, autoinvoice: FakeAutoInvoice
) -> None:
    autoinvoice.on("GET", LOOKUP, [{"company_bid": "1234567-1", "company_status": "RESERVED"}])
    autoinvoice.on("GET", "/v1/companies", [])

    line = planned(account, {})[0]

    assert (line.outcome, line.steps) == (Outcome.RESERVED, [])
    assert "support" in line.text


def test_a_reserved_one_that_is_ours_is_taken_over(account: PartnerAccount, autoinvoice: FakeAutoInvoice) -> None:
    autoinvoice.on("GET", LOOKUP, [{"company_bid": "12345671", "company_status": "RESERVED"}])
    autoinvoice.on("GET", "/v1/companies", [{"id": "8a4a2f0c-9f0b-4a83-a7c5-000000000001", "bid": "12345671"}])

    line = planned(account, {})[0]

    assert line.outcome == Outcome.NEW
    assert "taken over" in line.text


def test_a_failed_look_up_is_told_and_stops_nothing(account: PartnerAccount, autoinvoice: FakeAutoInvoice) -> None:
    autoinvoice.on("GET", LOOKUP, refusal("unauthorized", "Unauthorized", 401))

    line = planned(account, {})[0]

    assert line.outcome == Outcome.NEW
    assert "could not be looked up" in line.text


def test_companies_that_only_support_can_verify_are_told(account: PartnerAccount) -> None:
    line = planned(account, {"country": "BE", "bid": "0403019261", "networks": "", "locale": "EN"})[0]

    assert line.steps == ["Register company"]
    assert "support has to verify" in line.text


def test_only_what_is_missing_is_added_to_a_company_of_ours(account: PartnerAccount, make_company: Any) -> None:
    company = make_company(state="VERIFIED")
    profile(company, "VISMA")

    line = carried_out(account, {"bid": "FI12345671"})[0]

    operation = Operation.objects.get()
    assert (line.outcome, line.steps) == (Outcome.ADD, ["Activate network PEPPOL"])
    assert (operation.target, operation.company_uuid) == (company, company.uuid)
    assert Onboarding.objects.get().state == OnboardingState.REGISTERED


def test_a_second_run_changes_nothing_while_the_first_is_under_way(account: PartnerAccount) -> None:
    rows: list[dict[str, str]] = [{"bid": number} for number in finnish_ids(3)]
    carried_out(account, *rows)

    again = carried_out(account, *rows)

    assert {line.outcome for line in again} == {Outcome.NOTHING}
    assert (Onboarding.objects.count(), Operation.objects.count(), Batch.objects.count()) == (3, 12, 1)


def test_a_network_that_refused_the_company_is_left_to_a_person(account: PartnerAccount, make_company: Any) -> None:
    company = make_company(state="VERIFIED")
    profile(company, "VISMA")
    profile(company, "PEPPOL", "error")

    assert carried_out(account, {})[0].outcome == Outcome.NOTHING


def test_a_network_that_the_file_names_later_is_added(account: PartnerAccount) -> None:
    carried_out(account, {"networks": ""})

    line = carried_out(account, {"networks": "PEPPOL"})[0]

    assert (line.outcome, line.steps) == (Outcome.ADD, ["Activate network VISMA", "Activate network PEPPOL"])
    assert Onboarding.objects.get().networks == ["PEPPOL"]


def test_an_expired_request_is_sent_again_and_an_open_one_is_not(account: PartnerAccount, make_company: Any) -> None:
    company = make_company()
    request = Authorization.objects.create(
        account=account, company=company, email="s@example.com", locale="FI", state="OPEN",
        requested_at=company.created_at, expires_at=company.created_at.replace(year=2099),
    )  # fmt: skip
    open_one = planned(account, {"networks": ""})[0]

    request.state = "EXPIRED"
    request.save()
    expired = planned(account, {"networks": ""})[0]

    assert open_one.outcome == Outcome.NOTHING
    assert expired.steps == ["Request authorization"]


def test_a_refused_company_is_tried_again_only_when_its_id_is_free(
    account: PartnerAccount, autoinvoice: FakeAutoInvoice, make_onboarding: Any
) -> None:
    row = make_onboarding(state=OnboardingState.REFUSED, problem_code="bid_taken", source="FILE")
    autoinvoice.on("GET", LOOKUP, [{"company_bid": "12345671", "company_status": "RESERVED"}])
    autoinvoice.on("GET", "/v1/companies", [])
    still_taken = carried_out(account, {})[0]

    autoinvoice.on("GET", LOOKUP, [{"company_bid": "12345671", "company_status": "FREE"}])
    free_now = carried_out(account, {})[0]

    row.refresh_from_db()
    assert (still_taken.outcome, free_now.outcome) == (Outcome.RESERVED, Outcome.NEW)
    assert (Onboarding.objects.count(), row.state) == (1, OnboardingState.SUBMITTED)


def test_rows_with_errors_are_left_alone_and_the_others_go(account: PartnerAccount) -> None:
    lines = carried_out(account, {"bid": "1"}, {"bid": "0112038-9"})

    assert [line.outcome for line in lines] == [Outcome.ERROR, Outcome.NEW]
    assert Onboarding.objects.get().business_id == "01120389"


def test_what_a_file_does_is_one_batch(account: PartnerAccount) -> None:
    carried_out(account, {}, {"bid": "0112038-9"})

    batch = Batch.objects.get()
    assert (batch.kind, batch.state, batch.total, batch.operations.count()) == (onboarding.CHAIN, "RUNNING", 8, 8)


def test_two_files_of_five_hundred_need_few_statements(
    account: PartnerAccount, django_assert_max_num_queries: Any
) -> None:
    rows: list[dict[str, str]] = [{"bid": number} for number in finnish_ids(500)]
    with django_assert_max_num_queries(130):
        carried_out(account, *rows)

    with django_assert_max_num_queries(20):
        carried_out(account, *rows)


# The command


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def to_file(stream: io.BytesIO) -> str:
        path = tmp_path / "companies.csv"
        path.write_bytes(stream.getvalue())
        return str(path)

    return to_file


def test_the_command_prints_json_only(account: PartnerAccount, write: Any, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("onboard", write(sheet({})), "--plan", "--json")

    report = json.loads(capsys.readouterr().out)
    assert (report["plan"], report["summary"]["new"], report["rows"][0]["row"]) == (True, 1, 2)
    assert not Onboarding.objects.exists()


def test_the_command_hides_personal_numbers(
    account: PartnerAccount, write: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("onboard", write(sheet({"country": "SE", "bid": "640823-3234", "locale": "SE"})), "--json")

    out = capsys.readouterr().out
    assert "640823-••••" in out
    assert "3234" not in out


def test_the_command_ends_with_1_when_a_row_failed(
    account: PartnerAccount, write: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        call_command("onboard", write(sheet({"bid": "1"}, {})))

    out = capsys.readouterr().out
    assert ended.value.code == 1
    assert "row 2" in out
    assert "bid: " in out
    assert Onboarding.objects.count() == 1


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe"])
def test_the_command_ends_with_2_when_the_file_cannot_be_read(
    account: PartnerAccount, write: Any, content: bytes
) -> None:
    with pytest.raises(CommandError) as ended:
        call_command("onboard", write(io.BytesIO(content)))

    assert ended.value.returncode == 2


def test_the_command_asks_which_account_when_there_are_several(account: PartnerAccount, write: Any) -> None:
    account.pk, account.name, account.key = None, "Other", "8a4a2f0c-9f0b-4a83-a7c5-000000000002"
    account.save()

    with pytest.raises(CommandError) as ended:
        call_command("onboard", write(sheet({})))
    call_command("onboard", write(sheet({})), "--account", "Other")

    assert ended.value.returncode == 2
    assert Onboarding.objects.get().account.name == "Other"


def test_the_command_waits_until_the_companies_need_a_person(
    account: PartnerAccount, write: Any, autoinvoice: FakeAutoInvoice, capsys: pytest.CaptureFixture[str]
) -> None:
    autoinvoice.on("POST", "/v1/companies", {"id": "8a4a2f0c-9f0b-4a83-a7c5-000000000001"})
    autoinvoice.on("POST", "/v1/companies/authorizations", {"status": "sent"})

    call_command("onboard", write(sheet({})), "--wait", "--json")

    report = json.loads(capsys.readouterr().out)
    end = report["rows"][0]["end"]
    assert (report["in_time"], end["state"], end["company_state"]) == (True, "REGISTERED", "UNVERIFIED")
    assert Company.objects.count() == 1
