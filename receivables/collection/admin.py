"""Lists of agencies, overdue invoices, hand-overs, assignments and events; the pages are in `receivables.pages`."""

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import display

from companies.admin import CompanyAdmin
from companies.pages.one_company import on_tab
from invoices import finding
from invoices.enums import Direction, Status
from portal.admin_tools import MirrorAdmin
from portal.lists.columns import figure
from portal.operations.actions import bulk_action
from receivables import pills
from receivables.admin_filters import (
    AgencyFilter,
    DaysFilter,
    EventTypeFilter,
    HandOverStatusFilter,
    MatchWayFilter,
    OriginFilter,
    ProposalStateFilter,
    ServiceStatusFilter,
    StageFilter,
    StandingFilter,
    UnseenFilter,
    WaitingFilter,
)
from receivables.collection.agencies import FULL, days_late, title_of
from receivables.collection.hand_over_forms import ManyHandOverForm
from receivables.collection.service_forms import ManyAmiliForm, ManyIntrumForm, ManyRopoForm
from receivables.enums import Agency, ProposalState, ServiceStatus
from receivables.finding import matching
from receivables.models import (
    Assignment,
    AssignmentEvent,
    CollectionService,
    HandOver,
    OverdueInvoice,
    PaymentProposal,
)
from receivables.operations.activations import ActivateAmili, ActivateIntrum, ActivateRopo
from receivables.operations.events import MarkSeen
from receivables.operations.hand_overs import GiveToAgency
from receivables.operations.payments import TellPayment
from receivables.operations.services import RefreshCollection
from receivables.pages import assignment as assignment_page
from receivables.pages.company import TAB_NAME

# Companies are picked in their own list: what is done to many of them is added to it from here.
CompanyAdmin.actions = (
    *CompanyAdmin.actions,
    bulk_action(ActivateAmili.kind, ManyAmiliForm),
    bulk_action(ActivateRopo.kind, ManyRopoForm),
    bulk_action(ActivateIntrum.kind, ManyIntrumForm),
    bulk_action(RefreshCollection.kind),
)
_OLDEST = timedelta(days=365)  # debts grow old: what was due earlier is not offered


class _ReceivablesAdmin(MirrorAdmin):
    """What the lists have in common."""

    list_display_links: Any = None
    list_related: Any = ("company",)
    ordering: Any = ("-id",)

    @display(description=_("Company"))
    def shown_company(self, row: Any) -> SafeString:
        return format_html('<a href="{}">{}</a>', on_tab(row.company, TAB_NAME), row.company)

    @display(description=_("Agency"))
    def shown_agency(self, row: Any) -> str:
        return title_of(row.agency)


@admin.register(CollectionService)
class CollectionServiceAdmin(_ReceivablesAdmin):
    list_display = ("shown_company", "shown_agency", "shown_status", "shown_kind", "pending_since", "fact_at")
    list_filter = (AgencyFilter, ServiceStatusFilter, WaitingFilter, "account")
    search_fields = ("company__name",)

    @display(description=_("Status"))
    def shown_status(self, row: CollectionService) -> SafeString:
        return pills.service_pill(row)

    @display(description=_("Service"))
    def shown_kind(self, row: CollectionService) -> str:
        return dict(pills.facts_of(row)).get(_("Service"), "–")


@admin.register(OverdueInvoice)
class OverdueInvoiceAdmin(_ReceivablesAdmin):
    """The work list: sent invoices past their due date whose company has an agency to hand them to."""

    list_display = ("shown_number", "shown_company", "counterparty_name", "shown_total", "due_date", "shown_late")
    list_filter = (("due_date", RangeDateFilter), "account")
    list_filter_submit = True
    ordering = ("-due_date", "-id")
    never_empty = ("due_date",)
    search_fields = ("number",)
    search_help_text = _("Number, UUID, business id or name of the buyer")
    actions = (bulk_action(GiveToAgency.kind, ManyHandOverForm),)

    def matching(self, text: str) -> Q:
        return finding.matching(text)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        today = timezone.localdate()
        rows = super().get_queryset(request).filter(direction=Direction.SENT, due_date__lt=today)
        served = CollectionService.objects.filter(company=OuterRef("company"), status=ServiceStatus.ACTIVE)
        served = served.exclude(agency=Agency.AMILI, service_type=FULL)
        taken = HandOver.objects.standing().filter(invoice=OuterRef("pk"))
        held = Assignment.objects.filter(invoice=OuterRef("pk"))
        arrived = rows.filter(due_date__gte=today - _OLDEST).exclude(status__in=(Status.PENDING, Status.FAILED))
        return arrived.filter(
            Exists(served), ~Exists(taken), ~Exists(held), Q(total_amount=None) | Q(total_amount__gt=0)
        )

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("receivables.view_handover")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("receivables.view_handover")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("admin:receivables_hand_over", object_id)

    @display(description=_("Number"), ordering="number")
    def shown_number(self, row: OverdueInvoice) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("admin:receivables_hand_over", args=[row.pk]), row)

    @figure
    @display(description=_("With tax"))
    def shown_total(self, row: OverdueInvoice) -> str:
        return _money(row.total_amount, row.currency)

    @figure
    @display(description=_("Days late"))
    def shown_late(self, row: OverdueInvoice) -> int:
        return days_late(row.due_date, timezone.localdate())


