"""What is found wrong with invoices and companies, named by company and invoice."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from companies import watched as companies_watched
from companies.models import Authorization, Company
from invoices import watched
from invoices.enums import Direction, HandOverWay, Status
from invoices.models import HandOver, HandOverTarget, Invoice
from portal import watching
from portal.watching import Example, Found

pytestmark = pytest.mark.django_db(transaction=True)


def invoice(company: Company, number: str, **fields: object) -> Invoice:
    known = {"account": company.account, "company": company, "uuid": uuid4(), "direction": Direction.SENT}
    return Invoice.objects.create(number=number, **(known | fields))


def names(found: Found | None) -> list[tuple[str, str]]:
    return [(example.title, example.company) for example in found.examples()] if found else []


def test_failures_of_the_last_day_are_counted_and_named(company: Company) -> None:
    now = timezone.now()
    for number, age in (("1001", 1), ("1002", 2), ("1003", 50)):
        invoice(company, number, status=Status.FAILED, created_at=now - timedelta(hours=age))
    invoice(company, "1004", created_at=now)

    assert watched.failed(company.account, 3) is None
    found = watched.failed(company.account, 2)

    assert found is not None
    assert found.count == 2
    assert names(found) == [("Invoice 1001", str(company)), ("Invoice 1002", str(company))]


def test_invoice_that_is_on_its_way_for_days_is_stuck(company: Company) -> None:
    invoice(company, "1001", created_at=timezone.now() - timedelta(days=2))
    invoice(company, "1002")

    assert names(watched.stuck(company.account, 1)) == [("Invoice 1001", str(company))]


def test_hand_over_that_nobody_tries_any_more_is_found(company: Company) -> None:
    target = HandOverTarget.objects.create(account=company.account, name="ERP", way=HandOverWay.FOLDER, folder="x")
    row = invoice(company, "1001", direction=Direction.RECEIVED)
    one = HandOver.objects.create(account=company.account, target=target, invoice=row)

    assert names(watched.hand_overs(company.account, 1)) == [("Invoice 1001 to ERP", str(company))]
    HandOver.objects.filter(pk=one.pk).update(done_at=timezone.now())
    assert watched.hand_overs(company.account, 1) is None


def test_request_to_sign_that_ran_out_names_its_company(company: Company) -> None:
    Company.objects.update(state="UNVERIFIED")
    ago = timezone.now() - timedelta(days=8)
    Authorization.objects.create(
        account=company.account, company=company, email="ceo@x.example", locale="FI", requested_at=ago,
        expires_at=ago + timedelta(days=7),
    )  # fmt: skip

    found = companies_watched.expired(company.account, 1)

    assert found is not None
    assert [company_name for _title, company_name in names(found)] == [str(company)]


def test_companies_that_are_known_by_id_only_are_named(company: Company) -> None:
    stranger = uuid4()

    named = watching.named(
        company.account, [Example("a", company_uuid=company.uuid), Example("b", company_uuid=stranger)]
    )

    assert [example.company for example in named] == [str(company), str(stranger)]
