"""`manage.py demo_services`: the demo's services and takeover, queued as staff would; told twice it adds nothing."""

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand

from companies.enums import OnboardingState
from companies.life import takeovers
from companies.models import Company, Onboarding
from portal.operations import queueing
from portal.operations.handlers import NotQueueableError
from portal.partners.models import Environment, PartnerAccount

_ATG = {
    "account_number": "12345678903",
    "kid_length": 12,
    "reference_position": "1-9",
    "signer_email": "signer@example.com",
    "notification_by_email": True,
}


class Command(BaseCommand):
    help = "Activate services of some companies and begin a takeover (demo only)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--scan", action="append", default=[], metavar="BUSINESS_ID")
        parser.add_argument("--autoscan", action="append", default=[], metavar="BUSINESS_ID")
        parser.add_argument("--atg", action="append", default=[], metavar="BUSINESS_ID")
        parser.add_argument("--look", action="append", default=[], metavar="BUSINESS_ID", help="look its services up")
        parser.add_argument("--suppliers", action="append", default=[], metavar="BUSINESS_ID")
        parser.add_argument("--takeover", nargs=4, metavar=("COUNTRY", "BUSINESS_ID", "NAME", "ID"))

    def handle(self, *_arguments: Any, **options: Any) -> None:
        for business_id in options["scan"]:
            self._queue(business_id, "companies.activate_scan", {"return_email": "returns@example.com"})
        for business_id in options["autoscan"]:
            self._queue(business_id, "companies.set_autoscan", {"return_email": "returns@example.com"})
        for business_id in options["atg"]:
            self._queue(business_id, "companies.agree_atg", _ATG)
        for business_id in options["suppliers"]:
            self._queue(business_id, "companies.query_suppliers", {"days": 30})
        for business_id in options["look"]:
            self._queue(business_id, "companies.refresh_services", {})
        if options["takeover"]:
            self._take_over(*options["takeover"])

    def _queue(self, business_id: str, kind: str, parameters: dict[str, Any]) -> None:
        company = Company.objects.select_related("account").get(business_id=business_id, account__environment="SANDBOX")
        try:
            queueing.queue(kind, company, parameters, account=company.account, company_uuid=company.uuid)
        except NotQueueableError as error:
            self.stdout.write(f"{company}: {error.reason}")

    def _take_over(self, country: str, business_id: str, name: str, company: str) -> None:
        refused = Onboarding.objects.filter(business_id=business_id, state=OnboardingState.REFUSED)
        account = PartnerAccount.objects.get(environment=Environment.SANDBOX)
        try:
            takeovers.start(
                account,
                company_uuid=UUID(company),
                country=country,
                business_id=business_id,
                name=name,
                onboarding=refused.filter(account=account).first(),
            )
        except NotQueueableError as error:
            self.stdout.write(f"{name}: {error.reason}")
