"""Deliveries and subscriptions in the admin; both are read-only, their verbs have buttons."""

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from portal.admin_tools import MirrorAdmin
from portal.list_actions import fields_to_repeat
from portal.partners.fields import WrongFieldKeyError
from portal.pills import pill
from portal.sites import page
from portal.webhooks import draining, intake, masking, pills, replay
from portal.webhooks.enums import DeliveryState
from portal.webhooks.filters import EventFilter, ReceivedFilter
from portal.webhooks.models import Delivery, DeliveryQuerySet, Subscription

_BOX = '<details><summary>{}</summary><pre class="raw">{}</pre></details>'


@admin.register(Delivery)
class DeliveryAdmin(MirrorAdmin):
    list_display = ("received_at", "shown_event", "shown_company", "account", "shown_state", "attempts", "reason")
    list_display_links = ("received_at", "shown_event")
    list_filter = ("state", ReceivedFilter, EventFilter, "account")
    list_related = ("account",)
    search_fields = ("company_uuid__exact",)
    search_help_text = _("A company's UUID, whole")
    ordering = ("-id",)
    actions = ("try_again", "process_again")
    change_form_before_template = "webhooks/process_again.html"
    _facts = ("received_at", "account", "shown_event", "shown_company", "event_at", "address", "shown_body", "headers")
    _processing: tuple[str, ...] = ("shown_state", "reason", "attempts", "next_try", "processed_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        rows: QuerySet[Delivery] = super().get_queryset(request)
        return rows.defer("body", "traceback", "account__user_key", "account__vendor_key")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        processing = self._processing
        if obj is not None and self.has_process_permission(request) and _read(obj, "traceback"):
            processing = (*processing, "shown_error")
        return ((None, {"fields": self._facts}), (_("Processing"), {"fields": processing}))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self._facts, *self._processing, "shown_error")

    def has_process_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("webhooks.process_delivery")

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {**(extra_context or {}), "may_process": self.has_process_permission(request)}
        response: HttpResponse = super().changeform_view(request, object_id, form_url, context)
        return response

    @admin.action(description=_("Process again: see first what would change"), permissions=["process"])
    def try_again(self, request: HttpRequest, queryset: DeliveryQuerySet) -> HttpResponse:
        count = queryset.count()
        chosen = queryset.select_related("account", "secret").defer("secret__secret", "secret__password")
        tried = replay.try_out(chosen.order_by("pk")[: replay.MOST])
        context = {
            "title": _("What processing again would change"),
            "opts": Delivery._meta,
            "tried": tried,
            "count": count,
            "changing": sum(bool(one.changes) for one in tried),
            "fields": [(name, value) for name, value in fields_to_repeat(request) if name != "action"],
        }
        return page(request, "webhooks/replay.html", context)

    @admin.action(description=_("Process again"), permissions=["process"])
    def process_again(self, request: HttpRequest, queryset: DeliveryQuerySet) -> None:
        count = draining.process_again(queryset)
        intake.nudge()
        said = ngettext("%(count)d delivery is processed again.", "%(count)d deliveries are processed again.", count)
        messages.success(request, said % {"count": count})

    @display(description=_("event"), ordering="event")
    def shown_event(self, delivery: Delivery) -> str:
        return delivery.event or str(_("unreadable"))

    @display(description=_("company"))
    def shown_company(self, delivery: Delivery) -> str:
        if delivery.company_uuid is None:
            return "–"
        try:
            url = reverse("admin:companies_company_changelist")
        except NoReverseMatch:
            return str(delivery.company_uuid)
        return format_html('<a href="{}?q={}">{}</a>', url, delivery.company_uuid, delivery.company_uuid)

    @display(description=_("state"), ordering="state")
    def shown_state(self, delivery: Delivery) -> str:
        return pills.of_delivery(delivery)

    @display(description=_("next try"))
    def next_try(self, delivery: Delivery) -> str:
        return _moment(delivery.not_before) if delivery.state == DeliveryState.STORED else "–"

    @display(description=_("body"))
    def shown_body(self, delivery: Delivery) -> str:
        shown = masking.body(_read(delivery, "body"))
        return format_html(_BOX, _("As AutoInvoice sent it"), shown) if shown else "–"

    @display(description=_("last error"))
    def shown_error(self, delivery: Delivery) -> str:
        return format_html(_BOX, _("For whoever mends the portal"), masking.plain(_read(delivery, "traceback")))


def _moment(at: datetime) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def _read(delivery: Delivery, column: str) -> str:
    """Return an encrypted column, or why it cannot be read."""
    try:
        return str(getattr(delivery, column))
    except WrongFieldKeyError:
        return str(_("This cannot be read: FIELD_KEYS lacks the key that encrypted it."))


@admin.register(Subscription)
class SubscriptionAdmin(MirrorAdmin):
    list_display = ("shown_reach", "account", "destination", "shown_events", "shown_ours", "shown_state", "fact_at")
    list_filter = ("account", ("deleted_at", admin.EmptyFieldListFilter))
    list_related = ("account", "secret")
    ordering = ("-id",)
    list_before_template = "webhooks/subscriptions.html"
    change_form_before_template = "webhooks/subscription.html"
    fields = (
        "account", "shown_reach", "company_uuid", "destination", "shown_events", "shown_ours", "shown_state",
        "first_delivery", "created_at", "fact_at", "deleted_at", "remote_id",
    )  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Subscription]:
        rows: QuerySet[Subscription] = super().get_queryset(request)
        return rows.defer("account__user_key", "account__vendor_key", "secret__secret", "secret__password")

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("webhooks.manage_subscriptions")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {**(extra_context or {}), "may_manage": self.has_manage_permission(request)}
        response: HttpResponse = super().changelist_view(request, context)
        return response

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {**(extra_context or {}), "may_manage": self.has_manage_permission(request)}
        response: HttpResponse = super().changeform_view(request, object_id, form_url, context)
        return response

    @display(description=_("reach"), ordering="reach")
    def shown_reach(self, subscription: Subscription) -> str:
        return subscription.get_reach()

    @display(description=_("events"))
    def shown_events(self, subscription: Subscription) -> str:
        return ", ".join(map(str, subscription.events)) or "–"

    @display(description=_("brings events here"), boolean=True)
    def shown_ours(self, subscription: Subscription) -> bool:
        return subscription.secret_id is not None

    @display(description=_("first delivery"))
    def first_delivery(self, subscription: Subscription) -> str:
        at = subscription.secret.first_used_at if subscription.secret else None
        return _moment(at) if at else "–"

    @display(description=_("state"))
    def shown_state(self, subscription: Subscription) -> str:
        if subscription.deleted_at:
            return pill(_("Deleted"), "neutral")
        if subscription.secret is None:
            return pill(_("Goes elsewhere"), "info")
        works = subscription.secret.first_used_at is not None
        return pill(_("Works"), "good") if works else pill(_("No delivery yet"), "warn")
