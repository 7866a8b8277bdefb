"""
Chains: batches whose rows are not one operation each but several that wait for each other's facts.

An app registers, under a name that stands in `Batch.kind`, the function that queues the whole chain for some targets.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from portal.operations.handlers import Text
from portal.operations.models import Batch
from portal.operations.queueing import Queued

# Queues everything for the targets, with `batch=batch`, inside the caller's transaction.
Queue = Callable[[Batch, Sequence[models.Model]], Queued]


@dataclass(frozen=True, slots=True)
class Chain:
    name: str
    label: Text
    permission: str
    queue: Queue


_chains: dict[str, Chain] = {}


def register(chain: Chain) -> None:
    """Register a chain; the second one of a name is a mistake in the code, unless it is the same."""
    known = _chains.setdefault(chain.name, chain)
    if known != chain:
        raise ValueError(f"chain {chain.name} is registered twice")


def get(name: str) -> Chain | None:
    return _chains.get(name)


def merged(parts: Sequence[Any]) -> Queued:
    """Return what became of several `queue_many` calls as one."""
    whole = Queued()
    for part in parts:
        whole.created += part.created
        whole.duplicates += part.duplicates
        whole.refused += part.refused
    return whole
