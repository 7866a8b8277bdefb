"""Who is told of an alert's step, and what is said: one notice for each address, written with the step."""

import json
from email.utils import formataddr
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.alerts.models import Alert, AlertStep, Destination, Notice, Occasion
from portal.operations import queueing
from portal.outbound.mailing import Mail, one_line
from portal.partners.models import PartnerAccount

KIND = "alerts.tell"


def announce(alert: Alert, step: AlertStep) -> None:
    """Put a step on its way to all who want to hear of it; in the transaction that wrote it."""
    wanted = Destination.objects.filter(
        Q(account=None) | Q(account=alert.account), is_active=True, least_severity__lte=alert.severity
    )
    if step.occasion == Occasion.ENDED:
        wanted = wanted.filter(tells_end=True)
    send(alert.account, list(wanted), step)


def send(account: PartnerAccount, destinations: list[Destination], step: AlertStep | None) -> list[Notice]:
    """Write and queue the notices of a step, or of a test; of a step each address gets one, however often asked."""
    made = [
        Notice(account=account, step=step, destination=to, recipient=recipient)
        for to in destinations
        for recipient in to.addresses()
    ]
    Notice.objects.bulk_create(made, ignore_conflicts=True)
    written = list(Notice.objects.filter(key__in=[notice.key for notice in made]).select_related("destination"))
    if account.is_active:
        queueing.queue_many(KIND, [queueing.row_of(notice, {}) for notice in written], account=account)
    return written


def facts(notice: Notice) -> dict[str, Any]:
    """Return what a notice says, as the webhook's body names it."""
    account = notice.account
    common: dict[str, Any] = {
        "key": str(notice.key),
        "account": {"name": account.name, "environment": account.environment},
    }
    if notice.step is None:
        text = _("This is a test of the destination “%(name)s”. Nothing is wrong.")
        return {**common, "occasion": "TEST", "text": text % {"name": notice.destination.name}}
    step, alert = notice.step, notice.step.alert
    return {
        **common,
        "occasion": step.occasion,
        "alert": alert.pk,
        "kind": alert.kind,
        "title": alert.label,
        "severity": alert.get_severity_display(),
        "text": step.text,
        "count": step.count,
        "examples": [{**example, "url": absolute(example["url"])} for example in step.examples],
        "remedy": "" if step.occasion == Occasion.ENDED else alert.remedy,
        "since": alert.opened_at.isoformat(),
        "at": step.at.isoformat(),
        "url": absolute(reverse("admin:alerts_alert_change", args=[alert.pk])),
    }


def body(notice: Notice) -> bytes:
    """Return what is posted; a repeat bears the same key."""
    return json.dumps(facts(notice), ensure_ascii=False, sort_keys=True).encode()


def mail(notice: Notice) -> Mail:
    """Return what is mailed; its Message-ID is the same whenever the same notice is mailed."""
    said = facts(notice)
    sender = settings.DEFAULT_FROM_EMAIL
    domain = sender.rpartition("@")[2].strip("<> ") or "localhost"
    return Mail(
        to=notice.recipient,
        subject=one_line(_subject(notice, said))[:200],
        body=render_to_string("alerts/mail.txt", {"said": said, "step": notice.step, "notice": notice}),
        sender=sender if "<" in sender else formataddr((_("Partner portal"), sender)),
        message_id=f"<alert-{notice.key}@{domain}>",
    )


def _subject(notice: Notice, said: dict[str, Any]) -> str:
    account = notice.account.name
    if notice.step is None:
        return _("[%(account)s] Test of an alert destination") % {"account": account}
    words = {"account": account, "title": said["title"], "count": said["count"]}
    if notice.step.occasion == Occasion.ENDED:
        return _("[%(account)s] Ended: %(title)s") % words
    if notice.step.occasion == Occasion.WORSE:
        return _("[%(account)s] Worse: %(title)s (%(count)d)") % words
    return _("[%(account)s] %(title)s (%(count)d)") % words


def absolute(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}" if path.startswith("/") else path
