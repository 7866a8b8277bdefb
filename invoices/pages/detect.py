"""What Detect found, on the invoice's page, and a company's checks on its own."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from companies import act_forms, acts
from companies.models import Company
from invoices import links, pills
from invoices.detect import words as detect_words
from invoices.detect.forms import DetectForm
from invoices.enums import Direction
from invoices.models import Analysis, DetectSetting, Finding, Invoice
from invoices.operations import ReadDetectChecks, RerunDetect, SetDetectChecks
from invoices.pages.visible import visible
from portal.operations import queueing
from portal.operations.handlers import NotQueueableError
from portal.sites import site

Text = str | Promise


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """
    :ivar said: AutoInvoice's own sentence, in the viewer's language
    """

    finding: Finding
    check: Text
    title: Text
    advice: Text
    said: str
    state: SafeString


def register() -> None:
    """Hang the page into the admin site, and the acts into the company's menu."""
    site().register_view("invoices/page/<int:pk>/detect/", run_again, "invoice_detect")
    acts.add(
        acts.Act(
            SetDetectChecks.kind,
            gettext_lazy("Received invoices are compared with registers, warning lists and earlier invoices."),
            "shield",
            acts.ACCOUNT,
        ),
        acts.Act(ReadDetectChecks.kind, gettext_lazy("Asks AutoInvoice which checks are on; nothing is changed.")),
    )
    act_forms.FORMS[SetDetectChecks.kind] = DetectForm


def context(request: HttpRequest, invoice: Invoice) -> dict[str, Any]:
    """Return what the card of a received invoice shows; nothing for a sent one."""
    if invoice.direction != Direction.RECEIVED:
        return {}
    findings = [shown(finding) for finding in invoice.findings.select_related("seen_by")]
    return {
        "detect": {
            "findings": findings,
            "analysis": Analysis.objects.filter(invoice=invoice).first(),
            "setting": DetectSetting.objects.filter(company=invoice.company_id).first(),
            "may_run": request.user.has_perm(RerunDetect.permission),
        }
    }


def shown(finding: Finding) -> ShownFinding:
    """Return a finding in staff words."""
    meaning = detect_words.meaning_of(finding.check_name, finding.result, finding.reason_code)
    return ShownFinding(
        finding=finding,
        check=detect_words.check_name(finding.check_name, finding.names),
        title=meaning.title,
        advice=meaning.advice,
        said=detect_words.in_language(finding.texts),
        state=pills.finding_pill(finding),
    )


def of_company(request: HttpRequest, company: Company) -> dict[str, Any]:
    """Return what the company's tab shows of Detect."""
    setting = DetectSetting.objects.filter(company=company).first()
    return {
        "detect_setting": setting,
        "detect_checks": [detect_words.check_name(name, {}) for name in (setting.checks if setting else [])],
        "detect_acceptance": company.detect_acceptances.select_related("noted_by").first(),
        "may_detect": request.user.has_perm(SetDetectChecks.permission),
    }


@permission_required("invoices.rerun_detect", raise_exception=True)
@require_POST
def run_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Queue the checks of one invoice once more."""
    invoice = visible(request, pk)
    try:
        queueing.queue(
            RerunDetect.kind, invoice, account=invoice.account, actor=request.user, company_uuid=invoice.company.uuid
        )
    except NotQueueableError as error:
        messages.warning(request, error.staff_text)
    else:
        messages.success(request, _("The checks run again. What they find is shown here in a moment."))
    return redirect(links.page_of(invoice))
