"""The inbox: threads with agencies on the left, one of them with everything beside it on the right."""

from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.decorators import permission_required
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from companies.pages.one_company import on_tab
from portal.operations import pills
from portal.operations.models import Operation
from portal.sites import page, site
from receivables import personal
from receivables.enums import Origin
from receivables.messages import boxes, care
from receivables.messages.boxes import BOXES
from receivables.models import Message, MessageDraft, MessageThread, ReplyTemplate, ThreadNote
from receivables.operations.messages import SendMessage

_may_view = permission_required("receivables.view_messagethread", raise_exception=True)
_MOST_MESSAGES = 200


def register() -> None:
    own = site()
    own.register_view("inbox/", show, "inbox")
    own.register_view("inbox/list/", live_list, "inbox_list")
    own.register_view("inbox/<int:pk>/live/", live_thread, "inbox_thread")


def address(thread: MessageThread | None, request: HttpRequest, **more: str) -> str:
    """Return the inbox's address with the box, search and place that the viewer is in, and another thread open."""
    kept = {name: request.GET.get(name, "") for name in ("box", "q", "after")}
    query = {**kept, "thread": str(thread.pk) if thread else "", **more}
    return f"{reverse('admin:inbox')}?{urlencode({name: value for name, value in query.items() if value})}"


def thread_or_404(request: HttpRequest, pk: int | str) -> MessageThread:
    """Return a thread of one of the viewer's accounts."""
    rows = MessageThread.objects.visible_to(request.user).select_related("account", "company__account", "assignee")
    return get_object_or_404(rows, pk=pk if str(pk).isdecimal() else 0)


