"""What a plan says of each row, and what it asks for that."""

from typing import Any

import pytest

from companies.enums import RowOutcome
from companies.models import Authorization, ImportFile, Onboarding
from companies.planning import words
from portal import maventa
from portal.operations.models import Batch, Operation
from portal.partners.models import ApiCall, PartnerAccount
from tests.companies.csv_files import finnish_ids
from tests.companies.fakes import FakeAutoInvoice, refusal
from tests.companies.planning.conftest import COMPANIES, LOOKUP, OURS, RECEIVERS, MakeFile, planned
from tests.companies.running import profile


def reserved(given: dict[str, Any]) -> list[dict[str, str]]:
    return [{"company_bid": bid, "company_status": "RESERVED"} for bid in given["params"]["bids"]]


def test_a_new_company_is_planned_with_every_step_and_its_address(make_file: MakeFile) -> None:
    row = planned(make_file({}))[0]

    assert row.outcome == RowOutcome.NEW
    assert words.steps(row.prediction) == [
        "Register company", "Request authorization", "Activate network VISMA", "Activate network PEPPOL",
    ]  # fmt: skip
    assert words.address(row) == "0216:003712345671"


def test_a_plan_writes_and_sends_nothing_but_look_ups(make_file: MakeFile, autoinvoice: FakeAutoInvoice) -> None:
    planned(make_file(*({"bid": number} for number in finnish_ids(25))))

    assert {(method, path) for method, path, _company, _given in autoinvoice.calls} == {
        ("GET", LOOKUP), ("GET", RECEIVERS),
    }  # fmt: skip
    assert {model.objects.count() for model in (Onboarding, Operation, Batch)} == {0}


def test_ten_business_ids_of_a_country_go_into_a_call(make_file: MakeFile, autoinvoice: FakeAutoInvoice) -> None:
    swedish = {"bid": "556000-4615", "country": "SE", "locale": "SE", "networks": ""}
    planned(make_file(swedish, *({"bid": number, "networks": ""} for number in finnish_ids(25))))

    asked = [given["params"] for given in autoinvoice.called("GET", LOOKUP)]
    assert sorted((call["country"], len(call["bids"])) for call in asked) == [
        ("FI", 5), ("FI", 10), ("FI", 10), ("SE", 1),
    ]  # fmt: skip


def test_a_receiver_is_looked_up_only_where_a_conflict_is_possible(
    make_file: MakeFile, autoinvoice: FakeAutoInvoice
) -> None:
    one, two, three = finnish_ids(3)
    file = make_file({"bid": one}, {"bid": two, "networks": "VISMA"}, {"bid": three, "networks": ""})

    planned(file)

    assert [given["params"]["eia"] for given in autoinvoice.called("GET", RECEIVERS)] == ["0037" + one.replace("-", "")]
    assert file.plan["asked"] == {"availability": 1, "receivers": 1}


def test_a_business_id_of_another_account_is_reserved(make_file: MakeFile, autoinvoice: FakeAutoInvoice) -> None:
    autoinvoice.on("GET", LOOKUP, [{"company_bid": "1234567-1", "company_status": "RESERVED"}])

    row = planned(make_file({}))[0]

    assert (row.outcome, row.prediction["steps"]) == (RowOutcome.RESERVED, [])
    assert "support" in words.sentences(row.prediction)[0]
    assert autoinvoice.called("GET", RECEIVERS) == []


def test_a_reserved_one_that_is_ours_is_taken_over(make_file: MakeFile, autoinvoice: FakeAutoInvoice) -> None:
    autoinvoice.on("GET", LOOKUP, reserved)
    autoinvoice.on("GET", COMPANIES, [{"id": OURS, "bid": "12345671"}])

    row = planned(make_file({}))[0]

    assert row.outcome == RowOutcome.ADD
    assert "taken over" in words.sentences(row.prediction)[0]


