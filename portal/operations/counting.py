"""Counting: a worker works out the preview of a large draft while staff watch it grow."""

import logging
import time
from datetime import timedelta
from uuid import uuid4

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from portal.operations import previews, selections, waking
from portal.operations.enums import BatchState
from portal.operations.models import Batch

logger = logging.getLogger("portal.operations")
CHUNK = 1000
LONGEST = 120.0  # seconds; then another message goes on, so that no task outlives its limit
DEAD_AFTER = timedelta(seconds=20)  # without a beat, another worker begins anew


def count_due(account_id: int) -> None:
    """Work out the previews that wait for it in an account; a worker that died is followed by another."""
    waiting = Batch.objects.filter(account=account_id, state=BatchState.COUNTING)
    for batch_id in waiting.order_by("pk").values_list("pk", flat=True):
        _count(batch_id)


def _count(batch_id: int) -> None:
    claim = uuid4().hex
    try:
        batch = _claimed(batch_id, claim)
        if batch is None:
            return
        with transaction.atomic():
            selections.take_matching(batch)
        _count_targets(batch, claim)
    except (PermissionDenied, IncorrectLookupParameters):
        _give_up(batch_id)


def _count_targets(batch: Batch, claim: str) -> None:
    """Count until the end, or until it is time to lay aside what is counted and let another task go on."""
    aside, until = batch.preview["aside"], time.monotonic() + LONGEST
    found = previews.unpacked(aside) if aside else previews.Preview()
    begun_after = found.last
    for _chunk in previews.growing(batch, CHUNK, found):  # counts into `found`
        progress = {"claim": claim, "beat": timezone.now().isoformat(), "seen": found.total, "aside": aside}
        if not _written(batch, claim, preview=progress):
            return  # canceled, chosen anew, or somebody took over
        if time.monotonic() > until and found.last > begun_after:
            _written(batch, claim, preview={"seen": found.total, "aside": previews.packed(found)})
            waking.send("operations.fill", batch.account_id)
            return
    _written(batch, claim, state=BatchState.DRAFT, preview=previews.stored(found, batch.parameters))


def _claimed(batch_id: int, claim: str) -> Batch | None:
    """Return the draft as this worker's; None: another one is at it, or it needs no preview any more."""
    with transaction.atomic():
        drafts = Batch.objects.select_for_update(of=("self",)).select_related("account", "actor")
        batch = drafts.filter(pk=batch_id, state=BatchState.COUNTING).first()
        if batch is None:
            return None
        beat = parse_datetime(batch.preview.get("beat", ""))
        if beat is not None and beat > timezone.now() - DEAD_AFTER:
            return None
        before = batch.preview
        batch.preview = {
            "claim": claim,
            "beat": timezone.now().isoformat(),
            "seen": before.get("seen", 0),
            "aside": before.get("aside"),
        }
        batch.save(update_fields=["preview"])
    return batch


def _written(batch: Batch, claim: str, **fields: object) -> bool:
    mine = Batch.objects.filter(pk=batch.pk, state=BatchState.COUNTING, preview__claim=claim)
    return bool(mine.update(**fields))


def _give_up(batch_id: int) -> None:
    """The list cannot be made again, so nobody can say which rows were meant."""
    logger.warning("the list behind batch %s cannot be read any more", batch_id)
    reason = {
        "reason": _("The list cannot be read with these filters any more, or not by whoever picked."),
        "remedy": _("Open the list and pick again."),
        "count": 0,
        "examples": [],
    }
    counting = Batch.objects.filter(pk=batch_id, state=BatchState.COUNTING)
    counting.update(state=BatchState.CANCELED, ended_at=timezone.now(), skipped=[reason])
