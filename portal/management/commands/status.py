"""`manage.py status`: how much there is, and how it stands."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from portal import status
from portal.partners.models import PartnerAccount


class Command(BaseCommand):
    help = "Counts of companies, invoices, operations and deliveries."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="nothing but JSON on stdout")
        parser.add_argument("--account", metavar="NAME", help="only this partner account")

    def handle(self, *args: Any, **options: Any) -> None:
        accounts = PartnerAccount.objects.all()
        if options["account"]:
            accounts = accounts.filter(name=options["account"])
            if not accounts.exists():
                self.stderr.write(_("There is no partner account of this name: %s") % options["account"])
                raise SystemExit(2)
        report = status.report(accounts)
        self.stdout.write(json.dumps(report, indent=2) if options["json"] else "\n".join(lines(report)))


def lines(report: dict[str, Any]) -> list[str]:
    """Return the report as lines for people: a heading a section, a row a figure."""
    shown: list[str] = []
    for name, section in report.items():
        shown += [name, *(f"  {label:<36}{figure}" for label, figure in _figures(section)), ""]
    return shown[:-1]


def _figures(section: Any, prefix: str = "") -> list[tuple[str, str]]:
    if isinstance(section, list):
        return [(str(item.get("name", "")), _described(item)) for item in section] or [("–", "")]
    figures: list[tuple[str, str]] = []
    for name, value in section.items():
        label = f"{prefix}{name.replace('_', ' ')}"
        figures += _figures(value, f"{label}: ") or [(label, "–")] if isinstance(value, dict) else [(label, str(value))]
    return figures


def _described(item: dict[str, Any]) -> str:
    return ", ".join(
        str(value) if not isinstance(value, bool) else f"{name}: {_('yes') if value else _('no')}"
        for name, value in item.items()
        if name != "name"
    )
