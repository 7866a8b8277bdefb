"""Writing what Detect's checks found into our rows, and deciding which invoices are asked about."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from companies.models import Company
from invoices.detect import words as detect_words
from invoices.enums import Severity
from invoices.models import Analysis, DetectSetting, Finding, Invoice
from invoices.services import Result, Run, Translation
from portal.partners.models import PartnerAccount

_MOST = 60  # findings of one check that are kept


def write_setting(company: Company, checks: Sequence[str], at: datetime) -> None:
    """Write the checks that run on a company's invoices, unless something newer is known."""
    setting, is_new = DetectSetting.objects.get_or_create(
        company=company, defaults={"account_id": company.account_id, "checks": list(checks), "fact_at": at}
    )
    if not is_new and setting.fact_at <= at:
        setting.checks, setting.fact_at = list(checks), at
        setting.save(update_fields=["checks", "fact_at"])


def begin(account: PartnerAccount, rows: Sequence[Invoice]) -> None:
    """Have the findings of invoices looked up whose companies have checks switched on."""
    companies = {row.company_id for row in rows}
    checked = set(
        DetectSetting.objects.filter(company__in=companies).exclude(checks=[]).values_list("company_id", flat=True)
    )
    now = timezone.now()
    wanted = [
        Analysis(account=account, invoice=row, next_check_at=now, asked_at=now)
        for row in rows
        if row.company_id in checked
    ]
    if wanted:
        Analysis.objects.bulk_create(wanted, ignore_conflicts=True)


def look_again(invoice: Invoice) -> None:
    """Have an invoice's findings looked up from now on, until no check is pending."""
    now = timezone.now()
    soon = {"is_pending": True, "next_check_at": now, "asked_at": now, "problem": ""}
    Analysis.objects.update_or_create(invoice=invoice, defaults={"account_id": invoice.account_id, **soon})


def write(analysis: Analysis, runs: Iterable[Run], at: datetime) -> None:
    """
    Make an invoice's findings what the runs say, inside a transaction.

    One that says what it said before keeps its mark "looked at"; one that changed is new to everybody.
    """
    invoice, runs = analysis.invoice, list(runs)
    there = {(one.check_name, one.position): one for one in invoice.findings.select_for_update()}
    found = {(one.check_name, one.position): one for run in runs for one in _findings(invoice, run, at)}
    for key, one in found.items():
        old = there.pop(key, None)
        if old is None:
            one.save(force_insert=True)
            continue
        if (old.result, old.reason_code) == (one.result, one.reason_code):
            one.seen_at, one.seen_by_id, one.found_at = old.seen_at, old.seen_by_id, old.found_at
        one.pk = old.pk
        one.save(force_update=True)
    Finding.objects.filter(pk__in=[old.pk for old in there.values()]).delete()
    analysis.is_pending = any(map(_is_pending, runs))
    analysis.checked_at, analysis.problem = timezone.now(), ""
    analysis.save(update_fields=["is_pending", "checked_at", "problem"])


def _findings(invoice: Invoice, run: Run, at: datetime) -> list[Finding]:
    results = run.analysis_results or ([run.analysis_result] if run.analysis_result else [Result()])
    return [_finding(invoice, run, result, position, at) for position, result in enumerate(results[:_MOST])]


def _finding(invoice: Invoice, run: Run, result: Result, position: int, at: datetime) -> Finding:
    check, word, reason = (run.analysis_type or "")[:60], (result.status or "")[:40], (result.reason_code or "")[:120]
    meaning = detect_words.meaning_of(check, word, reason)
    severity = meaning.severity
    if not word and _is_pending(run):
        severity = Severity.NONE
    return Finding(
        account_id=invoice.account_id,
        invoice=invoice,
        position=position,
        check_name=check,
        run_status=(run.analysis_status or "")[:40],
        result=word,
        reason_code=reason,
        names=by_language(run.friendly_names, run.friendly_name),
        texts=by_language(result.texts, result.text),
        severity=severity,
        found_at=at,
    )


def _is_pending(run: Run) -> bool:
    return (run.analysis_status or "").upper() == "PENDING"


def by_language(translated: Sequence[Translation] | None, plain: str | None) -> dict[str, Any]:
    """Return texts by AutoInvoice's word for their language; the plain one counts as English."""
    texts = {(one.lang or "").upper(): one.value for one in translated or [] if one.value}
    return texts or ({"EN": plain} if plain else {})
