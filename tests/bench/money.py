"""Inbox, assignments and the money page, with 2,000 and with 200,000 assignments, and half as many messages."""

import sys
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from tests.bench import pages
from tests.bench.figures import Figure, report

FEW, MANY = 2_000, 200_000
EACH = 100  # assignments of a company
ADDRESSES = {
    "money": "/admin/money/",
    "inbox, unseen": "/admin/inbox/?box=unseen",
    "inbox, all": "/admin/inbox/?box=all",
    "assignments": "/admin/receivables/assignment/",
    "assignments, overdue": "/admin/receivables/assignment/?standing=overdue",
}


def fill(account: Any, first: int, last: int) -> None:
    """Write companies with a hundred assignments each; every fourth has a thread with two messages."""
    from django.utils import timezone

    from companies.models import Company
    from receivables.models import Assignment, Message, MessageThread
    from receivables.money import counting

    now, today = timezone.now(), timezone.localdate()
    for start in range(first, last, EACH):
        company = Company.objects.create(
            account=account, uuid=uuid4(), name=f"Company {start:07d}", country="FI",
            business_id=str(10_000_000 + start), business_id_digest=f"{start:064d}", state="VERIFIED",
        )  # fmt: skip
        numbers = range(start, start + EACH)
        Assignment.objects.bulk_create([
            Assignment(
                account=account, company=company, remote_id=f"case-{number}", agency=("amili", "ropo")[number % 2],
                status="open", stage=("reminder", "collection")[number % 3 == 0], currency="EUR",
                open_amount=Decimal(number % 900), paid_amount=Decimal(number % 7), invoice_number=str(number),
                debtor_name=f"Debtor {number}", due_date=today + timedelta(days=number % 40 - 20),
                created_at=now - timedelta(minutes=number),
            )
            for number in numbers
        ])  # fmt: skip
        threads = MessageThread.objects.bulk_create([
            MessageThread(
                account=account, company=company, remote_id=f"thread-{number}", assignment_remote_id=f"case-{number}",
                subject=f"Invoice {number}", latest_text="Has she paid?", latest_sender="agency",
                unseen=int(number % 20 == 0), latest_at=now - timedelta(minutes=number),
            )
            for number in numbers if number % 4 == 0
        ])  # fmt: skip
        Message.objects.bulk_create([
            Message(account=account, thread=thread, remote_id=f"{thread.remote_id}-{place}", text="Has she paid?",
                    sender="agency")
            for thread in threads for place in (1, 2)
        ])  # fmt: skip
    counting.recount(account)


def main(database: str) -> None:
    account, client = pages.begin(database)
    fill(account, 0, FEW)
    pages.analyze()
    few = pages.seconds(client, ADDRESSES, lambda content: b"Company" in content)
    fill(account, FEW, MANY)
    pages.analyze()
    many = pages.seconds(client, ADDRESSES, lambda content: b"Company" in content)
    report(
        *(
            Figure(
                f"{page}, {pages.NAMES[database]}",
                f"{many[page] * 1000:.1f} ms with {MANY:,} assignments",
                f"{few[page] * 1000:.1f} ms with {FEW:,}",
                many[page] / few[page],
            )
            for page in few
        )
    )


if __name__ == "__main__":
    main(sys.argv[1])
