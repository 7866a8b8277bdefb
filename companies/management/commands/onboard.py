"""`manage.py onboard FILE.csv`: bring the companies of a file in, as staff would with the wizard."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from companies import files, waiting
from companies.enums import ImportState, RowOutcome
from companies.files import storing
from companies.management import file_arguments
from companies.models import ImportFile, ImportRow
from companies.planning import NotStartedError, doors, plan_again, start, start_planning, words
from portal.partners.models import PartnerAccount

_SOME_FAILED, _WRONG_USE = 1, 2
_FAILED = (RowOutcome.RESERVED, RowOutcome.REFUSED, RowOutcome.ERROR)


class Command(BaseCommand):
    help = (
        "Register, authorize and connect the companies of a CSV file or Excel workbook. "
        f"Columns: {', '.join(files.REQUIRED)}; optional: {', '.join(files.OPTIONAL)}. "
        "Exit code 0: all well, 1: some rows failed, 2: wrong use."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV in UTF-8 with comma or semicolon, or an Excel workbook")
        parser.add_argument("--plan", action="store_true", help="only say row by row what would happen")
        parser.add_argument("--no-look-ups", action="store_true", help="plan without asking AutoInvoice what is free")
        parser.add_argument("--json", action="store_true", help="print nothing but JSON")
        parser.add_argument("--wait", action="store_true", help="until the companies need a person, or are ready")
        parser.add_argument("--timeout", type=float, default=600, help="seconds that --wait waits at most (600)")
        parser.add_argument("--account", default="", help="name of the partner account, if there are several")

        file_arguments.add(parser)

    def handle(self, *_arguments: Any, **options: Any) -> None:
        account = _account(options["account"])
        file = _planned(options["file"], account, options)
        in_time = True
        if not options["plan"]:
            _carry_out(file)
            in_time = not options["wait"] or waiting.wait_for(account, _ids(file), options["timeout"])
        rows = list(file.rows.select_related("onboarding").order_by("number"))
        ends = _ends(rows) if options["wait"] and not options["plan"] else {}
        self._tell(file, rows, ends, options, in_time=in_time)
        failed = any(_has_failed(row) for row in rows) or any(end["failed"] for end in ends.values())
        if failed or not in_time:
            sys.exit(_SOME_FAILED)

    def _tell(
        self,
        file: ImportFile,
        rows: Sequence[ImportRow],
        ends: dict[int, dict[str, Any]],
        options: dict[str, Any],
        *,
        in_time: bool,
    ) -> None:
        summary = {outcome.value: file.plan["outcomes"].get(outcome.value, 0) for outcome in RowOutcome}
        if options["json"]:
            report = {
                "file": options["file"].name,
                "account": file.account.name,
                "plan": options["plan"],
                "summary": summary,
                "calls": file.plan["calls"],
                "seconds": file.plan["seconds"],
                "requests": file.plan["requests"],
                "in_time": in_time,
                "rows": [_as_json(row, ends) for row in rows],
            }
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=2))
            return
        for row in rows:
            self.stdout.write(_as_text(row, ends))
        counted = ", ".join(f"{count} {outcome}" for outcome, count in summary.items() if count)
        self.stdout.write(f"{len(rows)} rows: {counted}")
        if not in_time:
            self.stderr.write("The time was up; the rest goes on by itself. Run the same command again to see it.")


def _account(name: str) -> PartnerAccount:
    accounts = PartnerAccount.objects.active()
    if name:
        account = accounts.filter(name=name).first()
        if account is None:
            raise CommandError(f"There is no active partner account named {name}.", returncode=_WRONG_USE)
        return account
    found = list(accounts[:2])
    if len(found) != 1:
        why = "There are several partner accounts: say which by --account." if found else "There is no partner account."
        raise CommandError(why, returncode=_WRONG_USE)
    return found[0]


def _planned(path: Path, account: PartnerAccount, options: dict[str, Any]) -> ImportFile:
    """Return the file with its rows read and planned; one that waits with a plan is planned anew."""
    try:
        file = storing.take_in(account, path.name, path.read_bytes())
        if file.state in (ImportState.UPLOADED, ImportState.READING):
            file_arguments.read(file, options)
    except OSError as exc:
        raise CommandError(f"{path} cannot be read: {exc.strerror}.", returncode=_WRONG_USE) from None
    except files.FileError as exc:
        raise CommandError(f"{path.name}: {exc.text}", returncode=_WRONG_USE) from None
    asks = not options["no_look_ups"]
    if file.state == ImportState.PLANNED:
        plan_again(file, asks=asks)
    else:
        start_planning(file, asks=asks)
    doors.finish(file)
    return file


def _carry_out(file: ImportFile) -> None:
    try:
        start(file)
    except NotStartedError:
        return  # nothing would be done, and the rows say why
    doors.finish(file)


def _ids(file: ImportFile) -> list[int]:
    return [pk for pk in file.rows.values_list("onboarding", flat=True) if pk]


def _has_failed(row: ImportRow) -> bool:
    return row.outcome in _FAILED or row.hit is False


def _ends(rows: Sequence[ImportRow]) -> dict[int, dict[str, Any]]:
    """Return how each row's company stands after waiting, by row number."""
    now = waiting.standing([row.onboarding_id for row in rows if row.onboarding_id])
    return {row.number: _end(now[row.onboarding_id]) for row in rows if row.onboarding_id in now}


def _end(standing: waiting.Standing) -> dict[str, Any]:
    row, company = standing.onboarding, standing.onboarding.company
    return {
        "state": row.state,
        "company": str(company.uuid) if company else None,
        "company_state": company.state if company else "",
        "networks": standing.networks,
        "problem": row.problem_text,
        "failed": bool(row.problem_code),
    }


def _as_json(row: ImportRow, ends: dict[int, dict[str, Any]]) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "row": row.number,
        "name": row.name,
        "bid": row.business_id if row.outcome != RowOutcome.ERROR else "",
        "country": row.country,
        "outcome": row.outcome,
        "text": _text(row),
        "steps": words.steps(row.prediction),
        "address": words.address(row),
        "errors": row.errors,
    }
    end = ends.get(row.number)
    return shown | ({"end": end} if end else {})


def _text(row: ImportRow) -> str:
    """Return why the plan says so, and why it came otherwise."""
    return " ".join([*words.sentences(row.prediction), row.reason]).strip()


def _as_text(row: ImportRow, ends: dict[int, dict[str, Any]]) -> str:
    head = f"row {row.number}: {row.name}: {row.outcome}"
    if row.outcome == RowOutcome.ERROR:
        return "\n".join([head, *(f"    {error['field'] or 'row'}: {error['text']}" for error in row.errors)])
    details = [_text(row), "; ".join(words.steps(row.prediction))]
    end = ends.get(row.number)
    if end:
        reached = f"{end['company_state'] or end['state']} {' '.join(end['networks'])}".strip()
        details.append(f"now {reached}. {end['problem']}".strip())
    return "\n".join([head, *(f"    {detail}" for detail in details if detail)])
