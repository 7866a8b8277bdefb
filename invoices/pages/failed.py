"""The failed queue: what failed, by cause, with its remedy and whose move it is."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from invoices import links, pills
from invoices.enums import Mover
from invoices.failures import queue as failures
from invoices.failures.queue import Group
from invoices.operations import Resend, Send
from invoices.pages.visible import visible
from portal.operations import queueing
from portal.operations.enums import State
from portal.operations.handlers import NotQueueableError
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount
from portal.sites import page

_FRESH = timedelta(minutes=1)  # a younger failure has no age in words
_may_view = permission_required("invoices.view_invoice", raise_exception=True)
_may_settle = permission_required("invoices.reroute_invoice", raise_exception=True)


@_may_view
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """All causes; `?by=` narrows them to one mover's."""
    accounts = list(PartnerAccount.objects.visible_to(request.user))
    by = request.GET.get("by", "")
    by = by if by in Mover.values else ""
    movers = failures.movers(accounts)
    found = failures.groups(accounts, by)
    context = {
        "title": _("Failed invoices"),
        "lead": _("By cause, the most frequent first. What is mended, rerouted or settled leaves this page by itself."),
        "groups": [_shown(group, by) for group in found],
        "total": sum(group.total for group in found),
        "movers": [(word, pills.mover_word(word), movers[word]) for word in Mover.values if word in movers],
        "all": sum(movers.values()),
        "by": by,
        "unsent": _unsent(accounts),
        "unsent_url": reverse("admin:operations_operation_changelist") + f"?state=FAILED&kind={Send.kind}",
        "list_url": links.list_of("failedinvoice"),
    }
    return page(request, "invoices/failed.html", context)


def _shown(group: Group, by: str) -> dict[str, Any]:
    asked = {"cause": group.key or "unknown", **({"by": by} if by else {})}
    return {
        "group": group,
        "mover": pills.mover_word(group.remedy.by),
        "is_fresh": timezone.now() - group.since < _FRESH,
        "invoices_url": links.list_of("failedinvoice", **asked),
        "files_url": links.list_of("refusedupload", **asked),
    }


def _unsent(accounts: list[PartnerAccount]) -> int:
    """Count the files whose sending was given up because AutoInvoice could not be reached."""
    return Operation.objects.filter(account__in=accounts, kind=Send.kind, state=State.FAILED).count()


@_may_settle
@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one failed invoice off the work list, or put it back."""
    invoice = visible(request, pk)
    if "undo" in request.POST:
        failures.unsettle(invoice)
        messages.info(request, _("The invoice is on the work list again."))
    else:
        failures.settle([invoice], by=request.user, note=request.POST.get("note", "").strip())
        messages.success(request, _("The invoice is off the work list; nothing more is sent for it."))
    return redirect(links.page_of(invoice))


@permission_required("invoices.send_invoice", raise_exception=True)
@require_POST
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a failed invoice's content once more, as a new invoice that is linked to it."""
    invoice = visible(request, pk)
    try:
        with transaction.atomic():
            queueing.queue(
                Resend.kind, invoice, account=invoice.account, actor=request.user, company_uuid=invoice.company.uuid
            )
    except NotQueueableError as error:
        messages.warning(request, error.staff_text)
    else:
        messages.success(request, _("The same content is on its way as a new invoice."))
    return redirect(links.page_of(invoice))
