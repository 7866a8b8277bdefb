"""The one thing to do next for a company, chosen from its checklist, its open cases and its open request to sign."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from companies import cases
from companies.enums import AuthorizationState, Mover
from companies.models import Authorization, Case, Company
from companies.pages.checklist import Line

Text = str | Promise
_SOON = timedelta(hours=48)  # a request that ends so soon is worth a reminder
REMIND = "companies.remind_signer"


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do, why, and whose move it is; without an address there is nothing to press."""

    title: Text
    why: Text = ""
    whose: Text = ""
    tone: str = "info"
    url: str = ""
    verb: Text = ""


def next_step(request: HttpRequest, company: Company, lines: Sequence[Line]) -> NextStep:
    """Return the next step that this viewer can take or has to wait for."""
    open_cases = list(company.cases.open().order_by("opened_at")[:20])
    for line in lines:
        if line.tone == "good":
            continue
        if case := _case_of(line, open_cases):
            return _work(case, line.cause)
        if line.is_signing:
            return _signing(request, company, line)
        if line.url or line.tone in ("bad", "warn"):
            return NextStep(line.title, line.cause or line.state, line.whose, line.tone, line.url, line.verb)
    if open_cases:
        return _work(open_cases[0])
    waiting = next((line for line in lines if line.tone != "good"), None)
    if waiting is not None:
        return NextStep(waiting.title, waiting.cause or waiting.state, waiting.whose, waiting.tone)
    return _ready(request, company)


def _case_of(line: Line, open_cases: Sequence[Case]) -> Case | None:
    network = line.key.removeprefix("network:") if line.key.startswith("network:") else ""
    return next((case for case in open_cases if network and case.facts.get("network") == network), None)


def _work(case: Case, cause: Text = "") -> NextStep:
    step, kind = cases.step_of(case), cases.kind_of(case)
    title = f"{kind.label if kind else case.kind}: {case.subject}"
    url = reverse("admin:companies_case_change", args=[case.pk])
    why = f"{cause} {step.label}." if cause else step.label
    return NextStep(title, why, Mover(case.whose).label, "bad", url, _("Work on the case"))


def _signing(request: HttpRequest, company: Company, line: Line) -> NextStep:
    """A request is with the signer: remind when its time runs short, else wait."""
    open_one = Authorization.objects.filter(company=company, state=AuthorizationState.OPEN).first()
    plain = NextStep(line.state, line.cause, line.whose, line.tone)
    if open_one is None or open_one.expires_at is None or not request.user.has_perm(REMIND):
        return plain
    url = reverse("admin:desk_remind", args=[open_one.pk])
    if open_one.expires_at - timezone.now() > _SOON:
        return NextStep(line.state, line.cause, line.whose, line.tone, url, _("Remind the signer"))
    why = _("The link to sign ends in less than two days. Remind the signer now.")
    return NextStep(_("Signature about to expire"), why, line.whose, "warn", url, _("Remind the signer"))


def _ready(request: HttpRequest, company: Company) -> NextStep:
    """Everything is done: prove it to the world, if nobody has yet."""
    if request.user.has_perm("companies.prove_reception") and not company.proofs.exists():
        why = _("Everything is in place. See whether the world finds the company: look it up as a sender would.")
        url = f"{reverse('admin:companies_company_change', args=[company.pk])}?tab=networks#proofs"
        return NextStep(_("Prove that it receives"), why, Mover.STAFF.label, "good", url, _("Prove reception"))
    return NextStep(_("Nothing to do"), _("The company is authorized and connected."), "", "good")
