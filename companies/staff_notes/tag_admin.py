"""The list of tags: made, renamed, coloured and deleted per partner account."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from companies.models import Tag
from portal.admin_tools import AccountScopedAdmin
from portal.partners.models import PartnerAccount


@admin.register(Tag)
class TagAdmin(AccountScopedAdmin):
    list_display = ("shown_name", "account", "shown_companies")
    list_display_links = ("shown_name",)
    list_filter = ("account",)
    search_fields = ("name",)
    fields = ("account", "name", "colour")
    ordering = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        counted: QuerySet[Any] = rows.select_related("account").annotate(carried=Count("companies"))
        return counted

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return ("account",) if obj else ()  # companies of one account carry it

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the viewer's accounts only."""
        if db_field.name == "account":
            kwargs["queryset"] = PartnerAccount.objects.visible_to(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @display(description=_("Tag"), ordering="name")
    def shown_name(self, tag: Tag) -> SafeString:
        return format_html('<span class="tag tag-{}">{}</span>', tag.colour, tag.name)

    @display(description=_("Companies"))
    def shown_companies(self, tag: Any) -> SafeString:
        address = reverse("admin:companies_company_changelist")
        return format_html('<a href="{}?tag={}">{}</a>', address, tag.pk, tag.carried)
