"""The list of answer templates: written and changed per partner account."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from portal.admin_tools import AccountScopedAdmin
from portal.partners.models import PartnerAccount
from receivables.models import ReplyTemplate


@admin.register(ReplyTemplate)
class ReplyTemplateAdmin(AccountScopedAdmin):
    list_display = ("name", "shown_text", "account")
    list_filter = ("account",)
    search_fields = ("name", "text")
    fields = ("account", "name", "text")
    ordering = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.select_related("account")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the viewer's accounts only."""
        if db_field.name == "account":
            kwargs["queryset"] = PartnerAccount.objects.visible_to(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @display(description=_("text"))
    def shown_text(self, template: ReplyTemplate) -> str:
        return template.text[:120]
