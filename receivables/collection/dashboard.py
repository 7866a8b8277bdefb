"""What the dashboard says of collection: the overview of assignments, news of agencies, agreements nobody signs."""

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companies.enums import Mover
from companies.pages.one_company import on_tab
from portal import dashboard
from portal.dashboard import Accounts, Card, Move
from receivables.collection.agencies import title_of
from receivables.enums import HandOverStatus
from receivables.models import Assignment, AssignmentEvent, CollectionService, HandOver
from receivables.pages.company import TAB_NAME

DUE_SOON = timedelta(days=7)


def cards(accounts: Accounts) -> Iterable[Card]:
    """Return counts that lead to their lists, when there is anything to collect."""
    rows, today = Assignment.objects.filter(account__in=accounts), timezone.localdate()
    if open_count := rows.open().count():
        yield Card(_("Open assignments"), open_count, _assignments(standing="open"), "info", "gavel", order=60)
        soon = rows.due_soon(today, today + DUE_SOON).count()
        yield Card(_("Due within a week"), soon, _assignments(standing="due_soon"), "neutral", "event", order=61)
        late = rows.overdue(today).count()
        yield Card(_("Overdue at agencies"), late, _assignments(standing="overdue"), "warn", "event_busy", order=62)
    if news := AssignmentEvent.objects.filter(account__in=accounts).unseen().count():
        url = f"{reverse('admin:receivables_assignmentevent_changelist')}?seen=no"
        yield Card(_("News of agencies"), news, url, "warn", "mark_email_unread", _("nobody has looked at"), order=63)


def moves(accounts: Accounts, most: int) -> Iterable[Move]:
    """Return hand-overs that agencies sent back, and agreements that nobody has signed for a week."""
    since = timezone.now() - timedelta(days=7)
    waiting = CollectionService.objects.filter(account__in=accounts, pending_since__lte=since)
    for service in waiting.select_related("company").order_by("pending_since")[:most]:
        what = _("%(agency)s waits for the agreement") % {"agency": title_of(service.agency)}
        url = on_tab(service.company, TAB_NAME)
        begun = service.pending_since or service.created_at
        yield Move(what, Mover.SIGNER.label, str(service.company), url, begun, "warn", _("Remind the contact"))
    refused = HandOver.objects.filter(account__in=accounts, status=HandOverStatus.ERROR)
    for row in refused.select_related("invoice", "company").order_by("fact_at")[:most]:
        title = _("Invoice %(number)s of %(company)s") % {"number": row.invoice, "company": row.company}
        url = reverse("admin:receivables_hand_over", args=[row.invoice_id])
        what = _("%(agency)s sent it back") % {"agency": title_of(row.agency)}
        yield Move(what, Mover.STAFF.label, title, url, row.fact_at, "bad", _("Correct it"))


def _assignments(**filters: str) -> str:
    return f"{reverse('admin:receivables_assignment_changelist')}?{urlencode(filters)}"


dashboard.register_cards(cards)
dashboard.register_moves(moves)
