"""The company's page as a whole: what to do next, what it costs, and its dossier's files."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies import cases, mirrors, services
from companies.models import Authorization, Company
from portal.operations import queueing
from portal.partners.models import PartnerAccount
from tests.companies.conftest import MakeCompany, make_account
from tests.companies.fakes import FakeAutoInvoice
from tests.companies.pasts import fill
from tests.companies.running import ASKED, profile, run
from tests.companies.staff import LogIn

pytestmark = pytest.mark.django_db
MOST_QUERIES = 20
TABS = ("overview", "timeline", "networks", "notes", "requests", "users", "settings", "invoices", "dossier", "calls")


def text_of(answer: Any) -> str:
    return answer.content.decode()


def page_of(client: Client, company: Company, **query: Any) -> Any:
    return client.get(reverse("admin:companies_company_change", args=[company.pk]), query)


@pytest.fixture
def authorized(make_company: MakeCompany, autoinvoice: FakeAutoInvoice) -> Callable[..., Company]:
    """Ask for a company's authorization, and have it signed."""

    def make(business_id: str = "1234567-1", **fields: Any) -> Company:
        company = make_company(business_id, **fields)
        autoinvoice.on("POST", "/v1/companies/authorizations", {"status": "ok", "company_count": 1})
        run("companies.authorize", company, ASKED)
        signed = services.CompanyStatus(company_state="VERIFIED", auth_state="SIGNED", auth_email=ASKED["email"])
        mirrors.write_status(company, signed, timezone.now())
        return company

    return make


def request_of(company: Company, **fields: Any) -> Authorization:
    return Authorization.objects.create(
        account=company.account, company=company, email="signer@example.com", locale="FI",
        requested_at=timezone.now() - timedelta(days=1), **fields,
    )  # fmt: skip


@pytest.mark.parametrize("tab", TABS)
def test_the_page_takes_few_queries_however_much_happened(
    log_in: LogIn, make_company: MakeCompany, django_assert_max_num_queries: Any, tab: str
) -> None:
    company, client = make_company(state="VERIFIED"), log_in("lead")
    fill(company, 1500)  # of each of seven kinds
    for number in range(12):
        profile(company, f"N{number}")
    page_of(client, company)  # what is read once a process

    with django_assert_max_num_queries(MOST_QUERIES):
        answer = page_of(client, company, tab=tab, whole=1)

    assert answer.status_code == 200


def test_the_live_part_takes_few_queries_too(
    log_in: LogIn, make_company: MakeCompany, django_assert_max_num_queries: Any
) -> None:
    company, client = make_company(), log_in()
    fill(company, 50)

    with django_assert_max_num_queries(MOST_QUERIES):
        answer = client.get(reverse("admin:company_live", args=[company.pk]))

    assert answer.status_code == 200


def test_the_live_part_is_asked_for_seldom_while_nothing_is_under_way(log_in: LogIn, make_company: MakeCompany) -> None:
    company, client = make_company(), log_in()
    calm = client.get(reverse("admin:company_live", args=[company.pk]))

    queueing.queue("companies.refresh", company, {}, account=company.account, company_uuid=company.uuid)
    busy = client.get(reverse("admin:company_live", args=[company.pk]))

    assert int(calm["X-Every"]) > 10_000
    assert "X-Every" not in busy


def test_the_next_step_of_a_new_company_is_its_authorization(log_in: LogIn, make_company: MakeCompany) -> None:
    page = page_of(log_in(), make_company())

    step = page.context["next"]
    assert step.verb == "Request authorization"
    assert "companies.authorize" in step.url


def test_the_next_step_while_a_signer_has_time_is_a_wait_that_a_reminder_may_end(
    log_in: LogIn, make_company: MakeCompany
) -> None:
    company = make_company(auth_state="SENT")
    request_of(company, expires_at=timezone.now() + timedelta(days=6))

    step = page_of(log_in(), company).context["next"]

    assert (step.title, step.whose) == ("Waiting for signature", "Signer")
    assert step.verb == "Remind the signer"


def test_the_next_step_is_a_reminder_when_the_signers_time_runs_out(log_in: LogIn, make_company: MakeCompany) -> None:
    company = make_company(auth_state="SENT")
    request_of(company, expires_at=timezone.now() + timedelta(hours=30))

    step = page_of(log_in(), company).context["next"]

    assert step.title == "Signature about to expire"


def test_the_next_step_of_a_refused_network_is_its_case(log_in: LogIn, make_company: MakeCompany) -> None:
    company = make_company(state="VERIFIED")
    profile(company, "VISMA")
    failed = profile(company, "PEPPOL", "error")
    case = cases.open_case(
        "network_conflict", "x", account=company.account, subject="PEPPOL 0216:1", company=company,
        facts={"network": failed.network},
    )  # fmt: skip

    step = page_of(log_in(), company).context["next"]

    assert step.url == reverse("admin:companies_case_change", args=[case.pk])
    assert (step.title, step.why) == (
        "Network refused: PEPPOL 0216:1",
        "The registration failed. Mend the cause, close this registration and activate again. Nobody is at it yet.",
    )