def test_many_reserved_ones_of_a_country_are_told_apart_by_one_list(
    make_file: MakeFile, autoinvoice: FakeAutoInvoice
) -> None:
    autoinvoice.on("GET", LOOKUP, reserved)
    ids = finnish_ids(12)
    autoinvoice.on("GET", COMPANIES, [{"id": OURS, "bid": ids[3].replace("-", "")}])

    rows = planned(make_file(*({"bid": bid, "networks": ""} for bid in ids)))

    assert [row.number for row in rows if row.outcome == RowOutcome.ADD] == [5]
    assert {row.outcome for row in rows} == {RowOutcome.ADD, RowOutcome.RESERVED}
    assert len(autoinvoice.called("GET", COMPANIES)) == 1


def test_the_partner_s_own_company_is_refused_whether_it_is_known_here_or_not(
    make_file: MakeFile, autoinvoice: FakeAutoInvoice, account: PartnerAccount, make_company: Any
) -> None:
    make_company("0112038-9", uuid=account.company_uuid)
    autoinvoice.on("GET", LOOKUP, reserved)
    autoinvoice.on("GET", COMPANIES, [{"id": str(account.company_uuid), "bid": "12345671"}])

    rows = planned(make_file({}, {"bid": "0112038-9"}))

    assert [row.outcome for row in rows] == [RowOutcome.REFUSED, RowOutcome.REFUSED]
    assert "own partner company" in words.sentences(rows[0].prediction)[0]


@pytest.mark.parametrize("error", [refusal("unauthorized", "Unauthorized", 401), maventa.TemporaryError(0.001)])
def test_what_could_not_be_asked_is_never_called_free(
    make_file: MakeFile, autoinvoice: FakeAutoInvoice, error: Exception
) -> None:
    autoinvoice.on("GET", LOOKUP, error)

    row = planned(make_file({}))[0]

    assert row.outcome == RowOutcome.UNASKED
    assert "could not be asked" in " ".join(words.sentences(row.prediction))
    assert row.prediction["steps"]


def test_a_business_id_without_an_answer_could_not_be_asked(make_file: MakeFile, autoinvoice: FakeAutoInvoice) -> None:
    autoinvoice.on("GET", LOOKUP, [])

    assert planned(make_file({}))[0].outcome == RowOutcome.UNASKED


def test_a_look_up_that_our_key_may_not_make_is_tried_once(make_file: MakeFile, autoinvoice: FakeAutoInvoice) -> None:
    autoinvoice.on("GET", RECEIVERS, refusal("unauthorized", "Unauthorized", 401))
    file = make_file(*({"bid": bid} for bid in finnish_ids(30)))
    file.account.parallel_calls = 1
    file.account.save()

    rows = planned(file)

    assert {row.outcome for row in rows} == {RowOutcome.UNASKED}
    assert (file.plan["asked"]["receivers"], file.plan["asked"]["failed"]) == (1, 1)


def test_a_busy_moment_is_waited_for(make_file: MakeFile, autoinvoice: FakeAutoInvoice) -> None:
    autoinvoice.on(
        "GET", LOOKUP, maventa.TemporaryError(0.001), [{"company_bid": "12345671", "company_status": "FREE"}]
    )

    assert planned(make_file({}))[0].outcome == RowOutcome.NEW


def entry(scheme: str = "0216", endpoint: str = "003712345671", **more: Any) -> dict[str, Any]:
    return {
        "identifier": {"scheme": scheme, "endpoint_id": endpoint},
        "network": "PEPPOL",
        "operator": "Former Operator",
        "participant": {"id": "x", "name": "Example Oy"},
    } | more


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        ([entry()], RowOutcome.CONFLICT),
        ([entry(scheme="0088")], RowOutcome.NEW),
        ([entry(endpoint="003701120389")], RowOutcome.NEW),
    ],
)
def test_who_answers_for_the_very_address_stands_in_the_way(
    make_file: MakeFile, autoinvoice: FakeAutoInvoice, found: Any, outcome: RowOutcome
) -> None:
    autoinvoice.on("GET", RECEIVERS, found)

    row = planned(make_file({}))[0]

    assert row.outcome == outcome
    assert ("Former Operator" in " ".join(words.sentences(row.prediction))) == (outcome == RowOutcome.CONFLICT)


