"""Sending the same content once more on purpose."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from invoices import links
from invoices.models import Invoice
from invoices.pages.invoice import visible_upload
from invoices.sending import submitting
from invoices.sending.submitting import Outcome
from portal.sites import page

_HIGHEST = 999
_may_send = permission_required("invoices.send_invoice", raise_exception=True)


@_may_send
def confirm(request: HttpRequest, upload_pk: int) -> HttpResponse:
    """
    Ask, then send. The form names the copy's number: a second click asks for the same copy, not for one more.
    """
    upload = visible_upload(request, upload_pk)
    if request.method == "POST":
        return _send(request, upload_pk)
    sent = Invoice.objects.filter(company=upload.company_id, uuid=upload.uuid).first()
    context = {
        "title": _("Send again as a new copy"),
        "heading": _("Send “%(file)s” again as %(company)s") % {"file": upload.name, "company": upload.company},
        "upload": upload,
        "invoice": sent,
        "back": links.page_of(sent) if sent else links.files_page(upload.company_id, [upload.pk]),
        "copy": submitting.next_copy(upload),
    }
    return page(request, "invoices/copy.html", context)


def _send(request: HttpRequest, upload_pk: int) -> HttpResponse:
    upload = visible_upload(request, upload_pk)
    number = request.POST.get("copy", "")
    if not number.isdecimal() or not 0 < int(number) <= _HIGHEST:
        messages.error(request, _("Nothing was sent: open the invoice and press the button there."))
        return redirect(links.files_page(upload.company_id, [upload.pk]))
    result = submitting.send_copy(upload, int(number), actor=request.user)
    if result.outcome == Outcome.QUEUED:
        messages.success(request, _("The copy is on its way."))
    else:
        messages.warning(request, f"{result.text} {result.remedy}".strip())
    again = result.upload or upload
    return redirect(links.files_page(again.company_id, [again.pk]))
