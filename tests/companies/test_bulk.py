"""Bulk actions on lists: what is picked, what would happen, what is queued, and where staff come back to."""

import csv
import io
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from companies.models import Authorization, Company, NetworkProfile
from portal import groups
from portal.operations import batches, counting, filling, previews, selections
from portal.operations.enums import BatchState, State
from portal.operations.models import Batch, BatchTarget, Operation
from portal.partners.models import PartnerAccount
from tests.companies.conftest import MakeCompany, MakeOnboarding, make_account

LogIn = Callable[..., Client]
COMPANIES = reverse("admin:companies_company_changelist")
PROFILES = reverse("admin:companies_networkprofile_changelist")
ONBOARDINGS = reverse("admin:companies_onboarding_changelist")


@pytest.fixture
def log_in(account: PartnerAccount) -> LogIn:
    """Log a member of staff in, of one group and with the account unless told otherwise."""

    def make(group: str = "agent", accounts: tuple[PartnerAccount, ...] = (account,)) -> Client:
        Group.objects.get_or_create(name=group)
        groups.grant([app for app in apps.get_app_configs() if app.models_module is not None][-1], "default")
        user = User.objects.create_user(f"{group}@example.com", password="x", is_staff=True)
        user.groups.add(Group.objects.get(name=group))
        for one in accounts:
            one.staff.add(user)
        client = Client()
        client.force_login(user)
        return client

    return make


def make_many(account: PartnerAccount, count: int, first: int = 1_000_000, **fields: Any) -> list[Company]:
    """Save many companies with one statement; verified unless told otherwise."""
    known = {"state": "VERIFIED", "auth_state": "SIGNED", "country": "FI", "state_at": timezone.now()} | fields
    rows = [
        Company(account=account, uuid=uuid4(), name=f"Company {number:05}", **known)
        for number in range(first, first + count)
    ]
    for number, row in enumerate(rows):
        row.business_id, row.business_id_digest = f"{number:07}-0", f"{first + number}"
    return Company.objects.bulk_create(rows)


def pick(client: Client, action: str, *rows: Any, query: str = "", url: str = COMPANIES, **more: Any) -> Any:
    """Tick rows of a list and run an action; without rows, all that the filter lets through."""
    ticked = [row.pk for row in rows] or ["0"]
    data = {"action": f"bulk_{action}", "_selected_action": ticked, "select_across": "0" if rows else "1", **more}
    return client.post(f"{url}?{query}" if query else url, data)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def page_of(batch: Batch) -> str:
    return reverse("admin:operations_batch_change", args=[batch.pk])


def act(client: Client, batch: Batch, verb: str, **data: Any) -> Any:
    return client.post(reverse("admin:batch_act", args=[batch.pk, verb]), data)


def preview(client: Client, batch: Batch) -> dict[str, Any]:
    client.get(page_of(batch), {"preview": "1"})
    batch.refresh_from_db()
    seen: dict[str, Any] = batch.preview
    return seen


def start(client: Client, batch: Batch, **data: Any) -> Batch:
    seen = preview(client, batch)
    act(client, batch, "start", token=seen["token"], **data)
    filling.fill(batch.account_id)
    batch.refresh_from_db()
    return batch


def add_profile(company: Company, network: str, status: str = "active") -> NetworkProfile:
    return NetworkProfile.objects.create(
        account=company.account,
        company=company,
        remote_id=str(uuid4()),
        network=network,
        profiles=["INVOICE_AND_CREDIT_NOTE"],
        status=status,
        fact_at=timezone.now(),
    )


def queued(batch: Batch) -> list[tuple[str, str, str]]:
    """Return kind, company and network of a batch's operations."""
    rows = batch.operations.order_by("pk").prefetch_related("target")
    return [(row.kind.partition(".")[2], str(row.target), row.parameters.get("network", "")) for row in rows]


