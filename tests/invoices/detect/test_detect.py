"""Detect: switching checks on after the disclaimer, what they found in staff words, running them again."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from companies.models import Company
from invoices import links
from invoices.detect import definitions
from invoices.detect import mirror as detecting
from invoices.detect import words as detect_words
from invoices.enums import Direction, Severity
from invoices.models import Analysis, DetectAcceptance, DetectSetting, Finding, Invoice
from invoices.operations import RerunDetect, SetDetectChecks
from invoices.services import DetectService, Result, Run, Translation
from portal import contract
from portal.operations import queueing, runner
from portal.operations.handlers import NotQueueableError
from portal.operations.models import Batch, Operation
from portal.partners import clients
from portal.sync.models import Cursor
from tests.invoices.conftest import World
from tests.invoices.test_end_to_end import until
from tests.invoices.test_pages import make_invoice

slow = pytest.mark.slow
ACCEPTED = {"accepted": True, "accepted_by": "Maija Virtanen, e-mail", "text": "The disclaimer"}
BOTH = ["BANK_ACCOUNT_CHANGED", "SENDER_WARNING_LIST"]


@pytest.fixture
def browser(staff: User) -> Client:
    wanted = ("view_finding", "manage_detect", "rerun_detect", "refresh_company", "view_batch", "add_batch")
    staff.user_permissions.add(*Permission.objects.filter(codename__in=wanted))
    client = Client()
    client.force_login(staff)
    return client


def received(company: Company, number: str = "1", **fields: Any) -> Invoice:
    return make_invoice(company, number, direction=Direction.RECEIVED, **fields)


def run_of(check: str, *results: tuple[str | None, str], status: str = "RUN_SUCCESSFUL") -> Run:
    found = [Result(status=word, reason_code=reason, text="said") for word, reason in results]
    return Run(analysis_type=check, analysis_status=status, analysis_results=found)


@transaction.atomic
def write(invoice: Invoice, *runs: Run) -> Analysis:
    detecting.look_again(invoice)
    analysis = Analysis.objects.get(invoice=invoice)
    detecting.write(analysis, runs, timezone.now())
    return analysis


def switch_on(world: World, checks: list[str]) -> Operation:
    wanted = {"checks": checks, **ACCEPTED}
    queued = queueing.queue(SetDetectChecks.kind, world.buyer, wanted, account=world.account)
    runner.run_until_idle(world.account, timeout=5)
    return Operation.objects.get(pk=queued.pk)


def told(world: World) -> list[str]:
    return DetectService(clients.for_account(world.account, company=world.buyer.uuid)).checks()


def documented() -> dict[str, set[str]]:
    """Reason codes by what the contract knows of them."""
    known = contract.load("ax")["components"]["schemas"]["AnalysisResult"]["properties"]["reason_code"]
    return {"all": set(known["x-known-values"])}


def test_every_documented_reason_has_staff_words_and_none_but_fine_ones_is_fine() -> None:
    fine = {code for codes in detect_words._FINE.values() for code in codes}
    for code in documented()["all"]:
        check = next(name for name in detect_words.CHECKS if code.startswith(name))
        result = (
            "" if code.endswith("_PENDING")
            else next((word for word, codes in detect_words._FINE.items() if code in codes), "")
            or ("FAILED" if code == f"{check}_FAILED" else "WARNING")
        )  # fmt: skip

        meaning = detect_words.meaning_of(check, result, code)

        assert code not in str(meaning.title), f"{code} is not known"
        assert (meaning.severity == Severity.NONE) == (code in fine or code.endswith("_PENDING")), code


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        ("OK", "VAT_SOMETHING_NEW"), ("SPLENDID", "VAT_COMPANY_REGISTERED"), ("", ""), ("", "VAT_COMPANY_REGISTERED"),
        ("WARNING", "VAT_SOMETHING_NEW"), ("NOT_APPLICABLE", "VAT_COMPANY_REGISTERED"),
        ("ok", "VAT_COMPANY_REGISTERED"),
        ("OK", "VAT_COMPANY_NOT_REGISTERED"), ("OK", "SENDER_BID_STATUS_FOUND"[:10]),
    ],
)  # fmt: skip
def test_words_that_are_not_known_are_shown_as_they_are_and_never_as_fine(result: str, reason: str) -> None:
    meaning = detect_words.meaning_of("VAT", result, reason)

    assert meaning.severity >= Severity.LOW
    assert (reason or result or "–") in str(meaning.title)


def test_findings_show_reason_advice_and_autoinvoices_own_words_in_the_viewers_language(
    browser: Client, company: Company
) -> None:
    invoice = received(company)
    texts = [Translation(lang="EN", value="Changed!"), Translation(lang="FI", value="Tili vaihtui <b>")]
    result = Result(status="WARNING", reason_code="BANK_ACCOUNT_CHANGED_CHANGED", texts=texts)
    write(invoice, Run(analysis_type="BANK_ACCOUNT_CHANGED", analysis_status="RUN_SUCCESSFUL", analysis_result=result))

    english = browser.get(links.page_of(invoice)).text
    with translation.override("fi"):
        finnish = detect_words.in_language(Finding.objects.get().texts)

    assert "The bank account is another than before" in english
    assert "Call the sender" in english
    assert "Changed!" in english
    assert finnish == "Tili vaihtui <b>"


def test_mark_looked_at_stays_while_nothing_changes_and_goes_when_it_does(browser: Client, company: Company) -> None:
    invoice = received(company)
    write(invoice, run_of("VAT", ("WARNING", "VAT_COMPANY_NOT_REGISTERED")))
    found = Finding.objects.get()
    listed = reverse("admin:invoices_finding_changelist")
    browser.post(listed, {"action": "mark_seen", "_selected_action": [found.pk]})
    was_marked = Finding.objects.get().seen_by

    write(invoice, run_of("VAT", ("WARNING", "VAT_COMPANY_NOT_REGISTERED")))
    same = Finding.objects.get()
    write(invoice, run_of("VAT", ("WARNING", "VAT_NEW_WORD")))
    other = Finding.objects.get()

    assert str(was_marked) == "agent"
    assert (same.seen_at is not None, other.seen_at, same.pk == other.pk == found.pk) == (True, None, True)


def test_list_begins_with_the_gravest_and_leaves_out_what_says_nothing(browser: Client, company: Company) -> None:
    write(received(company, "fine"), run_of("VAT", ("OK", "VAT_COMPANY_REGISTERED")))
    write(received(company, "note"), run_of("VAT", ("WARNING", "VAT_INVALID_INPUT")))
    write(received(company, "grave"), run_of("VAT", ("WARNING", "VAT_COMPANY_NOT_REGISTERED")))
    listed = reverse("admin:invoices_finding_changelist")

    page = browser.get(listed).text
    everything = browser.get(f"{listed}?severity=all").text
    notes = browser.get(f"{listed}?severity=1").text
    dashboard = browser.get(reverse("admin:index")).text

    assert page.index(">grave<") < page.index(">note<")
    assert (">fine<" in page, ">fine<" in everything, ">grave<" in notes) == (False, True, False)
    assert "Warnings by Detect" in dashboard


def test_list_of_findings_costs_the_same_however_many(
    browser: Client, company: Company, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        write(received(company, str(number)), run_of("VAT", ("WARNING", "VAT_COMPANY_NOT_REGISTERED")))

    with django_assert_max_num_queries(12):
        assert browser.get(reverse("admin:invoices_finding_changelist")).status_code == 200


def test_checks_need_the_disclaimer_and_the_name_of_who_accepted_it(browser: Client, company: Company) -> None:
    url = reverse("admin:company_act", args=[company.pk, SetDetectChecks.kind])

    without = browser.post(url, {"checks": ["VAT"]}).text
    nameless = browser.post(url, {"checks": ["VAT"], "accepted": "on"}).text
    queued_before = Operation.objects.count()
    browser.post(url, {"checks": ["VAT"], "accepted": "on", "accepted_by": "Maija"})

    assert "only after it was accepted" in without
    assert "Say who accepted it" in nameless
    assert (queued_before, Operation.objects.count()) == (0, 1)
    with pytest.raises(NotQueueableError):
        queueing.queue(SetDetectChecks.kind, company, {"checks": ["VAT"]}, account=company.account)


def test_checks_are_set_for_many_companies_in_a_batch(browser: Client, company: Company, make_company: Any) -> None:
    other = make_company(name="Other Oy")
    chosen = {"action": "bulk_invoices_set_detect_checks", "_selected_action": [company.pk, other.pk]}

    draft = browser.post(reverse("admin:companies_company_changelist"), chosen)
    page = browser.get(draft.url).text

    assert Batch.objects.get().kind == SetDetectChecks.kind
    assert "General service disclaimer" in page


@slow
def test_switching_on_keeps_who_accepted_what_and_when_and_off_needs_nothing(world: World) -> None:
    on = switch_on(world, BOTH)
    at_autoinvoice = sorted(told(world))
    accepted = DetectAcceptance.objects.get()
    queueing.queue(SetDetectChecks.kind, world.buyer, {"checks": []}, account=world.account)
    runner.run_until_idle(world.account, timeout=5)

    assert (on.state, at_autoinvoice) == ("DONE", BOTH)
    assert (accepted.accepted_by, accepted.text, sorted(accepted.checks)) == (
        "Maija Virtanen, e-mail", "The disclaimer", BOTH
    )  # fmt: skip
    assert accepted.accepted_at == on.created_at
    assert (told(world), DetectSetting.objects.get().checks, DetectAcceptance.objects.count()) == ([], [], 1)


@slow
@pytest.mark.parametrize("kind", ["drop_after", "drop_before", "500_after"])
def test_lost_answer_is_settled_by_looking_which_checks_are_on(world: World, kind: str, settings: Any) -> None:
    settings.CALL_DEADLINE = 2.0
    world.simulator.fault(kind, method="PATCH", path="/v1/services/detect/checks", count=1)

    operation = switch_on(world, BOTH)

    assert (operation.state, sorted(told(world))) == ("DONE", BOTH)


@slow
def test_received_invoice_is_checked_and_warned_of_by_itself(world: World) -> None:
    switch_on(world, ["SENDER_WARNING_LIST", "VAT", "BANK_ACCOUNT_CHANGED"])
    world.simulator.receive(str(world.buyer.uuid), number="S-1", sender_name="Scam Services AS")

    until(lambda: Analysis.objects.filter(is_pending=False).exists(), world)

    found = {one.reason_code: one.severity for one in Finding.objects.all()}
    assert found["SENDER_WARNING_LIST_FOUND"] == Severity.HIGH
    assert found["BANK_ACCOUNT_CHANGED_UNKNOWN"] == Severity.LOW
    assert Analysis.objects.get().next_check_at is None
    assert Finding.objects.first().texts["FI"]  # type: ignore[union-attr]


@slow
def test_checks_that_run_again_replace_what_they_found(world: World) -> None:
    switch_on(world, ["VAT"])
    world.simulator.control(
        "POST", f"/companies/{world.buyer.uuid}/detect", {"check": "VAT", "reason_code": "COMPANY_NOT_REGISTERED"}
    )
    world.simulator.receive(str(world.buyer.uuid), number="S-1")
    until(lambda: Finding.objects.exists(), world)
    before = Finding.objects.get().reason_code

    invoice = Invoice.objects.get()
    queueing.queue(RerunDetect.kind, invoice, account=world.account, company_uuid=world.buyer.uuid)

    def ran_again() -> bool:
        Analysis.objects.filter(next_check_at__isnull=False).update(next_check_at=timezone.now())
        Cursor.objects.update(next_at=timezone.now() - timedelta(seconds=1))
        return Finding.objects.get().reason_code != before and not Analysis.objects.get().is_pending

    until(ran_again, world)

    assert (before, Finding.objects.get().reason_code) == ("VAT_COMPANY_NOT_REGISTERED", "VAT_COMPANY_REGISTERED")
    assert Operation.objects.get(kind=RerunDetect.kind).state == "DONE"


@slow
def test_refused_look_is_said_and_not_repeated(world: World) -> None:
    switch_on(world, ["VAT"])
    world.simulator.fault("expired_token", method="GET", path="/v1/analysis/*")
    world.simulator.receive(str(world.buyer.uuid), number="S-1")

    until(lambda: Analysis.objects.exclude(problem="").exists(), world)

    assert Analysis.objects.get().next_check_at is None
    assert Invoice.objects.get().files_at is not None


@slow
def test_definitions_come_in_the_viewers_language_and_our_own_words_stand_in(world: World) -> None:
    with translation.override("sv"):
        swedish = {check.name: check.title for check in definitions.checks(world.account)}
        reasons = dict(definitions.reporting(world.account).reasons)
    world.simulator.fault("503", path="/v1/definitions/*", seconds=0)
    cache.clear()
    ours = {check.name: check.title for check in definitions.checks(world.account)}

    assert swedish["VAT"] == "Avsändaren är momsregistrerad"
    assert reasons["UNKNOWN_COMPANY"] == "Avsändaren är okänd för oss"
    assert set(ours) == set(detect_words.CHECKS)
