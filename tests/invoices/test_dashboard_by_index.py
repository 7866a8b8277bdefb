"""What the dashboard asks of invoices is found by an index however many invoices there are."""

from typing import Any

import pytest
from django.db import connection

from companies.models import Company
from invoices.failures import queue as failures
from invoices.models import Invoice


def plan(rows: Any) -> str:
    """Return how the database would read rows; PostgreSQL is kept from reading a small table as a whole."""
    if connection.vendor == "sqlite":
        return str(rows.explain())
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off")
        found = str(rows.explain())
        cursor.execute("RESET enable_seqscan; RESET enable_bitmapscan; RESET enable_sort")
    return found


@pytest.mark.django_db
def test_the_oldest_failures_are_read_in_the_order_of_an_index(company: Company) -> None:
    rows = failures.invoices([company.account]).order_by("fact_at", "id")[:25]

    assert "invoice_failed_at" in plan(rows)
    assert "TEMP B-TREE" not in plan(rows)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("index", "rows"),
    [
        ("invoice_returned", Invoice.objects.sent().failed_after_delivery()),
        ("invoice_moving", Invoice.objects.stuck()),
    ],
)
def test_odd_ones_are_counted_among_few_rows(company: Company, index: str, rows: Any) -> None:
    found = plan(rows.filter(account__in=[company.account]).values("pk"))

    # SQLite takes the index of the list's status filter instead, which leads to the same rows.
    assert index in found or (connection.vendor == "sqlite" and "SEARCH" in found)
