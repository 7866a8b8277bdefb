"""Mass printing in Finland: a company's account there, letters that are given, checked and printed, and their jobs."""

import secrets
from typing import Any

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from companies.models import Company
from companies.pages.one_company import company_or_404, on_tab, under_way
from companies.tabs import Tab
from invoices.letters import following, jobs, words
from invoices.letters.forms import LettersForm, RegisterForm
from invoices.models import PrintAccount, PrintJob
from invoices.operations import RegisterPrinting, SendLetters
from portal.operations import pills as operation_pills
from portal.operations import queueing
from portal.operations.enums import OPEN_STATES
from portal.operations.handlers import NotQueueableError
from portal.operations.moving import is_moving
from portal.partners.models import PartnerAccount
from portal.sites import page, site
from portal.sync import nudging

_may_register = permission_required(RegisterPrinting.permission, raise_exception=True)
_may_print = permission_required(SendLetters.permission, raise_exception=True)
_may_view = permission_required("invoices.view_printjob", raise_exception=True)
_SHOWN, _MOST_JOBS, _HIGHEST = 20, 50, 999


def register() -> None:
    own = site()
    own.register_view("printing/of/<int:company_pk>/register/", sign_up, "print_register")
    own.register_view("printing/of/<int:company_pk>/password/", show_password, "print_password")
    own.register_view("printing/new/", choose, "print_new")
    own.register_view("printing/check/", check, "print_check")
    own.register_view("printing/jobs/<int:pk>/live/", live, "print_live")
    own.register_view("printing/jobs/<int:pk>/look/", look, "print_look")
    own.register_view("printing/jobs/<int:pk>/again/", again, "print_again")


@_may_register
def sign_up(request: HttpRequest, company_pk: int) -> HttpResponse:
    """Register a company; asked for again after a refusal, with what was given."""
    company = company_or_404(request, company_pk)
    known = PrintAccount.objects.filter(company=company).first()
    row = known or PrintAccount(account=company.account, company=company, password=secrets.token_urlsafe(18))
    form = RegisterForm(request.POST or None, instance=row)
    if request.method == "POST" and not row.registered_at and form.is_valid():
        with transaction.atomic():
            form.save()
            _queue(request, RegisterPrinting.kind, row, company, _("Registering the company for mass printing."))
        return redirect(on_tab(company, "printing"))
    context = {
        "title": _("Register for mass printing"),
        "opts": Company._meta,
        "original": company,
        "handler": RegisterPrinting,
        "what": _(
            "Opens mass printing for this company. The portal makes a password and keeps it encrypted; "
            "printing from here needs neither user name nor password."
        ),
        "form": form,
        "back": on_tab(company, "printing"),
    }
    return page(request, "companies/act.html", context)


@never_cache
@_may_register
@require_POST
def show_password(request: HttpRequest, company_pk: int) -> HttpResponse:
    """Show user name and password of the company's account; who looked is noted."""
    company = company_or_404(request, company_pk)
    found = get_object_or_404(PrintAccount.objects.exclude(registered_at=None), company=company)
    who: int = request.user.pk  # type: ignore[assignment]  # logged in, so it has one
    LogEntry.objects.log_actions(who, [company], CHANGE, "Password of the printing account shown", single_object=True)
    context = {"title": _("Printing account"), "opts": Company._meta, "original": company, "found": found}
    answer = page(request, "invoices/print_password.html", {**context, "back": on_tab(company, "printing")})
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@_may_print
def choose(request: HttpRequest) -> HttpResponse:
    """Whose letters, and which: read, checked and stored; nothing is printed yet."""
    form = LettersForm(request.POST or None, request.FILES or None, user=request.user, initial=_company(request))
    if request.method == "POST" and form.is_valid():
        company: Company = form.cleaned_data["company"]
        kept = jobs.keep(company, form.read(), form.options(), actor=request.user)
        for doubt in [doubt for letter in form.read() for doubt in letter.doubts][:5]:
            messages.warning(request, doubt)
        return redirect(f"{reverse('admin:print_check')}?{'&'.join(f'j={job.pk}' for job in kept)}")
    return page(request, "invoices/print_new.html", {"title": _("Print letters"), "form": form})


@_may_print
def check(request: HttpRequest) -> HttpResponse:
    """What would be printed and how; POST prints it."""
    ids = [int(pk) for pk in request.GET.getlist("j")[:_MOST_JOBS] if pk.isdecimal()]
    found = list(_jobs(request).filter(pk__in=ids).order_by("pk"))
    if not found or len({job.company_id for job in found}) > 1:
        raise Http404
    company = found[0].company
    if request.method == "POST":
        for job in found:
            _queue(request, SendLetters.kind, job, company, _("%(job)s: on its way to be printed.") % {"job": job})
        target = found[0] if len(found) == 1 else None
        return redirect(
            reverse("admin:invoices_printjob_change", args=[target.pk]) if target else on_tab(company, "printing")
        )
    account = get_object_or_404(PrintAccount, company=company)
    open_jobs = [job for job in found if job.sent_at is None]
    context = {
        "title": _("Print letters"),
        "heading": _("Letters of %(company)s") % {"company": company},
        "company": company,
        "jobs": [_row(job) for job in found],
        "letters": sum(job.letters for job in open_jobs),
        "pages": sum(job.pages or 0 for job in open_jobs),
        "print_account": account,
        "mode": words.mode_pill(test_mode=account.test_mode),
        "back": on_tab(company, "printing"),
    }
    return page(request, "invoices/print_check.html", context)


