"""
`manage.py send_invoice BUSINESS_ID PATH…`: send files, ZIPs and folders, and if wanted wait for how they end.

With `auto` in place of the business id each file is sent as the company that its sender is.
"""

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from companies import business_ids
from companies.models import Company
from invoices import remedies
from invoices.enums import Status
from invoices.models import Invoice
from invoices.sending import archives, intake, submitting
from invoices.sending.archives import Loose
from invoices.sending.submitting import Given
from portal.operations.enums import OPEN_STATES, State
from portal.operations.models import Operation
from portal.partners.models import PartnerAccount

AUTO = "auto"
ALL_WELL, SOME_FAILED, WRONG_USE = 0, 1, 2
_PAUSE = 0.5  # seconds between looks at the database


class WrongUseError(Exception):
    """The command was called in a way that can never work; nothing was sent."""


class Command(BaseCommand):
    help = "Send invoice files, ZIPs and folders of them. Exit codes: 0 all well, 1 some files failed, 2 wrong use."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("business_id", help="business id of the company that wrote them; auto: each file's sender")
        parser.add_argument("files", nargs="+", type=Path, metavar="PATH", help="XML, ZIP, or a folder of them")
        parser.add_argument("--json", action="store_true", dest="as_json", help="nothing but JSON on standard output")
        parser.add_argument("--wait", action="store_true", help="until each invoice is delivered or failed")
        parser.add_argument("--timeout", type=float, default=300.0, help="seconds of --wait (default 300)")
        parser.add_argument("--account", default="", help="name of the partner account, if there are several")
        parser.add_argument("--country", default="", help="country of the company, if several have the business id")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            sender = options["business_id"]
            company = None if sender == AUTO else _company(sender, options["country"], options["account"])
            account = company.account if company else _account(options["account"])
            loose = [file for path in options["files"] for file in _loose(path)]
        except WrongUseError as exc:
            self.stderr.write(str(exc))
            sys.exit(WRONG_USE)
        chunks = intake.take(account, archives.walk(loose), company=company)
        results = [given for taken in chunks for given in submitting.queue_taken(account, taken, actor=None)]
        if options["wait"]:
            _wait(results, time.monotonic() + options["timeout"])
        rows = [_row(given, waited=options["wait"]) for given in results]
        self._show(company, rows, as_json=options["as_json"])
        if not rows or not all(row["ok"] for row in rows):
            sys.exit(SOME_FAILED)

    def _show(self, company: Company | None, rows: Sequence[dict[str, Any]], *, as_json: bool) -> None:
        if as_json:
            named = {"company": str(company.uuid), "business_id": company.business_id} if company else {}
            answer = {**named, "files": list(rows)}
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
            return
        for row in rows:
            self.stdout.write(f"{row['file']}: {row['state']} {row['text']}".rstrip())
            for concern in row["concerns"]:
                self.stdout.write(f"  ! {concern['text']} {concern['remedy']}")
            if row["remedy"]:
                self.stdout.write(f"  → {row['remedy']}")


def _company(business_id: str, country: str, account: str) -> Company:
    countries = [country.upper()] if country else business_ids.COUNTRIES
    digests = [business_ids.digest(code, business_id) for code in countries]
    rows = Company.objects.filter(business_id_digest__in=digests).select_related("account")
    if account:
        rows = rows.filter(account__name=account)
    found = list(rows[:5])
    if not found:
        raise WrongUseError(_("No company here has the business id %(id)s. Onboard it first.") % {"id": business_id})
    if len(found) > 1:
        names = "; ".join(f"{company} ({company.country}, {company.account})" for company in found)
        raise WrongUseError(_("Several companies fit: %(names)s. Add --country or --account.") % {"names": names})
    return found[0]


def _account(name: str) -> PartnerAccount:
    found = list(PartnerAccount.objects.active().filter(**({"name": name} if name else {}))[:2])
    if not found:
        raise WrongUseError(_("There is no such partner account."))
    if len(found) > 1:
        raise WrongUseError(_("There are several partner accounts: add --account."))
    return found[0]


def _loose(path: Path) -> list[Loose]:
    """Return a file, or all files of a folder and those within."""
    try:
        paths = sorted(one for one in path.rglob("*") if one.is_file()) if path.is_dir() else [path]
        return [_file(one, path.parent) for one in paths]
    except OSError as exc:
        reason = exc.strerror or type(exc).__name__
        raise WrongUseError(_("%(file)s cannot be read: %(reason)s.") % {"file": path, "reason": reason}) from exc


def _file(path: Path, folder: Path) -> Loose:
    with path.open("rb"):  # now, so that nothing is sent if one of them cannot be read
        return Loose(path.relative_to(folder).as_posix(), path.stat().st_size, lambda: path.open("rb"))


def _wait(results: Sequence[Given], until: float) -> None:
    """Wait for workers to bring every file to an end; the portal's processes do the work."""
    while time.monotonic() < until and any(_is_moving(given) for given in results):
        time.sleep(_PAUSE)


def _is_moving(given: Given) -> bool:
    if given.upload is None:
        return False
    invoice = _invoice(given)
    if invoice:
        is_explained = invoice.status != Status.FAILED or invoice.remedy_key or invoice.next_check_at is None
        return invoice.status not in (Status.DELIVERED, Status.FAILED) or not is_explained
    operation = _operation(given)
    return operation is not None and operation.state in (*OPEN_STATES, State.DONE)


def _row(given: Given, *, waited: bool) -> dict[str, Any]:
    invoice, operation = _invoice(given), _operation(given)
    state, text, remedy = _standing(given, invoice, operation)
    return {
        "file": given.name,
        "outcome": str(given.outcome),
        "state": state,
        "ok": _is_well(given, invoice, operation, waited=waited),
        "company": str(given.upload.company.uuid) if given.upload else None,
        "invoice": str(given.upload.uuid) if given.upload else None,
        "number": given.upload.number if given.upload else "",
        "text": text,
        "remedy": remedy,
        "concerns": [
            {"code": concern.code, "text": str(concern.text), "remedy": str(concern.remedy)}
            for concern in given.concerns
        ],
    }


def _standing(given: Given, invoice: Invoice | None, operation: Operation | None) -> tuple[str, str, str]:
    """Return state, text and remedy: of the invoice, else of its sending, else of the file."""
    if invoice and invoice.status == Status.FAILED:
        entry = remedies.by_key(invoice.remedy_key)
        return invoice.status, invoice.error_text, f"{entry.cause} {entry.remedy} {entry.next_step}"
    if invoice:
        return invoice.status, "", ""
    if operation:
        return operation.state, operation.error_text, operation.remedy
    return str(given.outcome), str(given.text), str(given.remedy)


def _is_well(given: Given, invoice: Invoice | None, operation: Operation | None, *, waited: bool) -> bool:
    if not given.is_fine or (invoice and invoice.status == Status.FAILED):
        return False
    if operation and operation.state in (State.REFUSED, State.FAILED, State.SKIPPED, State.CANCELED):
        return bool(invoice)
    return not waited or bool(invoice and invoice.status == Status.DELIVERED)


def _invoice(given: Given) -> Invoice | None:
    upload = given.upload
    if upload is None:
        return None
    return Invoice.objects.filter(account=upload.account_id, company=upload.company_id, uuid=upload.uuid).first()


def _operation(given: Given) -> Operation | None:
    return given.upload.operations.filter(kind="invoices.send").order_by("-pk").first() if given.upload else None
