"""Lists of operations and batches; the pages behind them are in `portal.operations.pages`."""

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import display

from portal.admin_tools import MirrorAdmin
from portal.operations import deciding, kinds, pills
from portal.operations.enums import MOVING_STATES, State
from portal.operations.models import NAMED_CASE, Batch, Operation
from portal.operations.pages import batch as batch_page
from portal.operations.pages import operation as operation_page


class StateFilter(DropdownFilter):
    title, parameter_name = _("state"), "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("human", _("Needs a human")), ("moving", _("Under way")), *State.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Operation]) -> QuerySet[Operation]:
        if self.value() == "human":
            return queryset.filter(NAMED_CASE)
        if self.value() == "moving":
            return queryset.filter(state__in=MOVING_STATES)
        return queryset.filter(state=self.value()) if self.value() else queryset


class KindFilter(DropdownFilter):
    title, parameter_name = _("kind"), "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(kinds.choices())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Operation)
class OperationAdmin(MirrorAdmin):
    list_display = ("shown_what", "shown_about", "shown_state", "shown_why", "actor", "created_at")
    list_display_links = ("shown_what",)
    list_filter = (StateFilter, KindFilter, "account")
    list_related = ("account", "actor")
    search_fields = ("company_uuid",)
    search_help_text = _("AutoInvoice id of a company, or an operation's own id or number")
    ordering = ("-id",)
    actions = ("try_again", "cancel", "it_happened", "it_did_not_happen")

    def matching(self, text: str) -> Q:
        try:
            uuid = UUID(text)
        except ValueError:
            return Q(pk=int(text)) if text.isdecimal() else Q(pk__in=[])
        return Q(company_uuid=uuid) | Q(uuid=uuid)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Operation]:
        return super().get_queryset(request).prefetch_related("target")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return operation_page.show(request, _number(object_id))

    @display(description=_("What"))
    def shown_what(self, operation: Operation) -> str:
        return str(kinds.label_of(operation.kind))

    @display(description=_("About"))
    def shown_about(self, operation: Operation) -> str:
        return str(operation.target or "–")

    @display(description=_("State"))
    def shown_state(self, operation: Operation) -> SafeString:
        return pills.of_operation(operation)

    @display(description=_("Why"))
    def shown_why(self, operation: Operation) -> str:
        return operation.named_case or operation.remedy or operation.error_text

    @admin.action(description=_("Try again"))
    def try_again(self, request: HttpRequest, queryset: QuerySet[Operation]) -> None:
        _decide(request, queryset, "retry")

    @admin.action(description=_("Cancel"))
    def cancel(self, request: HttpRequest, queryset: QuerySet[Operation]) -> None:
        _decide(request, queryset, "cancel")

    @admin.action(description=_("Named cases: it happened"))
    def it_happened(self, request: HttpRequest, queryset: QuerySet[Operation]) -> None:
        _decide(request, queryset, "happened")

    @admin.action(description=_("Named cases: it did not happen, send again"))
    def it_did_not_happen(self, request: HttpRequest, queryset: QuerySet[Operation]) -> None:
        _decide(request, queryset, "not-happened")


@admin.register(Batch)
class BatchAdmin(MirrorAdmin):
    list_display = ("label", "shown_kind", "shown_state", "total", "account", "actor", "created_at")
    list_filter = (("state", ChoicesDropdownFilter), "account")
    list_related = ("account", "actor")
    search_fields = ("label",)
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Batch]:
        return super().get_queryset(request).defer("selection", "skipped")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return batch_page.show(request, _number(object_id))

    @display(description=_("Kind"))
    def shown_kind(self, batch: Batch) -> str:
        return str(kinds.label_of(batch.kind))

    @display(description=_("State"))
    def shown_state(self, batch: Batch) -> SafeString:
        return pills.of_batch(batch)


def _decide(request: HttpRequest, queryset: QuerySet[Operation], verb: str) -> None:
    """Take one decision about the chosen rows whose kinds this member of staff may act on; say how it went."""
    outcome = deciding.about_listed(request, queryset, verb)
    if outcome.decided.changed:
        messages.success(request, _now("%(count)d operations changed.") % {"count": outcome.decided.changed})
    if outcome.later:
        messages.info(request, _now("The rest of those that match follow; reload the list to see how far it is."))
    if outcome.not_allowed:
        left = outcome.not_allowed
        messages.warning(request, _now("%(count)d are of kinds that you may not act on.") % {"count": left})
    for reason in sorted({str(reason) for _operation, reason in outcome.decided.refused}):
        messages.warning(request, reason)


def _number(object_id: str) -> int:
    if not object_id.isdecimal():
        raise Http404
    return int(object_id)
