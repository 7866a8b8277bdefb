"""
Collection: matching a bank file to open assignments beside parsing it, and lists with few and many assignments.

    python -m tests.bench.collecting sqlite [assignments at most]
"""

import io
import sys
import time
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from tests.bench import pages
from tests.bench.figures import Figure, report

FEW, MANY, EVENTS, ROWS = 2_000, 200_000, 5, 200_000
_LISTS = "/admin/receivables"
PAGES = {
    "assignments": f"{_LISTS}/assignment/",
    "open assignments": f"{_LISTS}/assignment/?standing=open",
    "overdue assignments": f"{_LISTS}/assignment/?standing=overdue",
    "assignments with news": f"{_LISTS}/assignment/?seen=no",
    "assignments by reference": f"{_LISTS}/assignment/?q=R17",
    "events": f"{_LISTS}/assignmentevent/",
    "unseen events": f"{_LISTS}/assignmentevent/?seen=no",
}
ENTRY = (
    '<Ntry><Amt Ccy="EUR">251.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2026-05-04</Dt></BookgDt><NtryDtls>'
    "<TxDtls><RltdPties><Dbtr><Nm>Debtor {n} Oy</Nm></Dbtr></RltdPties><RmtInf><Strd><CdtrRefInf><Ref>{n}</Ref>"
    "</CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls></Ntry>"
)


def fill(company: Any, first: int, last: int) -> None:
    """Write assignments, nine of ten closed, each with events; one in fifty has news that nobody has seen."""
    from django.utils import timezone

    from receivables import mirror
    from receivables.models import Assignment, AssignmentEvent

    now = timezone.now()
    for begin in range(first, last, 2_000):
        rows = Assignment.objects.bulk_create(
            Assignment(
                account=company.account, company=company, remote_id=f"a-{n}", agency="amili", invoice_number=str(n),
                status="open" if n % 10 == 0 else "closed", is_open=n % 10 == 0, stage="reminder", reference=f"R{n}",
                currency="EUR", debtor_name=f"Debtor {n} Oy", open_amount=Decimal("251.00"),
                due_date=now.date() - timedelta(days=n % 90 - 30), created_at=now - timedelta(minutes=n), fact_at=now,
            )
            for n in range(begin, min(begin + 2_000, last))
        )  # fmt: skip
        AssignmentEvent.objects.bulk_create(
            [
                AssignmentEvent(
                    account=company.account, company=company, assignment=row, assignment_remote_id=row.remote_id,
                    remote_id=f"{row.remote_id}-{k}", type="reminder_sent", origin="agency", fact_at=now,
                    seen=bool(k) or row.pk % 50 != 0, happened_at=row.created_at,
                )
                for row in rows
                for k in range(EVENTS)
            ],
            batch_size=2_000,
        )  # fmt: skip
        mirror.count_unseen([row.pk for row in rows if row.pk % 50 == 0])


def matching_figure() -> Figure:
    """Return how long matching takes beside parsing, in the processor's seconds."""
    from receivables.bank import matching, read
    from receivables.bank.matching import Case

    body = "".join(ENTRY.replace("{n}", str(n + 1)) for n in range(ROWS))
    space = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"
    file = f'<Document xmlns="{space}"><BkToCstmrStmt><Stmt>{body}</Stmt></BkToCstmrStmt></Document>'.encode()
    cases = [Case(n, str(n + 1), Decimal("251.00"), Decimal("251.00"), f"Debtor {n} Oy", "EUR") for n in range(ROWS)]
    began = time.process_time()
    rows = list(read(io.BytesIO(file)))
    parsed = time.process_time() - began
    began = time.process_time()
    found = sum(1 for _match in matching.match(cases, rows))
    matched = time.process_time() - began
    assert found == ROWS
    return Figure(
        f"matching {ROWS:,} bank rows to {ROWS:,} open assignments",
        f"{matched:.2f} s", f"{parsed:.2f} s for parsing them", matched / parsed,
    )  # fmt: skip


def main(database: str, most: int) -> None:
    account, client = pages.begin(database)
    from companies.models import Company

    company = Company.objects.create(account=account, uuid=uuid4(), name="Bench Oy", country="FI", state="VERIFIED")
    report(matching_figure())

    def is_list(content: bytes) -> bool:
        return b"result_list" in content or b"/change/" in content

    fill(company, 0, FEW)
    pages.analyze()
    few = pages.seconds(client, PAGES, is_list)
    fill(company, FEW, most)
    pages.analyze()
    many = pages.seconds(client, PAGES, is_list)
    report(
        *(
            Figure(
                f"{page}, {pages.NAMES[database]}",
                f"{many[page] * 1000:.1f} ms with {most:,} assignments and {most * EVENTS:,} events",
                f"{few[page] * 1000:.1f} ms with {FEW:,}", many[page] / few[page],
            )
            for page in PAGES
        )
    )  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if sys.argv[2:] else MANY)
