"""The databases themselves say that an index carries every order that a list offers."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpRequest, QueryDict

from companies.models import Case, QuietCompany, Tag
from invoices.models import HandOverTarget
from portal.admin_tools import AccountScopedAdmin
from portal.alerts.models import AlertRule, Destination
from portal.partners.models import PartnerAccount
from receivables.models import ReplyTemplate

# Short lists that staff write, or parts of long ones that the database has sorted sooner than read by an index.
SORTED_WHEN_ASKED = {AlertRule, Case, Destination, HandOverTarget, QuietCompany, ReplyTemplate, Tag}
LISTS = {
    model._meta.label: model_admin
    for model, model_admin in admin.site._registry.items()
    if isinstance(model_admin, AccountScopedAdmin) and model not in SORTED_WHEN_ASKED
}


@pytest.fixture
def boss(account: PartnerAccount) -> User:
    return User.objects.create_superuser("boss")


def asked(user: User, query: str) -> HttpRequest:
    request = HttpRequest()
    request.method, request.user, request.GET = "GET", user, QueryDict(query)
    return request


def orders(model_admin: Any) -> list[str]:
    columns = list(model_admin.list_display)
    places = [
        columns.index(name) + 1 for name in model_admin.sortable_by if name in columns
    ]  # the box that ticks a row comes first
    return ["", *(f"o={sign}{place}" for place in places for sign in ("", "-"))]


def sorts(rows: Any) -> bool:
    """Tell whether the database would sort all rows; PostgreSQL is kept from reading and sorting small tables."""
    if connection.vendor == "sqlite":
        return "USE TEMP B-TREE FOR ORDER BY" in str(rows.explain())
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off")
        plan = str(rows.explain())
        cursor.execute("RESET enable_seqscan; RESET enable_bitmapscan; RESET enable_sort")
    return any(line.strip(" ->").startswith("Sort ") for line in plan.splitlines())


@pytest.mark.parametrize("label", LISTS)
def test_an_index_carries_every_order_of_a_list(boss: User, label: str) -> None:
    model_admin = LISTS[label]
    for query in orders(model_admin):
        request = asked(boss, query)
        changelist = model_admin.get_changelist_instance(request)
        for backwards in (False, True):
            for part in model_admin.parts(request, changelist.queryset):
                page = changelist.order.sort(part, backwards=backwards)[:51]

                assert not sorts(page), f"{label}?{query}: {page.query}"


def test_the_test_sees_a_sort(boss: User) -> None:
    model_admin = LISTS["companies.Company"]
    rows = model_admin.get_changelist_instance(asked(boss, "")).queryset

    assert sorts(rows.order_by("auth_email")[:51])
