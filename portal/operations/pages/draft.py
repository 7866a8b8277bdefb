"""A batch that is not started: choose, see what it would do, confirm."""

from typing import Any

import msgspec
from django import forms
from django.apps import apps
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal.operations import batches, chains, kinds, pills, previews, selections
from portal.operations.actions import back_to, form_of, take_all
from portal.operations.chains import Chain
from portal.operations.enums import BatchState, Weight
from portal.operations.models import Batch
from portal.operations.pages.steps import PICK, PREVIEW, steps
from portal.sites import page

ASKS_FROM = 50  # outward operations; more than these are confirmed by typing their number


def show(request: HttpRequest, batch: Batch) -> HttpResponse:
    """Ask for what there is to choose, then show the preview, or how far it is."""
    if batch.state == BatchState.COUNTING:
        return page(request, "portal/operations/counting.html", {**_frame(batch, PREVIEW), **_progress(batch)})
    form = _form(request, batch)
    if request.method == "POST" and form is not None:
        if not kinds.may(request.user, batch.kind):
            raise PermissionDenied
        if form.is_valid():
            return _choose(request, batch, form)
    if form is not None and ("preview" not in request.GET or request.method == "POST"):
        return page(request, "portal/operations/pick.html", {**_frame(batch, PICK), **_pick(request, batch, form)})
    return page(request, "portal/operations/draft.html", {**_frame(batch, PREVIEW), **_preview(request, batch)})


def live(request: HttpRequest, batch: Batch) -> HttpResponse:
    """The part of the page that changes while a preview is worked out; then the page itself is asked for."""
    if batch.state != BatchState.COUNTING:
        answer = HttpResponse()
        answer["X-Go-To"] = _preview_url(batch)
        return answer
    return render(request, "portal/operations/_counting_live.html", _progress(batch))


def widen(request: HttpRequest, batch: Batch) -> HttpResponse:
    """Mean all rows that the list's filter lets through: the second step, taken on the draft's page."""
    if batch.state != BatchState.DRAFT or not batch.selection.get("list"):
        messages.warning(request, _("The batch has gone on meanwhile; that is not possible any more."))
        return redirect("admin:operations_batch_change", batch.pk)
    take_all(batch)
    if form_of(batch.kind) is None and not batch.selection["taken"]:
        batches.count_again(batch)
    return redirect("admin:operations_batch_change", batch.pk)


def count_again(request: HttpRequest, batch: Batch) -> HttpResponse:
    """Work the preview out anew, because the world has changed since."""
    if batch.state == BatchState.DRAFT and not _is_small(batch):
        batches.count_again(batch)
    return redirect(_preview_url(batch))


def start(request: HttpRequest, batch: Batch) -> HttpResponse:
    """Start the draft if it is confirmed as its weight asks for. What staff saw is what counts, so nothing is asked."""
    if batch.state != BatchState.DRAFT:
        return redirect("admin:operations_batch_change", batch.pk)
    seen = batch.preview
    typed = "".join(letter for letter in request.POST.get("number", "") if letter.isdecimal())  # "1,234" is 1234
    if not seen.get("ready") or request.POST.get("token") != seen["token"]:
        messages.warning(request, _("What would happen has changed meanwhile. Look again, then start."))
    elif not seen["will_run"]:
        messages.warning(request, _("Nothing would be done, so nothing was started."))
    elif asks_for_number(chains.of(batch.kind), seen["will_run"]) and typed != str(seen["will_run"]):
        messages.error(request, _("Type the number of rows, %(count)d, to start.") % {"count": seen["will_run"]})
    else:
        batches.start(batch)
        return redirect("admin:operations_batch_change", batch.pk)
    return redirect(_preview_url(batch))


def asks_for_number(chain: Chain, count: int) -> bool:
    """Tell whether a click is not enough."""
    if chain.weight == Weight.INWARD:
        return False
    return chain.weight == Weight.COSTLY or count > ASKS_FROM