def test_a_viewer_gets_no_button_for_what_they_may_not_do(log_in: LogIn, make_company: MakeCompany) -> None:
    page = page_of(log_in("viewer"), make_company())

    assert page.context["next"].url == ""
    assert "companies.authorize" not in text_of(page)


def test_the_timeline_shows_each_kind_when_it_is_asked_for(log_in: LogIn, make_company: MakeCompany) -> None:
    company, client = make_company(), log_in("lead")
    fill(company, 1)

    usual = text_of(page_of(client, company, tab="timeline"))
    every = text_of(page_of(client, company, tab="timeline", show="all"))

    assert "PEPPOL opened" in usual
    assert "Right to act" in usual
    assert "DOCUMENTS.INVOICE.DELIVERED" not in usual
    assert "DOCUMENTS.INVOICE.DELIVERED" in every


def test_older_entries_are_one_link_away_without_javascript(log_in: LogIn, make_company: MakeCompany) -> None:
    company, client = make_company(), log_in()
    fill(company, 20)
    first = page_of(client, company, tab="timeline")

    second = client.get(
        f"{reverse('admin:companies_company_change', args=[company.pk])}?tab=timeline&{first.context['older']}"
    )

    shown = {entry.at for entry in first.context["timeline"]}
    assert second.context["timeline"]
    assert shown.isdisjoint({entry.at for entry in second.context["timeline"]})
    assert "Back to the latest" in text_of(second)


def test_a_long_part_is_fetched_later_and_opens_as_a_link_without_javascript(
    log_in: LogIn, make_company: MakeCompany
) -> None:
    company, client = make_company(), log_in("lead")
    fill(company, 1)

    later = text_of(page_of(client, company, tab="calls"))
    part = text_of(page_of(client, company, tab="calls", part=1))
    whole = text_of(page_of(client, company, tab="calls", whole=1))

    assert "data-load=" in later
    assert "tab=calls&amp;whole=1" in later
    assert "<table" not in later
    assert "<table" in part
    assert "<html" not in part
    assert "<table" in whole


def test_calls_of_an_operation_are_shown_to_its_account_only(
    log_in: LogIn, authorized: Callable[..., Company], account: PartnerAccount
) -> None:
    operation = queueing.queue("companies.refresh", authorized(), {}, account=account)
    address = reverse("admin:company_calls_of", args=[operation.pk])

    assert log_in("lead").get(address).status_code == 200
    assert log_in("admin", accounts=(make_account("Other"),)).get(address).status_code == 404


def test_a_dossier_is_downloaded_checked_tampered_with_and_refused(
    log_in: LogIn, authorized: Callable[..., Company]
) -> None:
    company, client = authorized(), log_in()
    check = reverse("admin:dossier_verify")
    for kind in ("pdf", "json"):
        content = client.get(reverse("admin:company_dossier", args=[company.pk, kind])).content
        forged = content.replace(b"signer@example.com", b"sinner@example.com")

        true = client.post(check, {"file": SimpleUploadedFile(f"dossier.{kind}", content)})
        false = client.post(check, {"file": SimpleUploadedFile(f"dossier.{kind}", forged)})

        assert f"dossier.{kind} is true." in text_of(true)
        assert f"dossier.{kind} is not true." in text_of(false)
        assert "sinner@example.com" in text_of(false)


def test_a_dossier_of_a_company_never_authorized_is_refused_in_words(log_in: LogIn, make_company: MakeCompany) -> None:
    company = make_company()

    answer = log_in().get(reverse("admin:company_dossier", args=[company.pk, "pdf"]), follow=True)

    assert "This company was never authorized" in text_of(answer)


def test_a_personal_number_in_clear_needs_the_right_and_is_logged(
    log_in: LogIn, authorized: Callable[..., Company]
) -> None:
    company = authorized("640823-3234", country="SE")
    address = reverse("admin:company_dossier", args=[company.pk, "json"])

    masked = log_in("agent").get(address).content.decode()
    refused = log_in("viewer").post(address, {"unmasked": "1"})
    clear = log_in("lead").post(address, {"unmasked": "1"}).content.decode()

    assert json.loads(masked)["companies"][0]["business_id"] != json.loads(clear)["companies"][0]["business_id"]
    assert "3234" not in masked
    assert refused.status_code == 403
    assert LogEntry.objects.get().object_id == str(company.pk)


def test_dossiers_of_other_accounts_are_not_there(
    log_in: LogIn, authorized: Callable[..., Company], account: PartnerAccount
) -> None:
    company = authorized()
    call = company.dossier_entries.get(kind="requested").joint
    stranger = log_in(accounts=(make_account("Other"),))

    assert stranger.get(reverse("admin:company_dossier", args=[company.pk, "pdf"])).status_code == 404
    assert stranger.get(reverse("admin:dossier_joint", args=[account.pk, call, "pdf"])).status_code == 404
