"""`manage.py onboard FILE.csv`: bring the companies of a file in, as staff would with the wizard."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from companies import files, plan, waiting
from companies.plan import FAILED, Outcome, Planned
from portal.partners.models import PartnerAccount

_SOME_FAILED, _WRONG_USE = 1, 2


class Command(BaseCommand):
    help = (
        "Register, authorize and connect the companies of a CSV file. "
        f"Columns: {', '.join(files.REQUIRED)}; optional: {', '.join(files.OPTIONAL)}. "
        "Exit code 0: all well, 1: some rows failed, 2: wrong use."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV file, UTF-8, comma or semicolon")
        parser.add_argument("--plan", action="store_true", help="only say row by row what would happen")
        parser.add_argument("--json", action="store_true", help="print nothing but JSON")
        parser.add_argument("--wait", action="store_true", help="until the companies need a person, or are ready")
        parser.add_argument("--timeout", type=float, default=600, help="seconds that --wait waits at most (600)")
        parser.add_argument("--account", default="", help="name of the partner account, if there are several")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        account = _account(options["account"])
        rows = _rows(options["file"], account)
        if options["plan"]:
            planned = plan.plan(account, rows)
            in_time = True
        else:
            planned = plan.carry_out(account, rows, file=options["file"].name)
            in_time = not options["wait"] or waiting.wait_for(account, _ids(planned), options["timeout"])
        ends = _ends(planned) if options["wait"] and not options["plan"] else {}
        self._tell(planned, ends, options, account, in_time=in_time)
        failed = any(line.outcome in FAILED for line in planned) or any(end["failed"] for end in ends.values())
        if failed or not in_time:
            sys.exit(_SOME_FAILED)

    def _tell(
        self,
        planned: Sequence[Planned],
        ends: dict[int, dict[str, Any]],
        options: dict[str, Any],
        account: PartnerAccount,
        *,
        in_time: bool,
    ) -> None:
        if options["json"]:
            report = {
                "file": options["file"].name,
                "account": account.name,
                "plan": options["plan"],
                "summary": plan.summary(planned),
                "in_time": in_time,
                "rows": [_as_json(line, ends) for line in planned],
            }
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=2))
            return
        for line in planned:
            self.stdout.write(_as_text(line, ends))
        counted = ", ".join(f"{count} {outcome}" for outcome, count in plan.summary(planned).items() if count)
        self.stdout.write(f"{len(planned)} rows: {counted}")
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


def _rows(path: Path, account: PartnerAccount) -> list[files.Row]:
    try:
        with path.open("rb") as stream:
            return files.read(stream, account)
    except OSError as exc:
        raise CommandError(f"{path} cannot be read: {exc.strerror}.", returncode=_WRONG_USE) from None
    except files.FileError as exc:
        raise CommandError(f"{path.name}: {exc.text}", returncode=_WRONG_USE) from None


def _ids(planned: Sequence[Planned]) -> list[int]:
    return [line.onboarding.pk for line in planned if line.onboarding is not None and line.onboarding.pk]


def _ends(planned: Sequence[Planned]) -> dict[int, dict[str, Any]]:
    """Return how each row's company stands after waiting, by row number."""
    now = waiting.standing(_ids(planned))
    ends = {}
    for line in planned:
        standing = now.get(line.onboarding.pk) if line.onboarding is not None and line.onboarding.pk else None
        if standing is not None:
            ends[line.row.number] = _end(standing)
    return ends


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


def _as_json(line: Planned, ends: dict[int, dict[str, Any]]) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "row": line.row.number,
        "name": line.row.values["name"],
        "bid": line.onboarding.business_id if line.onboarding else "",
        "country": line.row.values["country"].upper(),
        "outcome": line.outcome,
        "text": line.text,
        "steps": line.steps,
        "errors": [{"field": error.field, "text": error.text} for error in line.errors],
    }
    end = ends.get(line.row.number)
    return shown | ({"end": end} if end else {})


def _as_text(line: Planned, ends: dict[int, dict[str, Any]]) -> str:
    head = f"row {line.row.number}: {line.row.values['name']}: {line.outcome}"
    if line.outcome == Outcome.ERROR:
        return "\n".join([head, *(f"    {error.field or 'row'}: {error.text}" for error in line.errors)])
    details = [line.text, "; ".join(line.steps)]
    end = ends.get(line.row.number)
    if end:
        reached = f"{end['company_state'] or end['state']} {' '.join(end['networks'])}".strip()
        details.append(f"now {reached}. {end['problem']}".strip())
    return "\n".join([head, *(f"    {detail}" for detail in details if detail)])
