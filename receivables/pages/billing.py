"""What AutoInvoice bills, month by month: what was read, what changes still, what is missing; by action and company."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.partners.models import PartnerAccount
from portal.pills import pill
from portal.sites import page, site
from portal.sync import cursors
from receivables.billing import calendar
from receivables.billing import sync as billing_sync
from receivables.models import BillingMonth

SHOWN = 12  # months
_may_view = permission_required("receivables.view_billing", raise_exception=True)
Text = str | Promise


def register() -> None:
    own = site()
    own.register_view("billing/", show, "billing")
    own.register_view("billing/read/", read_now, "billing_read")


@dataclass(frozen=True, slots=True)
class Line:
    """One month as the table shows it."""

    month: date
    name: str
    pill: SafeString
    words: Text
    total: int | None
    companies: int | None
    url: str
    height: float = 0.0  # of its column, percent of the tallest


@_may_view
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Twelve months of one account."""
    accounts = list(PartnerAccount.objects.visible_to(request.user).defer("user_key", "vendor_key").order_by("name"))
    if not accounts:
        return page(request, "companies/no_account.html", {"title": _("Billing")})
    chosen = request.GET.get("account", "")
    account = next((item for item in accounts if str(item.pk) == chosen), accounts[0])
    now = timezone.now()
    months = calendar.last_months(now, SHOWN)
    rows = {row.month: row for row in BillingMonth.objects.filter(account=account, month__in=months)}
    lines = [_line(month, rows.get(month), account, now) for month in months]
    context = {
        "title": _("Billing"),
        "accounts": accounts,
        "account": account,
        "lines": lines[::-1],
        "bars": _with_heights(lines),
        "actions": _by_action(rows, months),
        "months": _named(months),
    }
    return page(request, "receivables/billing.html", context)


@_may_view
@require_POST
def read_now(request: HttpRequest) -> HttpResponse:
    """Have the months that can be read looked at with the next beat."""
    chosen = request.POST.get("account", "")
    account = PartnerAccount.objects.visible_to(request.user).filter(pk=chosen if chosen.isdecimal() else 0).first()
    if account is not None:
        billing_sync.open_months(account)
        months = BillingMonth.objects.filter(account=account, month__in=calendar.readable(timezone.now()))
        months.update(next_check_at=timezone.now())
        cursors.hurry(billing_sync.BillingWatch.name, account)
        messages.success(request, _("The reports are read now; load this page again in a moment."))
    return redirect(f"{reverse('admin:billing')}?{urlencode({'account': chosen})}")


def _line(month: date, row: BillingMonth | None, account: PartnerAccount, now: datetime) -> Line:
    shown, words = _state(month, row, now, account)
    is_read = row is not None and row.read_at is not None
    query = {"month__id__exact": row.pk if row else 0, "account__id__exact": account.pk}
    url = f"{reverse('admin:receivables_billeduse_changelist')}?{urlencode(query)}" if is_read else ""
    return Line(
        month=month,
        name=date_format(month, "F Y"),
        pill=shown,
        words=words,
        total=row.total if row and is_read else None,
        companies=row.companies if row and is_read else None,
        url=url,
    )


def _state(month: date, row: BillingMonth | None, now: datetime, account: PartnerAccount) -> tuple[SafeString, Text]:
    closes, last = calendar.closes_at(month), calendar.kept_until(month)
    is_gone = timezone.localdate(now) > last
    if row is not None and row.is_final:
        return pill(_("Final"), "good"), ""
    if row is not None and row.read_at and is_gone:
        words = _("Read last on %(day)s, before the month was closed; AutoInvoice has dropped it.")
        return pill(_("Not final"), "warn"), words % {"day": date_format(row.read_at, "SHORT_DATE_FORMAT")}
    if row is not None and row.read_at and now < closes:
        words = _("Can change until %(when)s; read again by itself.")
        return pill(_("Changes still"), "info", "hourglass_top"), words % {
            "when": date_format(timezone.localtime(closes), "SHORT_DATETIME_FORMAT")
        }
    if is_gone and timezone.localdate(account.created_at) > last:
        return pill(_("Not read"), "neutral"), _("AutoInvoice had dropped it before the account came here.")
    if is_gone:
        return pill(_("Missing"), "bad"), _("It was not read before AutoInvoice dropped it. Ask AutoInvoice support.")
    error = row.error_text if row else ""
    words = _("It can be read until %(day)s.") % {"day": date_format(last, "SHORT_DATE_FORMAT")}
    return pill(_("Not read yet"), "bad" if error else "warn"), f"{words} {error}".strip()


def _with_heights(lines: list[Line]) -> list[Line]:
    tallest = max((line.total or 0 for line in lines), default=0) or 1
    return [
        Line(line.month, date_format(line.month, "M"), line.pill, line.words, line.total, line.companies, line.url,
             round(100 * (line.total or 0) / tallest, 1))
        for line in lines
    ]  # fmt: skip


def _by_action(rows: dict[date, BillingMonth], months: list[date]) -> list[dict[str, Any]]:
    """Return each action with its counts in the last three months, the most used first; None: month not read."""
    last = [rows.get(month) for month in months[-3:]]
    names = {name for row in last if row for name in row.totals}
    found = [
        {"name": name, "counts": [row.totals.get(name, 0) if row and row.read_at else None for row in last]}
        for name in names
    ]
    found.sort(key=lambda item: (-sum(count or 0 for count in item["counts"]), item["name"]))
    return [
        {
            "name": capfirst(item["name"].replace("_", " ")),
            "counts": list(zip(_named(months), item["counts"], strict=True)),
        }
        for item in found
    ]


def _named(months: list[date]) -> list[str]:
    return [date_format(month, "M") for month in months[-3:]]
