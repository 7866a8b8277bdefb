"""Pages of requests about personal data: asking, what was found where, the decision, and the report."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from portal import csv_output, persons
from portal.keeping import removing
from portal.keeping.person_forms import PersonForm
from portal.keeping.person_models import WORKING_STATES, Outcome, PersonFinding, PersonRequest, RequestState
from portal.operations import waking
from portal.partners.models import PartnerAccount
from portal.persons import Person, Place
from portal.pills import pill
from portal.sites import page, site

_SHOWN = 200  # findings of a place
_may = permission_required("keeping.remove_person", raise_exception=True)
_TONES = {
    RequestState.SEARCHING: "info",
    RequestState.FOUND: "warn",
    RequestState.REMOVING: "info",
    RequestState.DONE: "good",
    RequestState.DROPPED: "neutral",
}
OUTCOME_TONES = {Outcome.CAN_GO: "info", Outcome.STAYS: "warn", Outcome.GONE: "good"}
NOT_SEARCHED = (
    gettext_lazy("Files of invoices and documents: vouchers of the customers' books, kept by law as they are."),
    gettext_lazy("Bodies of deliveries: encrypted, and removed by their retention rule."),
    gettext_lazy("AutoInvoice itself: what it holds is removed there, by its support."),
)


def register() -> None:
    """Hang the pages into the admin site."""
    own = site()
    own.register_view("keeping/persons/new/", ask, "person_ask")
    own.register_view("keeping/persons/<int:pk>/live/", live, "person_live")
    own.register_view("keeping/persons/<int:pk>/do/<slug:verb>/", act, "person_act")
    own.register_view("keeping/persons/<int:pk>/report.csv", report, "person_report")


@_may
def ask(request: HttpRequest) -> HttpResponse:
    """Say whom it is about, and on whose request."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        accounts = list(PartnerAccount.objects.visible_to(request.user).values_list("pk", flat=True))
        made = removing.begin(form.person(), form.cleaned_data["reference"], accounts=accounts, by=request.user)
        waking.after_commit(waking.send, "keeping.persons")
        return redirect("admin:keeping_personrequest_change", made.pk)
    title = _("Search for a person's data")
    return page(request, "keeping/person_ask.html", {"title": title, "form": form, "opts": PersonRequest._meta})


@_may
def show(request: HttpRequest, pk: str) -> HttpResponse:
    """What was found, what stays and why, and what becomes of it."""
    asked = _asked(request, pk)
    context = {"title": str(asked), "opts": PersonRequest._meta, "original": asked, **_context(asked)}
    return page(request, "keeping/person.html", context)


@_may
@require_safe
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """The part of the page that changes, for the page that asks again."""
    asked = _asked(request, pk)
    answer = render(request, "keeping/_person_live.html", {"original": asked, **_context(asked)})
    if asked.state not in WORKING_STATES:
        answer["X-Settled"] = "1"
    return answer


@require_POST
@_may
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Remove what may go, or drop the request."""
    asked = _asked(request, pk)
    verbs = {"remove": removing.decide, "drop": removing.drop}
    if verb not in verbs:
        raise Http404
    if not verbs[verb](asked, request.user):
        messages.warning(request, _("That is not possible any more: somebody was faster."))
    elif verb == "remove":
        waking.after_commit(waking.send, "keeping.persons")
    return redirect("admin:keeping_personrequest_change", pk)


@_may
@require_safe
def report(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """What was done where, when and by whom, as CSV; it names the rows and never the person."""
    asked = _asked(request, pk)
    header = [_("Place"), _("Row"), _("Fields"), _("What became of it"), _("Why it stays"), _("When")]
    answer = StreamingHttpResponse(csv_output.lines(header, _lines(asked)), content_type=csv_output.CONTENT_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="personal-data-{asked.pk}.csv"'
    return answer


def _lines(asked: PersonRequest) -> Iterator[list[object]]:
    for finding in asked.findings.order_by("pk").iterator():
        place = persons.get(finding.place)
        at = timezone.localtime(finding.done_at or asked.started_at).isoformat(timespec="seconds")
        label, fields = (str(place.label), _fields(place)) if place else (finding.place, "")
        yield [label, finding.row_id, fields, Outcome(finding.outcome).label, finding.why, at]
    said = _("Request %(reference)s, asked by %(by)s on %(at)s, decided by %(decider)s")
    words = {
        "reference": asked.reference,
        "by": asked.started_by or "–",
        "at": timezone.localtime(asked.started_at).isoformat(timespec="minutes"),
        "decider": asked.decided_by or "–",
    }
    yield [said % words]


def _context(asked: PersonRequest) -> dict[str, Any]:
    counts = dict.fromkeys(Outcome, 0)
    found: dict[str, list[PersonFinding]] = defaultdict(list)
    for finding in asked.findings.order_by("pk"):
        counts[Outcome(finding.outcome)] += 1
        if len(found[finding.place]) < _SHOWN:
            found[finding.place].append(finding)
    state = RequestState(asked.state)
    return {
        "pill": pill_of(asked),
        "counts": [(outcome.label, counts[outcome], OUTCOME_TONES[outcome]) for outcome in Outcome],
        "places": [_shown(name, rows) for name, rows in sorted(found.items())],
        "nothing_in": [str(place.label) for place in persons.every() if _is_empty(asked, place, found)],
        "not_searched": NOT_SEARCHED,
        "moving": state in WORKING_STATES,
        "may_decide": state == RequestState.FOUND,
        "can_go": counts[Outcome.CAN_GO],
    }


def _fields(place: Place) -> str:
    """Return what a place's fields are called."""
    model = place.find(Person(), []).model
    return ", ".join(str(model._meta.get_field(name).verbose_name) for name in place.fields)


def pill_of(asked: PersonRequest) -> SafeString:
    state = RequestState(asked.state)
    return pill(state.label, _TONES[state])


def _is_empty(asked: PersonRequest, place: Place, found: dict[str, list[PersonFinding]]) -> bool:
    return place.name in asked.places and place.name not in found


def _shown(name: str, rows: list[PersonFinding]) -> dict[str, Any]:
    place = persons.get(name)
    shown = [
        {"finding": row, "pill": pill(Outcome(row.outcome).label, OUTCOME_TONES[Outcome(row.outcome)])} for row in rows
    ]
    return {
        "label": str(place.label) if place else name,
        "fields": _fields(place) if place else "",
        "rows": shown,
    }


def _asked(request: HttpRequest, pk: str | int) -> PersonRequest:
    """Return a request of accounts that the viewer may see, all of them."""
    if not str(pk).isdigit():
        raise Http404
    asked = get_object_or_404(PersonRequest.objects.select_related("started_by", "decided_by"), pk=pk)
    visible = set(PartnerAccount.objects.visible_to(request.user).values_list("pk", flat=True))
    if not visible.issuperset(asked.accounts):
        raise Http404
    return asked
