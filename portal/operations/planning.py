"""From a batch's targets to the operations that they shall get: what the preview counts is what filling queues."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.operations import registry
from portal.operations.chains import Chain, Planned, Step
from portal.operations.models import Batch

GONE = _("It is not there any more.")
UNDER_WAY = _("This is under way already.")


def read(batch: Batch, ids: Sequence[int]) -> list[models.Model]:
    """Return the targets with these ids that are still there, in the order of their ids."""
    manager = apps.get_model(batch.selection["model"])._default_manager  # noqa: SLF001  Django's documented name
    found: list[models.Model] = list(manager.filter(pk__in=ids).order_by("pk"))
    for target in found:
        if getattr(target, "account_id", None) == batch.account_id:
            target.account = batch.account  # type: ignore[attr-defined]  # so that nobody reads it again
    return found


def plan(chain: Chain, targets: Sequence[models.Model], parameters: dict[str, Any]) -> list[Planned]:
    """Return what each target shall get, with all that the kinds' policies read of them."""
    if chain.plan is None:
        raise TypeError(f"{chain.name} is planned by its app")
    planned = chain.plan(targets, msgspec.convert(parameters, chain.Parameters))
    for kind, steps in by_kind(planned).items():
        _prefetch(kind, [step.about for step in steps])
    return planned


def by_kind(planned: Iterable[Planned]) -> dict[str, list[Step]]:
    """Return the steps by kind, the kinds in the order in which they come first."""
    steps: dict[str, list[Step]] = defaultdict(list)
    for row in planned:
        for step in row.steps:
            steps[step.kind].append(step)
    return dict(steps)


def _prefetch(kind: str, rows: Sequence[models.Model]) -> None:
    """Read the relations that a kind names; it may act on two models, such as an onboarding and its company."""
    alike: dict[type[models.Model], dict[Any, models.Model]] = defaultdict(dict)
    for row in rows:
        alike[type(row)][row.pk] = row
    for model, found in alike.items():
        related = [name for name in registry.get(kind).related if hasattr(model, name.partition("__")[0])]
        if related:
            models.prefetch_related_objects(list(found.values()), *related)
