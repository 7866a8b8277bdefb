"""The list of reminders: what was sent to whom on which occasion, and what came back."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from companies.enums import ReminderState
from companies.models import Reminder
from portal.admin_tools import MirrorAdmin
from portal.pills import pill

_LOOKS = {ReminderState.SENT: ("good", "mark_email_read"), ReminderState.BOUNCED: ("bad", "unsubscribe")}


@admin.register(Reminder)
class ReminderAdmin(MirrorAdmin):
    list_display = (
        "sent_at",
        "shown_company",
        "email",
        "shown_stage",
        "locale",
        "shown_state",
        "bounce_text",
        "account",
    )
    list_display_links = None
    list_filter = (("state", ChoicesDropdownFilter), "account")
    list_related = ("authorization__company", "account")
    search_fields = ("email",)
    search_help_text = _("The signer's address")
    ordering = ("-sent_at", "-id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("account__user_key", "account__vendor_key")

    @display(description=_("company"))
    def shown_company(self, reminder: Reminder) -> SafeString:
        company = reminder.authorization.company
        return format_html('<a href="{}">{}</a>', reverse("admin:companies_company_change", args=[company.pk]), company)

    @display(description=_("occasion"))
    def shown_stage(self, reminder: Reminder) -> str:
        when, _colon, day = reminder.stage.partition(":")
        if day:
            return str(_("by hand"))
        return str(_("%(hours)s hours before the end") % {"hours": when.removesuffix("h")})

    @display(description=_("state"))
    def shown_state(self, reminder: Reminder) -> SafeString:
        state = ReminderState(reminder.state)
        return pill(state.label, *_LOOKS[state])
