"""
What a batch does to each of its targets: one operation of a kind, or several of different kinds.

An app registers, under a name that stands in `Batch.kind`, what is not simply one operation for each target. Operations
of one target may wait for each other's facts, such as PEPPOL for VISMA.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django import forms
from django.db import models

from portal.operations import registry
from portal.operations.enums import Weight
from portal.operations.handlers import NoParameters, Text
from portal.operations.models import Batch
from portal.operations.queueing import Queued

# Queues everything for the targets, with `batch=batch`, inside the caller's transaction.
Queue = Callable[[Batch, Sequence[models.Model]], Queued]


@dataclass(frozen=True, slots=True)
class Step:
    """One operation that a target shall get: of a kind, about a row (often the target itself), with parameters."""

    kind: str
    about: models.Model
    parameters: Any


@dataclass(slots=True)
class Planned:
    """What one target shall get; without a step it is left out for this reason."""

    target: models.Model
    steps: list[Step] = field(default_factory=list)
    reason: Text = ""
    remedy: Text = ""


# Says what some hundred targets shall get, in their order; may read the database, a few statements for all of them.
Plan = Callable[[Sequence[Any], Any], list[Planned]]
# Says what is done in the button's words: "Activate PEPPOL".
Phrase = Callable[[Any], Text]


@dataclass(frozen=True, slots=True)
class Chain:
    """What a batch does. It has `plan` where staff see a preview, `queue` where its app plans by itself."""

    name: str
    label: Text
    permission: str
    queue: Queue | None = None
    plan: Plan | None = None
    verb: Text = ""
    phrase: Phrase | None = None
    weight: Weight = Weight.OUTWARD
    Parameters: type[msgspec.Struct] = NoParameters
    form: type[forms.Form] | None = None

    def words(self, parameters: dict[str, Any]) -> Text:
        """Return what the button says before the number: "Activate PEPPOL"."""
        if self.phrase is None:
            return self.verb or self.label
        return self.phrase(msgspec.convert(parameters, self.Parameters))


_chains: dict[str, Chain] = {}


def register(chain: Chain) -> Chain:
    """Register a chain; the second one of a name is a mistake in the code, unless it is the same."""
    known = _chains.setdefault(chain.name, chain)
    if known != chain:
        raise ValueError(f"chain {chain.name} is registered twice")
    return known


def get(name: str) -> Chain | None:
    return _chains.get(name)


def of(name: str) -> Chain:
    """Return the chain of a name; a kind of operation is the chain of one step. KeyError names an unknown one."""
    chain = _chains.get(name)
    if chain is not None:
        return chain
    handler = registry.get(name)

    def plan(targets: Sequence[models.Model], parameters: Any) -> list[Planned]:
        return [Planned(target, [Step(name, target, parameters)]) for target in targets]

    return Chain(
        name=name,
        label=handler.label,
        permission=handler.permission,
        plan=plan,
        verb=handler.verb,
        weight=handler.weight,
        Parameters=handler.Parameters,
        form=handler.form,
    )


def knows(name: str) -> bool:
    """Tell whether staff can pick rows for it, and see a preview."""
    chain = _chains.get(name)
    return registry.knows(name) if chain is None else chain.plan is not None


def merged(parts: Sequence[Any]) -> Queued:
    """Return what became of several `queue_many` calls as one."""
    whole = Queued()
    for part in parts:
        whole.created += part.created
        whole.duplicates += part.duplicates
        whole.refused += part.refused
    return whole
