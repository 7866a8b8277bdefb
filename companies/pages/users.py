"""The users of a company: who they are, what they may, and a new user's key, which is seen once."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from companies import tabs
from companies.models import Company, CompanyUser
from companies.operations.users import AddUser, ChangeUser, RemoveUser, SetUserRole
from companies.users.forms import ChangeUserForm, RoleForm
from portal.operations import queueing
from portal.operations.handlers import NotQueueableError
from portal.operations.models import Operation
from portal.sites import page, site

_may_manage = permission_required(AddUser.permission, raise_exception=True)
_CASES_SHOWN = 5


def register() -> None:
    """Hang the pages into the admin site, and the part into the company's page."""
    own = site()
    own.register_view("companies/<int:pk>/users/<int:user>/", show, "company_user")
    own.register_view("companies/<int:pk>/users/<int:user>/key/", show_key, "company_user_key")
    tabs.register_tab(tabs.Tab("users", gettext_lazy("Users"), "companies/_tab_users.html", tab_context, order=60))


def tab_context(request: HttpRequest, company: Company) -> dict[str, Any]:
    """Return what the part of the company's page shows."""
    lost = Operation.objects.filter(company_uuid=company.uuid, kind=AddUser.kind).named_cases()
    return {
        "users": company.users.filter(removed_at=None).order_by("email"),
        "lost": lost.order_by("-id")[:_CASES_SHOWN],
        "may_manage": request.user.has_perm(AddUser.permission),
        "viewer": request.user,
        "own_user": company.account.user_remote_id,
        "add_user": AddUser.kind,
    }


@_may_manage
def show(request: HttpRequest, pk: int, user: int) -> HttpResponse:
    """One user: change, give another role, remove."""
    found = _user(request, pk, user)
    change, role = ChangeUserForm(user=found), RoleForm(user=found)
    if request.method == "POST":
        act = request.POST.get("act")
        if act == "change":
            change = ChangeUserForm(request.POST, user=found)
            if change.is_valid():
                return _queue(request, found, ChangeUser.kind, change.changes())
        elif act == "role":
            role = RoleForm(request.POST, user=found)
            if role.is_valid():
                return _queue(request, found, SetUserRole.kind, role.cleaned_data)
        elif act == "remove":
            return _queue(request, found, RemoveUser.kind, {})
        else:
            raise Http404
    context = {
        "title": found.email,
        "opts": Company._meta,
        "original": found.company,
        "user_row": found,
        "change": change,
        "role": role,
        "is_own": found.remote_id == found.company.account.user_remote_id,
        "viewer": request.user,
    }
    return page(request, "companies/user.html", context)


@never_cache
@_may_manage
@require_POST
def show_key(request: HttpRequest, pk: int, user: int) -> HttpResponse:
    """Show a new user's key, once, to whoever had it made. Reloading or coming back shows it no more."""
    with transaction.atomic():
        found = _user(request, pk, user, lock=True)
        if found.key_for_id != request.user.pk:
            raise PermissionDenied
        key = found.api_key if found.key_shown_at is None else ""
        if key:
            _note_shown(request, found)
    if not key:
        messages.warning(request, _("This key has been shown already, or is not here any more."))
        return redirect("admin:company_user", pk, user)
    context = {"title": found.email, "opts": Company._meta, "original": found.company, "user_row": found, "key": key}
    answer = page(request, "companies/user_key.html", context)
    answer["Cache-Control"] = "no-store, private"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _note_shown(request: HttpRequest, user: CompanyUser) -> None:
    """Remember that the key was seen; one that shall not be kept is forgotten with it."""
    user.key_shown_at = timezone.now()
    if not user.keeps_key:
        user.api_key = ""
    user.save(update_fields=["key_shown_at", "api_key"])
    who: int = request.user.pk  # type: ignore[assignment]  # logged in, so it has one
    LogEntry.objects.log_actions(who, [user.company], CHANGE, f"Key of {user.email} shown once", single_object=True)


def _user(request: HttpRequest, pk: int, user: int, *, lock: bool = False) -> CompanyUser:
    companies = Company.objects.visible_to(request.user).filter(pk=pk)
    rows = CompanyUser.objects.filter(company__in=companies, removed_at=None).select_related("company__account")
    return get_object_or_404(rows.select_for_update(of=("self",)) if lock else rows, pk=user)


def _queue(request: HttpRequest, user: CompanyUser, kind: str, parameters: dict[str, Any]) -> HttpResponse:
    company = user.company
    try:
        queueing.queue(
            kind,
            company,
            {"user": user.remote_id, **parameters},
            account=company.account,
            actor=request.user,
            company_uuid=company.uuid,
        )
    except NotQueueableError as error:
        messages.warning(request, error.staff_text)
        return redirect(request.path)
    messages.success(request, _("It is on its way to AutoInvoice. The timeline shows what came of it."))
    return redirect("admin:companies_company_change", company.pk)
