"""Lists of business documents; the pages behind them are in `invoices.pages.documents`."""

from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from companies import business_ids
from invoices.enums import Direction
from invoices.filters import CreatedFilter
from invoices.models import BusinessDocument, ReceivedDocument, SentDocument
from invoices.operations import ConfirmDocument
from invoices.pages import documents
from invoices.trade import kinds
from invoices.trade.kinds import DocumentStatus, DocumentType
from invoices.trade.pills import status_pill
from portal.admin_tools import MirrorAdmin
from portal.operations.actions import bulk_action

_SHORTEST_NAME = 3


class TypeFilter(DropdownFilter):
    title, parameter_name = _("type"), "type"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*DocumentType.choices, *kinds.INVOICES.items(), ("other", _("Other words"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "other":
            return queryset.exclude(type__in=[*DocumentType.values, *kinds.INVOICES])
        return queryset.filter(type=self.value()) if self.value() else queryset


class DocumentStatusFilter(DropdownFilter):
    title, parameter_name = _("status"), "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*DocumentStatus.choices, ("other", _("Other words"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "other":
            return queryset.exclude(status__in=DocumentStatus.values)
        return queryset.filter(status=self.value()) if self.value() else queryset


class DocumentAdmin(MirrorAdmin):
    """What the lists have in common."""

    direction: Direction
    list_display: tuple[str, ...] = (
        "shown_number",
        "shown_type",
        "shown_status",
        "shown_company",
        "counterparty_name",
        "created_at",
    )
    list_filter = (TypeFilter, DocumentStatusFilter, CreatedFilter, "account")
    search_fields = ("number",)
    search_help_text = _("Number, document id, transmission id, business id or name of the other party")
    list_related = ("company", "account")
    list_display_links = ("shown_number",)
    ordering = ("-created_at", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(direction=self.direction)

    def matching(self, text: str) -> Q:
        named = Q(number=text) | Q(remote_id=text.lower()) | Q(transmission_id=text.lower())
        if _is_uuid(text):
            return named
        if any(char.isdigit() for char in text):
            digests = [business_ids.digest(country, text) for country in (*business_ids.COUNTRIES, "")]
            named |= Q(business_id_digest__in=digests)
        return named | Q(counterparty_name__icontains=text) if len(text) >= _SHORTEST_NAME else named

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("invoices.view_businessdocument")

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("invoices.view_businessdocument")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return documents.show(request, object_id)

    @admin.display(description=_("Number"), ordering="number")
    def shown_number(self, document: BusinessDocument) -> str:
        return str(document)

    @admin.display(description=_("Type"))
    def shown_type(self, document: BusinessDocument) -> str:
        return kinds.word_of(document.type)

    @admin.display(description=_("Status"))
    def shown_status(self, document: BusinessDocument) -> SafeString:
        return status_pill(document)

    @admin.display(description=_("Company"))
    def shown_company(self, document: BusinessDocument) -> SafeString:
        link = reverse("admin:companies_company_change", args=[document.company_id])
        return format_html('<a href="{}">{}</a>', link, document.company)


@admin.register(SentDocument)
class SentDocumentAdmin(DocumentAdmin):
    direction = Direction.SENT


@admin.register(ReceivedDocument)
class ReceivedDocumentAdmin(DocumentAdmin):
    direction = Direction.RECEIVED
    actions = (bulk_action(ConfirmDocument.kind),)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
