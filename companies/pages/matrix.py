"""The page of the matrix: which company is in which network, and activating what is missing."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from companies.forms import COUNTRY_NAMES
from companies.models import Company
from companies.networks import catalogue, matrix
from companies.networks.matrix import Filters
from companies.operations.networks import ActivateNetwork
from portal.operations import batches, chains, kinds, queueing
from portal.operations.handlers import AlreadyQueuedError, NotQueueableError
from portal.partners.models import PartnerAccount
from portal.sites import page, site

JOIN_MANY = "companies.join_networks"
_FILTERS = ("country", "network", "state", "search")


@require_safe
@permission_required("companies.view_company", raise_exception=True)
def show(request: HttpRequest) -> HttpResponse:
    """One page of the matrix."""
    accounts = list(PartnerAccount.objects.active().visible_to(request.user).order_by("name"))
    if not accounts:
        return page(request, "companies/no_account.html", {"title": _("Networks")})
    filters = _filters(request, accounts)
    shown = matrix.page(filters, request.GET.get("after", ""))
    kept = {"account": str(filters.account.pk), **{name: getattr(filters, name) for name in _FILTERS}}
    query = urlencode({name: value for name, value in kept.items() if value})
    context: dict[str, Any] = {
        "title": _("Networks"),
        "matrix": shown,
        "filters": filters,
        "accounts": accounts,
        "countries": COUNTRY_NAMES.items(),
        "states": matrix.STATES.items(),
        "networks": list(dict.fromkeys([*catalogue.SHOWN, *catalogue.names(), *shown.columns])),
        "needs": [(name, catalogue.needs_of(name)) for name in shown.columns if catalogue.needs_of(name)],
        "joinable": catalogue.offered(""),
        "query": query,
        "is_filtered": any(kept[name] for name in _FILTERS),
        "next": f"?{query}&after={shown.after}" if shown.after else "",
        "first": f"?{query}" if request.GET.get("after") else "",
        "may_activate": request.user.has_perm(ActivateNetwork.permission),
        "may_join_many": kinds.may(request.user, JOIN_MANY),
    }
    return page(request, "companies/matrix.html", context)


@require_POST
def activate(request: HttpRequest) -> HttpResponse:
    """Activate the networks that are named for one company; more than one are confirmed first."""
    if not request.user.has_perm(ActivateNetwork.permission):
        raise PermissionDenied
    pk = request.POST.get("company", "")
    if not pk.isdecimal():
        raise Http404
    company = get_object_or_404(Company.objects.visible_to(request.user).select_related("account"), pk=pk)
    wanted = catalogue.in_order(request.POST.getlist("network"))
    query = request.POST.get("query", "")
    if len(wanted) > 1 and "confirmed" not in request.POST:
        context = {"title": _("Activate networks"), "original": company, "opts": Company._meta, "wanted": wanted}
        told = [(name, catalogue.needs_of(name)) for name in wanted]
        return page(request, "companies/matrix_confirm.html", {**context, "told": told, "query": query})
    for name in wanted:
        _activate(request, company, name)
    if request.POST.get("back") == "company":
        return redirect(f"{reverse('admin:companies_company_change', args=[company.pk])}?tab=networks")
    return redirect(f"{reverse('admin:networks')}?{query}#company-{company.pk}")


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Make a batch that joins networks: of the ticked companies, or of all that the filters let through."""
    if not kinds.may(request.user, JOIN_MANY):
        raise PermissionDenied
    accounts = list(PartnerAccount.objects.active().visible_to(request.user))
    filters = _filters(request, accounts) if accounts else None
    name = request.POST.get("join", "")
    if filters is None or name not in catalogue.offered(""):
        raise Http404
    found = matrix.matching(filters)
    if request.POST.get("all") != "1":
        found = found.filter(pk__in=[pk for pk in request.POST.getlist("chosen") if pk.isdecimal()])
    ids = list(found.order_by().values_list("pk", flat=True))
    if not ids:
        messages.warning(request, _("Tick the companies that are meant."))
        return redirect(f"{reverse('admin:networks')}?{request.GET.urlencode()}")
    label = ngettext("%(what)s %(network)s: %(n)d company", "%(what)s %(network)s: %(n)d companies", len(ids))
    words = {"what": chains.of(JOIN_MANY).label, "network": name, "n": len(ids)}
    batch = batches.create_batch(
        JOIN_MANY,
        Company,
        ids,
        account=filters.account,
        actor=request.user,
        label=label % words,
        parameters={"networks": [name]},
    )
    return redirect(f"{reverse('admin:operations_batch_change', args=[batch.pk])}?preview=1")


def _activate(request: HttpRequest, company: Company, network: str) -> None:
    try:
        queueing.queue(
            ActivateNetwork.kind,
            company,
            {"network": network},
            account=company.account,
            actor=request.user,
            company_uuid=company.uuid,
        )
    except AlreadyQueuedError:
        messages.info(request, _("%(company)s, %(network)s: under way already.") % _words(company, network))
    except NotQueueableError as error:
        messages.warning(request, f"{company}, {network}: {error.staff_text}")
    else:
        messages.success(request, _("%(company)s, %(network)s: queued.") % _words(company, network))


def _words(company: Company, network: str) -> dict[str, str]:
    return {"company": str(company), "network": network}


def _filters(request: HttpRequest, accounts: list[PartnerAccount]) -> Filters:
    """Return what is asked for; words that are unknown count as not given."""
    given = {name: request.GET.get(name, "").strip()[:100] for name in _FILTERS}
    chosen = request.GET.get("account", "")
    account = next((account for account in accounts if str(account.pk) == chosen), accounts[0])
    if given["state"] not in matrix.STATES:
        given["state"] = ""
    return Filters(account, **given)


def register() -> None:
    """Hang the pages into the admin site."""
    own = site()
    own.register_view("networks/", show, "networks")
    own.register_view("networks/activate/", activate, "networks_activate")
    own.register_view("networks/choose/", choose, "networks_choose")
