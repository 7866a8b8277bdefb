"""Which rule holds for what is watched in an account: its own, the general one, or what the code says."""

from typing import Any

from django.apps import apps

from portal import watching
from portal.alerts.models import AlertRule, Severity
from portal.partners.models import PartnerAccount
from portal.watching import Watched


def default(watched: Watched) -> AlertRule:
    """Return the unsaved rule that holds unless staff say otherwise."""
    severity = Severity.SERIOUS if watched.is_serious else Severity.WARNING
    return AlertRule(kind=watched.name, threshold=watched.threshold, severity=severity)


def of(account: PartnerAccount) -> dict[str, AlertRule]:
    """Return the rule for each watched thing, by its name; one query."""
    rules = {watched.name: default(watched) for watched in watching.every()}
    stored = AlertRule.objects.filter(kind__in=rules, account__isnull=True)
    own = AlertRule.objects.filter(kind__in=rules, account=account)
    for rule in sorted(stored | own, key=lambda rule: rule.account_id is not None):
        rules[rule.kind] = rule
    return rules


def make_missing(using: str = "default", **_signal: Any) -> None:
    """Write the general rule of what is newly watched; called after `migrate`, so that staff find them all."""
    model = apps.get_model("alerts.AlertRule")
    known = set(model.objects.using(using).filter(account=None).values_list("kind", flat=True))
    missing = [default(watched) for watched in watching.every() if watched.name not in known]
    model.objects.using(using).bulk_create(missing, ignore_conflicts=True)
