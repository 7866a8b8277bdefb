"""An assignment's page: sums, days, what happened, what staff may tell the agency; and telling it."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from companies.pages.one_act import Button
from companies.pages.one_company import on_tab
from invoices import links
from portal import palette
from portal.operations import pills as operation_pills
from portal.operations import queueing
from portal.operations.enums import OPEN_STATES, TROUBLED_STATES
from portal.operations.handlers import NotQueueableError, Text
from portal.sites import page, site
from receivables import finding, pills, policies
from receivables.collection.agencies import title_of
from receivables.collection.event_forms import COSTLY, WHAT, EventForm
from receivables.enums import EventType, Origin
from receivables.models import Assignment, AssignmentEvent
from receivables.operations.events import AddEvent, MarkSeen
from receivables.pages.company import TAB_NAME

_may_view = permission_required("receivables.view_assignment", raise_exception=True)
_may_tell = permission_required("receivables.add_event", raise_exception=True)
_MOST_OPERATIONS = 5

_VERBS: dict[str, Text] = {
    EventType.PAID: gettext_lazy("Direct payment"),
    EventType.CREDIT_NOTE: gettext_lazy("Credit note"),
    EventType.DUE_DATE_CHANGE: gettext_lazy("Ask for a later due date"),
    EventType.COLLECTION_HOLD: gettext_lazy("Hold collection"),
    EventType.COMMENT: gettext_lazy("Comment"),
    EventType.CREDIT_LOSS: gettext_lazy("Book as credit loss"),
    EventType.CANCEL: gettext_lazy("End the case"),
}


@dataclass(frozen=True, slots=True)
class ShownEvent:
    event: AssignmentEvent
    word: Any
    origin: Any
    is_new: bool


@_may_view
def show(request: HttpRequest, object_id: str) -> HttpResponse:
    """The page of one assignment."""
    row = visible(request, object_id)
    context = {"title": str(row), "opts": Assignment._meta, "heading": _heading(row), **_context(request, row)}
    return page(request, "receivables/assignment.html", context)


@_may_view
@require_safe
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """The page's body alone, for the page that asks again while something is awaited."""
    row = visible(request, pk)
    shown = _context(request, row)
    answer = render(request, "receivables/_assignment.html", shown)
    if row.next_check_at is None and not shown["is_moving"]:
        answer["X-Settled"] = "1"
    return answer


@_may_tell
def tell(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Say what an event will do, take its fields, and queue it."""
    row = visible(request, pk)
    if kind not in WHAT:
        raise Http404
    if kind not in policies.events_for(row):
        messages.warning(request, _("%(agency)s does not take this.") % {"agency": title_of(row.agency)})
        return redirect(address_of(row))
    form = EventForm(request.POST or None, assignment=row, kind=kind)
    if request.method == "POST" and form.is_valid():
        try:
            queueing.queue(
                AddEvent.kind, row, form.parameters(), account=row.account, actor=request.user,
                company_uuid=row.company.uuid,
            )  # fmt: skip
        except NotQueueableError as error:
            form.add_error(None, error.staff_text)
        else:
            messages.success(request, _("It is on its way to the agency. The page shows how it goes."))
            return redirect(address_of(row))
    context = {
        "title": _VERBS[kind],
        "opts": Assignment._meta,
        "original": row,
        "form": form,
        "what": WHAT[kind],
        "verb": _VERBS[kind],
        "is_costly": kind in COSTLY,
        "back": address_of(row),
    }
    return page(request, "receivables/tell.html", context)


@_may_tell
@require_POST
def mark_seen(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark the agency's events of an assignment as seen: here, and at AutoInvoice."""
    row = visible(request, pk)
    new = [queueing.row_of(event, {}) for event in row.events.unseen()]
    queued = queueing.queue_many(MarkSeen.kind, new, account=row.account, actor=request.user)
    if not queued.created and not queued.duplicates:
        messages.info(request, _("There was nothing new."))
    return redirect(address_of(row))


@_may_view
@require_POST
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the portal look at the assignment at once."""
    row = visible(request, pk)
    Assignment.objects.filter(pk=row.pk).update(next_check_at=timezone.now())
    messages.info(request, _("The portal looks at AutoInvoice; the page shows what it finds."))
    return redirect(address_of(row))


def visible(request: HttpRequest, pk: str | int) -> Assignment:
    """:raises Http404: there is none in an account that the viewer may see"""
    if not str(pk).isdecimal():
        raise Http404
    rows = Assignment.objects.visible_to(request.user).select_related("company", "account", "invoice")
    return get_object_or_404(rows, pk=pk)


def address_of(row: Assignment) -> str:
    return reverse("admin:receivables_assignment_change", args=[row.pk])


def _context(request: HttpRequest, row: Assignment) -> dict[str, Any]:
    operations = _operations(row)  # before the events: what is no longer open then stands among them
    events = [_shown(event) for event in row.events.order_by("-happened_at", "-pk")]
    may_tell = request.user.has_perm("receivables.add_event")
    return {
        "original": row,
        "status": pills.assignment_pill(row),
        "stage": pills.stage_of(row),
        "agency": title_of(row.agency),
        "days": _days(row),
        "events": sorted(events, key=lambda shown: not shown.is_new),
        "unseen": sum(shown.is_new for shown in events),
        "buttons": [_button(row, kind) for kind in policies.events_for(row)] if may_tell else [],
        "may_tell": may_tell,
        "operations": operations,
        "is_moving": any(one.state in OPEN_STATES for one, _pill in operations),
        "invoice_url": links.page_of(row.invoice) if row.invoice else "",
        "company_url": on_tab(row.company, TAB_NAME),
    }


def _operations(row: Assignment) -> list[tuple[Any, SafeString]]:
    """Return what was told and is on its way, or was not taken."""
    states = (*OPEN_STATES, *TROUBLED_STATES)
    found = row.operations.filter(kind=AddEvent.kind, state__in=states).order_by("-pk")[:_MOST_OPERATIONS]
    return [(operation, operation_pills.of_operation(operation)) for operation in found]


def _shown(event: AssignmentEvent) -> ShownEvent:
    is_new = not event.seen and event.origin == Origin.AGENCY
    return ShownEvent(event, pills.event_word(event), pills.origin_word(event), is_new)


def _button(row: Assignment, kind: str) -> Button:
    return Button(_VERBS[kind], reverse("admin:receivables_tell", args=[row.pk, kind]), kind in COSTLY)


def _days(row: Assignment) -> Text:
    """Return how far the due date is, in words."""
    if row.due_date is None or row.is_closed:
        return ""
    days = (row.due_date - timezone.localdate()).days
    if days < 0:
        return _("%(days)d days overdue") % {"days": -days}
    return _("due today") if days == 0 else _("%(days)d days left") % {"days": days}


def _heading(row: Assignment) -> str:
    return _("Assignment of invoice %(number)s") % {"number": row}


def register() -> None:
    """Hang the pages into the admin site."""
    own = site()
    own.register_view("receivables/assignments/<int:pk>/live/", live, "receivables_assignment_live")
    own.register_view("receivables/assignments/<int:pk>/look/", look, "receivables_assignment_look")
    own.register_view("receivables/assignments/<int:pk>/seen/", mark_seen, "receivables_mark_seen")
    own.register_view("receivables/assignments/<int:pk>/tell/<str:kind>/", tell, "receivables_tell")
    palette.register_finder(finding.in_palette)
