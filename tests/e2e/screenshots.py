"""
`make screenshots`: every page light and dark, wide and narrow, into docs/images, from a demo of its own.

    python -m tests.e2e.screenshots                      all pages
    python -m tests.e2e.screenshots dashboard companies  these
    python -m tests.e2e.screenshots --running            of the demo that runs in VAR_DIR (var by default)
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from playwright.sync_api import Browser, Page
from playwright.sync_api import TimeoutError as WaitedTooLongError

from tests.e2e import scenes
from tests.e2e.browser import chromium, collect_errors, log_in
from tests.e2e.scenes import Summary
from tests.e2e.stack import ROOT, Stack

WIDTHS = {1440: 900, 390: 844}  # pixels: width to height
THEMES = ("light", "dark")
FIRST_ROW_LINK = "#result_list tbody a[href*='tab=services']"
FIRST_ROW = "#result_list tbody tr:first-child th a, #result_list tbody tr:first-child td a"


@dataclass(frozen=True)
class Shot:
    """
    One page.

    :ivar path: on the portal, or with "{sandbox_url}" in front on the simulator
    :ivar follow: selector of links followed one after another from `path`, for pages whose address holds an id
    :ivar play: what is done on the page before it is rendered
    :ivar public: rendered before anybody has logged in
    :ivar full: the page down to its end; False: what a window of this size shows
    """

    name: str
    path: str
    follow: tuple[str, ...] = ()
    play: Callable[[Page, Summary], None] | None = None
    public: bool = False
    full: bool = True


_REGISTER = ("a[href='?tab=printing']", "a[href$='/register/']")
_AGENCIES, _COLLECTION = "/admin/receivables/collectionservice/", "#result_list tbody a[href*='tab=collection']"
_CREDIT = "#result_list tbody a[href*='tab=credit']"
_NOTED = "/admin/companies/company/?tag=1"  # companies with notes and tags
SHOTS = (
    Shot("login", "/admin/login/", public=True),
    Shot("dashboard", "/admin/"),
    Shot("alerts", "/admin/alerts/alert/", play=scenes.wait_for_alerts),
    Shot("alert", "/admin/alerts/alert/?kind=companies.expired", (FIRST_ROW,), play=scenes.acknowledge),
    Shot("alert-rules", "/admin/alerts/alertrule/"),
    Shot("alert-rule", "/admin/alerts/alertrule/", (FIRST_ROW,)),
    Shot("alert-destination", "/admin/alerts/destination/add/"),
    Shot("retention-rules", "/admin/keeping/retentionrule/"),
    Shot("retention-trial", "/admin/keeping/retentionrun/", play=scenes.try_retention),
    Shot("person-ask", "/admin/keeping/persons/new/"),
    Shot("person-found", "/admin/keeping/persons/new/", play=scenes.find_person),
    Shot("palette", "/admin/", play=scenes.ask_palette, full=False),
    Shot("companies", "/admin/companies/company/"),
    Shot("company", "/admin/companies/company/?standing=verified", (FIRST_ROW,)),
    Shot("company-waiting", "/admin/companies/company/?standing=waiting", (FIRST_ROW,)),
    Shot("company-invoices", "/admin/companies/company/?standing=verified", (FIRST_ROW, "a[href='?tab=invoices']")),
    Shot("company-timeline", _NOTED, (FIRST_ROW, "a[href='?tab=timeline']")),
    Shot("company-notes", _NOTED, (FIRST_ROW, "a[href='?tab=notes']")),
    Shot("company-dossier", _NOTED, (FIRST_ROW, "a[href='?tab=dossier']")),
    Shot("company-requests", "/admin/companies/company/?standing=waiting", (FIRST_ROW, "a[href='?tab=requests']")),
    Shot("dossier-check", "/admin/dossiers/check/"),
    Shot("tags", "/admin/companies/tag/"),
    Shot("company-settings", "/admin/companies/company/?standing=verified", (FIRST_ROW,), play=scenes.read_settings),
    Shot("settings-logos", "/admin/companies/company/?standing=verified", (FIRST_ROW,), play=scenes.preview_logo),
    Shot(
        "settings-email",
        "/admin/companies/company/?standing=verified",
        (FIRST_ROW, "a[href='?tab=settings']", "a[href*='/settings/send_invoice_email/']"),
    ),
    Shot("company-users", "/admin/companies/company/?standing=verified", (FIRST_ROW, "a[href='?tab=users']")),
    Shot(
        "company-user",
        "/admin/companies/company/?standing=verified",
        (FIRST_ROW, "a[href='?tab=users']", "a[href*='/users/']"),
    ),
    Shot("quiet-companies", "/admin/companies/quietcompany/"),
    Shot("account-key", "/admin/partners/partneraccount/", (FIRST_ROW, "a[href$='/key/']"), play=scenes.begin_key),
    Shot("onboard", "/admin/onboard/", play=scenes.identify),
    Shot("onboard-signer", "/admin/onboard/", play=scenes.name_signer),
    Shot("onboard-review", "/admin/onboard/", play=scenes.review),
    Shot("onboard-file", "/admin/onboard/file/"),
    Shot("onboard-columns", "/admin/onboard/file/", play=scenes.map_columns),
    Shot("onboard-errors", "/admin/onboard/file/", play=scenes.show_wrong_rows),
    Shot("onboard-row", "/admin/onboard/file/", play=scenes.correct_row),
    Shot("onboard-plan", "/admin/onboard/file/", play=scenes.plan_file),
    Shot("onboard-result", "/admin/onboard/file/predictions/", ("section[aria-labelledby=files] td a",)),
    Shot("onboard-rates", "/admin/onboard/file/predictions/"),
    Shot("onboardings", "/admin/companies/onboarding/"),
    Shot("onboarding", "/admin/companies/onboarding/?state__exact=REFUSED", (FIRST_ROW,)),
    Shot("desk", "/admin/desk/"),
    Shot("desk-reminders", "/admin/desk/reminders/"),
    Shot("desk-text", "/admin/desk/reminders/FI/"),
    Shot("company-services", "/admin/companies/servicestate/?service=SCAN&state=on", (FIRST_ROW_LINK,)),
    Shot("company-atg", "/admin/companies/servicestate/?service=ATG", (FIRST_ROW_LINK,)),
    Shot("autoscan-risk", "/admin/companies/servicestate/?risk=autoscan", (FIRST_ROW_LINK,)),
    Shot("services", "/admin/companies/servicestate/"),
    Shot(
        "suppliers", "/admin/companies/servicestate/?service=SCAN&state=on", (FIRST_ROW_LINK, "a[href$='/suppliers/']")
    ),
    Shot(
        "departments",
        "/admin/companies/servicestate/?service=SCAN&state=on",
        (FIRST_ROW_LINK, "a[href$='/departments/']"),
    ),
    Shot(
        "identity-change",
        "/admin/companies/servicestate/?service=SCAN&state=on",
        (FIRST_ROW_LINK, "a[href$='/identity/']"),
        play=scenes.change_identity,
    ),
    Shot("consumers", "/admin/consumers/", play=scenes.look_consumers_up),
    Shot("takeover-new", "/admin/takeovers/new/"),
    Shot("takeover", "/admin/companies/case/?kind=takeover", (FIRST_ROW,)),
    Shot("network-profiles", "/admin/companies/networkprofile/"),
    Shot("networks", "/admin/networks/"),
    Shot("networks-missing", "/admin/networks/?state=missing&network=SCAN"),
    Shot("company-networks", "/admin/companies/company/?standing=verified", (FIRST_ROW, "a[href='?tab=networks']")),
    Shot(
        "activate-network",
        "/admin/companies/company/?standing=verified",
        (FIRST_ROW, "a[href='?tab=networks']", "a[href*='companies.activate_network']"),
    ),
    Shot("cases", "/admin/companies/case/"),
    Shot("case", "/admin/companies/case/?state=open&kind=network_conflict", (FIRST_ROW,)),
    Shot("sent-invoices", "/admin/invoices/sentinvoice/"),
    Shot("received-invoices", "/admin/invoices/receivedinvoice/"),
    Shot("failed-invoices", "/admin/invoices/failedinvoice/"),
    Shot("failed-queue", "/admin/invoices/failed/"),
    Shot("mend-found", "/admin/invoices/failedinvoice/", (FIRST_ROW, "a[href$='/mend/']"), play=scenes.find_receiver),
    Shot("reroute", "/admin/invoices/failedinvoice/", (FIRST_ROW, "a[href*='/reroute/']")),
    Shot("reroute-found", "/admin/invoices/failedinvoice/", (FIRST_ROW, "a[href*='/reroute/']", "a[href='?find=1']")),
    Shot("reroute-email", "/admin/invoices/failedinvoice/", (FIRST_ROW, "a[href*='/reroute/']", "a[href$='/email/']")),
    Shot("reroute-print", "/admin/invoices/failedinvoice/", (FIRST_ROW, "a[href*='/reroute/']", "a[href$='/print/']")),
    Shot("refused-files", "/admin/invoices/refusedupload/"),
    Shot("mend", "/admin/invoices/failedinvoice/", (FIRST_ROW, "a[href$='/mend/']")),
    Shot("proof", "/admin/invoices/sentinvoice/?status=DELIVERED", (FIRST_ROW, "a[href$='/proof/']")),
    Shot("atlas", "/admin/atlas/"),
    Shot("atlas-unknown", "/admin/atlas/unknownerror/"),
    Shot("invoice", "/admin/invoices/sentinvoice/?status=DELIVERED", (FIRST_ROW,)),
    Shot("invoice-failed", "/admin/invoices/failedinvoice/", (FIRST_ROW,)),
    Shot("invoice-received", "/admin/invoices/receivedinvoice/", (FIRST_ROW,)),
    Shot("invoice-read", "/admin/invoices/receivedinvoice/", (FIRST_ROW, "a[href$='/read/']")),
    Shot("invoice-report", "/admin/invoices/receivedinvoice/", (FIRST_ROW, "a[href$='/report/']")),
    Shot("receiving", "/admin/receiving/"),
    Shot("receiving-choice", "/admin/receiving/", ("a[href^='/admin/receiving/']:not([href='/admin/receiving/'])",)),
    Shot(
        "not-received",
        "/admin/companies/company/?standing=verified",
        (FIRST_ROW, "a[href='?tab=invoices']", "a[href$='/not-received/']"),
    ),
    Shot("hand-over-target", "/admin/invoices/handovertarget/add/"),
    Shot("hand-over-targets", "/admin/invoices/handovertarget/"),
    Shot("hand-overs", "/admin/invoices/handover/"),
    Shot("detect-warnings", "/admin/invoices/finding/"),
    Shot("fraud-reports", "/admin/invoices/fraudreport/"),
    Shot("send", "/admin/invoices/send/"),
    Shot("send-check", "/admin/invoices/send/", play=scenes.check_invoice),
    Shot("send-bundle", "/admin/invoices/send/", play=scenes.give_bundle),
    Shot("send-many", "/admin/invoices/send/", play=scenes.give_many),
    Shot(
        "send-defaults",
        "/admin/companies/company/?standing=verified",
        (FIRST_ROW, "a[href='?tab=invoices']", "a[href*='/invoices/defaults/']"),
    ),
    Shot("uploads", "/admin/invoices/upload/"),
    Shot("document-new", "/admin/documents/new/"),
    Shot("document-many", "/admin/documents/new/", play=scenes.give_documents),
    Shot("document-draft", "/admin/documents/new/", play=scenes.draft_document),
    Shot("document", "/admin/documents/new/", play=scenes.send_document),
    Shot("sent-documents", "/admin/invoices/sentdocument/"),
    Shot("document-sent", "/admin/invoices/sentdocument/", (FIRST_ROW,)),
    Shot("company-documents", "/admin/invoices/sentdocument/", (FIRST_ROW, "dd a[href$='?tab=documents']")),
    Shot("answer", "/admin/invoices/receivedinvoice/", (FIRST_ROW, "a[href$='/answer/']")),
    Shot("company-printing", "/admin/invoices/printjob/", (FIRST_ROW, "dd a[href$='?tab=printing']")),
    Shot("print-register", "/admin/companies/company/?q=38307710", (FIRST_ROW, *_REGISTER)),
    Shot("print-new", "/admin/printing/new/"),
    Shot("print-jobs", "/admin/invoices/printjob/"),
    Shot("print-job", "/admin/invoices/printjob/", (FIRST_ROW,)),
    Shot(
        "company-banks", "/admin/invoices/printjob/", (FIRST_ROW, "dd a[href$='?tab=printing']", "a[href='?tab=banks']")
    ),
    Shot(
        "bank-message",
        "/admin/invoices/printjob/",
        (FIRST_ROW, "dd a[href$='?tab=printing']", "a[href='?tab=banks']", "a[href$='/new/'][href*='bank-messages']"),
    ),
    Shot(
        "bank-proposal",
        "/admin/invoices/printjob/",
        (FIRST_ROW, "dd a[href$='?tab=printing']", "a[href='?tab=banks']", "a[href$='/propose/']"),
    ),
    Shot(
        "print-check",
        "/admin/invoices/printjob/",
        (FIRST_ROW, "dd a[href$='?tab=printing']", "a[href*='/printing/new/?company=']"),
        play=scenes.check_letters,
    ),
    Shot("validator", "/admin/validator/", play=scenes.validate),
    Shot("operations", "/admin/operations/operation/"),
    Shot("operation", "/admin/operations/operation/?state=REFUSED", (FIRST_ROW,)),
    Shot("batches", "/admin/operations/batch/"),
    Shot("batch", "/admin/operations/batch/?state__exact=DONE", (FIRST_ROW,)),
    Shot("batch-preview", "/admin/companies/company/", play=scenes.preview_batch),
    Shot("batch-pick", "/admin/companies/company/", play=scenes.pick_signers),
    Shot("batch-preview-signers", "/admin/companies/company/", play=scenes.preview_signers),
    Shot("export", "/admin/companies/company/", play=scenes.choose_columns),
    Shot("inbox", "/admin/inbox/?box=all"),
    Shot("inbox-thread", "/admin/inbox/?box=all", ("[data-row]",)),
    Shot("invoice-credit", "/admin/receivables/invoicecredit/"),
    Shot("company-credit", "/admin/receivables/invoicecredit/", (_CREDIT,)),
    Shot("assignments", "/admin/receivables/assignment/"),
    Shot("assignment", "/admin/receivables/assignment/", (FIRST_ROW,)),
    Shot("tell-agency", "/admin/receivables/assignment/", (FIRST_ROW, "a[href*='/tell/']")),
    Shot("assignment-events", "/admin/receivables/assignmentevent/"),
    Shot("overdue-invoices", "/admin/receivables/overdueinvoice/"),
    Shot("choose-agency", "/admin/receivables/overdueinvoice/", (FIRST_ROW,)),
    Shot("to-agency", "/admin/receivables/overdueinvoice/", (FIRST_ROW, "a[href*='agency=amili']")),
    Shot("to-agency-list", "/admin/receivables/handover/"),
    Shot("to-agency-done", "/admin/receivables/handover/", (FIRST_ROW,)),
    Shot("paid-at-agency", "/admin/receivables/paymentproposal/"),
    Shot("activate-agency", f"{_AGENCIES}?q=Rannikon", (_COLLECTION, "a[href*='receivables.activate_ropo']")),
    Shot("bank-matching", f"{_AGENCIES}?q=Rannikon", (_COLLECTION, "a[href*='/receivables/bank/']")),
    Shot("levels", f"{_AGENCIES}?q=Saimaan", (_COLLECTION, "a[href$='/levels/']")),
    Shot("levels-many", f"{_AGENCIES}?q=Saimaan", (_COLLECTION, "a[href$='/levels/']", "a[href$='/levels/many/']")),
    Shot("credit-withdraw", "/admin/receivables/invoicecredit/", (_CREDIT, "a[href$='/credit/withdraw/']")),
    Shot("credit-statement", "/admin/receivables/invoicecredit/", (_CREDIT, "a[href$='/credit/statement/']")),
    Shot("company-collection", f"{_AGENCIES}?q=Saimaan", (_COLLECTION,)),
    Shot("money", "/admin/money/"),
    Shot("billing", "/admin/billing/"),
    Shot("deliveries", "/admin/webhooks/delivery/"),
    Shot("drift", "/admin/sync/drift/"),
    Shot("drift-compare", "/admin/drift/compare/"),
    Shot("gaps", "/admin/sync/gap/"),
    Shot("delivery", "/admin/webhooks/delivery/", (FIRST_ROW,)),
    Shot("subscriptions", "/admin/webhooks/subscription/"),
    Shot("subscribe", "/admin/subscriptions/new/"),
    Shot("sync-runs", "/admin/sync/syncrun/"),
    Shot("calls", "/admin/partners/apicall/"),
    Shot("accounts", "/admin/partners/partneraccount/"),
    Shot("account", "/admin/partners/partneraccount/", (FIRST_ROW,)),
    Shot("simulator", "{sandbox_url}/_sandbox/"),
    Shot("signing", "{sandbox_url}/_sandbox/", ("tr:has-text('open') a[href*='/sign/']",)),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.screenshots")
    parser.add_argument("names", nargs="*", help="pages to render; all when none is named")
    parser.add_argument("--running", action="store_true", help="of the demo that runs in VAR_DIR")
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "images")
    options = parser.parse_args()
    known = [shot.name for shot in SHOTS]
    if unknown := sorted(set(options.names) - set(known)):
        parser.error(f"unknown: {', '.join(unknown)}; known are {', '.join(known)}")
    wanted = [shot for shot in SHOTS if not options.names or shot.name in options.names]
    options.to.mkdir(parents=True, exist_ok=True)
    with _demo(running=options.running) as summary, chromium() as browser:
        failed = [problem for shot in _all(browser, summary, wanted, options.to) for problem in shot]
    print("\n".join(failed), file=sys.stderr)
    return 1 if failed else 0


@contextmanager
def _demo(*, running: bool) -> Iterator[dict[str, Any]]:
    """Give what demo.json says."""
    if running:
        yield json.loads((Path(os.environ.get("VAR_DIR") or ROOT / "var") / "demo.json").read_text())
        return
    stack = Stack(story=True)
    stack.start(seconds=900)
    try:
        yield json.loads((stack.var / "demo.json").read_text())
    finally:
        stack.stop()


def _all(browser: Browser, summary: dict[str, Any], shots: list[Shot], folder: Path) -> Iterator[list[str]]:
    for theme in THEMES:
        for width, height in WIDTHS.items():
            context = browser.new_context(
                base_url=summary["url"],
                viewport={"width": width, "height": height},
                color_scheme=theme,
                locale="en-GB",
                timezone_id="Europe/Helsinki",
                reduced_motion="reduce",
            )
            page, errors = context.new_page(), collect_errors(context)
            for shot in sorted(shots, key=lambda shot: not shot.public):
                if not shot.public and page.url.endswith(("blank", "/admin/login/")):
                    log_in(page, summary["url"], summary["username"], summary["password"])
                yield _take(page, shot, summary, folder / f"{shot.name}-{theme}-{width}.png")
            yield errors
            context.close()


def _take(page: Page, shot: Shot, summary: Summary, file: Path) -> list[str]:
    """Return what went wrong, in lines."""
    answer = page.goto(shot.path.format(**summary))
    if answer is None or not answer.ok:
        return [f"{shot.name}: {shot.path} answered {answer and answer.status}"]
    for selector in shot.follow:
        if page.locator(selector).count() == 0:
            return [f"{shot.name}: nothing to follow on {page.url}"]
        page.goto(urljoin(page.url, page.locator(selector).first.get_attribute("href") or ""))
    try:
        if shot.play is not None:
            shot.play(page, summary)
    except WaitedTooLongError as exc:
        return [f"{shot.name}: {exc.message.splitlines()[0]} on {page.url}"]
    page.wait_for_timeout(300)  # charts draw themselves
    page.screenshot(path=file, full_page=shot.full)
    print(file.relative_to(ROOT) if file.is_relative_to(ROOT) else file)
    return []


if __name__ == "__main__":
    sys.exit(main())
