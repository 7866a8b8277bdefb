"""A company's departments: the list, adding one, and how one is closed."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from companies.life import support_mails
from companies.models import Company
from companies.operations.departments import AddDepartment, RefreshDepartments, check_can_have
from companies.pages.one_act import queue
from companies.pages.one_company import company_or_404, on_tab, under_way
from companies.side_services.department_forms import DepartmentForm
from portal.operations.handlers import NotQueueableError
from portal.sites import page, site


def register() -> None:
    """Hang the page into the admin site."""
    site().register_view("companies/<int:pk>/departments/", show, "company_departments")


@permission_required("companies.view_company", raise_exception=True)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The departments; a POST looks them up, or adds one."""
    company = company_or_404(request, pk)
    form = DepartmentForm(company=company)
    if request.method == "POST":
        looks = "look" in request.POST
        kind = RefreshDepartments.kind if looks else AddDepartment.kind
        if not request.user.has_perm(RefreshDepartments.permission if looks else AddDepartment.permission):
            raise PermissionDenied
        form = form if looks else DepartmentForm(request.POST, company=company)
        if (looks or form.is_valid()) and _queued(request, kind, company, form, looks=looks):
            return redirect("admin:company_departments", company.pk)
    return page(request, "companies/departments.html", _context(request, company, form))


def _queued(request: HttpRequest, kind: str, company: Company, form: DepartmentForm, *, looks: bool) -> bool:
    try:
        queue(request, kind, company, {} if looks else form.cleaned_data)
    except NotQueueableError as error:
        text = error.staff_text
        if looks:
            messages.warning(request, text)
        else:
            form.add_error(None, text)
        return looks
    messages.success(request, _("Queued. Its answer is shown here in a moment."))
    return True


def _context(request: HttpRequest, company: Company, form: DepartmentForm) -> dict[str, Any]:
    try:
        check_can_have(company)
        unfit = ""
    except NotQueueableError as error:
        unfit = str(error.reason)
    departments = list(company.departments.filter(removed_at=None).order_by("name", "uuid"))
    return {
        "title": _("Departments of %(company)s") % {"company": company},
        "opts": Company._meta,
        "original": company,
        "departments": departments,
        "unfit": unfit,
        "form": form if request.user.has_perm(AddDepartment.permission) else None,
        "back": on_tab(company, "services"),
        "drafts": [support_mails.close_departments(company)] if departments else [],
        "under_way": under_way(company, (AddDepartment.kind, RefreshDepartments.kind)),
    }
