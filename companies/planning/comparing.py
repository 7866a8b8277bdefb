"""
Plan against outcome, row by row: what became of it, and whether that is what was predicted.

A row counts as soon as what was predicted of it can be seen; a network that refuses weeks later turns it still.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from companies.enums import RUNNING_OUTCOMES, ImportState, OnboardingState, ProfileStatus, RowOutcome, RowResult
from companies.models import Company, ImportFile, ImportRow, NetworkProfile, Onboarding
from companies.onboarding import ACTIVATE, AUTHORIZE, REGISTER
from companies.planning import judging, rates
from companies.planning.judging import Acts, Standing
from portal.operations.enums import LIVE_BATCH_STATES, BatchState
from portal.operations.models import Operation
from portal.writing import update_many

CHUNK = 500
# What was settled while the last comparison ran may have been written a moment later.
_OVERLAP = timedelta(seconds=10)


def follow() -> None:
    """Compare what has moved in all files that were carried out."""
    live = Q(state=ImportState.STARTED) | Q(state=ImportState.DONE, batch__state__in=LIVE_BATCH_STATES)
    for file in ImportFile.objects.filter(live, batch__isnull=False).select_related("account", "batch"):
        compare(file)


def compare(file: ImportFile) -> int:
    """Compare the rows in which something happened since the last time; returns how many changed."""
    now, since = timezone.now(), file.compared_at
    if _has_ended(file) and file.state == ImportState.STARTED:
        since = None  # once more in full: facts that were told late bear an older time
    changed = 0
    rows = _moved(file, since).order_by("pk")
    remaining = iter(rows.iterator(chunk_size=CHUNK))
    while chunk := list(islice(remaining, CHUNK)):
        changed += _compare_chunk(file, chunk)
    _note(file, now, changed=bool(changed) or since is None)
    return changed


def _moved(file: ImportFile, since: datetime | None) -> QuerySet[ImportRow]:
    if since is None or file.batch is None:
        return file.rows.all()
    recent = since - _OVERLAP
    settled = Operation.objects.filter(batch=file.batch, settled_at__gte=recent).values("onboarding_id")
    broken = NetworkProfile.objects.filter(
        account=file.account, status=ProfileStatus.ERROR, fact_at__gte=recent
    ).values("company_id")
    moved = Q(onboarding__in=settled) | Q(onboarding__company__in=broken)
    if file.batch.state == BatchState.FILLING or file.batch.started_at is None or file.batch.started_at >= recent:
        moved |= Q(result=RowResult.UNDER_WAY)
    if file.batch.state == BatchState.CANCELED:
        moved |= Q(outcome__in=RUNNING_OUTCOMES, result="")
    left_out = Q(outcome__in=(RowOutcome.NOTHING, RowOutcome.UNCHANGED, RowOutcome.RESERVED), hit=None)
    return file.rows.filter(moved | left_out)


def _note(file: ImportFile, now: datetime, *, changed: bool) -> None:
    fields: dict[str, Any] = {"compared_at": now}
    if changed:
        file.plan["rates"] = rates.of(file)
        fields["plan"] = file.plan
    if _has_ended(file):
        fields["state"] = ImportState.DONE
    ImportFile.objects.filter(pk=file.pk).update(**fields)


def _has_ended(file: ImportFile) -> bool:
    return file.batch is not None and file.batch.state in (BatchState.DONE, BatchState.CANCELED)


def _compare_chunk(file: ImportFile, rows: Sequence[ImportRow]) -> int:
    acts, stands = _acts(file, rows), _standing(file, rows)
    changed = []
    for row in rows:
        verdict = judging.verdict(file, row, acts.get(row.onboarding_id or 0), stands)
        if verdict is None or (verdict.result, verdict.hit, verdict.reason) == (row.result, row.hit, row.reason):
            continue
        row.result, row.hit, row.reason = verdict.result.value, verdict.hit, verdict.reason
        changed.append(row)
    with transaction.atomic():
        update_many(changed, ("result", "hit", "reason"))
    return len(changed)


def _acts(file: ImportFile, rows: Sequence[ImportRow]) -> dict[int, Acts]:
    """Return what the batch did, by onboarding."""
    ids = [row.onboarding_id for row in rows if row.onboarding_id]
    found: dict[int, Acts] = defaultdict(Acts)
    operations = Operation.objects.filter(batch=file.batch, onboarding_id__in=ids).order_by("pk")
    for operation in operations.defer("history", "error_details"):
        acts = found[operation.onboarding_id or 0]
        if operation.kind == REGISTER:
            acts.register = operation
        elif operation.kind == AUTHORIZE:
            acts.authorize = operation
        elif operation.kind == ACTIVATE:
            acts.networks.append(operation)
    for pk, problem in Onboarding.objects.filter(pk__in=ids).exclude(problem_code="").values_list("pk", "problem_code"):
        found[pk].problem = problem
    profiles = NetworkProfile.objects.filter(company__onboardings__in=ids, status=ProfileStatus.ERROR)
    for profile in profiles.prefetch_related("company__onboardings"):
        for onboarding in profile.company.onboardings.all():
            if any(act.parameters.get("network") == profile.network for act in found[onboarding.pk].networks):
                found[onboarding.pk].broken.append(profile)
    return found


def _standing(file: ImportFile, rows: Sequence[ImportRow]) -> Standing:
    digests = {row.business_id_digest for row in rows if row.outcome not in RUNNING_OUTCOMES} - {""}
    if not digests:
        return Standing({}, {})
    theirs: dict[str, Any] = {"account": file.account, "business_id_digest__in": digests}
    companies = Company.objects.filter(**theirs).only("country", "business_id_digest", "created_at")
    onboardings = Onboarding.objects.filter(**theirs).exclude(state=OnboardingState.DRAFT).order_by("pk")
    return Standing(
        {(row.country, row.business_id_digest): row for row in companies},
        {(row.country, row.business_id_digest): row for row in onboardings},
    )
