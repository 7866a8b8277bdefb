"""
Noting down what changed: one row for each fact that became another, together with what told it.

Called by whoever writes mirror rows (`companies.mirrors`), in the same transaction. Rows are gathered while an
operation, a delivery or a round of a watch is settled, and written with one statement at its end.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from companies import dossier
from companies.dossier.evidence import Evidence
from companies.models import Company, StateChange
from portal.operations import causes
from portal.writing import insert_many

STATE, AUTHORIZATION, REQUEST, VENDOR, USER = "state", "authorization", "request", "vendor", "user"
NETWORK, SETTINGS = "network:", "settings:"  # followed by the network's or the block's name
IN_THE_DOSSIER = (STATE, AUTHORIZATION, REQUEST, VENDOR)
_LONGEST = 200  # letters of a value that are kept
# A business id can be a person's own number; the company's own row conceals it, so the history leaves it out.
_HIDDEN, _HIDDEN_NEW = "•••", "••• *"
_NOT_KEPT = frozenset({"bid", "vat_number", "billing_company_id"})


@dataclass(frozen=True, slots=True)
class Change:
    """One fact that became another. Values are words, or words by name; None: was not there, is gone."""

    what: str
    before: Any
    after: Any


def note(company: Company, changes: Iterable[Change], at: datetime) -> None:
    """Note changes of a company that are true since `at`. Nothing is written when there are none."""
    found = [change for change in changes if change.before != change.after]
    if not found:
        return
    cause, now = causes.current(str(company.uuid)), timezone.now()
    rows = [_row(company, change, at, now, cause) for change in found]
    causes.at_end(_write, rows)
    evidence = [change for change in found if change.what in IN_THE_DOSSIER]
    if evidence:
        told = dossier.told_by(cause, company)
        by = cause.actor_id if cause.kind == causes.STAFF else None
        dossier.add(
            Evidence(company, change.what, at, {**_values(change), **told}, now, actor_id=by) for change in evidence
        )


def _values(change: Change) -> dict[str, Any]:
    return {"before": change.before, "after": change.after}


def _row(company: Company, change: Change, at: datetime, now: datetime, cause: causes.Cause) -> StateChange:
    return StateChange(
        account_id=company.account_id,
        company=company,
        what=change.what[:80],
        before=change.before,
        after=change.after,
        at=at,
        recorded_at=now,
        source=cause.kind,
        source_id=cause.id,
        actor_id=cause.actor_id,
    )


def _write(rows: list[StateChange]) -> None:
    insert_many(rows)


def settings_changes(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """Return a change for each settings block of `after` that differs, with only the fields that do."""
    return [
        change
        for name, block in after.items()
        if before.get(name) != block and (change := _block_change(name, before.get(name) or {}, block or {}))
    ]


def _block_change(name: str, before: dict[str, Any], after: dict[str, Any]) -> Change | None:
    fields = [field for field in sorted({*before, *after}) if before.get(field) != after.get(field)]
    old = {field: _shown(field, before.get(field), _HIDDEN) for field in fields}
    new = {field: _shown(field, after.get(field), _HIDDEN_NEW) for field in fields}
    if not fields:
        return None
    return Change(f"{SETTINGS}{name}", old, new)


def _shown(field: str, value: Any, instead: str) -> Any:
    if field in _NOT_KEPT:
        return instead
    return value if isinstance(value, bool | int) or value is None else str(value)[:_LONGEST]
