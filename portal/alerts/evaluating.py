"""
Looking at what is watched, and what follows: alerts are opened once, raised again when they grow worse, and end when
the fact has been gone for a while.

Looks take no lock; what they found is written under the alert's row. Two workers that look at once open one alert:
the unique open one decides, and an older look never undoes a newer one.
"""

import logging
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from portal import watching
from portal.alerts import notices, rules
from portal.alerts.models import Alert, AlertRule, AlertStep, Occasion
from portal.partners.models import PartnerAccount
from portal.watching import EXAMPLES, Example, Found, Watched

logger = logging.getLogger("portal.alerts")


def evaluate() -> None:
    """
    Look at all that is watched, account by account.

    :raises ExceptionGroup: some looks failed; all others were made
    """
    errors: list[Exception] = []
    for account in PartnerAccount.objects.active().defer("user_key", "vendor_key"):
        errors += evaluate_account(account)
    for alert in Alert.objects.open().filter(account__is_active=False).select_related("account"):
        end(alert, timezone.now())
    if errors:
        raise ExceptionGroup("looks for alerts failed", errors)


def evaluate_account(account: PartnerAccount) -> list[Exception]:
    """Look at all that is watched in one account; returns what failed."""
    errors: list[Exception] = []
    known = rules.of(account)
    for watched in watching.every():
        rule, at = known[watched.name], timezone.now()
        try:
            found = watched.look(account, rule.threshold) if rule.is_on else None
            note(account, watched, rule, found, at)
        except Exception as error:
            error.add_note(f"{watched.name} of account {account.pk}")
            logger.exception("the look at %s of account %d failed", watched.name, account.pk)
            errors.append(error)
    return errors


@transaction.atomic
def note(account: PartnerAccount, watched: Watched, rule: AlertRule, found: Found | None, at: datetime) -> None:
    """Write down what a look at a moment found."""
    alert = Alert.objects.select_for_update().filter(account=account, kind=watched.name, ended_at=None).first()
    if alert is None:
        if found is not None:
            _open(account, watched, rule, found, at)
    elif alert.measured_at > at:
        return  # another worker looked later
    elif found is None:
        _calm(alert, rule, at)
    else:
        _go_on(alert, rule, found, at)


def _open(account: PartnerAccount, watched: Watched, rule: AlertRule, found: Found, at: datetime) -> None:
    if Alert.objects.filter(account=account, kind=watched.name, measured_at__gt=at).exists():
        return  # it ended after this look
    alert = Alert(account=account, kind=watched.name, severity=rule.severity, opened_at=at)
    _take(alert, found, at)
    try:
        with transaction.atomic():
            alert.save()
    except IntegrityError:
        return  # another worker opened it in this moment
    _raise(alert, Occasion.OPENED)


def _go_on(alert: Alert, rule: AlertRule, found: Found, at: datetime) -> None:
    _take(alert, found, at)
    alert.severity = rule.severity
    if alert.muted_until is None or alert.muted_until <= at:
        was_muted, alert.muted_until = alert.muted_until is not None, None
        if alert.weight * 100 >= alert.raised_weight * (100 + rule.worse_percent):
            alert.acknowledged_at, alert.acknowledged_by = None, None
            _raise(alert, Occasion.WORSE)
        elif was_muted and alert.acknowledged_at is None:
            _raise(alert, Occasion.LASTS)
    alert.save()


def _take(alert: Alert, found: Found, at: datetime) -> None:
    changed = alert.count != found.count or alert.weight != found.weight or not alert.examples
    alert.count, alert.weight, alert.measured_at, alert.calm_since = found.count, found.weight, at, None
    alert.text, alert.url = str(found.text)[:500], found.url
    if changed:
        chosen = islice(found.examples(), EXAMPLES)
        alert.examples = [_stored(example) for example in watching.named(alert.account, chosen)]


def _stored(example: Example) -> dict[str, Any]:
    since = example.since.isoformat() if example.since else ""
    return {"title": example.title, "company": example.company, "url": example.url, "since": since}


def _calm(alert: Alert, rule: AlertRule, at: datetime) -> None:
    alert.measured_at, alert.calm_since = at, alert.calm_since or at
    alert.save(update_fields=["measured_at", "calm_since"])
    if not rule.is_on or at - alert.calm_since >= timedelta(minutes=rule.calm_minutes):
        end(alert, at)


@transaction.atomic
def end(alert: Alert, at: datetime) -> None:
    """End an alert whose fact is gone; done once, whoever comes first."""
    if Alert.objects.filter(pk=alert.pk, ended_at=None).update(ended_at=at, measured_at=at):
        alert.ended_at = at
        notices.announce(alert, step(alert, Occasion.ENDED))


def _raise(alert: Alert, occasion: Occasion) -> None:
    """Count it as raised now, and tell whoever wants to hear of it."""
    alert.raises, alert.raised_at, alert.raised_weight = alert.raises + 1, alert.measured_at, alert.weight
    alert.save()
    notices.announce(alert, step(alert, occasion))


def step(alert: Alert, occasion: Occasion, *, by: Any = None, note: str = "") -> AlertStep:
    """Write down what happened to an alert, and how it stands."""
    return AlertStep.objects.create(
        alert=alert,
        occasion=occasion,
        by=by,
        note=note[:1000],
        count=alert.count,
        text=alert.text,
        examples=alert.examples,
    )
