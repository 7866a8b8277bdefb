"""The pages of companies and onboarding through Django's client: rights, what is queued, and errors at their field."""

from typing import Any

import pytest
from django.urls import reverse

from companies.enums import OnboardingState, Step
from companies.models import Onboarding
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount
from tests.companies.conftest import MakeCompany, MakeOnboarding, make_account
from tests.companies.staff import LogIn


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def text_of(answer: Any) -> str:
    return answer.content.decode()


@pytest.mark.parametrize("page", ["onboard", "onboard_file"])
def test_viewers_may_not_onboard(log_in: LogIn, page: str) -> None:
    assert log_in("viewer").get(reverse(f"admin:{page}")).status_code == 403


def test_staff_without_an_account_are_told_whom_to_ask(log_in: LogIn) -> None:
    answer = log_in(accounts=()).get(reverse("admin:onboard"))

    assert "An administrator adds one" in text_of(answer)


def test_companies_of_other_accounts_are_not_there(log_in: LogIn, make_company: MakeCompany) -> None:
    company = make_company()
    stranger = log_in(accounts=(make_account("Other"),))

    page = stranger.get(reverse("admin:companies_company_change", args=[company.pk]))
    listed = stranger.get(reverse("admin:companies_company_changelist"))

    assert page.status_code == 404
    assert "Example Oy" not in text_of(listed)


def test_drafts_of_other_accounts_cannot_be_taken_up(log_in: LogIn, make_onboarding: MakeOnboarding) -> None:
    draft = make_onboarding()

    answer = log_in(accounts=(make_account("Other"),)).get(reverse("admin:onboard_step", args=[draft.pk, Step.CONTACT]))

    assert answer.status_code == 404


def test_first_step_keeps_a_wrong_check_digit_at_its_field(log_in: LogIn) -> None:
    typed = {"country": "FI", "business_id": "1234567-2", "name": "Example Oy"}

    answer = log_in().post(reverse("admin:onboard"), typed)

    assert "business_id" in answer.context["form"].errors
    assert not Onboarding.objects.exists()


def test_own_process_needs_its_id(log_in: LogIn, account: PartnerAccount, make_onboarding: MakeOnboarding) -> None:
    account.own_kyc = True
    account.save()
    draft = make_onboarding(step=Step.SIGNER)
    typed = {"method": "own", "auth_email": "a@example.com", "locale": "FI"}

    answer = log_in().post(reverse("admin:onboard_step", args=[draft.pk, Step.SIGNER]), typed)

    assert "authorization_id" in answer.context["form"].errors


def test_own_process_is_not_offered_to_an_account_that_may_not(log_in: LogIn, make_onboarding: MakeOnboarding) -> None:
    draft = make_onboarding(step=Step.SIGNER)

    answer = log_in().get(reverse("admin:onboard_step", args=[draft.pk, Step.SIGNER]))

    assert [value for value, _label in answer.context["form"].fields["method"].choices] == ["visma_sign"]


def test_the_last_button_pressed_twice_queues_the_chain_once(log_in: LogIn, make_onboarding: MakeOnboarding) -> None:
    draft, client = make_onboarding(step=Step.REVIEW, method="visma_sign"), log_in()
    url = reverse("admin:onboard_step", args=[draft.pk, Step.REVIEW])

    client.post(url)
    client.post(url)

    kinds = sorted(Operation.objects.values_list("kind", flat=True))
    assert kinds == ["companies.activate_network"] * 2 + ["companies.authorize", "companies.register"]


def test_a_refused_onboarding_becomes_a_draft_again(log_in: LogIn, make_onboarding: MakeOnboarding) -> None:
    row = make_onboarding(state=OnboardingState.REFUSED)

    log_in().post(reverse("admin:onboard_reopen", args=[row.pk]))

    row.refresh_from_db()
    assert row.state == OnboardingState.DRAFT


def test_an_act_is_queued_once_and_the_second_press_is_told(log_in: LogIn, make_company: MakeCompany) -> None:
    company, client = make_company(state="VERIFIED"), log_in()
    url = reverse("admin:company_act", args=[company.pk, "companies.activate_network"])

    client.post(url, {"network": "VISMA"})
    second = client.post(url, {"network": "VISMA"}, follow=True)

    assert Operation.objects.count() == 1
    assert "under way already" in text_of(second)


def test_an_act_without_the_right_is_refused(log_in: LogIn, make_company: MakeCompany) -> None:
    company = make_company()

    answer = log_in("viewer").get(reverse("admin:company_act", args=[company.pk, "companies.authorize"]))

    assert answer.status_code == 403


def test_an_unknown_act_is_not_there(log_in: LogIn, make_company: MakeCompany) -> None:
    assert log_in().get(reverse("admin:company_act", args=[make_company().pk, "companies.explode"])).status_code == 404


def test_a_personal_number_is_found_exactly_and_shown_masked(log_in: LogIn, make_company: MakeCompany) -> None:
    make_company("640823-3234", "SE", name="Enskild Firma")
    client = log_in()

    whole = client.get(reverse("admin:companies_company_changelist"), {"q": "19640823-3234"})
    part = client.get(reverse("admin:companies_company_changelist"), {"q": "640823"})

    assert "Enskild Firma" in text_of(whole)
    assert "3234<" not in text_of(whole)
    assert "Enskild Firma" not in text_of(part)


@pytest.mark.parametrize(
    ("chosen", "shown"),
    [
        ({"country": "FI"}, {"Finnish Oy"}),
        ({"standing": "verified"}, {"Swedish AB"}),
        ({}, {"Finnish Oy", "Swedish AB"}),
    ],
)
def test_the_list_shows_what_its_filters_say(
    log_in: LogIn, make_company: MakeCompany, chosen: dict[str, str], shown: set[str]
) -> None:
    make_company(name="Finnish Oy")
    make_company("556036-0793", "SE", name="Swedish AB", state="VERIFIED")

    answer = log_in().get(reverse("admin:companies_company_changelist"), chosen)

    assert {str(company) for company in answer.context["cl"].result_list} == shown


def test_wizard_offers_the_networks_of_the_company_s_country(log_in: LogIn, make_onboarding: MakeOnboarding) -> None:
    draft = make_onboarding("56100-2", "NO", networks=["VISMA"])
    agent = log_in()

    shown = agent.get(reverse("admin:onboard_step", args=[draft.pk, "networks"]))
    agent.post(shown.request["PATH_INFO"], {"networks": ["PEPPOL"]})

    draft.refresh_from_db()
    assert "PEPPOL" in shown.text
    assert draft.networks == ["VISMA", "PEPPOL"]
