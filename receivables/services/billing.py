"""Billing reports of a partner (Billing API, scope billing:reports). Errors hold a message only."""

from datetime import date
from decimal import Decimal

from portal import maventa
from portal.maventa import Api

SCOPE = "billing:reports"
_REPORT = "/api/billing/v2/reports/billing_company_transactions"


class Transaction(maventa.Answer, frozen=True, kw_only=True):
    """What one company used of one action in the month."""

    company_id: str | None = None
    company_name: str | None = None
    company_bid: str | None = None
    software_name: str | None = None
    action_name: str | None = None
    licensing_system: str | None = None
    license_key: str | None = None
    license_meta: str | None = None
    action_count: Decimal | None = None  # a number in the contract; whole


class BillingService:
    """Reports of the partner company that the client speaks for."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def transactions(self, month: date) -> list[Transaction]:
        """
        Return a month's lines; empty beyond the time it is kept.

        Operation of the contract: BillingV2ReportsBillingCompanyTransactionsList.
        """
        asked = {"year": month.year, "month": month.month}
        return self._client.call(Api.BILLING, "GET", _REPORT, answer=list[Transaction], scope=SCOPE, params=asked)
