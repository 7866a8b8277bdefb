"""
Matching bank rows to open assignments: by reference, else by the sum and who paid.

A payout of an agency is no direct payment, whatever its reference says. All open assignments of the company stand in
two dictionaries, so that each row costs a look or two.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from receivables.bank.rows import BankRow, as_reference
from receivables.enums import MatchWay

# Agencies pay out with the invoice's own reference. VISMA FINANC is Amili's older name on statements.
_AGENCIES = re.compile(r"\b(?:visma financ\w*|visma amili|amili|ropo\w*|intrum)\b")
_FORMS = re.compile(r"\b(?:oyj?|abp?|ltd|as|asa|aps|gmbh|tmi|ky|ry)\b|[^\w ]")


@dataclass(frozen=True, slots=True)
class Case:
    """What of an open assignment is compared."""

    pk: int
    reference: str
    open_amount: Decimal
    capital_amount: Decimal
    debtor: str
    currency: str


@dataclass(frozen=True, slots=True)
class Match:
    case: Case
    row: BankRow
    way: MatchWay


def match(cases: Iterable[Case], rows: Iterable[BankRow]) -> Iterator[Match]:
    """Yield the rows that look like direct payments of open assignments."""
    by_reference: dict[str, Case] = {}
    by_sum: dict[Decimal, list[Case]] = defaultdict(list)
    for case in cases:
        if reference := as_reference(case.reference):
            by_reference[reference] = case
        for amount in {case.open_amount, case.capital_amount}:
            by_sum[amount].append(case)
    for row in rows:
        named = by_reference.get(row.reference) if row.reference else None
        meant = named if named is not None else _same_sum_and_payer(by_sum.get(row.amount), row)
        if meant is not None and _fits(meant, row) and not is_agency(row.payer):
            yield Match(meant, row, _way(meant, row, by_name=named is None))


def is_agency(payer: str) -> bool:
    return _AGENCIES.search(payer.casefold()) is not None


def plain_name(name: str) -> str:
    """Return a name without its legal form, punctuation and case."""
    return " ".join(_FORMS.sub(" ", name.casefold()).split())


def _same_sum_and_payer(cases: list[Case] | None, row: BankRow) -> Case | None:
    """Return the one case of that sum and debtor; several such cases name none."""
    if not cases or not row.payer:
        return None
    payer = plain_name(row.payer)
    found = [case for case in cases if plain_name(case.debtor) == payer]
    return found[0] if payer and len(found) == 1 else None


def _fits(case: Case, row: BankRow) -> bool:
    same = not row.currency or not case.currency or row.currency == case.currency
    return same and row.amount <= case.open_amount


def _way(case: Case, row: BankRow, *, by_name: bool) -> MatchWay:
    if by_name:
        return MatchWay.SUM_AND_PAYER
    return MatchWay.REFERENCE if row.amount in (case.open_amount, case.capital_amount) else MatchWay.PART
