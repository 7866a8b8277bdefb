"""Detect: the checks that a company has switched on, what they found on an invoice, and running them again."""

from typing import Any
from uuid import UUID

from portal import maventa
from portal.maventa import Api, scopes

SCOPE = "analysis"


class Translation(maventa.Answer, frozen=True, kw_only=True):
    lang: str | None = None
    value: str | None = None


class Result(maventa.Answer, frozen=True, kw_only=True):
    """What a check found. `status`: OK, WARNING, FAILED, NOT_APPLICABLE, or none while it is pending."""

    status: str | None = None
    text: str | None = None
    texts: list[Translation] | None = None
    reason_code: str | None = None
    check_date: str | None = None
    data: Any = None


class Run(maventa.Answer, frozen=True, kw_only=True):
    """The newest run of one check. `analysis_status`: PENDING, RUN_SUCCESSFUL, RUN_FAILED, NOT_APPLICABLE."""

    analysis_type: str | None = None
    analysis_status: str | None = None
    analysis_origin: str | None = None
    friendly_name: str | None = None
    friendly_names: list[Translation] | None = None
    analysis_trigger_date: str | None = None
    analysis_result: Result | None = None
    analysis_results: list[Result] | None = None


class CheckDefinition(maventa.Answer, frozen=True, kw_only=True):
    name: str | None = None
    friendly_name: str | None = None
    friendly_names: list[Translation] | None = None
    description: str | None = None
    descriptions: list[Translation] | None = None


class CheckDefinitions(maventa.Answer, frozen=True, kw_only=True):
    checks: list[CheckDefinition] | None = None


class _Checks(maventa.Answer, frozen=True, kw_only=True):
    on_invoice_receive: Any = None  # typed as one text, told as a list: both are taken


class DetectService:
    """Detect for the company that the client speaks for."""

    def __init__(self, client: maventa.Client) -> None:
        self._client = client

    def checks(self) -> list[str]:
        """Return the checks that run when an invoice is received; none: Detect is off. getV1ServicesDetectChecks."""
        answer = self._client.call(Api.AX, "GET", "/v1/services/detect/checks", answer=_Checks, scope=scopes.COMPANY)
        told = answer.on_invoice_receive
        if isinstance(told, str):
            told = told.replace(",", " ").split()
        return [str(name) for name in told] if isinstance(told, list) else []

    def set_checks(self, checks: list[str]) -> None:
        """Make these the checks that run, in place of all others. Source: patchV1ServicesDetectChecks."""
        self._client.call(
            Api.AX,
            "PATCH",
            "/v1/services/detect/checks",
            scope=scopes.COMPANY,
            params={"on_invoice_receive": checks},
        )

    def runs(self, invoice: UUID) -> list[Run]:
        """Return the newest run of each check on an invoice; may be empty. Source: getV1AnalysisId."""
        try:
            return self._client.call(Api.AX, "GET", "/v1/analysis/{id}", answer=list[Run], scope=SCOPE, id=invoice)
        except maventa.RejectedError as error:
            if error.status == 404:
                return []
            raise

    def run_again(self, invoice: UUID, checks: list[str]) -> list[Run]:
        """Run checks on an invoice once more; they are pending at first. Source: postV1Analysis."""
        asked = {"resource_id": invoice, "resource_type": "INVOICE", "checks_to_run": checks}
        return self._client.call(
            Api.AX, "POST", "/v1/analysis", answer=list[Run], scope=SCOPE, params=asked, repeatable=True
        )

    def definitions(self) -> CheckDefinitions:
        """Return what the checks look at, in all languages; open to all. Source: getV1DefinitionsDetectChecks."""
        return self._client.call(Api.AX, "GET", "/v1/definitions/detect/checks", answer=CheckDefinitions)
