"""Reading a bank file and writing down what looks like payments of open assignments."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, BinaryIO

from django.db import transaction

from companies.models import Company
from receivables import personal
from receivables.bank import matching, reading
from receivables.bank.matching import Case, Match
from receivables.bank.rows import BankRow
from receivables.models import Assignment, BankFile, PaymentProposal

_AT_ONCE = 500


def propose(company: Company, name: str, stream: BinaryIO, actor: Any) -> BankFile:
    """
    Compare a file with the company's open assignments; the same file twice adds nothing.

    :raises BankFileError: the file cannot be read; nothing was written
    """
    counted = _Counted()
    with transaction.atomic():
        file = BankFile.objects.create(
            account=company.account,
            company=company,
            name=personal.hidden(name)[:200],
            kind=reading.kind_of(stream),
            created_by=actor,
        )
        found = matching.match(cases_of(company), counted.through(reading.read(stream)))
        while part := list(islice(found, _AT_ONCE)):
            PaymentProposal.objects.bulk_create([_row(file, match) for match in part], ignore_conflicts=True)
        file.rows, file.found = counted.count, file.proposals.count()
        file.save(update_fields=["rows", "found"])
    return file


def cases_of(company: Company) -> Iterator[Case]:
    """Yield the open assignments of a company, as far as they are compared."""
    rows = Assignment.objects.open().filter(company=company).exclude(open_amount=None)
    columns = ("pk", "reference", "open_amount", "capital_amount", "debtor_name", "currency")
    for pk, reference, open_amount, capital, debtor, currency in rows.values_list(*columns).iterator(chunk_size=5000):
        yield Case(pk, reference, open_amount, capital if capital is not None else open_amount, debtor, currency)


def _row(file: BankFile, found: Match) -> PaymentProposal:
    row = found.row
    return PaymentProposal(
        account_id=file.account_id,
        company_id=file.company_id,
        bank_file=file,
        assignment_id=found.case.pk,
        way=found.way,
        booked_on=row.booked_on,
        amount=row.amount,
        currency=row.currency or found.case.currency,
        reference=row.reference[:200],
        payer=personal.hidden(row.payer)[:200],
    )


class _Counted:
    """Counts rows that run through."""

    count = 0

    def through(self, rows: Iterable[BankRow]) -> Iterator[BankRow]:
        for row in rows:
            self.count += 1
            yield row
