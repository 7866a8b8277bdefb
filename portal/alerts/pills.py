"""How an alert stands, as a pill."""

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from portal.alerts.models import Alert, Severity
from portal.pills import pill


def of_alert(alert: Alert) -> SafeString:
    if alert.ended_at:
        return pill(_("Ended"), "good", "task_alt")
    if alert.is_muted:
        return pill(_("Muted"), "neutral", "notifications_paused")
    if alert.acknowledged_at:
        return pill(_("Acknowledged"), "info", "person_check")
    if alert.calm_since:
        return pill(_("Calm, ends soon"), "warn", "hourglass_bottom")
    return pill(_("Open"), "bad" if alert.severity == Severity.SERIOUS else "warn", "notifications_active")
