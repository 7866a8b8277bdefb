"""What is found wrong with collection, named by company and invoice."""

from uuid import uuid4

import pytest

from companies.models import Company
from invoices.enums import Direction
from invoices.models import Invoice
from portal.partners.models import Environment, PartnerAccount
from receivables import watched
from receivables.enums import Agency, HandOverStatus
from receivables.models import HandOver


@pytest.mark.django_db
def test_invoice_that_an_agency_refused_is_found_until_it_is_handed_over_again() -> None:
    fields = {"environment": Environment.SANDBOX, "company_uuid": uuid4(), "user_key": "u", "vendor_key": "v"}
    account = PartnerAccount.objects.create(name="Partner", **fields)
    company = Company.objects.create(account=account, uuid=uuid4(), name="Puro Puu Oy", country="FI")
    invoice = Invoice.objects.create(
        account=account, company=company, uuid=uuid4(), number="1001", direction=Direction.SENT
    )
    agency = Agency(Agency.values[0])
    row = HandOver.objects.create(
        account=account, company=company, invoice=invoice, agency=agency, status=HandOverStatus.ERROR
    )

    found = watched.refused(account, 1)
    assert found is not None
    (example,) = found.examples()
    assert (found.count, example.title, example.company) == (1, f"Invoice 1001 to {agency.label}", "Puro Puu Oy")
    HandOver.objects.filter(pk=row.pk).update(status=HandOverStatus.SENT)

    assert watched.refused(account, 1) is None
