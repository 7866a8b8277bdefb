""" "I did not get it": what stands in the way is named, and the lists are read at once."""

from datetime import timedelta
from typing import Any

import pytest
import requests
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies.models import Company, NetworkProfile
from invoices.enums import Direction
from invoices.receiving import searching
from portal.sync.models import Cursor
from tests.invoices.conftest import World, make_account
from tests.invoices.test_end_to_end import until
from tests.invoices.test_pages import make_invoice


@pytest.fixture
def browser(staff: User) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def profile(company: Company, network: str, status: str = "active", **fields: Any) -> NetworkProfile:
    known = {"remote_id": network, "network": network, "status": status, "fact_at": timezone.now()}
    return NetworkProfile.objects.create(account=company.account, company=company, **(known | fields))


def tones(company: Company) -> dict[str, str]:
    return {str(point.title): point.tone for point in searching.points(company)}


def test_what_stands_in_the_way_is_named_first_to_last(company: Company) -> None:
    company.state = "UNVERIFIED"
    make_invoice(company, direction=Direction.RECEIVED, files_problem="storage")

    found = tones(company)

    assert found["The company at AutoInvoice"] == "bad"
    assert found["VISMA"] == "bad"
    assert found["The partner's list of new invoices"] == "warn"
    assert found["Arrived, but not saved here"] == "bad"


def test_all_is_fine_where_all_is_read_and_open(company: Company) -> None:
    profile(company, "VISMA", scheme="0216", endpoint_id="003712345671")
    for source, uuid in (("invoices.partner_received", None), ("invoices.company_list", company.uuid)):
        Cursor.objects.create(source=source, account=company.account, company_uuid=uuid, done_until=timezone.now())

    found = tones(company)

    assert {found[name] for name in ("VISMA", "The partner's list of new invoices", "The company's own list")} == {
        "good"
    }


def test_list_that_fails_or_is_old_is_no_reason_to_believe_it(company: Company) -> None:
    mine = Cursor.objects.create(
        source="invoices.company_list", account=company.account, company_uuid=company.uuid,
        done_until=timezone.now() - timedelta(days=3),
    )  # fmt: skip
    old = tones(company)["The company's own list"]
    mine.failures = 4
    mine.save()

    assert (old, tones(company)["The company's own list"]) == ("warn", "bad")


def test_channels_say_whether_they_are_open_and_what_to_ask(company: Company) -> None:
    profile(company, "PEPPOL", scheme="0216", endpoint_id="003712345671")
    profile(company, "BANK", status="pending")

    found = {str(channel.title): channel for channel in searching.channels(company)}

    assert (found["Peppol"].is_open, found["Peppol"].address) == (True, "0216:003712345671")
    assert not found["Bank network"].is_open
    assert "message id" in str(found["Peppol"].ask)


def test_page_finds_what_is_here_and_offers_what_helps(browser: Client, company: Company) -> None:
    make_invoice(company, "A-77", direction=Direction.RECEIVED)
    make_invoice(company, "sent one")
    url = reverse("admin:not_received", args=[company.pk])

    by_number = browser.get(url, {"q": "A-77"}).text
    nothing = browser.get(url, {"q": "B-1"}).text

    assert ">A-77</a>" in by_number
    assert ">sent one<" not in by_number
    assert "Nothing of that kind" in nothing
    assert (
        browser.get(reverse("admin:companies_company_change", args=[company.pk]) + "?tab=invoices").text.count(url) == 1
    )


def test_page_costs_the_same_however_many_invoices(
    browser: Client, company: Company, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        make_invoice(company, str(number), direction=Direction.RECEIVED)

    with django_assert_max_num_queries(24):
        browser.get(reverse("admin:not_received", args=[company.pk]), {"q": "0112038-9"})


def test_company_of_another_account_is_not_found(browser: Client, make_company: Any) -> None:
    foreign = make_company(account=make_account("Other"))

    assert browser.get(reverse("admin:not_received", args=[foreign.pk])).status_code == 404


@pytest.mark.slow
def test_invoice_that_nobody_told_of_is_found_by_reading_the_lists(world: World, client: Client) -> None:
    client.force_login(User.objects.create_superuser("lead", password="x"))
    until(lambda: Cursor.objects.filter(source="invoices.company_list").exclude(done_until=None).exists(), world)
    arrived = world.simulator.receive(str(world.buyer.uuid), number="R-1")
    world.simulator.settle()
    headers = {"Authorization": f"Bearer {world.simulator.token('invoice:receive', str(world.buyer.uuid))}"}
    marked = requests.patch(  # somebody else took it off the partner's list
        f"{world.simulator.credentials['ax_url']}/v1/invoices/{arrived['id']}/invoice_events",
        json={"state": "HANDLED"}, headers=headers, timeout=10,
    )  # fmt: skip
    Cursor.objects.update(next_at=timezone.now() + timedelta(days=1))

    client.post(reverse("admin:not_received", args=[world.buyer.pk]))
    due = set(Cursor.objects.filter(next_at__lte=timezone.now()).values_list("source", flat=True))
    until(lambda: world.buyer.invoices.filter(files_at__isnull=False).exists(), world)

    assert marked.status_code == 204
    assert due == {"invoices.company_list", "invoices.partner_received"}
