"""The rule of each kind: what staff set, or what the code says."""

from typing import Any

from django.apps import apps

from portal import retention
from portal.keeping.models import RetentionRule
from portal.retention import Kind


def default(kind: Kind) -> RetentionRule:
    """Return the unsaved rule that holds unless staff say otherwise."""
    return RetentionRule(kind=kind.name, is_on=kind.is_on, days=kind.days)


def all_rules() -> dict[str, RetentionRule]:
    """Return the rule of each kind, by its name; never below the kind's lowest number of days."""
    stored = {rule.kind: rule for rule in RetentionRule.objects.all()}
    rules = {kind.name: stored.get(kind.name) or default(kind) for kind in retention.every()}
    for kind in retention.every():
        rules[kind.name].days = max(rules[kind.name].days, kind.lowest)
    return rules


def make_missing(using: str = "default", **_signal: Any) -> None:
    """Write the rules of new kinds; called after `migrate`, so that staff find them all."""
    model = apps.get_model("keeping.RetentionRule")
    known = set(model.objects.using(using).values_list("kind", flat=True))
    missing = [default(kind) for kind in retention.every() if kind.name not in known]
    model.objects.using(using).bulk_create(missing, ignore_conflicts=True)
