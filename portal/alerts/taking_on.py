"""What people do with an alert: acknowledge it with a word, mute it for a time, end the muting."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from portal.alerts import evaluating
from portal.alerts.models import Alert, Occasion


def acknowledge(alert: Alert, by: Any, note: str) -> bool:
    """Say that somebody sees to it: nothing more is told unless it grows worse. False: it has ended, or is taken on."""
    return _change(
        alert,
        Occasion.ACKNOWLEDGED,
        by,
        note,
        {"acknowledged_at": timezone.now(), "acknowledged_by": by},
        acknowledged_at=None,
    )


def mute(alert: Alert, by: Any, hours: int, note: str = "") -> bool:
    """Tell nothing of it for some hours, whatever it does; afterwards it is raised again if it lasts."""
    return _change(alert, Occasion.MUTED, by, note, {"muted_until": timezone.now() + timedelta(hours=hours)})


def unmute(alert: Alert, by: Any) -> bool:
    """End the muting before its time. Nothing is told of that; what lasts is seen, and told when it grows worse."""
    return _change(alert, Occasion.UNMUTED, by, "", {"muted_until": None}, muted_until__isnull=False)


@transaction.atomic
def _change(alert: Alert, occasion: Occasion, by: Any, note: str, values: dict[str, Any], **only: Any) -> bool:
    if not Alert.objects.open().filter(pk=alert.pk, **only).update(**values):
        return False
    alert.refresh_from_db()
    evaluating.step(alert, occasion, by=by, note=note)
    return True
