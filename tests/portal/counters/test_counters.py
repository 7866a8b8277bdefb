"""Counts in step with their rows, however these are written, and mended when they are not."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from companies.models import Company
from invoices.enums import Direction, Status
from invoices.models import Invoice
from portal.counters import figures, folding, triggers, verifying
from portal.counters.models import Tally
from portal.partners.models import PartnerAccount
from portal.sync.upsert import upsert
from tests.companies.conftest import MakeCompany, make_account

AT = datetime(2026, 6, 1, 10, 59, 59, tzinfo=UTC)


def invoices(company: Company, count: int, status: str = Status.PENDING, at: datetime = AT) -> list[Invoice]:
    return Invoice.objects.bulk_create(
        Invoice(
            account=company.account, company=company, uuid=uuid4(), direction=Direction.SENT, status=status,
            created_at=at, fact_at=at,
        )
        for _number in range(count)
    )  # fmt: skip


def counted(account: PartnerAccount) -> dict[Any, int]:
    return figures.totals("invoices", [account])


def test_every_way_of_writing_counts(account: PartnerAccount, make_company: MakeCompany) -> None:
    rows = invoices(make_company(), 5)
    rows[0].status = Status.FAILED
    rows[0].save()
    Invoice.objects.filter(pk=rows[1].pk).update(status=Status.DELIVERED)
    rows[2].delete()
    newer = Invoice.objects.get(pk=rows[3].pk)
    newer.status, newer.fact_at = "SEEN|BY|MOON", AT + timedelta(hours=1)
    upsert(Invoice, [newer], key=("account", "company", "uuid"), columns=("status",))

    assert counted(account) == {
        ("SENT", "FAILED"): 1, ("SENT", "DELIVERED"): 1, ("SENT", "SEEN|BY|MOON"): 1, ("SENT", "PENDING"): 1,
    }  # fmt: skip
    assert verifying.verify() == []


def test_what_is_rolled_back_was_never_counted(account: PartnerAccount, make_company: MakeCompany) -> None:
    company = make_company()
    with transaction.atomic():
        invoices(company, 3)
        transaction.set_rollback(True)

    assert counted(account) == {}


def test_rows_are_counted_by_hour_and_account(account: PartnerAccount, make_company: MakeCompany) -> None:
    other = make_account("Other")
    company = make_company()
    invoices(company, 2)
    invoices(company, 3, at=AT + timedelta(seconds=1))
    Invoice.objects.filter(pk=invoices(company, 1)[0].pk).update(account=other)

    from_eleven = figures.by_hour("invoices", [account], AT + timedelta(seconds=1))

    assert figures.totals("invoices", [other]) == {("SENT", "PENDING"): 1}
    assert from_eleven == {(datetime(2026, 6, 1, 11, tzinfo=UTC), ("SENT", "PENDING")): 3}


def test_folding_changes_no_count_and_leaves_one_part(account: PartnerAccount, make_company: MakeCompany) -> None:
    company = make_company()
    for _batch in range(3):
        invoices(company, 2)
    before = counted(account)

    folding.fold()

    assert counted(account) == before == {("SENT", "PENDING"): 6}
    assert Tally.objects.filter(name="invoices", account_id=account.pk).count() == 1
    assert verifying.verify() == []


def test_a_count_that_is_wrong_is_told_and_mended(
    account: PartnerAccount, make_company: MakeCompany, caplog: pytest.LogCaptureFixture
) -> None:
    invoices(make_company(), 2)
    Tally.objects.filter(name="invoices").update(amount=7)

    (found,) = (one for one in verifying.verify() if one.account_id == account.pk)

    assert (found.kept, found.counted, counted(account)) == (7, 2, {("SENT", "PENDING"): 2})
    assert "was 7, is 2" in caplog.text


def test_triggers_that_went_with_their_table_are_made_anew(account: PartnerAccount, make_company: MakeCompany) -> None:
    company = make_company()
    with connection.cursor() as cursor:
        table = ' ON "invoices_invoice"' if connection.vendor == "postgresql" else ""
        cursor.execute(f'DROP TRIGGER "tally_invoices_insert"{table}')
    invoices(company, 2)
    assert counted(account) == {}

    triggers.make_missing()
    invoices(company, 1)

    assert counted(account) == {("SENT", "PENDING"): 3}


def test_nothing_counts_in_an_emptied_database(account: PartnerAccount, make_company: MakeCompany) -> None:
    invoices(make_company(), 2)
    Tally.objects.all().delete()
    Invoice.objects.all().delete()
    Company.objects.all().delete()

    triggers.make_missing()

    assert verifying.verify() == []
    assert not Tally.objects.exists()


def test_the_dashboard_reads_counts_and_no_rows(
    account: PartnerAccount, make_company: MakeCompany, django_assert_num_queries: Any
) -> None:
    company = make_company(state="VERIFIED")
    make_company("0112038-9", state="UNVERIFIED")
    Invoice.objects.filter(pk=invoices(company, 1, at=timezone.now())[0].pk).update(direction=Direction.RECEIVED)

    with django_assert_num_queries(2):
        received = figures.by_hour("invoices", [account], timezone.now() - timedelta(days=7))
        companies = figures.totals("companies", [account])

    assert sum(received.values()) == 1
    assert companies == {("VERIFIED",): 1, ("UNVERIFIED",): 1}
