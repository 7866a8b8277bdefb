"""`manage.py send_invoice BUSINESS_ID FILE…`: send files as one company, and if wanted wait for how they end."""

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
from invoices import packages, remedies, sending, xml
from invoices.enums import Status
from invoices.models import Invoice
from invoices.sending import Given, GivenFile, Outcome
from portal.operations.enums import OPEN_STATES, State
from portal.operations.models import Operation

ALL_WELL, SOME_FAILED, WRONG_USE = 0, 1, 2
_PAUSE = 0.5  # seconds between looks at the database


class WrongUseError(Exception):
    """The command was called in a way that can never work; nothing was sent."""


class Command(BaseCommand):
    help = "Send invoice files (XML or ZIP) as a company. Exit codes: 0 all well, 1 some files failed, 2 wrong use."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("business_id", help="business id of the company that wrote the invoices")
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="XML or ZIP, one invoice each")
        parser.add_argument("--json", action="store_true", dest="as_json", help="nothing but JSON on standard output")
        parser.add_argument("--wait", action="store_true", help="until each invoice is delivered or failed")
        parser.add_argument("--timeout", type=float, default=300.0, help="seconds of --wait (default 300)")
        parser.add_argument("--account", default="", help="name of the partner account, if the company is in several")
        parser.add_argument("--country", default="", help="country of the company, if several have the business id")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            company = _company(options["business_id"], options["country"], options["account"])
            contents = [_content(path) for path in options["files"]]
        except WrongUseError as exc:
            self.stderr.write(str(exc))
            sys.exit(WRONG_USE)
        results = [_send(company, path, content) for path, content in zip(options["files"], contents, strict=True)]
        if options["wait"]:
            _wait(results, time.monotonic() + options["timeout"])
        rows = [_row(company, given, waited=options["wait"]) for given in results]
        self._show(company, rows, as_json=options["as_json"])
        if not all(row["ok"] for row in rows):
            sys.exit(SOME_FAILED)

    def _show(self, company: Company, rows: Sequence[dict[str, Any]], *, as_json: bool) -> None:
        if as_json:
            answer = {"company": str(company.uuid), "business_id": company.business_id, "files": list(rows)}
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


def _content(path: Path) -> bytes | None:
    """Return a file's bytes; None for one that is too large to be taken into memory."""
    try:
        return None if path.stat().st_size > packages.MAX_BYTES else path.read_bytes()
    except OSError as exc:
        reason = exc.strerror or type(exc).__name__
        raise WrongUseError(_("%(file)s cannot be read: %(reason)s.") % {"file": path, "reason": reason}) from exc


def _send(company: Company, path: Path, content: bytes | None) -> Given:
    if content is None:
        text = xml.too_large(path.stat().st_size, packages.MAX_BYTES)
        return Given(path.name, Outcome.UNREADABLE, text, _("Send fewer or smaller attachments."))
    return sending.send_files(company, [GivenFile(path.name, content)], actor=None)[0]


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


def _row(company: Company, given: Given, *, waited: bool) -> dict[str, Any]:
    invoice, operation = _invoice(given), _operation(given)
    state, text, remedy = _standing(given, invoice, operation)
    return {
        "file": given.name,
        "outcome": str(given.outcome),
        "state": state,
        "ok": _is_well(given, invoice, operation, waited=waited),
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