@admin.register(HandOver)
class HandOverAdmin(_ReceivablesAdmin):
    list_display = ("shown_invoice", "shown_company", "shown_agency", "shown_status", "error_reason", "created_at")
    list_filter = (HandOverStatusFilter, AgencyFilter, "account")
    list_related = ("company", "invoice")
    search_fields = ("invoice__number",)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        return redirect("admin:receivables_hand_over", row.invoice_id if row else 0)

    @display(description=_("Invoice"))
    def shown_invoice(self, row: HandOver) -> SafeString:
        url = reverse("admin:receivables_hand_over", args=[row.invoice_id])
        return format_html('<a href="{}">{}</a>', url, row.invoice)

    @display(description=_("Status"))
    def shown_status(self, row: HandOver) -> SafeString:
        return pills.hand_over_pill(row)


@admin.register(Assignment)
class AssignmentAdmin(_ReceivablesAdmin):
    list_display = (
        "shown_number", "shown_company", "debtor_name", "shown_agency", "shown_status", "shown_stage", "shown_open",
        "due_date", "shown_unseen",
    )  # fmt: skip
    ordering = ("-created_at", "-id")
    list_filter = (
        StandingFilter,
        StageFilter,
        AgencyFilter,
        UnseenFilter,
        ("created_at", DaysFilter),
        ("closed_at", DaysFilter),
        ("due_date", RangeDateFilter),
        "account",
    )
    list_filter_submit = True
    list_display_links = ("shown_number",)
    search_fields = ("invoice_number",)
    search_help_text = _("Invoice number or UUID, reference, name or business id of the debtor, assignment id")

    def matching(self, text: str) -> Q:
        return matching(text)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return assignment_page.show(request, object_id)

    @display(description=_("Invoice"), ordering="invoice_number")
    def shown_number(self, row: Assignment) -> str:
        return str(row)

    @display(description=_("Status"))
    def shown_status(self, row: Assignment) -> SafeString:
        return pills.assignment_pill(row)

    @display(description=_("Stage"))
    def shown_stage(self, row: Assignment) -> Any:
        return pills.stage_of(row)

    @figure
    @display(description=_("Open"))
    def shown_open(self, row: Assignment) -> str:
        return _money(row.open_amount, row.currency)

    @figure
    @display(description=_("New"))
    def shown_unseen(self, row: Assignment) -> Any:
        return row.unseen or "–"


@admin.register(AssignmentEvent)
class AssignmentEventAdmin(_ReceivablesAdmin):
    """What happened, the agencies' unseen news first."""

    list_display = (
        "shown_event",
        "shown_seen",
        "shown_assignment",
        "shown_company",
        "shown_amount",
        "text",
        "happened_at",
    )
    list_filter = (UnseenFilter, EventTypeFilter, OriginFilter, ("happened_at", DaysFilter), "account")
    list_filter_submit = True
    list_related = ("company", "assignment")
    ordering = ("seen", "-happened_at", "-id")
    actions = (bulk_action(MarkSeen.kind),)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @display(description=_("Event"))
    def shown_event(self, row: AssignmentEvent) -> str:
        return f"{pills.event_word(row)} · {pills.origin_word(row)}"

    @display(description=_("Seen"))
    def shown_seen(self, row: AssignmentEvent) -> SafeString:
        return pills.seen_pill(row)

    @display(description=_("Assignment"))
    def shown_assignment(self, row: AssignmentEvent) -> SafeString:
        url = reverse("admin:receivables_assignment_change", args=[row.assignment_id])
        return format_html('<a href="{}">{}</a>', url, row.assignment)

    @figure
    @display(description=_("Amount"))
    def shown_amount(self, row: AssignmentEvent) -> str:
        return _money(row.amount, row.currency)


@admin.register(PaymentProposal)
class PaymentProposalAdmin(_ReceivablesAdmin):
    """Bank rows that look like payments of what an agency still collects: told in bulk, or set aside."""

    list_display = (
        "shown_payer", "shown_amount", "booked_on", "reference", "way", "shown_assignment", "shown_company",
        "shown_state",
    )  # fmt: skip
    list_filter = (ProposalStateFilter, MatchWayFilter, "account")
    list_related = ("company", "assignment")
    ordering = ("-booked_on", "-id")
    search_fields = ("payer", "reference")
    actions = (bulk_action(TellPayment.kind), "set_aside")

    @admin.action(description=_("These are no payments of it"))
    def set_aside(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        if not request.user.has_perm(TellPayment.permission):
            raise PermissionDenied
        count = queryset.filter(state=ProposalState.PROPOSED).update(state=ProposalState.REJECTED)
        messages.info(request, ngettext("%(n)d is set aside.", "%(n)d are set aside.", count) % {"n": count})

    @display(description=_("Payer"))
    def shown_payer(self, row: PaymentProposal) -> str:
        return row.payer or "–"

    @figure
    @display(description=_("Amount"))
    def shown_amount(self, row: PaymentProposal) -> str:
        return _money(row.amount, row.currency)

    @display(description=_("Assignment"))
    def shown_assignment(self, row: PaymentProposal) -> SafeString:
        url = reverse("admin:receivables_assignment_change", args=[row.assignment_id])
        return format_html('<a href="{}">{} · {}</a>', url, row.assignment, row.assignment.debtor_name)

    @display(description=_("State"))
    def shown_state(self, row: PaymentProposal) -> SafeString:
        return pills.proposal_pill(row)


def _money(amount: Any, currency: str) -> str:
    if amount is None:
        return "–"
    return f"{number_format(amount, 2, use_l10n=True, force_grouping=True)} {currency}"
