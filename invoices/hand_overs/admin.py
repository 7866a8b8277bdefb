"""Targets of hand-overs, and the list of what is on its way to them."""

from collections import defaultdict
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from invoices import finding, links
from invoices.hand_overs import handing_over
from invoices.hand_overs.forms import HandOverTargetForm
from invoices.models import HandOver, HandOverTarget, Invoice
from invoices.pages.visible import visible
from portal.admin_tools import AccountScopedAdmin, MirrorAdmin
from portal.operations import pills
from portal.operations.actions import bulk_action
from portal.operations.enums import OPEN_STATES
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount
from portal.pills import pill

_CHUNK = 500


class StateFilter(DropdownFilter):
    """What has arrived, what is tried, and what nobody tries any more."""

    title, parameter_name = _("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("done", _("Handed over")), ("open", _("On its way")), ("failed", _("Failed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "done":
            return queryset.exclude(done_at=None)
        if self.value() == "failed":
            return handing_over.stuck(queryset)
        if self.value() != "open":
            return queryset
        moving = Operation.objects.filter(kind=handing_over.KIND, state__in=OPEN_STATES)
        return queryset.filter(done_at=None, pk__in=moving.values("target_id"))


class TargetFilter(DropdownFilter):
    title, parameter_name = _("target"), "target"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        accounts = PartnerAccount.objects.visible_to(request.user)
        found = HandOverTarget.objects.filter(account__in=accounts).values_list("pk", "name")[:200]
        return [(str(pk), name) for pk, name in found]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(target=self.value()) if (self.value() or "").isdecimal() else queryset


@admin.register(HandOver)
class HandOverAdmin(MirrorAdmin):
    list_display = ("shown_invoice", "shown_state", "shown_company", "target", "shown_why", "created_at", "done_at")
    list_display_links = ("shown_invoice",)
    list_filter = (StateFilter, TargetFilter, "account")
    list_related = ("invoice__company", "target", "account")
    search_fields = ("invoice__number",)
    search_help_text = _("Number or UUID of the invoice")
    ordering = ("-id",)
    empty_hint = _("Add a hand-over target: what is received from then on appears here.")
    actions = (bulk_action(handing_over.KIND),)

    def matching(self, text: str) -> Q:
        return Q(invoice__in=Invoice.objects.filter(finding.matching_exactly(text)))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        latest = Operation.objects.order_by("-pk")
        rows = super().get_queryset(request)
        return rows.prefetch_related(Prefetch("operations", latest, to_attr="latest_operations"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        return redirect(
            links.page_of(visible(request, row.invoice_id)) if row else "admin:invoices_handover_changelist"
        )

    @admin.display(description=_("Invoice"))
    def shown_invoice(self, row: HandOver) -> str:
        return str(row.invoice)

    @admin.display(description=_("State"))
    def shown_state(self, row: HandOver) -> SafeString:
        if row.done_at:
            return pill(_("Handed over"), "good", "task_alt")
        latest = _latest(row)
        return pills.of_operation(latest) if latest else pill(_("Not begun"), "neutral")

    @admin.display(description=_("Company"))
    def shown_company(self, row: HandOver) -> str:
        return str(row.invoice.company)

    @admin.display(description=_("What was said"))
    def shown_why(self, row: HandOver) -> str:
        latest = _latest(row)
        return "" if row.done_at or latest is None else (latest.remedy or latest.error_text)[:200]


def _latest(row: HandOver) -> Operation | None:
    found: list[Operation] = row.latest_operations  # type: ignore[attr-defined]
    return found[0] if found else None


@admin.register(HandOverTarget)
class HandOverTargetAdmin(AccountScopedAdmin):
    form = HandOverTargetForm
    list_display = ("name", "way", "shown_where", "shown_for", "is_active", "account")
    list_filter = ("way", "is_active", "account")
    list_related = ("company", "account")
    search_fields = ("name",)
    ordering = ("name",)
    empty_hint = _("A target is a customer's folder or webhook to which received invoices are given.")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # what was handed over stays on record; switch a target off instead

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        made = super().get_form(request, obj, change, **kwargs)

        class Bound(made):  # type: ignore[misc, valid-type]
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, viewer=request.user, **kwargs)

        return Bound

    @admin.display(description=_("Where to"))
    def shown_where(self, target: HandOverTarget) -> SafeString:
        return format_html("<code>{}</code>", target.folder or target.url.partition("?")[0])

    @admin.display(description=_("For"))
    def shown_for(self, target: HandOverTarget) -> Any:
        return target.company or _("all companies without a target of their own")


@admin.action(description=_("Hand over to the customer's system"))
def hand_over(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> None:
    """Put the chosen saved invoices on their way to the targets that their companies have; each goes there once."""
    before = HandOver.objects.count()
    by_account: dict[int, list[Invoice]] = defaultdict(list)
    for invoice in queryset.exclude(files_at=None).select_related("company", "account").iterator(chunk_size=500):
        by_account[invoice.account_id].append(invoice)
        if len(by_account[invoice.account_id]) == _CHUNK:
            _begin(by_account.pop(invoice.account_id))
    for invoices in by_account.values():
        _begin(invoices)
    new = HandOver.objects.count() - before
    if new:
        text = ngettext("%(n)d invoice is on its way.", "%(n)d invoices are on their way.", new)
        model_admin.message_user(request, text % {"n": new}, messages.SUCCESS)
    else:
        text = gettext("Nothing was handed over: no target is set for them, or they went there before.")
        model_admin.message_user(request, text, messages.WARNING)


def _begin(invoices: list[Invoice]) -> None:
    with transaction.atomic():
        handing_over.begin(invoices[0].account, invoices)


hand_over.is_for = lambda user: user.has_perm("invoices.hand_over")  # type: ignore[attr-defined]
