"""`manage.py reconcile`: compare companies with AutoInvoice now, in this process, and say what had drifted."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from portal.partners.models import PartnerAccount
from portal.sync import reconciling, runs
from portal.sync.models import Cursor, Drift, RunState


class Command(BaseCommand):
    help = "Compare companies with AutoInvoice row by row, put right what differs, and say what did."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--account", help="name of a partner account; all active ones without it")
        parser.add_argument("--company", type=UUID, help="AutoInvoice id of one company; all without it")

    def handle(self, *args: Any, **options: Any) -> None:
        """:raises CommandError: no such account, or a comparison failed"""
        accounts = PartnerAccount.objects.active()
        if options["account"]:
            accounts = accounts.filter(name=options["account"])
        if not accounts:
            raise CommandError("There is no such active partner account.")
        latest = Drift.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        failed = compared = 0
        for account in accounts:
            runs.run_now("companies.list", account)
            for company in self._companies(account, options["company"]):
                run = runs.run_now(reconciling.NAME, account, company)
                compared += run is not None and run.state == RunState.DONE
                failed += run is None or run.state != RunState.DONE
                if run is not None and run.error:
                    self.stderr.write(f"{company}: {run.error}")
        for drift in Drift.objects.filter(pk__gt=latest).order_by("pk"):
            self.stdout.write(
                f"{drift.source} {drift.subject} {drift.kind} {drift.field} {drift.local!r} -> {drift.remote!r}"
                f" event={drift.event or '-'} delivery={drift.delivery_id or '-'} mended={drift.repair}"
            )
        count = Drift.objects.filter(pk__gt=latest).count()
        self.stdout.write(f"compared={compared} failed={failed} drift={count}")
        if failed:
            raise CommandError(f"{failed} companies could not be compared; run it again.")

    def _companies(self, account: PartnerAccount, only: UUID | None) -> list[UUID]:
        if only is not None:
            return [only]
        followed = Cursor.objects.filter(source=reconciling.NAME, account=account).order_by("pk")
        return [uuid for uuid in followed.values_list("company_uuid", flat=True) if uuid is not None]
