"""Writing how a hand-over stands at AutoInvoice: by the operation that asked, and by the watch that follows it."""

from datetime import datetime, timedelta

from django.utils import timezone

from portal.sync import cursors
from receivables import mirror, personal
from receivables.collection import service_mirror
from receivables.enums import HandOverStatus
from receivables.models import HandOver
from receivables.services import HandedOver

FIRST_LOOK = timedelta(seconds=2)


def write(hand_over: HandOver, seen: HandedOver, at: datetime) -> bool:
    """Write what AutoInvoice told, inside a transaction; with the agency, its assignment is read next."""
    if hand_over.fact_at > at:
        return False
    status = seen.status[:20]
    changed = hand_over.status != status
    hand_over.status, hand_over.fact_at = status, at
    hand_over.assignment_url = (seen.url or "")[:500]
    hand_over.error_reason = personal.hidden(seen.error_reason or "")
    hand_over.next_check_at = timezone.now() + FIRST_LOOK if status == HandOverStatus.PENDING else None
    hand_over.save(update_fields=["status", "fact_at", "assignment_url", "error_reason", "next_check_at"])
    if changed and status == HandOverStatus.SENT:
        _find_assignment(hand_over)
    return changed


def _find_assignment(hand_over: HandOver) -> None:
    company = hand_over.company
    if remote_id := hand_over.assignment_url.rstrip("/").rsplit("/", 1)[-1]:
        mirror.announce(company, remote_id, hand_over.invoice)
    for name in service_mirror.FEEDS:
        cursors.follow(name, hand_over.account, [company.uuid])
        cursors.hurry(name, hand_over.account, company.uuid)
