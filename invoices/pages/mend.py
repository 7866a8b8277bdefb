"""Mending a failed invoice or a refused file: the wrong value beside the proposed one, then send."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from invoices import links, remedies
from invoices.documents import Party
from invoices.enums import Status
from invoices.failures import mending, rerouting
from invoices.failures import queue as failures
from invoices.failures.mending_forms import MendForm
from invoices.failures.queue import Failure
from invoices.files import originals
from invoices.files.xml import UnreadableFileError
from invoices.models import Invoice
from invoices.pages.invoice import visible_upload
from invoices.pages.reachable import reachable
from invoices.pages.visible import visible
from invoices.sending.submitting import Outcome
from portal.sites import page

_may_send = permission_required("invoices.send_invoice", raise_exception=True)


@_may_send
def invoice(request: HttpRequest, pk: int) -> HttpResponse:
    """Mend a failed invoice."""
    row = visible(request, pk)
    if row.status != Status.FAILED:
        messages.warning(request, _("The invoice has not failed, so there is nothing to mend."))
        return redirect(links.page_of(row))
    return _show(request, row, links.page_of(row))


@_may_send
def upload(request: HttpRequest, upload_pk: int) -> HttpResponse:
    """Mend a file that AutoInvoice did not take."""
    row = visible_upload(request, upload_pk)
    return _show(request, row, links.files_page(row.company_id, [row.pk]))


def _show(request: HttpRequest, row: Failure, back: str) -> HttpResponse:
    try:
        content = mending.content_of(row)
        found, receiver = mending.mendables(row, content), originals.document_of(content).buyer
    except UnreadableFileError as error:
        messages.warning(request, str(error))
        return redirect(back)
    form = MendForm(_given(request), mendables=found)
    if request.method == "POST" and not {"find", "use"} & set(request.POST) and form.is_valid():
        if form.wanted():
            return _send(request, row, form.wanted(), back)
        messages.warning(request, _("Nothing was changed, so nothing was sent."))
    title = (_("Mend invoice %(number)s") if isinstance(row, Invoice) else _("Mend %(number)s")) % {"number": row}
    context = {
        "title": title,
        "lead": _("A new invoice with its own UUID is sent; the failed one stays as it is, and both name each other."),
        "row": row,
        "remedy": remedies.by_key(row.remedy_key),
        "about": [(one, form[one.value.name]) for one in found if one.is_about],
        "others": [(one, form[one.value.name]) for one in found if not one.is_about],
        "unfolded": "use" in request.POST or any(one.value.name in form.errors for one in found if not one.is_about),
        "later": failures.successors_of(row),
        "back": back,
        "receiver": receiver.name,
        "can_find": {"receiver_address", "operator"} & set(form.fields),
        **_reachable(request, row, receiver, form),
    }
    return page(request, "invoices/mend.html", context)


def _given(request: HttpRequest) -> dict[str, Any] | None:
    """Return what was typed, with the address that was picked from the look-up in its fields; None before that."""
    if request.method != "POST":
        return None
    address, _blank, operator = request.POST.get("use", "").partition(" ")
    picked = {"receiver_address": address, "operator": operator} if address else {}
    return {**request.POST.dict(), **picked}


def _reachable(request: HttpRequest, row: Failure, receiver: Party, form: MendForm) -> dict[str, Any]:
    """Return the receiver's addresses as the look-up knows them, when they were asked for."""
    if "find" not in request.POST:
        return {}
    typed = form.typed("receiver_business_id")
    return reachable(lambda: rerouting.addresses_of_party(row.company, receiver, business_id=typed))


def _send(request: HttpRequest, row: Failure, wanted: dict[str, str], back: str) -> HttpResponse:
    try:
        given, _changes = mending.send(row, wanted, actor=request.user)
    except UnreadableFileError as error:
        messages.error(request, str(error))
        return redirect(back)
    if given.outcome == Outcome.QUEUED:
        messages.success(request, _("The mended invoice is on its way."))
    else:
        messages.warning(request, f"{given.text} {given.remedy}".strip())
    upload: Any = given.upload
    return redirect(links.files_page(row.company_id, [upload.pk]) if upload else back)
