"""A company with a past: rows of every kind that its timeline shows."""

from datetime import timedelta
from uuid import uuid4

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from companies.models import Company, Note, StateChange
from portal.operations.models import Operation
from portal.partners.models import ApiCall
from portal.webhooks.models import Delivery

START = timezone.now() - timedelta(days=100)


def fill(company: Company, each: int) -> None:
    """Give a company `each` rows of every kind, one a minute in turns."""
    kind = ContentType.objects.get_for_model(Company)
    account = company.account
    times = [START + timedelta(minutes=6 * number) for number in range(each)]
    Operation.objects.bulk_create(
        Operation(
            kind=name, state="DONE", account=account, target_type=kind, target_id=company.pk,
            company_uuid=company.uuid, fingerprint=str(uuid4()), created_at=at + timedelta(minutes=shift),
        )
        for name, shift in (("companies.refresh", 0), ("invoices.send", 1))
        for at in times
    )  # fmt: skip
    Delivery.objects.bulk_create(
        Delivery(
            account=account, digest=str(uuid4()), event=event, company_uuid=company.uuid, state="DONE",
            received_at=at + timedelta(minutes=shift),
        )
        for event, shift in (("NETWORKS.PEPPOL.ENABLED", 2), ("DOCUMENTS.INVOICE.DELIVERED", 2))
        for at in times
    )  # fmt: skip
    changes = [
        StateChange(
            account=account,
            company=company,
            what="state",
            after="VERIFIED",
            at=at,
            recorded_at=at + timedelta(minutes=3),
        )
        for at in times
    ]
    StateChange.objects.bulk_create(changes)
    Note.objects.bulk_create(
        Note(account=account, company=company, text="n", created_at=at + timedelta(minutes=4)) for at in times
    )
    ApiCall.objects.bulk_create(
        ApiCall(
            account=account, company_uuid=company.uuid, at=at + timedelta(minutes=5), api="AX", method="GET", path="/"
        )
        for at in times
    )
