"""How often predictions came true, over all files of the viewer's accounts, and file by file."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from companies.models import ImportFile
from companies.pages.imports.access import accounts, files, may_import
from companies.planning import rates, words
from portal.sites import page

_FILES = 50  # the newest ones


@may_import
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """The page that the dashboard's card leads to."""
    found = rates.over_all(accounts(request))
    hits, told = rates.total(found)
    newest = files(request).filter(compared_at__isnull=False).order_by("-started_at", "-pk")[:_FILES]
    context = {
        "title": _("Predictions and outcomes"),
        "rates": [(rate, *words.OUTCOMES[rate.outcome]) for rate in found],
        "hits": hits,
        "told": told,
        "percent": 100 * hits // told if told else None,
        "files": [_line(file) for file in newest],
    }
    return page(request, "companies/plan_rates.html", context)


def _line(file: ImportFile) -> dict[str, Any]:
    hits, told = rates.total(rates.rates(file.plan.get("rates", {})))
    return {"file": file, "hits": hits, "told": told, "percent": 100 * hits // told if told else None}