def test_a_company_s_own_registration_is_no_conflict(
    make_file: MakeFile, autoinvoice: FakeAutoInvoice, make_company: Any
) -> None:
    company = make_company(state="VERIFIED")
    profile(company, "VISMA")
    autoinvoice.on("GET", RECEIVERS, [entry(participant={"id": str(company.uuid)})])

    row = planned(make_file({}))[0]

    assert (row.outcome, words.steps(row.prediction)) == (RowOutcome.ADD, ["Activate network PEPPOL"])


def test_companies_that_only_support_can_verify_are_told(make_file: MakeFile) -> None:
    row = planned(make_file({"country": "BE", "bid": "0403019261", "networks": "VISMA PEPPOL", "locale": "EN"}))[0]

    assert row.outcome == RowOutcome.SUPPORT
    assert "Request authorization" not in words.steps(row.prediction)
    assert "cannot derive" in " ".join(words.sentences(row.prediction))


def test_a_person_s_number_is_in_no_prediction(make_file: MakeFile) -> None:
    row = planned(make_file({"country": "SE", "bid": "640823-3234", "locale": "SE"}))[0]

    assert "640823" not in str(row.prediction)
    assert words.address(row) == "0007:640823-••••"


def test_an_expired_request_is_sent_again_and_an_open_one_is_not(
    account: PartnerAccount, make_file: MakeFile, make_company: Any
) -> None:
    company = make_company()
    request = Authorization.objects.create(
        account=account, company=company, email="s@example.com", locale="FI", state="OPEN",
        requested_at=company.created_at, expires_at=company.created_at.replace(year=2099),
    )  # fmt: skip
    open_one = planned(make_file({"networks": ""}))[0]

    request.state = "EXPIRED"
    request.save()
    expired = planned(make_file({"networks": "", "email": "other@example.com"}))[0]

    assert open_one.outcome == RowOutcome.NOTHING
    assert words.steps(expired.prediction) == ["Request authorization"]


def test_rows_with_errors_are_told_apart(make_file: MakeFile) -> None:
    assert [row.outcome for row in planned(make_file({"bid": "1"}, {}))] == [RowOutcome.ERROR, RowOutcome.NEW]


def test_calls_and_requests_of_the_whole_are_counted(make_file: MakeFile, account: PartnerAccount) -> None:
    account.own_kyc = True
    account.save()
    finnish = [{"bid": bid, "networks": "VISMA"} for bid in finnish_ids(60)]
    own = {"bid": "0112038-9", "method": "own", "authorization_id": "KYC-1", "auth_email": "x@example.com"}
    norwegian = {"bid": "923609016", "country": "NO", "locale": "NO", "networks": "", "auth_email": "n@example.com"}
    file = make_file(*finnish, own, norwegian)

    planned(file)

    assert file.plan["calls"] == {"register": 62, "authorize": 4, "looks": 1, "tokens": 62, "activate": 62}
    assert file.plan["requests"] == [
        {"country": "FI", "locale": "FI", "companies": 60, "requests": 2},
        {"country": "NO", "locale": "NO", "companies": 1, "requests": 1},
    ]
    assert file.plan["will_run"] == 62


def test_the_time_follows_the_pace_of_recent_calls(make_file: MakeFile, account: PartnerAccount) -> None:
    account.calls_per_second, account.parallel_calls = 50, 2
    account.save()
    ApiCall.objects.bulk_create(
        [ApiCall(account=account, api="AX", method="GET", path="/", status=200, ms=ms) for ms in (400, 500, 900)]
    )
    file: ImportFile = make_file({"networks": ""})

    planned(file)

    assert (file.plan["pace"], file.plan["seconds"]) == (4.0, 1)