@_may_view
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Both panes; without a thread chosen the right one says how to go on."""
    chosen = thread_or_404(request, request.GET["thread"]) if request.GET.get("thread") else None
    context = {
        "title": _("Inbox"),
        "thread": chosen,
        "list_url": f"{reverse('admin:inbox_list')}?{request.GET.urlencode()}",
        "q": request.GET.get("q", ""),
        **_listed(request, chosen),
        **(pane(request, chosen) if chosen else {}),
    }
    return page(request, "receivables/inbox.html", context)


@_may_view
@require_safe
def live_list(request: HttpRequest) -> HttpResponse:
    """The left pane alone, for the page that asks again."""
    chosen = request.GET.get("thread", "")
    rows = MessageThread.objects.visible_to(request.user).filter(pk=chosen if chosen.isdecimal() else 0)
    return render(request, "receivables/_inbox_list.html", _listed(request, rows.first()))


@_may_view
@require_safe
def live_thread(request: HttpRequest, pk: int) -> HttpResponse:
    """The messages of one thread alone, for the page that asks again."""
    thread = thread_or_404(request, pk)
    return render(request, "receivables/_inbox_messages.html", {"thread": thread, "said": said(thread)})


def _listed(request: HttpRequest, chosen: MessageThread | None) -> dict[str, Any]:
    box = request.GET.get("box", "")
    box = box if box in BOXES else boxes.UNSEEN
    accounts = boxes.accounts_of(request.user)
    rows = boxes.threads_in(box, request.user, accounts)
    if text := request.GET.get("q", "").strip():
        rows = boxes.matching(rows, text, request.user)
    shown = boxes.page(rows, request.GET.get("after", ""))
    counts = boxes.counts(request.user, accounts)
    return {
        "box": box,
        "boxes": [
            {"title": title, "count": counts.get(name, ""), "is_current": name == box,
             "url": f"{reverse('admin:inbox')}?{urlencode({'box': name})}"}
            for name, title in BOXES.items()
        ],
        "rows": [_row(request, thread, chosen) for thread in shown.threads],
        "next": address(chosen, request, after=shown.after) if shown.after else "",
        "first": address(chosen, request, after="") if request.GET.get("after") else "",
    }  # fmt: skip


def _row(request: HttpRequest, thread: MessageThread, chosen: MessageThread | None) -> dict[str, Any]:
    return {
        "thread": thread,
        "url": address(thread, request),
        "snippet": personal.hidden(thread.latest_text)[:140],
        "is_ours": thread.latest_sender == Origin.COMPANY,
        "is_current": chosen is not None and chosen.pk == thread.pk,
    }


def pane(request: HttpRequest, thread: MessageThread) -> dict[str, Any]:
    """Return what the right pane shows of one thread."""
    may_answer = request.user.has_perm("receivables.answer_messages")
    unmasked = request.GET.get("numbers") == "shown" and request.user.has_perm("receivables.unmask_payer")
    if unmasked:
        LogEntry.objects.log_actions(
            request.user.pk or 0, [thread], CHANGE, change_message=_("Personal numbers shown.")
        )
    case, draft = thread.assignment(), care.draft_for(thread, request.user)
    template = _template(request, thread) if may_answer else None
    text = draft.text if draft else ""
    if template is not None:
        text = f"{text}\n{care.filled(template, thread, request.user)}".strip()
    lines = said(thread, unmasked=unmasked)
    return {
        "said": lines,
        "unmasked": unmasked,
        "numbers_url": address(thread, request, numbers="shown")
        if not unmasked and any(line["hides"] for line in lines) and request.user.has_perm("receivables.unmask_payer")
        else "",
        "may_answer": may_answer,
        "form": uuid4(),
        "unseen_now": thread.unseen > 0,
        "text": text,
        "templates": list(ReplyTemplate.objects.filter(account=thread.account_id)) if may_answer else [],
        "case": case,
        "case_url": reverse("admin:receivables_assignment_change", args=[case.pk]) if case else "",
        "colleagues": care.colleagues(thread) if may_answer else [],
        "sleeps": [(name, words) for name, (words, _length) in care.SLEEPS.items()],
        "company_url": on_tab(thread.company, "overview"),
        "back": address(None, request),
        "here": address(thread, request),
    }


def said(thread: MessageThread, *, unmasked: bool = False) -> list[dict[str, Any]]:
    """Return messages, internal notes and what is still on its way, the oldest first."""
    messages = list(thread.messages.order_by("-sent_at", "-pk")[:_MOST_MESSAGES])
    lines = [_message(message, unmasked=unmasked) for message in reversed(messages)]
    notes = [_note(note, unmasked=unmasked) for note in thread.notes.select_related("author")]
    return sorted([*lines, *notes], key=lambda line: line["at"]) + _on_their_way(thread)


def _message(message: Message, *, unmasked: bool) -> dict[str, Any]:
    text = message.text if unmasked else personal.hidden(message.text)
    return {
        "kind": "ours" if message.sender == Origin.COMPANY else "theirs",
        "author": message.author or message.sender,
        "at": message.sent_at,
        "text": text,
        "hides": text != message.text,
        "unseen": not message.seen,
    }


def _note(note: ThreadNote, *, unmasked: bool) -> dict[str, Any]:
    text = note.text if unmasked else personal.hidden(note.text)
    return {"kind": "note", "author": note.author, "at": note.created_at, "text": text, "hides": text != note.text}


def _on_their_way(thread: MessageThread) -> list[dict[str, Any]]:
    """Return messages of ours that AutoInvoice has not taken yet, or refused."""
    drafts = MessageDraft.objects.filter(thread=thread).exclude(queued_at=None).order_by("-pk")[:10]
    found = {draft.pk: draft for draft in drafts}
    kind = ContentType.objects.get_for_model(MessageDraft)
    rows = Operation.objects.filter(kind=SendMessage.kind, target_type=kind, target_id__in=found)
    rows = rows.exclude(state__in=("DONE", "CANCELED"))
    return [
        {"kind": "sending", "author": "", "at": row.created_at, "hides": False, "operation": row,
         "text": personal.hidden(found[row.target_id].text), "pill": pills.of_operation(row)}
        for row in rows.order_by("pk")
    ]  # fmt: skip


def _template(request: HttpRequest, thread: MessageThread) -> ReplyTemplate | None:
    chosen = request.GET.get("template", "")
    if not chosen.isdecimal():
        return None
    return ReplyTemplate.objects.filter(account=thread.account_id, pk=chosen).first()
