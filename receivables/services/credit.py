"""OP Laskulaina (AutoXchange, scope company): credit for a company's sent invoices, in euros."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from portal import maventa
from portal.maventa import Api, scopes

_PATH = "/v1/services/op_invoice_credit"
NOT_ENABLED = "op_invoice_credit_not_enabled"
NO_STATEMENT = "op_invoice_credit_no_account_statement_found"


class CreditTerms(maventa.Answer, frozen=True, kw_only=True):
    """What is offered, and what is in force."""

    b2c_enabled: bool | None = None
    payment_percent: Decimal | None = None  # of each payment; 100: all of it pays the loan back
    interest_rate: Decimal | None = None  # percent a year
    credit_limit: Decimal | None = None  # euros


class Credit(maventa.Answer, frozen=True, kw_only=True):
    status: str | None = None  # DISABLED, PENDING, ACTIVE; the list may grow
    channel_user_id: str | None = None
    contact_email: str | None = None
    iban: str | None = None
    bic: str | None = None
    bank: str | None = None
    activation_url: str | None = None
    op_bank_details: dict[str, Any] | None = None


class CreditSettings(maventa.Answer, frozen=True, kw_only=True):
    current: CreditTerms | None = None
    offer: CreditTerms | None = None


class AvailableCredit(maventa.Answer, frozen=True, kw_only=True):
    available_credit_amount: Decimal | None = None
    currency: str | None = None
    current_month_interest: Decimal | None = None
    interest_balance: Decimal | None = None
    max_credit_amount: Decimal | None = None
    total_collateral_amount: Decimal | None = None
    total_withdrawn: Decimal | None = None


class CreditForm(msgspec.Struct, frozen=True, kw_only=True):
    """Whom the bank asks, and the account that it pays out to."""

    contact_email: str
    iban: str
    bic: str
    bank: str


class WantedTerms(msgspec.Struct, frozen=True, kw_only=True):
    b2c_enabled: bool
    payment_percent: int
    interest_rate: int
    credit_limit: float


class CreditService:
    """The credit of the company that the client speaks for."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def offer(self) -> CreditTerms:
        """Return what the bank would lend. Source: getV1ServicesOpInvoiceCreditOffer."""
        return self._client.call(Api.AX, "GET", f"{_PATH}/offer", answer=CreditTerms, scope=scopes.COMPANY)

    def credit(self) -> Credit:
        """
        Return how the credit stands; the look after the signing opens it. Source: getV1ServicesOpInvoiceCredit.

        :raises maventa.RejectedError: 404 NOT_ENABLED, it was never asked for
        """
        return self._client.call(Api.AX, "GET", _PATH, answer=Credit, scope=scopes.COMPANY)

    def activate(self, form: CreditForm) -> Credit:
        """Ask for the credit; the answer holds the page to sign on. Source: putV1ServicesOpInvoiceCredit."""
        body = msgspec.to_builtins(form)
        return self._client.call(Api.AX, "PUT", _PATH, answer=Credit, scope=scopes.COMPANY, json=body)

    def settings(self) -> CreditSettings:
        """Source: getV1ServicesOpInvoiceCreditSettings."""
        return self._client.call(Api.AX, "GET", f"{_PATH}/settings", answer=CreditSettings, scope=scopes.COMPANY)

    def change_settings(self, terms: WantedTerms) -> None:
        """Source: postV1ServicesOpInvoiceCreditSettings."""
        body = msgspec.to_builtins(terms)
        self._client.call(Api.AX, "POST", f"{_PATH}/settings", scope=scopes.COMPANY, json=body)

    def available(self) -> AvailableCredit:
        """Return what may be drawn and what is owed. Source: getV1ServicesOpInvoiceCreditAvailableCredit."""
        path = f"{_PATH}/available_credit"
        return self._client.call(Api.AX, "GET", path, answer=AvailableCredit, scope=scopes.COMPANY)

    def withdraw(self, amount: Decimal) -> None:
        """Draw euros, at most two decimals. Carries no id of ours. Source: postV1ServicesOpInvoiceCreditWithdrawal."""
        body = {"amount": float(amount)}
        self._client.call(Api.AX, "POST", f"{_PATH}/withdrawal", scope=scopes.COMPANY, json=body)

    def tell_direct_payment(self, invoice: UUID) -> None:
        """Tell that the buyer paid the company itself. Source: postV1ServicesOpInvoiceCreditDirectPayment."""
        body = {"invoice_id": str(invoice)}
        self._client.call(Api.AX, "POST", f"{_PATH}/direct_payment", scope=scopes.COMPANY, json=body)

    def statement(self, day: date) -> bytes:
        """
        Return the account statement of one day as SEPA XML. Source: getV1ServicesOpInvoiceCreditAccountStatement.

        :raises maventa.RejectedError: 404 NO_STATEMENT, nothing moved that day
        """
        asked = {"day": day.isoformat()}
        path = f"{_PATH}/account_statement"
        return self._client.call(Api.AX, "GET", path, answer=bytes, scope=scopes.COMPANY, params=asked)