def _choose(request: HttpRequest, batch: Batch, form: forms.Form) -> HttpResponse:
    """Keep what was chosen; a preview of something else is none any more."""
    chosen = msgspec.convert(form.cleaned_data, chains.of(batch.kind).Parameters, strict=False)
    batch.parameters, batch.preview = msgspec.to_builtins(chosen), {}
    draft = Batch.objects.filter(pk=batch.pk, state=BatchState.DRAFT)
    if draft.update(parameters=batch.parameters, preview={}) and not _is_small(batch):
        batches.count_again(batch)
    return redirect(_preview_url(batch))


def _preview_url(batch: Batch) -> str:
    return redirect("admin:operations_batch_change", batch.pk).url + "?preview=1"


def _is_small(batch: Batch) -> bool:
    """Tell whether the preview is worked out while the browser waits."""
    return bool(batch.selection["taken"]) and batch.selection["count"] <= selections.AT_ONCE


def _frame(batch: Batch, step: str) -> dict[str, Any]:
    return {
        "title": batch.label,
        "opts": Batch._meta,
        "original": batch,
        "chain": chains.of(batch.kind),
        "pill": pills.of_batch(batch),
        "steps": steps(step),
        "back": back_to(batch),
    }


def _progress(batch: Batch) -> dict[str, Any]:
    seen, total = batch.preview.get("seen", 0), batch.selection["count"]
    return {"seen": seen, "total": total, "percent": min(100, 100 * seen // max(total, 1))}


def _pick(request: HttpRequest, batch: Batch, form: forms.Form) -> dict[str, Any]:
    return {"form": form, "allowed": kinds.may(request.user, batch.kind), **_picked(batch)}


def _picked(batch: Batch) -> dict[str, Any]:
    """Return how many rows are meant, and how many more the list's filter lets through."""
    selection, count = batch.selection, batch.selection["count"]
    return {
        "count": count,
        "nouns": _nouns(batch.selection.get("list") or selection["model"], count),
        "everything": selection.get("all", False),
        "matching": selection.get("matching", count),
        "more": selection.get("matching", count) > count,
        "aimless": selection.get("aimless", 0),
    }


def _preview(request: HttpRequest, batch: Batch) -> dict[str, Any]:
    if _is_small(batch):
        batch.preview = previews.stored(previews.whole(batch), batch.parameters)
        Batch.objects.filter(pk=batch.pk, state=BatchState.DRAFT).update(preview=batch.preview)
    seen, chain = batch.preview, chains.of(batch.kind)
    if not seen.get("ready"):
        return {**_picked(batch), "seen": None, "has_form": form_of(batch.kind) is not None}
    return {
        **_picked(batch),
        "seen": seen,
        "seen_at": parse_datetime(seen["at"]),
        "allowed": kinds.may(request.user, batch.kind),
        "asks": asks_for_number(chain, seen["will_run"]),
        "small": _is_small(batch),
        "has_form": form_of(batch.kind) is not None,
        "words": chain.words(batch.parameters),
        "acted_on": _nouns(batch.selection["model"], seen["will_run"]),
        "chosen": chosen(batch),
    }


def chosen(batch: Batch) -> list[tuple[str, str]]:
    """Return the parameters in the form's own words."""
    form_class = form_of(batch.kind)
    if form_class is None:
        return [(name, str(value)) for name, value in batch.parameters.items() if value]
    form: Any = form_class(initial=batch.parameters)
    if hasattr(form, "in_words"):  # a form whose fields are not the parameters one by one
        return list(form.in_words(batch.parameters))
    return [
        (str(form.fields[name].label or name) if name in form.fields else name, _shown(form, name, value))
        for name, value in batch.parameters.items()
        if value
    ]


def _shown(form: forms.Form, name: str, value: Any) -> str:
    """Return a parameter as its field would call it."""
    words = dict(getattr(form.fields.get(name), "choices", ()))
    values = value if isinstance(value, list) else [value]
    return ", ".join(str(words.get(one, one)) for one in values)


def _nouns(model_label: str, count: int) -> str:
    meta = apps.get_model(model_label)._meta
    return ngettext(str(meta.verbose_name), str(meta.verbose_name_plural), count)


def _form(request: HttpRequest, batch: Batch) -> forms.Form | None:
    form = form_of(batch.kind)
    if form is None:
        return None
    return form(request.POST if request.method == "POST" else None, initial=batch.parameters)
