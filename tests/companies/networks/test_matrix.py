"""The matrix of companies and networks: what it shows, lets through, and queues."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from companies.models import Case, Company, NetworkProfile
from companies.networks import matrix
from companies.networks.matrix import Filters
from portal.operations.models import Batch, BatchTarget, Operation
from portal.partners.models import PartnerAccount
from tests.companies.csv_files import finnish_ids
from tests.companies.running import profile

MATRIX = "/admin/networks/"


@pytest.fixture
def staff(account: PartnerAccount, client: Client) -> Client:
    user = User.objects.create_user("staff", is_staff=True)
    names = ("view_company", "activate_network", "view_case")
    user.user_permissions.set(Permission.objects.filter(codename__in=names, content_type__app_label="companies"))
    account.staff.add(user)
    client.force_login(user)
    return client


def shown(filters: Filters, after: str = "") -> dict[str, dict[str, str]]:
    """Each company's networks by name, as words."""
    lines = matrix.page(filters, after).lines
    return {str(line.company): {cell.network: str(cell.word) for cell in line.cells if cell.word} for line in lines}


def test_each_company_stands_in_its_networks(account: PartnerAccount, make_company: Any) -> None:
    company = make_company(name="Alku Oy", state="VERIFIED")
    profile(company, "VISMA")
    profile(company, "PEPPOL", "error")
    profile(company, "BANK", "pending")
    profile(company, "HYPERNET", "sleeping")

    words = shown(Filters(account))

    assert words == {"Alku Oy": {"VISMA": "Active", "PEPPOL": "Error", "BANK": "Pending", "HYPERNET": "sleeping"}}


def test_a_second_name_of_a_network_stands_in_its_column(account: PartnerAccount, make_company: Any) -> None:
    profile(make_company(name="Alku Oy"), "VISMASCANNER")

    words = shown(Filters(account))

    assert words == {"Alku Oy": {"SCAN_DOCUMENTS": "Active"}}


def test_a_closed_registration_counts_as_missing(account: PartnerAccount, make_company: Any) -> None:
    profile(make_company(name="Alku Oy"), "VISMA", "disabled")

    (line,) = matrix.page(Filters(account)).lines

    assert line.missing == ["VISMA", "PEPPOL"]


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        ({}, ["A", "B", "C", "D"]),
        ({"country": "SE"}, ["D"]),
        ({"state": "missing"}, ["C", "D"]),
        ({"state": "missing", "network": "PEPPOL"}, ["C", "D"]),
        ({"state": "missing", "network": "BANK"}, ["A", "B", "C"]),
        ({"state": "error"}, ["B"]),
        ({"state": "error", "network": "VISMA"}, []),
        ({"state": "other"}, ["C"]),
        ({"network": "PEPPOL"}, ["A"]),
        ({"search": "1572860-0"}, ["C"]),
    ],
)
def test_filters_let_through_what_they_say(
    account: PartnerAccount, make_company: Any, chosen: dict[str, str], names: list[str]
) -> None:
    ids = ("1234567-1", "0112038-9", "1572860-0")
    first, second, third = (make_company(number, name=name) for number, name in zip(ids, "ABC", strict=True))
    make_company("5560004615", "SE", name="D")
    profile(first, "VISMA")
    profile(first, "PEPPOL")
    profile(second, "VISMA")
    profile(second, "PEPPOL", "error")
    profile(third, "VISMA")
    profile(third, "TELEX", "sleeping")

    found = shown(Filters(account, **chosen))

    assert list(found) == names


def test_pages_follow_one_another_without_a_gap_though_names_are_equal(
    account: PartnerAccount, make_company: Any
) -> None:
    made = [make_company(number, name=f"Same {index // 3}") for index, number in enumerate(finnish_ids(9))]

    seen, after = [], ""
    while True:
        part = matrix.page(Filters(account), after, size=2)
        seen += [line.company.pk for line in part.lines]
        after = part.after
        if not after:
            break

    assert sorted(seen) == [company.pk for company in made]
    assert len(seen) == len(set(seen))