def test_all_matching_rows_are_taken_down_by_the_filter_and_no_others(log_in: LogIn, account: PartnerAccount) -> None:
    finns, swedes = make_many(account, 70), make_many(account, 60, 2_000_000, country="SE")
    client = log_in()

    pick(client, "companies_refresh", query="country=SE&p=2")

    batch = Batch.objects.get()
    assert batch.selection["filter"] == "country=SE"
    assert selections.after(batch, 0, 1000) == [company.pk for company in swedes]
    assert not BatchTarget.objects.filter(target_id__in=[company.pk for company in finns]).exists()
    assert batch.label == "Look up company: 60 companies"


def test_ticked_rows_can_be_widened_to_all_that_match_without_javascript(
    log_in: LogIn, account: PartnerAccount
) -> None:
    first, *_others = make_many(account, 70)
    client = log_in()
    pick(client, "companies_refresh", first, query="q=Company")
    batch = Batch.objects.get()
    assert "Take all 70 that match" in text_of(client.get(page_of(batch)))

    act(client, batch, "widen")

    batch.refresh_from_db()
    assert (batch.targets.count(), batch.label) == (70, "Look up company: 70 companies")


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten rows are many."""
    monkeypatch.setattr(selections, "AT_ONCE", 10)
    monkeypatch.setattr(counting, "CHUNK", 7)


@pytest.mark.usefixtures("large")
def test_a_large_pick_is_answered_at_once_and_counted_by_a_worker(log_in: LogIn, account: PartnerAccount) -> None:
    make_many(account, 30)
    client = log_in()

    pick(client, "companies_refresh")
    batch = Batch.objects.get()
    assert (batch.state, batch.targets.count()) == (BatchState.COUNTING, 0)
    assert "0 of 30 looked at" in text_of(client.get(page_of(batch)))
    counting.count_due(account.pk)

    batch.refresh_from_db()
    assert (batch.state, batch.preview["will_run"], batch.targets.count()) == (BatchState.DRAFT, 30, 30)
    assert "Look up now for 30 companies" in text_of(client.get(page_of(batch)))


@pytest.mark.usefixtures("large")
def test_rows_that_come_after_the_pick_are_not_meant(log_in: LogIn, account: PartnerAccount) -> None:
    make_many(account, 12)
    pick(log_in(), "companies_refresh")

    make_many(account, 5, 3_000_000)
    counting.count_due(account.pk)

    assert Batch.objects.get().targets.count() == 12


@pytest.mark.usefixtures("large")
def test_rows_that_leave_the_filter_while_the_batch_goes_on_stay_in_it(log_in: LogIn, account: PartnerAccount) -> None:
    make_many(account, 12)
    client = log_in()
    pick(client, "companies_refresh", query="country=FI")
    counting.count_due(account.pk)

    Company.objects.update(country="SE")
    batch = start(client, Batch.objects.get())

    assert batch.total == 12


@pytest.mark.usefixtures("large")
def test_a_filter_is_read_with_the_rights_that_its_viewer_still_has(log_in: LogIn, account: PartnerAccount) -> None:
    make_many(account, 12)
    client = log_in()
    pick(client, "companies_refresh")

    User.objects.update(is_active=False)
    counting.count_due(account.pk)

    batch = Batch.objects.get()
    assert (batch.state, batch.targets.count()) == (BatchState.CANCELED, 0)
    assert batch.skipped[0]["remedy"] == "Open the list and pick again."


@pytest.mark.usefixtures("large")
def test_a_preview_that_somebody_works_out_is_not_begun_by_a_second_worker(
    log_in: LogIn, account: PartnerAccount
) -> None:
    make_many(account, 12)
    pick(log_in(), "companies_refresh")
    batch = Batch.objects.get()
    assert counting._claimed(batch.pk, "first") is not None

    counting.count_due(account.pk)
    batch.refresh_from_db()
    assert batch.state == BatchState.COUNTING
    dead_since = timezone.now() - 2 * counting.DEAD_AFTER
    Batch.objects.update(preview={"claim": "first", "beat": dead_since.isoformat(), "seen": 7})
    counting.count_due(account.pk)

    batch.refresh_from_db()
    assert (batch.state, batch.preview["will_run"]) == (BatchState.DRAFT, 12)


@pytest.mark.usefixtures("large")
def test_a_long_count_is_laid_aside_and_gone_on_with(
    log_in: LogIn, account: PartnerAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_many(account, 20, state="UNVERIFIED", auth_state="NONE", auth_email="anna@example.com")
    make_many(account, 4, 2_000_000)
    client = log_in()
    pick(client, "companies_authorize_many")
    batch = Batch.objects.get()
    client.post(page_of(batch), {"signer": "own"})
    batch.refresh_from_db()
    monkeypatch.setattr(counting, "LONGEST", -1.0)

    seen = []
    while batch.state == BatchState.COUNTING or not seen:
        counting.count_due(account.pk)
        batch.refresh_from_db()
        seen.append(batch.preview.get("seen"))

    assert seen == [7, 14, 21, 24, None]
    assert [batch.preview[name] for name in ("will_run", "left_out", "calls")] == [20, 4, 1]


@pytest.mark.usefixtures("large")
def test_a_draft_discarded_while_it_is_counted_stays_discarded(
    log_in: LogIn, account: PartnerAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_many(account, 30)
    client = log_in()
    pick(client, "companies_refresh")
    batch = Batch.objects.get()
    growing = previews.growing

    def discarded_meanwhile(*args: Any) -> Any:
        for number, found in enumerate(growing(*args)):
            if number == 2:
                act(client, batch, "cancel")
            yield found

    monkeypatch.setattr(previews, "growing", discarded_meanwhile)
    counting.count_due(account.pk)

    batch.refresh_from_db()
    assert batch.state == BatchState.CANCELED


def queries(request: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        request()
    return len(captured)


def answers(client: Client, action: str, parameters: dict[str, Any], query: str) -> list[int]:
    """Return the number of queries of each answer, from the pick to the start."""
    counts = [queries(lambda: pick(client, action, query=query))]
    batch = Batch.objects.latest("pk")
    if parameters:
        counts.append(queries(lambda: client.post(page_of(batch), parameters)))
    counts.append(queries(lambda: preview(client, batch)))
    confirmed = {"token": batch.preview["token"], "number": str(batch.preview["will_run"])}
    counts.append(queries(lambda: act(client, batch, "start", **confirmed)))
    return counts


@pytest.mark.parametrize(
    ("action", "parameters"),
    [
        ("companies_refresh", {}),
        ("companies_authorize_many", {"signer": "own"}),
        ("companies_join_networks", {"networks": ["PEPPOL", "BANK"]}),
        ("companies_leave_networks", {"networks": ["PEPPOL"]}),
        ("companies_change_settings", {"block": "details", "website": "https://example.com"}),
    ],
)
def test_every_answer_takes_the_same_number_of_queries_for_few_and_for_many_rows(
    log_in: LogIn, account: PartnerAccount, action: str, parameters: dict[str, Any]
) -> None:
    for first, count in ((1_000_000, 5), (2_000_000, 5), (3_000_000, 150)):
        make_many(account, count, first, state="UNVERIFIED", auth_state="NONE", auth_email="anna@example.com")
    client = log_in("lead")

    # The first round also reads what is read once in the life of a process.
    _first, few, many = [answers(client, action, parameters, query=f"q=Company+{number}") for number in (1, 2, 3)]

    assert few == many


def test_rows_of_several_accounts_are_asked_which_and_only_that_one_is_taken(
    log_in: LogIn, account: PartnerAccount
) -> None:
    other = make_account("Other partner")
    make_many(account, 3), make_many(other, 4, 2_000_000)
    client = log_in(accounts=(account, other))

    asked = pick(client, "companies_refresh")
    assert not Batch.objects.exists()
    assert "Other partner" in text_of(asked)
    fields = dict(asked.context["repeated"])
    client.post(COMPANIES, {**fields, "batch_account": str(other.pk)})

    batch = Batch.objects.get()
    assert (batch.account, batch.targets.count()) == (other, 4)


def test_an_account_that_the_viewer_does_not_see_cannot_be_asked_for(log_in: LogIn, account: PartnerAccount) -> None:
    stranger = make_account("Other partner")
    make_many(account, 3), make_many(stranger, 4, 2_000_000)

    pick(log_in(), "companies_refresh", batch_account=str(stranger.pk))

    assert not Batch.objects.exists()


def test_rows_of_other_accounts_are_no_part_of_all_that_match(log_in: LogIn, account: PartnerAccount) -> None:
    make_many(account, 3), make_many(make_account("Other"), 4, 2_000_000)

    pick(log_in(), "companies_refresh")

    assert Batch.objects.get().targets.count() == 3


def test_several_networks_are_activated_with_visma_first_where_it_is_missing(
    log_in: LogIn, make_company: MakeCompany
) -> None:
    bare = make_company("1234567-1", name="Bare Oy", state="VERIFIED")
    ready = make_company("0112038-9", name="Ready Oy", state="VERIFIED")
    add_profile(ready, "VISMA")
    client = log_in()
    pick(client, "companies_join_networks", bare, ready)
    batch = Batch.objects.get()
    client.post(page_of(batch), {"networks": ["BANK", "PEPPOL"]})

    seen = preview(client, batch)
    page = text_of(client.get(page_of(batch), {"preview": "1"}))
    start(client, batch)

    assert (seen["will_run"], seen["operations"], seen["calls"]) == (2, 5, 5)
    assert "Activate BANK, PEPPOL for 2 companies" in page
    assert sorted(queued(batch)) == [
        ("activate_network", "Bare Oy", "BANK"),
        ("activate_network", "Bare Oy", "PEPPOL"),
        ("activate_network", "Bare Oy", "VISMA"),
        ("activate_network", "Ready Oy", "BANK"),
        ("activate_network", "Ready Oy", "PEPPOL"),
    ]
    states = dict(batch.operations.filter(company_uuid=bare.uuid).values_list("parameters__network", "state"))
    assert states == {"VISMA": State.QUEUED, "BANK": State.WAITING, "PEPPOL": State.WAITING}


def test_a_network_of_another_country_is_a_missed_step_and_brings_no_visma_along(
    log_in: LogIn, make_company: MakeCompany
) -> None:
    swede = make_company("556677-8899", "SE", name="Svensk AB", state="VERIFIED")
    client = log_in()
    pick(client, "companies_join_networks", swede)
    batch = Batch.objects.get()

    client.post(page_of(batch), {"networks": ["BANK"]})
    seen = preview(client, batch)

    assert (seen["will_run"], seen["left_out"]) == (0, 1)
    assert "only for companies of FI" in seen["skipped"][0]["reason"]


def test_each_company_is_authorized_by_its_own_signer_and_equal_ones_share_a_call(
    log_in: LogIn, make_company: MakeCompany, make_onboarding: MakeOnboarding
) -> None:
    companies = [make_company(f"{number}", name=f"Oy {number}") for number in (1234567_1, 1120389, 15728600, 7375462)]
    signers = ("anna@example.com", "anna@example.com", "bert@example.com")
    for company, signer in zip(companies, signers, strict=False):
        make_onboarding(auth_email=signer, company=company, state="REGISTERED", business_id=str(company.pk))
    client = log_in()
    pick(client, "companies_authorize_many", *companies)
    batch = Batch.objects.get()

    client.post(page_of(batch), {"signer": "own"})
    seen = preview(client, batch)
    batch = start(client, batch)

    assert (seen["will_run"], seen["calls"], seen["left_out"]) == (3, 2, 1)
    assert seen["skipped"][0]["reason"] == "The signer's e-mail is missing."
    assert seen["groups"][0]["name"] == "FI · anna@example.com · Visma Sign · document in FI"
    assert [row.parameters["email"] for row in batch.operations.order_by("target_id")] == list(signers)
    assert {row.kind for row in batch.operations.all()} == {"companies.authorize"}


def test_one_signer_for_all_needs_an_address(log_in: LogIn, make_company: MakeCompany) -> None:
    client = log_in()
    pick(client, "companies_authorize_many", make_company())
    batch = Batch.objects.get()

    answer = client.post(page_of(batch), {"signer": "one"})

    assert "Who signs for all of them?" in text_of(answer)


def test_companies_of_another_country_than_the_chosen_one_are_left_out(
    log_in: LogIn, make_company: MakeCompany
) -> None:
    companies = [make_company(), make_company("556677-8899", "SE")]
    client = log_in()
    pick(client, "companies_authorize_many", *companies)
    batch = Batch.objects.get()

    client.post(page_of(batch), {"signer": "one", "email": "anna@example.com", "country": "SE"})
    seen = preview(client, batch)

    assert (seen["will_run"], seen["skipped"][0]["reason"]) == (1, "Not a company of SE.")


def test_signers_are_reminded_of_open_requests_in_one_mail_for_each(
    log_in: LogIn, make_company: MakeCompany, settings: Any
) -> None:
    settings.EMAIL_READY = True
    asked = [make_company(name=f"Asked {number}") for number in range(3)]
    for company, email in zip(asked, ("anna@example.com", "anna@example.com", "bert@example.com"), strict=True):
        now = timezone.now()
        Authorization.objects.create(
            account=company.account, company=company, email=email, locale="FI", requested_at=now, on_desk=True,
            expires_at=now + timezone.timedelta(days=5),
        )  # fmt: skip
    client = log_in()
    pick(client, "companies_remind_companies", *asked, make_company(name="Never asked"))

    batch = Batch.objects.get()
    seen = preview(client, batch)
    batch = start(client, batch)

    assert (seen["will_run"], seen["calls"], batch.total) == (3, 2, 3)
    assert [row["reason"] for row in batch.skipped] == ["No request of this company can be signed."]


def test_networks_are_left_where_companies_are_in_them(log_in: LogIn, make_company: MakeCompany) -> None:
    within, without = make_company(name="Within Oy"), make_company("0112038-9", name="Without Oy")
    for network in ("VISMA", "PEPPOL"):
        add_profile(within, network)
    client = log_in()
    pick(client, "companies_leave_networks", within, without)
    batch = Batch.objects.get()

    client.post(page_of(batch), {"networks": ["PEPPOL"]})
    batch = start(client, batch, number="1")

    assert queued(batch) == [("remove_network", "Within Oy", "")]
    assert [row["reason"] for row in batch.skipped] == ["The company is in none of these networks."]


def test_registrations_are_closed_from_their_own_list(log_in: LogIn, make_company: MakeCompany) -> None:
    company = make_company(name="Within Oy")
    visma, peppol = add_profile(company, "VISMA"), add_profile(company, "PEPPOL")
    client = log_in()
    pick(client, "companies_close_profiles", visma, peppol, url=PROFILES)

    batch = start(client, Batch.objects.get(), number="1")

    (operation,) = batch.operations.all()
    assert (operation.target, operation.parameters["profile"]) == (company, peppol.remote_id)
    assert [row["reason"] for row in batch.skipped] == ["Other networks of this company need VISMA."]


def test_registrations_lead_to_each_company_once(log_in: LogIn, make_company: MakeCompany) -> None:
    company = make_company()
    profiles = [add_profile(company, network) for network in ("VISMA", "PEPPOL")]

    pick(log_in(), "companies_refresh", *profiles, url=PROFILES)

    assert selections.after(Batch.objects.get(), 0, 10) == [company.pk]


def test_onboardings_without_a_company_are_no_target(
    log_in: LogIn, make_company: MakeCompany, make_onboarding: MakeOnboarding
) -> None:
    company = make_company()
    rows = [make_onboarding(company=company, state="REGISTERED"), make_onboarding("0112038-9")]
    client = log_in()

    pick(client, "companies_refresh", *rows, url=ONBOARDINGS)

    batch = Batch.objects.get()
    assert selections.after(batch, 0, 10) == [company.pk]
    assert "1 of the chosen rows has nothing that this could act on" in text_of(client.get(page_of(batch)))


def test_one_block_of_settings_is_set_and_told_in_words(log_in: LogIn, make_company: MakeCompany) -> None:
    client = log_in("lead")
    pick(client, "companies_change_settings", make_company(state="VERIFIED"))
    batch = Batch.objects.get()
    fields = client.post(page_of(batch), {"block": "details"})
    assert "Website" in text_of(fields)

    client.post(page_of(batch), {"block": "details", "website": "https://example.com"})
    page = text_of(client.get(page_of(batch), {"preview": "1"}))
    batch = start(client, batch)

    assert "Details: Website" in page
    assert batch.operations.get().parameters["blocks"] == {"details": {"website": "https://example.com"}}


def test_a_change_between_preview_and_start_is_told_on_the_result(log_in: LogIn, account: PartnerAccount) -> None:
    first, *_others = make_many(account, 5, state="UNVERIFIED", auth_state="NONE", auth_email="a@example.com")
    client = log_in()
    pick(client, "companies_authorize_many")
    batch = Batch.objects.get()
    client.post(page_of(batch), {"signer": "own"})
    seen = preview(client, batch)

    Company.objects.filter(pk=first.pk).update(state="VERIFIED")
    act(client, batch, "start", token=seen["token"])
    filling.fill(account.pk)

    page = text_of(client.get(page_of(batch)))
    assert "The preview said 5 would run, 4 did" in page
    assert "The company is verified already." in page


def test_nothing_is_said_of_changes_when_there_were_none(log_in: LogIn, account: PartnerAccount) -> None:
    make_many(account, 3)
    client = log_in()
    pick(client, "companies_keep_active")

    batch = start(client, Batch.objects.get())

    assert "The preview said" not in text_of(client.get(page_of(batch)))


def test_a_batch_started_in_two_tabs_runs_once(log_in: LogIn, account: PartnerAccount) -> None:
    make_many(account, 5)
    client = log_in()
    pick(client, "companies_keep_active")
    batch = Batch.objects.get()
    seen = preview(client, batch)

    for _tab in range(2):
        act(client, batch, "start", token=seen["token"])
        filling.fill(account.pk)
    act(client, batch, "start", token=seen["token"])
    filling.fill(account.pk)

    batch.refresh_from_db()
    assert (batch.total, Operation.objects.count(), batch.state) == (5, 5, BatchState.RUNNING)


def test_a_tab_that_shows_other_parameters_cannot_start_the_draft(log_in: LogIn, make_company: MakeCompany) -> None:
    client = log_in()
    pick(client, "companies_join_networks", make_company(state="VERIFIED"))
    batch = Batch.objects.get()
    client.post(page_of(batch), {"networks": ["BANK"]})
    first_tab = preview(client, batch)
    client.post(page_of(batch), {"networks": ["PEPPOL"]})
    preview(client, batch)

    answer = act(client, batch, "start", token=first_tab["token"])

    batch.refresh_from_db()
    assert batch.state == BatchState.DRAFT
    assert "has changed meanwhile" in text_of(client.get(answer["Location"]))


def test_the_way_back_leads_to_the_filtered_list(log_in: LogIn, account: PartnerAccount) -> None:
    make_many(account, 3)
    client = log_in()
    pick(client, "companies_keep_active", query="country=FI&q=Company&p=1")

    batch = start(client, Batch.objects.get())

    assert f'href="{COMPANIES}?country=FI&amp;q=Company"' in text_of(client.get(page_of(batch)))


def test_rows_that_are_gone_when_the_batch_is_filled_are_named_so(log_in: LogIn, account: PartnerAccount) -> None:
    gone, *_others = make_many(account, 3)
    client = log_in()
    pick(client, "companies_keep_active")
    batch = Batch.objects.get()
    seen = preview(client, batch)

    gone.delete()
    act(client, batch, "start", token=seen["token"])
    filling.fill(account.pk)

    batch.refresh_from_db()
    assert (batch.total, batch.skipped[0]["reason"]) == (2, "It is not there any more.")


def test_what_was_left_out_is_in_the_download_and_what_was_queued_leaves_no_target(
    log_in: LogIn, make_company: MakeCompany
) -> None:
    ready, done = make_company(name="Ready Oy"), make_company("0112038-9", name="Done Oy", state="VERIFIED")
    client = log_in()
    pick(client, "companies_authorize_many", ready, done)
    batch = Batch.objects.get()
    client.post(page_of(batch), {"signer": "one", "email": "anna@example.com"})

    batch = start(client, batch)
    rows = csv_of(client.get(reverse("admin:batch_rows", args=[batch.pk])))

    assert [(row["About"], row["State"], row["AutoInvoice said"]) for row in rows] == [
        ("Ready Oy", "Queued", ""),
        ("Done Oy", "Left out", "The company is verified already."),
    ]
    assert list(BatchTarget.objects.values_list("target_id", flat=True)) == [done.pk]


def test_a_draft_takes_its_targets_along_when_it_goes(log_in: LogIn, account: PartnerAccount) -> None:
    make_many(account, 3)
    pick(log_in(), "companies_keep_active")

    Batch.objects.all().delete()

    assert not BatchTarget.objects.exists()


def csv_of(answer: Any) -> list[dict[str, str]]:
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


def export(client: Client, columns: list[str], *rows: Any, query: str = "") -> Any:
    data = {"columns_asked": "1", "columns": columns, "action": "export"}
    ticked = {"_selected_action": [row.pk for row in rows] or ["0"], "select_across": "0" if rows else "1"}
    return client.post(f"{COMPANIES}?{query}" if query else COMPANIES, {**data, **ticked})


def test_export_asks_for_columns_and_streams_all_that_match(
    log_in: LogIn, account: PartnerAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.list_exports.CHUNK", 4)
    (
        make_many(account, 10),
        make_many(account, 3, 2_000_000, country="SE"),
        make_many(make_account("Other"), 2, 3_000_000),
    )
    client = log_in("viewer")

    asked = client.post(COMPANIES, {"action": "export", "_selected_action": ["0"], "select_across": "1"})
    rows = csv_of(export(client, ["name", "country"], query="country=FI"))

    assert "All 13 companies" in text_of(asked)
    assert len(rows) == 10
    assert {tuple(row) for row in rows} == {("Name", "Country")}


def test_export_of_ticked_rows_masks_personal_numbers_and_disarms_formulas(
    log_in: LogIn, make_company: MakeCompany
) -> None:
    person = make_company("640823-3234", "SE", name="=HYPERLINK(1)")
    make_company(name="Another Oy")

    (row,) = csv_of(export(log_in("viewer"), ["name", "business_id", "networks"], person))

    assert row["Name"] == "'=HYPERLINK(1)"
    assert "3234" not in row["Business id"]


def test_actions_are_offered_by_right_and_refused_without_it(log_in: LogIn, account: PartnerAccount) -> None:
    make_many(account, 2)
    viewer = log_in("viewer")

    offered = [name for name, _label in viewer.get(COMPANIES).context["action_form"].fields["action"].choices]
    pick(viewer, "companies_keep_active")

    assert {"bulk_companies_refresh", "export"} <= set(offered)
    assert not {"bulk_companies_keep_active", "bulk_companies_join_networks"} & set(offered)
    assert not Batch.objects.exists()


def test_a_viewer_cannot_choose_for_or_start_what_an_agent_picked(log_in: LogIn, make_company: MakeCompany) -> None:
    pick(log_in("agent"), "companies_join_networks", make_company(state="VERIFIED"))
    batch = Batch.objects.get()
    viewer = log_in("viewer")

    chosen = viewer.post(page_of(batch), {"networks": ["BANK"]})
    widened = act(viewer, batch, "widen")

    batch.refresh_from_db()
    assert (chosen.status_code, widened.status_code, batch.parameters) == (403, 403, {})


def test_a_program_made_batch_of_many_rows_is_counted_when_staff_ask(
    log_in: LogIn, account: PartnerAccount, large: None
) -> None:
    companies = make_many(account, 20)
    batch = batches.create_batch(
        "companies.keep_active", Company, [row.pk for row in companies], account=account, actor=None, label="All"
    )
    client = log_in()
    assert "Show what would happen" in text_of(client.get(page_of(batch)))

    act(client, batch, "count")
    counting.count_due(account.pk)

    batch.refresh_from_db()
    assert batch.preview["will_run"] == 20
