"""What staff do in the inbox: answer, flag, mark, note, give away, put to sleep, attach; and write about a case."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.operations import queueing
from portal.operations.handlers import AlreadyQueuedError, NotQueueableError
from portal.sites import page, site
from receivables import personal
from receivables.enums import Agency
from receivables.messages import care
from receivables.messages.care import CareError
from receivables.models import Assignment, MessageThread
from receivables.operations.messages import FlagThread, MarkSeen, send, unseen_of
from receivables.pages.messages import address, thread_or_404

_may_answer = permission_required("receivables.answer_messages", raise_exception=True)
Act = Callable[[HttpRequest, MessageThread], str]


def register() -> None:
    own = site()
    own.register_view("inbox/<int:pk>/do/<str:verb>/", act, "inbox_act")
    own.register_view("inbox/about/<int:pk>/", about, "inbox_about")


@_may_answer
@require_POST
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Do one thing with one thread and go back to it; a script that asks gets no page."""
    thread = thread_or_404(request, pk)
    if verb not in _VERBS:
        raise Http404
    quiet = request.headers.get("X-Quiet") == "1"
    try:
        done = _VERBS[verb](request, thread)
    except (CareError, NotQueueableError) as error:
        text = error.staff_text if isinstance(error, NotQueueableError) else str(error)
        if quiet:
            return HttpResponse(text, status=409, content_type="text/plain; charset=utf-8")
        messages.warning(request, text)
    else:
        if quiet:
            return HttpResponse(status=204)
        if done:
            messages.success(request, done)
    return redirect(_back(request, thread))


def _back(request: HttpRequest, thread: MessageThread) -> str:
    given = request.POST.get("next", "")
    if given and url_has_allowed_host_and_scheme(given, {request.get_host()}, require_https=request.is_secure()):
        return given
    return address(thread, request)


def _reply(request: HttpRequest, thread: MessageThread) -> str:
    text = request.POST.get("text", "")
    draft = care.save_draft(thread, request.user, text)
    if personal.holds_number(text) and "numbers_are_meant" not in request.POST:
        raise CareError(_("The message holds a personal identity number. Take it out, or tick that it is meant."))
    send(draft, request.user, request.POST.get("form", ""))
    return _("The message is on its way.")


def _save(request: HttpRequest, thread: MessageThread) -> str:
    care.save_draft(thread, request.user, request.POST.get("text", ""))
    return _("Draft kept.")


def _seen(request: HttpRequest, thread: MessageThread) -> str:
    unseen = list(unseen_of(thread))
    if not unseen:
        return ""
    try:
        queueing.queue(MarkSeen.kind, thread, {"messages": unseen}, account=thread.account, actor=request.user)
    except AlreadyQueuedError:
        return ""
    return _("Marked as seen.")


def _flag(request: HttpRequest, thread: MessageThread) -> str:
    flagged = request.POST.get("flagged") == "1"
    queueing.queue(FlagThread.kind, thread, {"flagged": flagged}, account=thread.account, actor=request.user)
    return _("The flag is on its way.")


def _note(request: HttpRequest, thread: MessageThread) -> str:
    care.note(thread, request.POST.get("text", ""), request.user)
    return _("Noted. The agency does not see it.")


def _assign(request: HttpRequest, thread: MessageThread) -> str:
    care.assign(thread, request.POST.get("user", ""), request.user)
    return _("Given.") if thread.assignee else _("Given to nobody.")


def _sleep(request: HttpRequest, thread: MessageThread) -> str:
    length = request.POST.get("length", "")
    care.sleep(thread, length, request.user)
    return _("It sleeps, and wakes when the agency writes.") if length else _("Awake.")


def _attach(request: HttpRequest, thread: MessageThread) -> str:
    care.attach(thread, request.POST.get("named", ""), request.user)
    return _("Attached.") if thread.attached_to else _("Attached to nothing.")


_VERBS: dict[str, Act] = {
    "reply": _reply,
    "draft": _save,
    "seen": _seen,
    "flag": _flag,
    "note": _note,
    "assign": _assign,
    "sleep": _sleep,
    "attach": _attach,
}


@_may_answer
def about(request: HttpRequest, pk: int) -> HttpResponse:
    """Write to the agency about one assignment; its thread is opened where there is none, else it is shown."""
    rows = Assignment.objects.visible_to(request.user).select_related("account", "company")
    case = get_object_or_404(rows, pk=pk)
    if case.agency not in ("", Agency.AMILI):
        messages.warning(request, _("This agency takes no messages. Tell it by an event, on the assignment's page."))
        return redirect("admin:receivables_assignment_change", case.pk)
    thread = MessageThread.objects.filter(company=case.company, assignment_remote_id=case.remote_id).first()
    if thread is not None:
        return redirect(address(thread, request, box="all"))
    text, error = request.POST.get("text", ""), ""
    if request.method == "POST":
        try:
            _write_about(request, case, text)
        except (CareError, NotQueueableError) as exc:
            error = exc.staff_text if isinstance(exc, NotQueueableError) else str(exc)
        else:
            messages.success(request, _("The message is on its way. Its thread is in the inbox in a moment."))
            return redirect(f"{address(None, request, box='all')}")
    shown: dict[str, Any] = {
        "title": _("Write to the agency"),
        "case": case,
        "text": text,
        "error": error,
        "holds_number": personal.holds_number(text),
        "form": request.POST.get("form", "") or uuid4(),
    }
    return page(request, "receivables/inbox_about.html", shown)


def _write_about(request: HttpRequest, case: Assignment, text: str) -> None:
    draft = care.draft_about(case, request.user, text)
    if personal.holds_number(text) and "numbers_are_meant" not in request.POST:
        raise CareError(_("The message holds a personal identity number. Take it out, or tick that it is meant."))
    send(draft, request.user, request.POST.get("form", ""))