def test_the_page_asks_the_database_equally_often_for_one_company_and_for_fifty(
    staff: Client, make_company: Any
) -> None:
    numbers = finnish_ids(50)
    profile(make_company(numbers[0], name="First"), "VISMA")
    staff.get(MATRIX)
    with CaptureQueriesContext(
        connection,
    ) as one:
        staff.get(MATRIX)
    for number in numbers[1:]:
        profile(make_company(number, name=number), "PEPPOL", "pending")

    with CaptureQueriesContext(connection) as fifty:
        staff.get(MATRIX)

    assert len(fifty) == len(one)
    assert len(fifty) <= 20


def test_one_click_activates_what_is_missing_once(staff: Client, make_company: Any) -> None:
    company = make_company(state="VERIFIED")
    form = {"company": company.pk, "network": "VISMA", "query": "country=FI"}

    first = staff.post(reverse("admin:networks_activate"), form)
    staff.post(reverse("admin:networks_activate"), form)

    assert first.headers["Location"] == f"{MATRIX}?country=FI#company-{company.pk}"
    assert list(Operation.objects.values_list("kind", flat=True)) == ["companies.activate_network"]
    assert "On its way" in staff.get(MATRIX).text


def test_several_networks_are_confirmed_first(staff: Client, make_company: Any) -> None:
    company = make_company(state="VERIFIED")
    form = {"company": company.pk, "network": ["PEPPOL", "VISMA"], "query": ""}

    asked = staff.post(reverse("admin:networks_activate"), form)
    before = Operation.objects.count()
    staff.post(reverse("admin:networks_activate"), form | {"confirmed": "1"})

    assert "Activate 2 networks" in asked.text
    assert before == 0
    assert [row["network"] for row in Operation.objects.order_by("pk").values_list("parameters", flat=True)] == [
        "VISMA",
        "PEPPOL",
    ]


def test_a_network_of_another_country_is_not_queued_but_explained(staff: Client, make_company: Any) -> None:
    company = make_company("5560004615", "SE", state="VERIFIED")

    answer = staff.post(reverse("admin:networks_activate"), {"company": company.pk, "network": "BANK"}, follow=True)

    assert "only for companies of FI" in answer.text
    assert not Operation.objects.exists()


def test_a_company_of_another_account_is_not_there(staff: Client, make_company: Any) -> None:
    company = make_company()
    company.account.staff.clear()

    answer = staff.post(reverse("admin:networks_activate"), {"company": company.pk, "network": "VISMA"})

    assert answer.status_code == 404


@pytest.mark.parametrize("everything", [True, False])
def test_many_companies_become_a_batch_that_is_previewed(staff: Client, make_company: Any, *, everything: bool) -> None:
    inside, outside = make_company(name="Inside"), make_company("0112038-9", name="Outside")
    profile(outside, "VISMA")
    chosen = {"all": "1"} if everything else {"chosen": [str(inside.pk), str(outside.pk)]}
    address = reverse("admin:networks_choose") + "?state=missing&network=VISMA"

    staff.post(address, {"join": "PEPPOL"} | chosen)

    batch = Batch.objects.get()
    assert (batch.kind, batch.state, batch.parameters) == ("companies.join_networks", "DRAFT", {"networks": ["PEPPOL"]})
    assert list(BatchTarget.objects.values_list("target_id", flat=True)) == [inside.pk]


def test_a_viewer_sees_the_matrix_without_buttons(staff: Client, make_company: Any) -> None:
    make_company(name="Alku Oy")
    User.objects.get().user_permissions.remove(Permission.objects.get(codename="activate_network"))

    answer = staff.get(MATRIX)

    assert "Alku Oy" in answer.text
    assert "networks/activate" not in answer.text


def test_a_refused_network_leads_to_its_case(staff: Client, account: PartnerAccount, make_company: Any) -> None:
    company: Company = make_company()
    facts = {"network": "PEPPOL", "profiles": ["INVOICE_AND_CREDIT_NOTE"]}
    case = Case.objects.create(
        account=account, company=company, kind="network_conflict", key="k", subject="PEPPOL", step="found", facts=facts
    )

    answer = staff.get(MATRIX)

    assert reverse("admin:companies_case_change", args=[case.pk]) in answer.text
    assert not NetworkProfile.objects.exists()
