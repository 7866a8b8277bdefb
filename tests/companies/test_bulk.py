"""Bulk actions on the lists of companies: what is picked, what would happen, what is queued, and where staff come back to."""

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

from companies.models import Company, NetworkProfile
from portal import groups
from portal.operations import counting, filling, selections
from portal.operations.enums import BatchState
from portal.operations.models import Batch, BatchTarget, Operation
from portal.partners.models import PartnerAccount
from tests.companies.conftest import MakeCompany, MakeOnboarding, make_account
from tests.companies.csv_files import finnish_ids

LogIn = Callable[..., Client]
COMPANIES = reverse("admin:companies_company_changelist")


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
    return batch.preview


def start(client: Client, batch: Batch, **data: Any) -> Batch:
    seen = preview(client, batch)
    act(client, batch, "start", token=seen["token"], **data)
    filling.fill(batch.account_id)
    batch.refresh_from_db()
    return batch


def test_all_matching_rows_are_taken_down_by_the_filter_and_no_others(log_in: LogIn, account: PartnerAccount) -> None:
    finns, swedes = make_many(account, 70), make_many(account, 60, 2_000_000, country="SE")
    client = log_in()

    pick(client, "companies_refresh", query="country=SE&p=2")

    batch = Batch.objects.get()
    assert batch.selection["filter"] == "country=SE"
    assert selections.after(batch, 0, 1000) == [company.pk for company in swedes]
    assert not BatchTarget.objects.filter(target_id__in=[company.pk for company in finns]).exists()
    assert batch.label == "Look up company: 60 companies"
