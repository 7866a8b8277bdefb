"""A batch that is not started: choose, see what it would do, confirm."""

from typing import Any

import msgspec
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from portal.operations import batches, filling, kinds, pills, registry
from portal.operations.actions import form_of
from portal.operations.enums import BatchState, Weight
from portal.operations.handlers import Handler
from portal.operations.models import Batch
from portal.sites import page

ASKS_FROM = 50  # outward operations; more than these are confirmed by typing their number


def show(request: HttpRequest, batch: Batch) -> HttpResponse:
    """Ask for what there is to choose, then show the preview."""
    handler = registry.get(batch.kind)
    form = _form(request, handler, batch)
    if request.method == "POST" and form is not None and form.is_valid():
        batch.parameters = msgspec.to_builtins(msgspec.convert(form.cleaned_data, handler.Parameters))
        batch.save(update_fields=["parameters"])
        return redirect(f"{request.path}?preview=1")
    chosen = form is None or "preview" in request.GET
    context: dict[str, Any] = {
        "title": batch.label,
        "opts": Batch._meta,
        "original": batch,
        "handler": handler,
        "form": form,
        "pill": pills.of_batch(batch),
        "count": len(batch.selection["ids"]),
        "allowed": kinds.may(request.user, batch.kind),
    }
    if chosen:
        preview = preview_of(batch)
        context |= {
            "preview": preview,
            "left_out": preview.skipped.total(),  # in a template a Counter answers 0 to any name
            "skipped": _skipped(preview),
            "asks": asks_for_number(handler, preview),
        }
    return page(request, "portal/operations/draft.html", context)


def start(request: HttpRequest, batch: Batch) -> HttpResponse:
    """Start the draft if it is confirmed as its weight asks for."""
    if batch.state != BatchState.DRAFT:
        return redirect("admin:operations_batch_change", batch.pk)
    handler, preview = registry.get(batch.kind), preview_of(batch)
    typed = request.POST.get("number", "").replace(" ", "")
    if not preview.will_run:
        messages.warning(request, _("Nothing would be done, so nothing was started."))
    elif asks_for_number(handler, preview) and typed != str(len(preview.will_run)):
        messages.error(request, _("Type the number of rows, %(count)d, to start.") % {"count": len(preview.will_run)})
    else:
        batches.start(batch)
        return redirect("admin:operations_batch_change", batch.pk)
    return redirect(_preview_url(request, batch))


def _preview_url(request: HttpRequest, batch: Batch) -> str:
    return redirect("admin:operations_batch_change", batch.pk).url + "?preview=1"


def preview_of(batch: Batch) -> batches.Preview:
    targets = filling.targets_of(batch.selection["model"], batch.selection["ids"])
    return batches.preview(registry.get(batch.kind), targets, batch.parameters, account=batch.account)


def asks_for_number(handler: Handler[Any, Any], preview: batches.Preview) -> bool:
    """Tell whether a click is not enough."""
    if handler.weight == Weight.INWARD:
        return False
    return handler.weight == Weight.COSTLY or len(preview.will_run) > ASKS_FROM


def _skipped(preview: batches.Preview) -> list[dict[str, Any]]:
    return [
        {"reason": reason, "remedy": remedy, "count": count}
        for (reason, remedy), count in preview.skipped.most_common()
    ]


def _form(request: HttpRequest, handler: Handler[Any, Any], batch: Batch) -> forms.Form | None:
    form = form_of(handler.kind)
    if form is None:
        return None
    return form(request.POST if request.method == "POST" else None, initial=batch.parameters)
