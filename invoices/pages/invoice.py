"""The invoice's page: how it stands, what to do when it failed, its way, its files."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from unfold.widgets import INPUT_CLASSES

from invoices import cards, links, pills, remedies
from invoices.enums import Direction, Status
from invoices.following import checklists, timeline
from invoices.models import Invoice, Upload
from invoices.pages import detect, failure_links, fraud, received
from invoices.pages.visible import in_its_list, visible
from invoices.receiving import choices as receiving
from invoices.sending import submitting
from portal.operations import pills as operation_pills
from portal.operations import registry
from portal.operations.enums import OPEN_STATES
from portal.operations.models import Operation
from portal.operations.moving import is_moving
from portal.partners.models import PartnerAccount
from portal.sites import page
from portal.sync import nudging

_REROUTES_TAKE = timedelta(minutes=5)
_may_view = permission_required("invoices.view_invoice", raise_exception=True)


@_may_view
def show(request: HttpRequest, object_id: str) -> HttpResponse:
    """The page of one invoice."""
    invoice = in_its_list(visible(request, object_id))
    context = {
        "title": str(invoice),
        "opts": invoice._meta,
        "heading": _("Invoice %(number)s") % {"number": invoice},
        "may_reroute": invoice.status == Status.FAILED and request.user.has_perm("invoices.reroute_invoice"),
        "may_resend": invoice.status == Status.FAILED and request.user.has_perm("invoices.send_invoice"),
        "input_class": " ".join(INPUT_CLASSES),
        "may_look": request.user.has_perm("invoices.handle_invoice"),
        **_context(request, invoice),
    }
    return page(request, "invoices/invoice.html", context)


@_may_view
@require_safe
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """The page's body alone, for the page that asks again while something is awaited."""
    invoice = visible(request, pk)
    context = _context(request, invoice)
    answer = render(request, "invoices/_invoice.html", context)
    if not context["is_moving"]:
        answer["X-Settled"] = "1"
    return answer


@permission_required("invoices.handle_invoice", raise_exception=True)
@require_POST
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the portal look at AutoInvoice at once, files included."""
    invoice = visible(request, pk)
    receiving.fetch_again(invoice)
    nudging.look_at_once("invoices.watch", invoice.account_id)
    messages.info(request, _("The portal looks at AutoInvoice; the page shows what it finds."))
    return redirect(links.page_of(invoice))


def _was_handed_over(invoice: Invoice) -> bool:
    return invoice.direction == Direction.SENT and invoice.status == Status.DELIVERED


def _went_again_lately(invoice: Invoice) -> bool:
    """Tell whether a reroute was taken and its end may still come as an event, though no look is due."""
    if invoice.rerouted_at is None or invoice.delivered_at is not None:
        return False
    return timezone.now() - invoice.rerouted_at < _REROUTES_TAKE


def _context(request: HttpRequest, invoice: Invoice) -> dict[str, Any]:
    upload = Upload.objects.filter(account=invoice.account_id, uuid=invoice.uuid).first()
    failed = invoice.status == Status.FAILED
    acts = list(invoice.operations.select_related("actor"))
    under_way = [_shown_act(act) for act in acts if act.state in OPEN_STATES]
    return {
        "original": invoice,
        "under_way": under_way,
        "is_moving": is_moving(acts) or invoice.next_check_at is not None or _went_again_lately(invoice),
        "status": pills.status_pill(invoice),
        "remedy": remedies.by_key(invoice.remedy_key) if failed else None,
        "mover": pills.mover_word(invoice.remedy_by or remedies.BY_DEFAULT),
        "checklist": checklists.not_received(invoice) if _was_handed_over(invoice) else (),
        "steps": timeline.of(invoice, upload, acts),
        "upload": upload,
        **failure_links.context(invoice, upload),
        "copy": submitting.next_copy(upload) if upload and request.user.has_perm("invoices.send_invoice") else None,
        "is_sent": invoice.direction == Direction.SENT,
        **received.context(request, invoice),
        "cards": cards.cards_of(request, invoice),
        **detect.context(request, invoice),
        **fraud.context(request, invoice),
    }


def _shown_act(act: Operation) -> dict[str, Any]:
    label: Any = registry.get(act.kind).label if registry.knows(act.kind) else act.kind
    return {"label": label, "state": operation_pills.of_operation(act)}


@_may_view
def show_upload(request: HttpRequest, object_id: str) -> HttpResponse:
    """Lead to where a given file is checked and followed."""
    upload = visible_upload(request, object_id)
    return redirect(links.files_page(upload.company_id, [upload.pk]))


def visible_upload(request: HttpRequest, pk: str | int) -> Upload:
    """
    Return a given file of an account that the viewer may see.

    :raises Http404: there is none
    """
    if not str(pk).isdecimal():
        raise Http404
    accounts = PartnerAccount.objects.visible_to(request.user)
    return get_object_or_404(Upload.objects.select_related("company", "account"), pk=pk, account__in=accounts)
