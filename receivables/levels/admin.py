"""The list of all customers with a special service level, of all companies."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminSelectWidget

from companies import finding
from companies.models import Company
from portal.admin_tools import MirrorAdmin
from portal.lists.filters import WordFilter
from portal.operations.actions import bulk_action
from receivables.levels import listing as levels
from receivables.models import ServiceLevel
from receivables.operations.levels import SET_MANY


class ManyLevelsForm(forms.Form):
    level = forms.ChoiceField(label=_("Level"), choices=list(levels.LEVELS.items()), widget=UnfoldAdminSelectWidget)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False


class LevelFilter(WordFilter):
    title, parameter_name, column = _("level"), "level", "level"
    words = [(level, text) for level, text in levels.LEVELS.items() if level != levels.DEFAULT]


@admin.register(ServiceLevel)
class ServiceLevelAdmin(MirrorAdmin):
    list_display = ("shown_customer", "business_id", "shown_level", "shown_company", "fact_at")
    list_display_links = None
    list_filter = (LevelFilter, "account")
    search_fields = ("name",)
    search_help_text = _("Name or business id of the customer, or the company")
    list_related = ("company", "account")
    ordering = ("-id",)
    actions = (bulk_action(SET_MANY.name, ManyLevelsForm),)

    def matching(self, text: str) -> Q:
        companies = Company.objects.filter(finding.matching(text))
        plain = "".join(letter for letter in text if letter.isalnum()).upper()
        return Q(name__icontains=text) | Q(business_id=plain) | Q(company__in=companies.values("pk"))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("receivables.view_servicelevel")

    @display(description=_("Customer"), ordering="name")
    def shown_customer(self, row: ServiceLevel) -> str:
        return row.name or "–"

    @display(description=_("Level"), ordering="level")
    def shown_level(self, row: ServiceLevel) -> Any:
        return levels.word(row.level)

    @display(description=_("Company"))
    def shown_company(self, row: ServiceLevel) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse("admin:company_levels", args=[row.company_id]), row.company)