@_may_view
def show(request: HttpRequest, object_id: str) -> HttpResponse:
    """The page of one job."""
    job = _job(request, object_id)
    context = {
        "title": str(job),
        "opts": PrintJob._meta,
        "heading": _("Letters: %(job)s") % {"job": job},
        "may_print": request.user.has_perm(SendLetters.permission),
        "copy": jobs.next_copy(job),
        **_context(job),
    }
    return page(request, "invoices/print_job.html", context)


@_may_view
@require_safe
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """The job's inside alone, for the page that asks again."""
    job = _job(request, pk)
    context = _context(job)
    answer = render(request, "invoices/_print_job.html", context)
    if not context["is_moving"]:
        answer["X-Settled"] = "1"
    return answer


@_may_print
@require_POST
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the service about a job at once."""
    job = _job(request, pk)
    if job.sent_at:
        PrintJob.objects.filter(pk=job.pk).update(next_check_at=timezone.now())
        nudging.look_at_once(following.WATCH, job.account_id)
        messages.info(request, _("The portal asks the printing service; the page shows what it says."))
    return redirect("admin:invoices_printjob_change", job.pk)


@_may_print
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """Print the same letters once more on purpose: lead to the check of a new copy."""
    job, text = _job(request, pk), request.POST.get("copy", "")
    if not text.isdecimal() or not 0 < int(text) <= _HIGHEST:
        raise Http404
    copy = jobs.once_more(job, int(text), actor=request.user)
    return redirect(f"{reverse('admin:print_check')}?j={copy.pk}")


def _queue(request: HttpRequest, kind: str, target: Any, company: Company, done: str) -> None:
    try:
        with transaction.atomic():
            queueing.queue(kind, target, account=company.account, actor=request.user, company_uuid=company.uuid)
    except NotQueueableError as error:
        messages.warning(request, f"{target}: {error.staff_text}")
    else:
        messages.success(request, done)


def _jobs(request: HttpRequest) -> Any:
    accounts = PartnerAccount.objects.visible_to(request.user)
    return PrintJob.objects.filter(account__in=accounts).select_related("company", "account")


def _job(request: HttpRequest, pk: str | int) -> PrintJob:
    if not str(pk).isdecimal():
        raise Http404
    job: PrintJob = get_object_or_404(_jobs(request), pk=pk)
    return job


def _company(request: HttpRequest) -> dict[str, Any]:
    pk = request.GET.get("company", "")
    return {"company": company_or_404(request, pk).business_id} if pk.isdecimal() else {}


def _row(job: PrintJob) -> dict[str, Any]:
    return {
        "job": job,
        "status": words.status_pill(job),
        "mode": words.mode_pill(test_mode=job.test_mode) if job.sent_at and not words.is_test(job.status_text) else "",
        "url": reverse("admin:invoices_printjob_change", args=[job.pk]),
    }


def _context(job: PrintJob) -> dict[str, Any]:
    acts = list(job.operations.select_related("actor").order_by("-pk"))
    under_way = [act for act in acts if act.state in OPEN_STATES]
    awaited = job.sent_at is not None and job.next_check_at is not None and not words.is_final(job.status_text)
    return {
        **_row(job),
        **({"status": operation_pills.of_operation(under_way[0])} if under_way else {}),
        "original": job,
        "is_moving": awaited or is_moving(acts),
        "acts": [{"operation": act, "state": operation_pills.of_operation(act)} for act in acts],
    }


def _tab(request: HttpRequest, company: Company) -> dict[str, Any]:
    account = PrintAccount.objects.filter(company=company).first()
    acts = under_way(company, [RegisterPrinting.kind, SendLetters.kind])
    return {
        "is_finnish": company.country == "FI",
        "print_account": account,
        "mode": words.mode_pill(test_mode=account.test_mode) if account else "",
        "jobs": [_row(job) for job in company.print_jobs.order_by("-created_at")[:_SHOWN]],
        "under_way": acts,
        "is_registering": any(
            act["operation"].kind == RegisterPrinting.kind and act["operation"].state in OPEN_STATES for act in acts
        ),
        "may_register": request.user.has_perm(RegisterPrinting.permission),
        "may_print": request.user.has_perm(SendLetters.permission),
    }


TAB = Tab("printing", gettext_lazy("Printing"), "invoices/_tab_printing.html", _tab, "invoices.view_printjob", order=37)
