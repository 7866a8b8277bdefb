"""What the admin classes of all rooms share: mirrors are read-only, and staff see only their accounts."""

from typing import Any

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from portal.lists.changelist import KeysetChangeList
from portal.partners.models import PartnerAccount


def _everybody(user: Any) -> bool:
    return True


class AccountScopedAdmin(ModelAdmin):
    """Rows of the viewer's partner accounts only; `account_path` leads from the row to its account."""

    account_path = "account"
    change_list_template = "portal/lists/list.html"
    list_per_page = 50
    # Read for the rows of a page, by statements of their own: joined, SQLite begins at the accounts and sorts all.
    list_related: tuple[str, ...] = ()
    list_select_related: Any = ()  # not False: Django would join whatever is shown
    sortable_by: tuple[str, ...] = ()  # columns that an index carries the order of
    empty_hint: Any = ""  # the next step, shown while the list is empty
    never_empty: tuple[str, ...] = ()  # nullable columns that have a value in all rows of this list

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

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetChangeList]:
        return KeysetChangeList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.filter(**{f"{self.account_path}__in": self._accounts(request)})

    def parts(self, request: HttpRequest, rows: QuerySet[Any]) -> list[QuerySet[Any]]:
        """Return a list account by account: an index that begins with the account carries the order of each alone."""
        return [rows.filter(**{self.account_path: account}) for account in self._accounts(request)]

    def _accounts(self, request: HttpRequest) -> list[int]:
        """Return the ids of the viewer's accounts, read once a request."""
        known: list[int] | None = getattr(request, "visible_accounts", None)
        if known is None:
            known = list(PartnerAccount.objects.visible_to(request.user).order_by("pk").values_list("pk", flat=True))
            request.visible_accounts = known  # type: ignore[attr-defined]
        return known


class MirrorAdmin(AccountScopedAdmin):
    """Rows that only operations, deliveries and sync write."""

    actions_on_bottom = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
