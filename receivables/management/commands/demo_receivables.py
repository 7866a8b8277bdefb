"""`manage.py demo_receivables`: the demo's agency, credit and messages; told twice it adds nothing."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from companies.models import Company
from invoices.models import Invoice
from portal.operations import queueing
from portal.operations.handlers import NotQueueableError
from portal.sync import cursors
from receivables.billing import sync as billing_sync
from receivables.enums import Agency
from receivables.messages.sync import ThreadFeed
from receivables.models import ReplyTemplate
from receivables.money import counting

_ACCOUNT = {"iban": "FI2112345600000785", "bic": "NDEAFIHH", "bank": "Nordea"}
_KASSAVIRTA = {
    **_ACCOUNT,
    "service_type": "full",
    "contact_person": "Pirjo Puu",
    "contact_email": "pirjo@office.example",
    "contact_phone_number": "+358401234567",
    "customer_service_email": "help@office.example",
    "billing_street": "Katu 1",
    "billing_zip_code": "53900",
    "billing_city": "Lappeenranta",
    "billing_country": "FI",
    "accountable_party": "vfsfi",
}
_TEMPLATES = {
    "Paid to us": "The customer has paid invoice {number} to {company} itself. Please close the case.\n{me}",
    "We look into it": "Thank you. We ask {company} and come back to you this week.\n{me}",
}


class Command(BaseCommand):
    help = "Activate Kassavirta and invoice credit for some companies and read agencies' messages (demo only)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--kassavirta", action="append", default=[], metavar="BUSINESS_ID")
        parser.add_argument("--perinta", action="append", default=[], metavar="BUSINESS_ID")
        parser.add_argument("--hand-over", action="append", default=[], metavar="NUMBER", help="to Amili")
        parser.add_argument("--credit", action="append", default=[], metavar="BUSINESS_ID")
        parser.add_argument("--look-at-credit", action="append", default=[], metavar="BUSINESS_ID")
        parser.add_argument("--talk", action="append", default=[], metavar="BUSINESS_ID", help="read its messages")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        for business_id in options["kassavirta"]:
            self._queue(business_id, "receivables.activate_amili", _KASSAVIRTA)
        for business_id in options["perinta"]:
            self._queue(business_id, "receivables.activate_amili", {**_KASSAVIRTA, "service_type": "express"})
        for number in options["hand_over"]:
            invoice = Invoice.objects.sent().select_related("company").get(number=number)
            self._queue(invoice.company.business_id, "receivables.hand_over", {"agency": Agency.AMILI}, invoice)
        for business_id in options["credit"]:
            terms = {**_ACCOUNT, "contact_email": "pirjo@office.example"}
            self._queue(business_id, "receivables.activate_credit", terms)
        for business_id in options["look_at_credit"]:
            self._queue(business_id, "receivables.refresh_credit", {})
        for business_id in options["talk"]:
            self._talk(_company(business_id))

    def _queue(self, business_id: str, kind: str, parameters: dict[str, Any], invoice: Invoice | None = None) -> None:
        company = _company(business_id)
        try:
            queueing.queue(kind, invoice or company, parameters, account=company.account, company_uuid=company.uuid)
        except NotQueueableError as error:
            self.stdout.write(f"{company}: {error.reason}")

    def _talk(self, company: Company) -> None:
        cursors.follow(ThreadFeed.name, company.account, [company.uuid])
        cursors.hurry(ThreadFeed.name, company.account, company.uuid)
        for name, text in _TEMPLATES.items():
            ReplyTemplate.objects.get_or_create(account=company.account, name=name, defaults={"text": text})
        counting.recount(company.account)
        billing_sync.open_months(company.account)
        cursors.hurry(billing_sync.BillingWatch.name, company.account)


def _company(business_id: str) -> Company:
    return Company.objects.select_related("account").get(business_id=business_id, account__environment="SANDBOX")
