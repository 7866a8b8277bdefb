"""Previews: what a batch would do to each of its targets, worked out before anything is queued."""

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import msgspec
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.operations import chains, planning, queueing, registry, selections
from portal.operations.chains import Chain, Planned, Step
from portal.operations.enums import OPEN_STATES
from portal.operations.handlers import NotQueueableError
from portal.operations.models import Batch, Operation
from portal.partners.models import PartnerAccount

CHUNK = 2000
MOST_REASONS = MOST_GROUPS = 30  # that are shown one by one

_COUNTERS = ("skipped", "missed", "groups")

Why = tuple[str, str]  # reason and remedy


@dataclass(slots=True)
class Preview:
    """What a batch would do. Each target either runs or is skipped; one that runs may still miss a step."""

    will_run: int = 0
    operations: int = 0
    skipped: Counter[Why] = field(default_factory=Counter)
    missed: Counter[Why] = field(default_factory=Counter)  # steps that targets which run do not get
    groups: Counter[tuple[str, str]] = field(default_factory=Counter)  # (kind, group key) → operations
    last: int = 0  # the highest target that is counted in

    @property
    def total(self) -> int:
        return self.will_run + self.skipped.total()

    @property
    def calls(self) -> int:
        return sum(self.calls_of(kind, key) for kind, key in self.groups)

    def calls_of(self, kind: str, key: str) -> int:
        count = self.groups[kind, key]
        return math.ceil(count / registry.get(kind).group) if key else count


def preview(
    chain: Chain, targets: Iterable[models.Model], parameters: dict[str, Any], *, account: PartnerAccount
) -> Preview:
    """Ask the policies about each target; writes and sends nothing."""
    found, remaining = Preview(), iter(targets)
    while chunk := list(islice(remaining, CHUNK)):
        _add(found, chain, chunk, parameters, account)
    return found


def growing(batch: Batch, chunk: int = CHUNK, found: Preview | None = None) -> Iterator[Preview]:
    """
    Yield the preview of a batch's targets after each chunk of them; the last one is whole.

    :param found: what was counted before, to go on from there
    """
    found, chain = found or Preview(), chains.of(batch.kind)
    yield found
    while ids := selections.after(batch, found.last, chunk):
        targets = planning.read(batch, ids)
        _add(found, chain, targets, batch.parameters, batch.account)
        if len(targets) < len(ids):
            found.skipped[str(planning.GONE), ""] += len(ids) - len(targets)
        found.last = ids[-1]
        yield found


def whole(batch: Batch) -> Preview:
    """Return the preview of all of a batch's targets."""
    *_parts, found = growing(batch)
    return found


def stored(found: Preview, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return what a draft keeps of its preview; `token` tells whether two people look at the same one."""
    facts = {
        "will_run": found.will_run,
        "left_out": found.skipped.total(),
        "operations": found.operations,
        "calls": found.calls,
        "skipped": _reasons(found.skipped),
        "missed": _reasons(found.missed),
        **_groups(found),
    }
    token = hashlib.sha256(msgspec.json.encode([facts, parameters], order="sorted")).hexdigest()[:16]
    return {**facts, "ready": True, "token": token, "at": timezone.now().isoformat(timespec="seconds")}


def packed(found: Preview) -> dict[str, Any]:
    """Return a preview that is not whole yet as it is laid aside."""
    counters = {name: [[*key, count] for key, count in getattr(found, name).items()] for name in _COUNTERS}
    return {"will_run": found.will_run, "operations": found.operations, "last": found.last, **counters}


def unpacked(aside: dict[str, Any]) -> Preview:
    """Return the preview that was laid aside."""
    counters = {name: Counter({(one, two): count for one, two, count in aside[name]}) for name in _COUNTERS}
    return Preview(will_run=aside["will_run"], operations=aside["operations"], last=aside["last"], **counters)


def _groups(found: Preview) -> dict[str, Any]:
    """Return the calls that carry several operations, the largest groups first."""
    shared = [(kind, key, count) for (kind, key), count in found.groups.most_common() if key]
    named = [
        {
            "name": registry.get(kind).group_words(key),
            "count": count,
            "calls": found.calls_of(kind, key),
        }
        for kind, key, count in shared[:MOST_GROUPS]
    ]
    return {"groups": named, "more_groups": max(len(shared) - MOST_GROUPS, 0)}


def _reasons(counted: Counter[Why]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {"reason": reason, "remedy": remedy, "count": count} for (reason, remedy), count in counted.most_common()
    ]
    shown, others = rows[:MOST_REASONS], rows[MOST_REASONS:]
    if others:
        shown.append({"reason": _("Other reasons"), "remedy": "", "count": sum(row["count"] for row in others)})
    return shown


def _add(
    found: Preview, chain: Chain, targets: Sequence[models.Model], parameters: dict[str, Any], account: PartnerAccount
) -> None:
    """Count some targets in, with a few statements for all of them."""
    planned = planning.plan(chain, targets, parameters)
    verdicts: dict[int, Operation | Why] = {}
    for kind, steps in planning.by_kind(planned).items():
        verdicts |= _judged(kind, steps, account)
    for row in planned:
        _add_one(found, row, verdicts)


def _add_one(found: Preview, row: Planned, verdicts: dict[int, Operation | Why]) -> None:
    judged = [verdicts[id(step)] for step in row.steps]
    operations = [verdict for verdict in judged if isinstance(verdict, Operation)]
    reasons = [verdict for verdict in judged if not isinstance(verdict, Operation)]
    if not operations:
        found.skipped[reasons[0] if reasons else (str(row.reason), str(row.remedy))] += 1
        return
    found.will_run += 1
    found.operations += len(operations)
    found.missed.update(reasons)
    for operation in operations:
        handler = registry.get(operation.kind)
        found.groups[handler.kind, handler.group_key(operation) if handler.group > 1 else ""] += 1


def _judged(kind: str, steps: Sequence[Step], account: PartnerAccount) -> dict[int, Operation | Why]:
    """Return for each step the operation that it would become, or why it would not."""
    handler = registry.get(kind)
    verdicts: dict[int, Operation | Why] = {}
    for step in steps:
        try:
            operation = queueing.build(handler, queueing.row_of(step.about, step.parameters), account=account)
        except NotQueueableError as exc:
            verdicts[id(step)] = (str(exc.reason), str(exc.remedy))
        else:
            verdicts[id(step)] = operation
    wanted = [verdict for verdict in verdicts.values() if isinstance(verdict, Operation)]
    busy = _under_way(kind, wanted)
    for key, verdict in verdicts.items():
        if isinstance(verdict, Operation) and (verdict.target_id, verdict.fingerprint) in busy:
            verdicts[key] = (str(planning.UNDER_WAY), "")
    return verdicts


def _under_way(kind: str, wanted: Sequence[Operation]) -> set[tuple[int, str]]:
    """Return target and fingerprint of the open operations that these would double."""
    if not wanted:
        return set()
    same = Operation.objects.filter(
        kind=kind,
        target_type=wanted[0].target_type,
        target_id__in=[operation.target_id for operation in wanted],
        state__in=OPEN_STATES,
    )
    return set(same.values_list("target_id", "fingerprint"))
