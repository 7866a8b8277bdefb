"""Service levels of a company's customers: looked up, set, and set for a whole list after a look at it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from companies.models import Company
from companies.pages.one_company import company_or_404, on_tab, under_way
from portal import maventa
from portal.operations import queueing
from portal.operations.handlers import NotQueueableError
from portal.sites import page, site
from portal.sync import cursors
from receivables import clients
from receivables.levels import listing as levels
from receivables.levels import sync as levels_sync
from receivables.levels.listing import WrongRowError
from receivables.models import ServiceLevel
from receivables.operations.levels import SetLevel
from receivables.pages.company import TAB_NAME
from receivables.services.levels import LevelService

_may_view = permission_required("receivables.view_servicelevel", raise_exception=True)
_MOST_SHOWN, _MOST_BYTES = 500, 100_000


def register() -> None:
    own = site()
    own.register_view("companies/<int:pk>/levels/", show, "company_levels")
    own.register_view("companies/<int:pk>/levels/many/", many, "company_levels_many")
    own.register_view("companies/<int:pk>/levels/read/", read_now, "company_levels_read")


@_may_view
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """Who has a special level; `customer` is looked up at AutoInvoice, a POST sets its level."""
    company = company_or_404(request, pk)
    if request.method == "POST":
        return _set(request, company)
    asked = request.GET.get("customer", "").strip()
    found, error = _look(company, asked) if asked and levels.has_kassavirta(company) else (None, "")
    special = ServiceLevel.objects.filter(company=company).order_by("name", "pk")
    context = {
        "title": _("Service levels of %(company)s") % {"company": company},
        "opts": Company._meta,
        "original": company,
        "fits": levels.has_kassavirta(company),
        "rows": [(row, levels.word(row.level)) for row in special[:_MOST_SHOWN]],
        "asked": asked,
        "found": found,
        "error": error,
        "choices": [(level, text, levels.WHAT[level]) for level, text in levels.LEVELS.items()],
        "may_set": request.user.has_perm(SetLevel.permission),
        "under_way": under_way(company, (SetLevel.kind,)),
        "back": on_tab(company, TAB_NAME),
    }
    return page(request, "receivables/levels.html", context)


def _look(company: Company, asked: str) -> tuple[dict[str, Any] | None, str]:
    """Ask AutoInvoice for one customer's level; returns it, or words that say why not."""
    try:
        business_id = levels.compact(asked, company.country)
        told = LevelService(clients.for_company(company)).level(business_id)
    except WrongRowError as error:
        return None, str(error)
    except maventa.MaventaError as error:
        return None, error.staff_text
    level = told.level or levels.DEFAULT
    return {"business_id": business_id, "name": told.name or "", "level": level, "word": levels.word(level)}, ""


def _set(request: HttpRequest, company: Company) -> HttpResponse:
    if not request.user.has_perm(SetLevel.permission):
        raise PermissionDenied
    try:
        business_id = levels.compact(request.POST.get("business_id", ""), company.country)
        _queue(request, company, business_id, request.POST.get("level", ""))
    except WrongRowError as error:
        messages.warning(request, str(error))
    except NotQueueableError as error:
        messages.warning(request, error.staff_text)
    else:
        messages.success(request, _("The level is on its way."))
    return redirect("admin:company_levels", company.pk)


@permission_required(SetLevel.permission, raise_exception=True)
def many(request: HttpRequest, pk: int) -> HttpResponse:
    """A pasted list or a file: first what would be set and what is wrong, then it is set."""
    company = company_or_404(request, pk)
    text, level = request.POST.get("text", ""), request.POST.get("level", levels.DEFAULT)
    error, rows = "", []
    if request.method == "POST":
        try:
            text = _content(request) or text
            rows = levels.rows_of(text, company, level)
        except WrongRowError as exc:
            error = str(exc)
    good = [row for row in rows if not row.error]
    if request.method == "POST" and "confirmed" in request.POST and good and not error:
        return _set_many(request, company, good)
    context = {
        "title": _("Set many service levels"),
        "opts": Company._meta,
        "original": company,
        "text": text,
        "level": level,
        "levels": [(name, words) for name, words in levels.LEVELS.items()],
        "rows": [(row, levels.word(row.level)) for row in rows],
        "good": len(good),
        "wrong": len(rows) - len(good),
        "error": error,
        "most": levels.MOST_ROWS,
    }
    return page(request, "receivables/levels_many.html", context)


def _content(request: HttpRequest) -> str:
    file = request.FILES.get("file")
    if file is None:
        return ""
    if (file.size or 0) > _MOST_BYTES:
        raise WrongRowError(_("The file is too large: give at most %(most)d lines.") % {"most": levels.MOST_ROWS})
    try:
        return str(file.read().decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise WrongRowError(_("The file is no text in UTF-8. Save it as CSV UTF-8.")) from None


def _set_many(request: HttpRequest, company: Company, rows: list[levels.Row]) -> HttpResponse:
    wanted = [
        queueing.Row(company, {"business_id": row.business_id, "level": row.level}, company_uuid=company.uuid)
        for row in rows
    ]
    queued = queueing.queue_many(SetLevel.kind, wanted, account=company.account, actor=request.user)
    if queued.refused:
        messages.warning(request, f"{queued.refused[0].reason} {queued.refused[0].remedy}")
    else:
        text = _("%(count)d levels are on their way, %(twice)d were already.")
        messages.success(request, text % {"count": len(queued.created), "twice": len(queued.duplicates)})
    return redirect("admin:company_levels", company.pk)


@_may_view
@require_POST
def read_now(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the list read with the next beat."""
    company = company_or_404(request, pk)
    cursors.follow(levels_sync.LevelFeed.name, company.account, [company.uuid])
    cursors.hurry(levels_sync.LevelFeed.name, company.account, company.uuid)
    messages.success(request, _("The list is read now; load this page again in a moment."))
    return redirect("admin:company_levels", company.pk)


def _queue(request: HttpRequest, company: Company, business_id: str, level: str) -> None:
    """:raises NotQueueableError: a policy says no, or the same is under way"""
    queueing.queue(
        SetLevel.kind,
        company,
        {"business_id": business_id, "level": level},
        account=company.account,
        actor=request.user,
        company_uuid=company.uuid,
    )
