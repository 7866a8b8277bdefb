"""What bulk actions on lists of companies do: from the preview over what is queued to the way back."""

from django.urls import reverse

from companies.models import Company
from portal.operations import filling
from portal.operations.enums import BatchState
from portal.operations.models import Batch, BatchTarget, Operation
from portal.partners.models import PartnerAccount
from tests.companies.bulk_pages import COMPANIES, act, csv_of, make_many, page_of, pick, preview, start, text_of
from tests.companies.conftest import MakeCompany
from tests.companies.staff import LogIn


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
