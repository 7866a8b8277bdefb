"""What the admin classes of all rooms share: mirrors are read-only, and staff see only their accounts."""

from typing import Any

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from portal.partners.models import PartnerAccount


def _everybody(user: Any) -> bool:
    return True


class AccountScopedAdmin(ModelAdmin):
    """Rows of the viewer's partner accounts only; `account_path` leads from the row to its account."""

    account_path = "account"
    show_full_result_count = False  # a count of all rows costs more than the page on a large table
    list_per_page = 50

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Offer only what the viewer may do; an action may say so by `is_for(user)`."""
        offered = super().get_actions(request)
        return {
            name: action for name, action in offered.items() if getattr(action[0], "is_for", _everybody)(request.user)
        }

    def matching(self, text: str) -> Q | None:
        """Return the condition on the rows that a search text means; None: `search_fields` say it."""
        return None

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        text = search_term.strip()
        rows = self.matching(text) if text else None
        if rows is not None:
            return queryset.filter(rows), False
        found: tuple[QuerySet[Any], bool] = super().get_search_results(request, queryset, search_term)
        return found

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        if request.user.is_superuser:
            return rows
        return rows.filter(**{f"{self.account_path}__in": PartnerAccount.objects.visible_to(request.user)})


class MirrorAdmin(AccountScopedAdmin):
    """Rows that only operations, deliveries and sync write."""

    actions_on_bottom = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
