"""The pages of a plan: what staff read, the button that starts it once, and plan against outcome."""

from typing import Any

import pytest
from django.urls import reverse

from companies.enums import ImportState
from companies.models import ImportFile, Onboarding
from companies.planning import comparing, doors, start_planning
from portal.operations import runner
from portal.operations.models import Batch
from portal.partners.models import PartnerAccount
from tests.companies.csv_files import finnish_ids
from tests.companies.fakes import FakeAutoInvoice, refusal
from tests.companies.planning.conftest import LOOKUP, MakeFile, carried_out, planned
from tests.companies.staff import LogIn


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def address(name: str, file: ImportFile, *more: Any) -> str:
    return reverse(f"admin:{name}", args=[file.pk, *more])


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def press_start(client: Any, file: ImportFile, number: object) -> Any:
    return client.post(address("import_plan_act", file, "start"), {"number": number}, follow=True)


def test_a_plan_in_the_making_shows_how_far_it_is_and_then_steps_over(log_in: LogIn, make_file: MakeFile) -> None:
    file, client = make_file({}), log_in()
    start_planning(file)

    making = client.get(address("import_plan", file))
    live = client.get(address("import_plan_live", file))
    doors.work(file.account_id)
    ready = client.get(address("import_plan_live", file))

    assert "0 of 1 rows are planned" in text_of(making)
    assert "X-Go-To" not in live
    assert ready["X-Go-To"] == address("import_plan", file)


def test_the_plan_says_what_happens_with_each_row_and_the_whole(log_in: LogIn, make_file: MakeFile) -> None:
    file = make_file({"bid": "1"}, {}, {"country": "SE", "bid": "640823-3234", "locale": "SE", "networks": ""})
    planned(file)

    shown = text_of(log_in().get(address("import_plan", file)))

    assert "Register company → Request authorization → Activate network VISMA" in shown
    assert "0216:003712345671" in shown
    assert "Onboard 2 companies" in shown
    assert address("import_row", file, 2) in shown
    assert "640823-••••" in shown
    assert "3234" not in shown


def test_a_card_leads_to_its_rows(log_in: LogIn, make_file: MakeFile) -> None:
    file = make_file({"bid": "1", "name": "Wrong Oy"}, {"name": "Right Oy"})
    planned(file)

    shown = text_of(log_in().get(address("import_plan", file), {"outcome": "new"}))

    assert "Right Oy" in shown
    assert "Wrong Oy" not in shown


def test_rows_come_a_page_at_a_time_each_once(log_in: LogIn, make_file: MakeFile) -> None:
    ids = finnish_ids(60)
    file = make_file({"bid": "1"}, *({"bid": bid, "networks": "", "name": f"Row {bid}"} for bid in ids))
    planned(file)
    client = log_in()

    first = client.get(address("import_plan", file))
    second = client.get(address("import_plan", file), {"after": first.context["after"]})

    numbers = [line["row"].number for page in (first, second) for line in page.context["lines"]]
    assert numbers == list(range(2, 63))
    assert second.context["after"] == ""


@pytest.mark.parametrize(("typed", "starts"), [("51", True), ("50", False), ("", False), ("51 ", True)])
def test_more_than_fifty_are_confirmed_by_typing_their_number(
    log_in: LogIn,
    make_file: MakeFile,
    typed: str,
    starts: bool,
) -> None:
    file = make_file(*({"bid": bid, "networks": ""} for bid in finnish_ids(51)))
    planned(file)
    client = log_in()

    asked = text_of(client.get(address("import_plan", file)))
    press_start(client, file, typed)

    assert "Type that number to confirm" in asked
    assert Batch.objects.exists() == starts


def test_two_tabs_start_a_file_once(log_in: LogIn, make_file: MakeFile) -> None:
    file = make_file({})
    planned(file)
    client = log_in()

    answers = [press_start(client, file, 1) for _tab in range(2)]
    doors.work(file.account_id)

    assert [answer.redirect_chain[-1][0] for answer in answers] == [address("import_result", file)] * 2
    assert (Batch.objects.count(), Onboarding.objects.count()) == (1, 1)
    assert Batch.objects.get().actor is not None


