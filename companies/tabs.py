"""Tabs of the company page; apps to the right add theirs in `AppConfig.ready`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise

from companies.models import Company


@dataclass(frozen=True, slots=True)
class Tab:
    name: str  # in the address: ?tab=invoices
    title: str | Promise
    template: str
    context: Callable[[HttpRequest, Company], dict[str, Any]]
    permission: str = "companies.view_company"
    order: int = 50
    lazy: bool = False  # long: fetched after the page; without JavaScript a link opens it


_tabs: list[Tab] = []


def register_tab(tab: Tab) -> None:
    """Add a tab to every company's page."""
    _tabs.append(tab)


def tabs_for(request: HttpRequest) -> list[Tab]:
    """Return the tabs this viewer may open, in order."""
    return sorted((tab for tab in _tabs if request.user.has_perm(tab.permission)), key=lambda tab: tab.order)
