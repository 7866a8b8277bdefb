"""Reports of fraud on received invoices: one an invoice, made, listed and withdrawn."""

from uuid import UUID

from invoices.services.detect import Translation
from portal import maventa
from portal.maventa import Api

_SCOPE = "invoice:receive"


class Reason(maventa.Answer, frozen=True, kw_only=True):
    name: str | None = None
    friendly_name: str | None = None
    friendly_names: list[Translation] | None = None
    text: str | None = None
    texts: list[Translation] | None = None


class Definitions(maventa.Answer, frozen=True, kw_only=True):
    """What may be reported, and what a report is not, in all languages."""

    criteria: list[Reason] | None = None
    disclaimer_text: str | None = None
    disclaimer_texts: list[Translation] | None = None


class Report(maventa.Answer, frozen=True, kw_only=True):
    id: str
    reasons: list[Reason] | None = None
    reporter_contact_email: str | None = None
    additional_explanation: str | None = None
    report_date: maventa.Instant | None = None
    company_name: str | None = None


class FraudReportService:
    """Reports of the company that the client speaks for."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def definitions(self) -> Definitions:
        """Return reasons and disclaimer; open to all. Source: getV1InvoicesReportsDefinitions."""
        return self._client.call(Api.AX, "GET", "/v1/invoices/reports/definitions", answer=Definitions)

    def of_invoice(self, invoice: UUID) -> list[Report]:
        """Return the reports on an invoice: none or one. Source: getV1InvoicesIdReports."""
        try:
            return self._client.call(
                Api.AX, "GET", "/v1/invoices/{id}/reports", answer=list[Report], scope=_SCOPE, id=invoice
            )
        except maventa.RejectedError as error:
            if error.status == 404:
                return []
            raise

    def create(self, invoice: UUID, reasons: tuple[str, ...], email: str, description: str) -> None:
        """
        Report an invoice; the answer holds nothing. Source: postV1InvoicesIdReports.

        :raises maventa.RejectedError: 409 it is reported already
        """
        body = {"reason": list(reasons), "contact_email": email, "description": description}
        told = {name: value for name, value in body.items() if value}
        self._client.call(Api.AX, "POST", "/v1/invoices/{id}/reports", scope=_SCOPE, json=told, id=invoice)

    def delete(self, invoice: UUID, report: str) -> None:
        """Withdraw a report. Source: deleteV1InvoicesIdReportsReportId."""
        self._client.call(
            Api.AX, "DELETE", "/v1/invoices/{id}/reports/{report_id}", scope=_SCOPE, id=invoice, report_id=report
        )