def test_who_may_not_register_sees_no_button_and_cannot_start(
    log_in: LogIn,
    make_file: MakeFile,
) -> None:
    file = make_file({})
    planned(file)
    client = log_in("viewer")

    assert client.get(address("import_plan", file)).status_code == 403
    assert client.post(address("import_plan_act", file, "start"), {"number": 1}).status_code == 403


def test_files_of_other_accounts_are_not_there(log_in: LogIn, make_file: MakeFile) -> None:
    file = make_file({})
    planned(file)
    client = log_in(accounts=())

    for name in ("import_plan", "import_plan_live", "import_result", "import_result_live", "import_result_rows"):
        assert client.get(address(name, file)).status_code == 404


def test_a_plan_is_made_again_with_what_is_true_now(
    log_in: LogIn,
    make_file: MakeFile,
    autoinvoice: FakeAutoInvoice,
) -> None:
    file, client = make_file({}), log_in()
    planned(file)
    autoinvoice.on("GET", LOOKUP, [{"company_bid": "12345671", "company_status": "RESERVED"}])

    client.post(address("import_plan_act", file, "again"))
    doors.work(file.account_id)

    shown = text_of(client.get(address("import_plan", file)))
    assert "Another account holds this business id" in shown
    assert "Nothing would be done" in shown


def test_plan_and_outcome_stand_side_by_side(
    log_in: LogIn,
    account: PartnerAccount,
    make_file: MakeFile,
    autoinvoice: FakeAutoInvoice,
) -> None:
    autoinvoice.on("POST", "/v1/companies", {"id": "8a4a2f0c-9f0b-4a83-a7c5-000000000001"})
    autoinvoice.on("POST", "/v1/companies/authorizations", {"status": "sent"})
    file, client = make_file({"bid": "1"}, {}), log_in()
    planned(file)
    press_start(client, file, 1)
    doors.work(file.account_id)
    runner.run_until_idle(account, timeout=5)
    comparing.follow()

    shown = text_of(client.get(address("import_result", file)))
    live = client.get(address("import_result_live", file))
    misses = client.get(address("import_result", file), {"hit": "miss"})
    table = b"".join(client.get(address("import_result_rows", file)).streaming_content).decode()  # type: ignore[attr-defined]

    assert "1 of 1 predictions came true (100 %)" in shown
    assert "Waiting for signature" in shown
    assert "100 %" in text_of(live)
    assert misses.context["lines"] == []
    assert "Example Oy,FI,12345671,New,It is registered.,Waiting for signature,As predicted," in table


def test_the_dashboard_leads_to_the_rates_of_all_files(
    log_in: LogIn, account: PartnerAccount, make_file: MakeFile, autoinvoice: FakeAutoInvoice
) -> None:
    autoinvoice.on("POST", "/v1/companies", refusal("invalid_parameters", "no", 400))
    file, client = make_file({}), log_in()
    nothing_yet = text_of(client.get(reverse("admin:index")))
    carried_out(file, sends=True)
    comparing.follow()

    dashboard = text_of(client.get(reverse("admin:index")))
    page = text_of(client.get(reverse("admin:import_rates")))

    assert reverse("admin:import_rates") not in nothing_yet
    assert "% of predictions came true" in dashboard
    assert "0 of 1, over all files" in dashboard
    assert "0 of 1 predictions came true (0 %)" in page
    assert address("import_result", file) in page


def test_a_file_that_was_not_started_has_no_result_yet(log_in: LogIn, make_file: MakeFile) -> None:
    file = make_file({})
    planned(file)

    answer = log_in().get(address("import_result", file))

    file.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (302, address("import_plan", file))
    assert file.state == ImportState.PLANNED
