"""The page of one act on a company: what it will do, its fields, and putting it into the queue."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from companies.models import Company
from portal.operations import queueing, registry
from portal.operations.handlers import NotQueueableError, Text
from portal.operations.models import Operation
from portal.sites import page


@dataclass(frozen=True, slots=True)
class Button:
    """What leads to an act."""

    verb: Text
    url: str
    is_costly: bool = False
    is_main: bool = False


def act_page(request: HttpRequest, company: Company, kind: str, *, what: Text, form: Any, back: str) -> HttpResponse:
    """
    Say what an act will do, take its fields, and queue it.

    :param form: bound when it was sent; None where the act takes no fields
    :param back: where its progress is seen
    :raises PermissionDenied: the viewer may not do this
    """
    handler = registry.get(kind)
    if not request.user.has_perm(handler.permission):
        raise PermissionDenied
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            queue(request, kind, company, form.cleaned_data if form else {})
        except NotQueueableError as error:
            if form is None:
                messages.warning(request, error.staff_text)
                return redirect(back)
            form.add_error(None, error.staff_text)
        else:
            messages.success(request, _("%(what)s: queued. Watch it below.") % {"what": handler.label})
            return redirect(back)
    shown = {"handler": handler, "what": what, "form": form, "back": back}
    return page(
        request,
        "companies/act.html",
        {"title": handler.label, "opts": Company._meta, "original": company, **shown},
    )


def queue(request: HttpRequest, kind: str, company: Company, parameters: dict[str, Any]) -> Operation:
    """:raises NotQueueableError: a policy says no, or the same is under way"""
    return queueing.queue(
        kind, company, parameters, account=company.account, actor=request.user, company_uuid=company.uuid
    )
