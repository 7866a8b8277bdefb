"""Handing one invoice over: which agency takes it and why another does not, the case, who owes, and how it stands."""

from dataclasses import dataclass
from typing import Any, cast

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.forms import formset_factory
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from companies.pages.one_company import on_tab
from invoices import cards, links
from invoices.enums import Direction
from invoices.models import Invoice
from invoices.pages.visible import visible
from portal.operations import pills as operation_pills
from portal.operations import queueing
from portal.operations.handlers import NotQueueableError, Text
from portal.operations.models import Operation
from portal.sites import page, site
from receivables import personal, pills, policies
from receivables.collection import payers
from receivables.collection.agencies import AGENCIES, V1_ENDS, AgencyFacts
from receivables.collection.hand_over_forms import CaseForm, initial_of
from receivables.collection.payer_forms import MOST_PAYERS, PayerForm
from receivables.enums import CollectionType, HandOverStatus, PayerRole, ReceivablesType
from receivables.models import HandOver, OverdueInvoice, Payer
from receivables.operations.hand_overs import GiveToAgency
from receivables.pages.company import TAB_NAME

_may_hand_over = permission_required("receivables.hand_over_invoice", raise_exception=True)
_may_view = permission_required("receivables.view_handover", raise_exception=True)
_STANDING = (HandOverStatus.PENDING, HandOverStatus.SENT)


@dataclass(frozen=True, slots=True)
class Choice:
    """One agency that the invoice could go to."""

    agency: AgencyFacts
    url: str
    reason: Text = ""  # why it does not take the invoice
    remedy: Text = ""


@_may_view
@never_cache
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """How the invoice stands with an agency, or the form that hands it over."""
    invoice = visible(request, pk)
    row = policies.hand_over_of(invoice)
    agency = AGENCIES.get(request.GET.get("agency", ""))
    under_way = _under_way(invoice)
    if under_way is not None or (row is not None and row.status in _STANDING):
        return page(request, "receivables/handed_over.html", {**_frame(invoice), **_standing(invoice, row)})
    if agency is None or not request.user.has_perm("receivables.hand_over_invoice"):
        context = {"choices": [_choice(invoice, item) for item in AGENCIES.values()], "row": row}
        return page(request, "receivables/choose_agency.html", {**_frame(invoice), **context})
    return _form_page(request, invoice, row, agency)


@_may_view
@require_safe
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """The state alone, for the page that asks again."""
    invoice = visible(request, pk)
    under_way = _under_way(invoice)  # first: what has ended by then shows on the row
    row = policies.hand_over_of(invoice)
    answer = render(request, "receivables/_handed_over.html", {"original": invoice, **_standing(invoice, row)})
    if under_way is None and (row is None or row.status != HandOverStatus.PENDING):
        answer["X-Settled"] = "1"
    return answer


@permission_required("receivables.unmask_payer", raise_exception=True)
@require_POST
@never_cache
def unmask(request: HttpRequest, pk: int, payer_pk: int) -> HttpResponse:
    """Show one payer's personal identity number, and write down who looked."""
    invoice = visible(request, pk)
    payer = get_object_or_404(Payer, pk=payer_pk, hand_over__invoice=invoice)
    LogEntry.objects.log_actions(
        cast("Any", request.user).pk, [payer.hand_over], CHANGE, _("Looked at a payer's personal identity number")
    )
    context = {"payer": payer, "number": payer.personal_number, "back": _address(invoice)}
    return page(request, "receivables/unmasked.html", {**_frame(invoice), **context})


def _form_page(request: HttpRequest, invoice: Invoice, row: HandOver | None, agency: AgencyFacts) -> HttpResponse:
    owing = payers.of_hand_over(row, invoice)
    case = CaseForm(request.POST or None, agency=agency, invoice=invoice, initial=initial_of(row, invoice, agency))
    forms = _payer_forms(request, owing)
    if request.method == "POST" and "add" not in request.POST and _are_valid(case, forms):
        try:
            _queue(request, invoice, row, case, forms)
        except NotQueueableError as error:
            case.add_error(None, error.staff_text)
        else:
            messages.success(request, _("Handing over is queued. The page shows how it goes."))
            return redirect(_address(invoice))
    choice = _choice(invoice, agency)
    context = {
        "case": case,
        "payers": forms,
        "agency": agency,
        "choice": choice,
        "row": row,
        "can_add": forms.total_form_count() < MOST_PAYERS,
        "ends": V1_ENDS if agency.version == 1 else "",
    }
    return page(request, "receivables/hand_over.html", {**_frame(invoice), **context})


def _are_valid(case: CaseForm, forms: Any) -> bool:
    """Tell whether case and payers are whole, each by itself and together; else the fields say what is missing."""
    if not all((case.is_valid(), forms.is_valid())):
        return False
    is_rent = case.cleaned_data["receivables_type"] == ReceivablesType.B2C_RENTAL
    if is_rent and not any(form.has_number for form in forms):
        forms[0].ask_for_number()
        return False
    return True


