"""What each bulk action on companies would do and queues."""

from typing import Any

import pytest
from django.utils import timezone

from companies.models import Authorization, ServiceState
from portal.operations import selections
from portal.operations.enums import State
from portal.operations.models import Batch
from tests.companies.bulk_pages import (
    COMPANIES,
    ONBOARDINGS,
    PROFILES,
    SERVICES,
    add_profile,
    page_of,
    pick,
    preview,
    queued,
    start,
    text_of,
)
from tests.companies.conftest import MakeCompany, MakeOnboarding
from tests.companies.staff import LogIn


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
    assert [(row["reason"], row["count"]) for row in batch.skipped] == [
        ("Other networks of this company need VISMA.", 1)
    ]


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


ON_COMPANIES = {
    "authorize_many", "remind_companies", "join_networks", "leave_networks", "change_settings", "refresh",
    "keep_active", "link_vendor", "unlink_vendor",
}  # fmt: skip


@pytest.mark.parametrize("url", [COMPANIES, ONBOARDINGS, PROFILES])
def test_every_list_that_leads_to_companies_offers_what_can_be_done_to_them(
    log_in: LogIn, make_company: MakeCompany, make_onboarding: MakeOnboarding, url: str
) -> None:
    company = make_company()
    make_onboarding(company=company, state="REGISTERED")
    add_profile(company, "VISMA")

    offered = dict(log_in("lead").get(url).context["action_form"].fields["action"].choices)

    assert {f"bulk_companies_{act}" for act in ON_COMPANIES} | {"export"} <= set(offered)


def test_one_person_is_added_to_many_companies_and_taken_out_of_those_that_have_them(
    log_in: LogIn, make_company: MakeCompany
) -> None:
    companies = [make_company(state="VERIFIED"), make_company("0112038-9", state="VERIFIED")]
    for name in ("helper@partner.example", "boss@customer.example"):
        companies[0].users.create(
            account=companies[0].account, remote_id=name, email=name, role="ADMIN", fact_at=timezone.now()
        )
    client = log_in("lead")
    pick(client, "companies_add_user", *companies)
    pick(client, "companies_remove_user", *companies)
    added, removed = Batch.objects.order_by("pk")

    client.post(page_of(added), {"email": "new@partner.example", "first_name": "New", "user_role": "USER"})
    client.post(page_of(removed), {"email": "helper@partner.example"})
    added, removed = start(client, added), start(client, removed, number="1")

    assert [operation.parameters["email"] for operation in added.operations.all()] == ["new@partner.example"] * 2
    assert [str(operation.target) for operation in removed.operations.all()] == [str(companies[0])]


def test_scanning_is_mended_from_the_list_of_services(log_in: LogIn, make_company: MakeCompany) -> None:
    company = make_company(state="VERIFIED")
    add_profile(company, "VISMA")
    state = ServiceState.objects.create(
        account=company.account, company=company, service="autoscan", status="active", fact_at=timezone.now()
    )
    client = log_in("lead")

    pick(client, "companies_set_autoscan", state, url=SERVICES)
    batch = Batch.objects.get()
    client.post(page_of(batch), {"return_email": "scan@customer.example"})
    batch = start(client, batch)

    assert batch.operations.get().parameters["return_email"] == "scan@customer.example"
