"""The company's requests for authorization: who was asked, how it ended, and what is still open."""

from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from companies import tabs
from companies.enums import AuthorizationState
from companies.models import Company
from portal.pills import pill

SHOWN = 50
_LOOKS: dict[str, tuple[str, str]] = {
    AuthorizationState.OPEN: ("warn", "signature"),
    AuthorizationState.CONFIRMED: ("good", "verified"),
    AuthorizationState.DECLINED: ("bad", "block"),
    AuthorizationState.EXPIRED: ("bad", "timer_off"),
    AuthorizationState.REPLACED: ("neutral", "history"),
}


def register() -> None:
    """Put the tab on the company's page."""
    tabs.register_tab(
        tabs.Tab("requests", _("Requests"), "companies/_tab_requests.html", context, "companies.view_authorization", 30)
    )


def context(request: HttpRequest, company: Company) -> dict[str, Any]:
    """Return what the tab shows, the latest first."""
    rows = company.authorizations.select_related("requested_by").annotate(reminded=Count("reminders"))
    found = rows.order_by("-requested_at", "-pk")[:SHOWN]
    return {
        "requests": [(row, pill(row.get_state_display(), *_LOOKS[row.state])) for row in found],
        "may_authorize": request.user.has_perm("companies.authorize_company"),
        "may_remind": request.user.has_perm("companies.remind_signer"),
    }
