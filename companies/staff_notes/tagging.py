"""Putting tags on many companies of a list at once, and taking them off: an action of the list, in two steps."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from companies.models import Company, Tag
from companies.staff_notes import notes
from portal.sites import page

_CHUNK = 1000  # companies that are tagged with one statement a tag


@admin.action(description=_("Tag…"), permissions=["tag"])
def tag_companies(modeladmin: Any, request: HttpRequest, queryset: QuerySet[Company]) -> HttpResponse | None:
    """First ask which tags, then put them on or take them off."""
    tags = Tag.objects.visible_to(request.user).filter(pk__in=_numbers(request.POST.getlist("tags")))
    verb = request.POST.get("verb", "")
    if verb not in ("add", "remove") or not tags:
        return _ask(request, queryset, is_missing=bool(verb))
    act = notes.tag if verb == "add" else notes.untag
    changed = sum(act(chunk, tags, request.user) for chunk in _chunks(queryset))
    text = ngettext("%(n)d company was changed.", "%(n)d companies were changed.", changed) % {"n": changed}
    messages.success(request, text)
    return None


def _ask(request: HttpRequest, queryset: QuerySet[Company], *, is_missing: bool) -> HttpResponse:
    accounts = queryset.order_by().values("account").distinct()
    is_all = request.POST.get("select_across") == "1"
    context = {
        "title": _("Tag companies"),
        "opts": Company._meta,
        "count": queryset.count(),
        "tags": Tag.objects.visible_to(request.user).filter(account__in=accounts).select_related("account"),
        "selected": [] if is_all else request.POST.getlist(ACTION_CHECKBOX_NAME),
        "one": request.POST.getlist(ACTION_CHECKBOX_NAME)[:1],
        "select_across": "1" if is_all else "0",
        "action": request.POST.get("action", ""),
        "checkbox": ACTION_CHECKBOX_NAME,
        "is_missing": is_missing,
        "may_make": request.user.has_perm("companies.add_tag"),
    }
    return page(request, "companies/tag_many.html", context)


def _chunks(queryset: QuerySet[Company]) -> Iterator[list[Company]]:
    chunk: list[Company] = []
    for company in queryset.order_by("pk").only("pk", "account_id", "name", "uuid").iterator(_CHUNK):
        chunk.append(company)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _numbers(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if text.isdigit()]
