"""The fleet's money, open, overdue, in collection and collected, by agency and by company; each figure a link."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from companies import finding
from companies.models import Company
from companies.pages.one_company import on_tab
from portal.partners.models import PartnerAccount
from portal.sites import page, site
from receivables.collection.agencies import title_of
from receivables.models import AgencyMoney, CompanyMoney
from receivables.money import counting
from receivables.pages.company import TAB_NAME

_may_view = permission_required("receivables.view_assignment", raise_exception=True)
PER_PAGE = 50
HEADS: dict[str, str | Promise] = {
    "open": gettext_lazy("Open"),
    "overdue": gettext_lazy("Overdue"),
    "collection": gettext_lazy("In collection"),
    "legal": gettext_lazy("In legal collection"),
    "collected": gettext_lazy("Collected"),
}
# The list of assignments behind each figure.
_BEHIND = {
    "open": {"standing": "open"},
    "overdue": {"standing": "overdue"},
    "collection": {"standing": "open", "stage": "collection"},
    "legal": {"standing": "open", "stage": "legal_collection"},
    "collected": {"paid": "yes"},
}


@dataclass(frozen=True, slots=True)
class Figure:
    head: str | Promise
    amount: str
    count: int
    url: str


def register() -> None:
    own = site()
    own.register_view("money/", show, "money")
    own.register_view("money/count/", count_now, "money_count")


@_may_view
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """One account in one currency."""
    accounts = list(PartnerAccount.objects.visible_to(request.user).defer("user_key", "vendor_key").order_by("name"))
    if not accounts:
        return page(request, "companies/no_account.html", {"title": _("Money")})
    chosen = request.GET.get("account", "")
    account = next((item for item in accounts if str(item.pk) == chosen), accounts[0])
    agencies = list(AgencyMoney.objects.filter(account=account).order_by("agency", "currency"))
    currencies = sorted({row.currency for row in agencies})
    currency = request.GET.get("currency", "")
    currency = currency if currency in currencies else ("EUR" if "EUR" in currencies else next(iter(currencies), ""))
    mine = [row for row in agencies if row.currency == currency]
    companies, more = _companies(request, account, currency)
    context = {
        "title": _("Money"),
        "accounts": accounts,
        "account": account,
        "currencies": [(name, _here(request, currency=name), name == currency) for name in currencies],
        "currency": currency,
        "heads": list(HEADS.values()),
        "totals": _totals(mine, account) if mine else [],
        "agencies": [(title_of(row.agency) or "–", _figures(row, account, agency=row.agency)) for row in mine],
        "companies": companies,
        "q": request.GET.get("q", ""),
        "more": _here(request, after=more) if more else "",
        "counted_at": min((row.counted_at for row in mine), default=None),
    }
    return page(request, "receivables/money.html", context)


@_may_view
@require_POST
def count_now(request: HttpRequest) -> HttpResponse:
    """Count one account's money now."""
    chosen = request.POST.get("account", "")
    account = PartnerAccount.objects.visible_to(request.user).filter(pk=chosen if chosen.isdecimal() else 0).first()
    if account is not None:
        counting.recount(account)
        messages.success(request, _("Counted."))
    return redirect(f"{reverse('admin:money')}?{urlencode({'account': chosen})}")


def _companies(request: HttpRequest, account: PartnerAccount, currency: str) -> tuple[list[dict[str, Any]], str]:
    """Return a page of companies, those with most overdue first, and where the next page begins."""
    rows = CompanyMoney.objects.filter(account=account, currency=currency)
    if text := request.GET.get("q", "").strip():
        found = Company.objects.visible_to(request.user).filter(finding.matching(text))
        rows = rows.filter(company__in=found.values("pk"))
    after = request.GET.get("after", "")
    start = int(after) if after.isdecimal() and len(after) < 7 else 0
    shown = list(rows.select_related("company").order_by("-overdue_amount", "-pk")[start : start + PER_PAGE + 1])
    lines = [
        {
            "company": row.company,
            "url": on_tab(row.company, TAB_NAME),
            "agency": title_of(row.agency) or "–",
            "figures": _figures(row, account, agency=row.agency, company__id__exact=row.company_id),
        }
        for row in shown[:PER_PAGE]
    ]
    return lines, str(start + PER_PAGE) if len(shown) > PER_PAGE else ""


def _figures(row: AgencyMoney | CompanyMoney, account: PartnerAccount, **more: Any) -> list[Figure]:
    return [
        Figure(HEADS[name], _sum(getattr(row, f"{name}_amount"), row.currency), getattr(row, f"{name}_count"),
               _behind(name, account, row.currency, **more))
        for name in HEADS
    ]  # fmt: skip


def _totals(rows: list[AgencyMoney], account: PartnerAccount) -> list[Figure]:
    return [
        Figure(
            HEADS[name],
            _sum(sum((getattr(row, f"{name}_amount") for row in rows), Decimal(0)), rows[0].currency),
            sum(getattr(row, f"{name}_count") for row in rows),
            _behind(name, account, rows[0].currency),
        )
        for name in HEADS
    ]


def _behind(name: str, account: PartnerAccount, currency: str, **more: Any) -> str:
    query = {**_BEHIND[name], "currency": currency, "account__id__exact": account.pk, **more}
    return f"{reverse('admin:receivables_assignment_changelist')}?{urlencode(query)}"


def _sum(amount: Decimal, currency: str) -> str:
    return f"{number_format(amount, 2, force_grouping=True)} {currency}"


def _here(request: HttpRequest, **changed: str) -> str:
    kept = {name: request.GET[name] for name in ("account", "currency", "q") if request.GET.get(name)}
    return f"?{urlencode({**kept, **changed})}"
