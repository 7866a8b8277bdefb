"""The dossier of a company's authorization: its tab, its files, and the page that says whether a file is true."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from unfold.widgets import UnfoldAdminFileFieldWidget

from companies import tabs
from companies.dossier import chain, document, pdf, verification
from companies.dossier.document import Document, NothingToProveError
from companies.dossier.words import story
from companies.models import Company, DossierEntry
from companies.pages.one_company import company_or_404, on_tab
from portal.partners.models import PartnerAccount
from portal.sites import page, site

SEE, UNMASK = "companies.view_dossierentry", "companies.unmask_dossier"
_may_see = permission_required(SEE, raise_exception=True)
_FILES: dict[str, tuple[str, Callable[[Document], bytes]]] = {
    "pdf": ("application/pdf", pdf.to_bytes_sealed),
    "json": ("application/json", document.to_bytes),
}


class VerifyForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Dossier"),
        help_text=gettext_lazy("The PDF or JSON file as it was downloaded."),
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".pdf,.json"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False


def register() -> None:
    """Hang the pages into the admin site, and the tab into the company's page."""
    own = site()
    own.register_view("companies/<int:pk>/dossier.<str:kind>", download, "company_dossier")
    own.register_view("dossiers/joint/<int:account>/<uuid:call>.<str:kind>", download_joint, "dossier_joint")
    own.register_view("dossiers/check/", verify, "dossier_verify")
    tabs.register_tab(tabs.Tab("dossier", gettext_lazy("Dossier"), "companies/_tab_dossier.html", context, SEE, 80))


def context(request: HttpRequest, company: Company) -> dict[str, Any]:
    """Return what the tab shows."""
    rows = list(DossierEntry.objects.filter(company=company).order_by("sequence"))
    told = story([chain.entry_data(row) for row in rows])
    joint = {entry.joint for entry in rows if entry.joint}
    shared = DossierEntry.objects.filter(joint__in=joint).exclude(company=company)
    others = set(shared.values_list("joint", flat=True)) if joint else set()
    try:
        document.of_company(company, made_by="")
        problem = ""
    except NothingToProveError as error:
        problem = str(error.text)
    return {
        "story": told,
        "lines": list(reversed(told.lines)),
        "is_whole": verification.is_whole(company),
        "last_hash": rows[-1].hash if rows else "",
        "joint_calls": [request_ for request_ in told.asked if request_.joint and UUID(request_.joint) in others],
        "problem": problem,
        "is_personal": bool(company.business_id_secret),
        "may_unmask": request.user.has_perm(UNMASK),
    }


@_may_see
@never_cache
def download(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The file; posted with `unmasked` it holds a personal number in clear, which is logged."""
    company = company_or_404(request, pk)
    unmasked = _asks_unmasked(request)
    try:
        made = document.of_company(company, made_by=_name(request), unmasked=unmasked)
    except NothingToProveError as error:
        messages.warning(request, str(error.text))
        return redirect(on_tab(company, "dossier"))
    if unmasked:
        _log(request, [company])
    return _file(made, kind, company.name or str(company.uuid))


@_may_see
@never_cache
def download_joint(request: HttpRequest, account: int, call: UUID, kind: str) -> HttpResponse:
    """The joint dossier of all companies that one call covered."""
    found = PartnerAccount.objects.visible_to(request.user).filter(pk=account).first()
    if found is None:
        raise Http404
    unmasked = _asks_unmasked(request)
    try:
        made = document.of_call(found, call, made_by=_name(request), unmasked=unmasked)
    except NothingToProveError as error:
        raise Http404(str(error.text)) from error
    if unmasked:
        uuids = [part["uuid"] for part in made["companies"]]
        _log(request, list(Company.objects.filter(account=found, uuid__in=uuids)))
    return _file(made, kind, _("joint"))


@_may_see
def verify(request: HttpRequest) -> HttpResponse:
    """Say whether a file is true."""
    form = VerifyForm(request.POST or None, request.FILES or None)
    shown: dict[str, Any] = {"title": _("Check a dossier"), "form": form}
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data["file"]
        too_large = given.size > verification.LARGEST
        verdict = verification.verify(b" " if too_large else given.read())
        shown |= {"verdict": verdict, "name": given.name, "told": _visible(request, verdict)}
    return page(request, "companies/dossier_verify.html", shown)


def _visible(request: HttpRequest, verdict: verification.Verdict) -> list[Company]:
    """Return the companies of a true file that this viewer may open."""
    if not verdict.is_true or verdict.document is None:
        return []
    uuids = [part["uuid"] for part in verdict.document["companies"]]
    return list(Company.objects.visible_to(request.user).filter(uuid__in=uuids))


def _asks_unmasked(request: HttpRequest) -> bool:
    if request.method != "POST":
        return False
    if not request.user.has_perm(UNMASK):
        raise PermissionDenied
    return True


def _log(request: HttpRequest, companies: list[Company]) -> None:
    user: Any = request.user
    text = _("Dossier downloaded with personal numbers in clear.")
    LogEntry.objects.log_actions(user.pk, companies, CHANGE, change_message=text)


def _name(request: HttpRequest) -> str:
    return chain.name_of(request.user)


def _file(made: Document, kind: str, name: str) -> HttpResponse:
    if kind not in _FILES:
        raise Http404
    content_type, write = _FILES[kind]
    plain = re.sub(r"[^\w-]+", "-", name, flags=re.ASCII).strip("-").lower() or "company"
    answer = HttpResponse(write(made), content_type=content_type)
    stamp = timezone.localdate().isoformat()
    answer["Content-Disposition"] = f'attachment; filename="dossier-{plain}-{stamp}.{kind}"'
    return answer