def _payer_forms(request: HttpRequest, owing: list[Payer]) -> Any:
    """Return the payers' forms, one more when that was asked for; the first is the main payer."""
    made = formset_factory(PayerForm, extra=0, max_num=MOST_PAYERS, validate_max=True, min_num=1, validate_min=True)
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None and "add" in data:
        count = min(int(data.get("payers-TOTAL_FORMS", "1") or 1) + 1, MOST_PAYERS)
        data["payers-TOTAL_FORMS"] = str(count)
        data[f"payers-{count - 1}-role"] = PayerRole.CO_DEBTOR.value
    names = ("role", "name", "identifier", "street", "post_code", "city", "country")
    initial = [{name: getattr(payer, name) for name in names} for payer in owing]

    class _Forms(made):  # type: ignore[misc, valid-type]
        def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
            known = owing[index].personal_number if index is not None and index < len(owing) else ""
            return {**super().get_form_kwargs(index), "stored_number": known}

    forms = _Forms(data, initial=initial, prefix="payers")
    if data is not None and "add" in data:
        for form in forms:
            form.is_bound = True
    return forms


def _queue(request: HttpRequest, invoice: Invoice, row: HandOver | None, case: CaseForm, forms: Any) -> None:
    """Write what was given and queue the hand-over; a refusal leaves everything as it was."""
    with transaction.atomic():
        chosen = row or HandOver(account=invoice.account, company=invoice.company, invoice=invoice)
        case.fill(chosen)
        chosen.status, chosen.error_reason = HandOverStatus.DRAFT, ""
        chosen.created_by = cast("Any", request.user)
        chosen.save()
        given = [form.payer(chosen) for form in forms]
        chosen.payers.all().delete()
        Payer.objects.bulk_create(given)
        invoice.refresh_from_db()
        parameters = {
            "agency": chosen.agency,
            "collection_type": chosen.collection_type,
            "receivables_type": chosen.receivables_type,
            "summary": chosen.summary,
        }
        queueing.queue(
            GiveToAgency.kind, invoice, parameters, account=invoice.account, actor=request.user,
            company_uuid=invoice.company.uuid,
        )  # fmt: skip


def _choice(invoice: Invoice, agency: AgencyFacts) -> Choice:
    url = f"{_address(invoice)}?agency={agency.name}"
    try:
        policies.check_invoice(invoice, agency.name, ReceivablesType.B2B)
    except NotQueueableError as error:
        return Choice(agency, url, error.reason, error.remedy)
    return Choice(agency, url)


def _under_way(invoice: Invoice) -> Operation | None:
    found: Operation | None = invoice.operations.open().filter(kind=GiveToAgency.kind).order_by("-pk").first()
    return found


def _standing(invoice: Invoice, row: HandOver | None) -> dict[str, Any]:
    operation = invoice.operations.filter(kind=GiveToAgency.kind).order_by("-pk").first()
    owing = list(row.payers.all()) if row else []
    return {
        "row": row,
        "pill": pills.hand_over_pill(row) if row else "",
        "operation": operation,
        "operation_pill": operation_pills.of_operation(operation) if operation else "",
        "assignment": invoice.assignments.order_by("-created_at").first(),
        "payers": [(payer, personal.masked(payer.personal_number)) for payer in owing],
        "begins_with": dict(CollectionType.choices).get(row.collection_type, "") if row else "",
    }


def _frame(invoice: Invoice) -> dict[str, Any]:
    return {
        "title": _("Hand over invoice %(number)s") % {"number": invoice},
        "opts": OverdueInvoice._meta,
        "original": OverdueInvoice.objects.select_related("company").get(pk=invoice.pk),  # for the page's crumbs
        "invoice_url": links.page_of(invoice),
        "company_url": on_tab(invoice.company, TAB_NAME),
    }


def _address(invoice: Invoice) -> str:
    return reverse("admin:receivables_hand_over", args=[invoice.pk])


def card(request: HttpRequest, invoice: Invoice) -> cards.Card | None:
    """Return what the page of a sent invoice says of its collection."""
    if invoice.direction != Direction.SENT or not request.user.has_perm("receivables.view_handover"):
        return None
    row = policies.hand_over_of(invoice)
    assignment = invoice.assignments.order_by("-created_at").first()
    is_late = invoice.due_date is not None and invoice.due_date < timezone.localdate()
    if row is None and assignment is None and not is_late:
        return None
    shown = {
        "url": _address(invoice),
        "row": row,
        "pill": pills.hand_over_pill(row) if row else "",
        "assignment": assignment,
        "assignment_pill": pills.assignment_pill(assignment) if assignment else "",
        "stage": pills.stage_of(assignment) if assignment else "",
    }
    return cards.Card("receivables/_invoice_card.html", shown)


def register() -> None:
    """Hang the pages into the admin site, and the card into the invoice's page."""
    cards.register_card(card)
    own = site()
    own.register_view("receivables/hand-over/<int:pk>/", show, "receivables_hand_over")
    own.register_view("receivables/hand-over/<int:pk>/live/", live, "receivables_hand_over_live")
    own.register_view("receivables/hand-over/<int:pk>/payers/<int:payer_pk>/", unmask, "receivables_unmask")
